from . import backflush_setup
