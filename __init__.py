from . import models, wizards, reports, demo
