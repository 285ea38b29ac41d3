from . import backflush_checkpoint
from . import backflush_chain_verify
from . import backflush_verification
from . import res_company_audit
