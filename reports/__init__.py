from . import backflush_cost_comparison
