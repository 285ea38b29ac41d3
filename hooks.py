# What Odoo calls when the module is removed.
# The triggers that protect the ledger go first, or its tables could not be emptied.

from .models.seal import seal_guard


def uninstall_hook(env):
    """Remove the triggers of the sealed ledger."""
    seal_guard.remove(env.cr)
