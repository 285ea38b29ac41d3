from . import backflush_scenario
from . import backflush_scenario_change
from . import backflush_scenario_compute
from . import backflush_scenario_inventory
from . import backflush_scenario_propose
from . import backflush_scenario_result
