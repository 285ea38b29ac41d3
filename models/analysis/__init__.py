from . import backflush_variance_cause
from . import backflush_variance_review
from . import backflush_variance_review_refresh
from . import backflush_variance_review_sign
from . import backflush_variance_trend
from . import mrp_production_statement
from . import account_move_line_trail
from . import stock_lot
