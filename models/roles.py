# The groups of those who read and approve what the ledger holds; see readme/ROLES.md.

AUDITOR = "mrp_account_backflush.group_backflush_auditor"
APPROVER = "mrp_account_backflush.group_backflush_approver"
