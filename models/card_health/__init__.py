from . import backflush_card_finding
from . import backflush_card_finding_check
from . import backflush_card_finding_match
from . import backflush_card_finding_actual
