from . import backflush_cost_card_seal
from . import backflush_seal
from . import backflush_entry_seal
from . import backflush_chain
from . import backflush_chain_seal
from . import backflush_chain_record
from . import account_move_seal
