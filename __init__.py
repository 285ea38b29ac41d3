from . import models, wizards, demo
