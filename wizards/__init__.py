from . import backflush_decision
from . import backflush_setup
from . import backflush_setup_accounts
from . import backflush_setup_plan
from . import backflush_setup_summary
from . import backflush_setup_apply
