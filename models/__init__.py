# Configuration: policies, cost elements, settings
from . import configuration

# Standard cost: a product's card, and what it is made of
from . import cost_card

# Standard cost: cards are compared, approved and put in force
from . import release

# Standard cost: what prices and rates would do
from . import scenario

# Standard cost: cards that no longer match what happens
from . import card_health

# 1. Capture: documents state facts
from . import capture

# 2. Flush and 3. post: facts become entries and journal entries
from . import ledger

# Analysis: what the ledger says about variances, orders and lots
from . import analysis

# 4. Seal: entries are numbered and chained
from . import seal

# Audit: the chain is verified, noted and proved
from . import audit

# 5. Period close
from . import close
