from . import backflush_demo
