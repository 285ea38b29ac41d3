from . import models, wizards, reports, demo, controllers
from .hooks import uninstall_hook
