from . import backflush_cost_comparison
from . import backflush_report
from . import backflush_report_cover
from . import backflush_report_ledger
from . import backflush_report_pdf
from . import backflush_report_make
