"""What is always true of the books of a factory (readme/FLOWS.md)."""

from decimal import Decimal

from .books import APPLIED, GOODS, MATERIAL, REVALUED, SOLD

#: Every journal entry balances, and the ledger says what the journals say.
UNBALANCED = """
    SELECT move_id FROM account_move_line WHERE company_id = %s
    GROUP BY move_id HAVING SUM(balance) != 0
"""
LEDGER = """
    SELECT line.account_id, SUM(line.amount)
    FROM backflush_entry_line line JOIN backflush_entry entry ON entry.id = entry_id
    WHERE entry.company_id = %s AND entry.state = 'posted'
    GROUP BY line.account_id HAVING SUM(line.amount) != 0
"""
JOURNALS = """
    SELECT account_id, SUM(balance) FROM account_move_line
    WHERE move_id IN (SELECT move_id FROM backflush_entry WHERE company_id = %s)
    GROUP BY account_id HAVING SUM(balance) != 0
"""


def check(factory):
    """Check all that is true now; while entries wait, not the balances."""
    check_ledger(factory)
    check_shelf(factory)
    check_periods(factory)
    pending = factory._get_entries(("state", "=", "pending"))
    assert factory.fault or not pending, pending.mapped("error")
    if not pending:
        check_balances(factory)
        check_closing(factory)


def query(factory, text):
    factory.env.flush_all()
    factory.env.cr.execute(text, [factory.company.id])
    return factory.env.cr.fetchall()


def check_ledger(factory):
    """Invariant 1."""
    assert not query(factory, UNBALANCED), "a journal entry does not balance"
    ledger, journals = dict(query(factory, LEDGER)), dict(query(factory, JOURNALS))
    assert ledger == journals, (ledger, journals)


def check_shelf(factory):
    """The oracle knows what is on hand."""
    for name, product in factory.products.items():
        found = Decimal(str(round(product.qty_available, 2)))
        expected = factory.books.shelf[name]
        assert found == expected, f"{found} {name} on hand, not {expected}"


def check_periods(factory):
    """What was posted was posted on its day or, with the reason, on a later one."""
    for entry in factory._get_entries(
        ("state", "=", "posted"), ("move_id", "!=", False)
    ):
        shifted = entry.move_id.date != entry.date
        assert bool(entry.period_reason) == shifted, entry.display_name


def check_balances(factory):
    """Invariants 2, 3 and 6: stock exactly, what has no quantity on hand to be held
    against up to a coin an entry where standards are not whole coins."""
    case, books = factory.case, factory.books
    material = case.account_rip if factory.plan.recorded else case.account_clearing
    found = factory.get_balances()
    for name, account in (
        (MATERIAL, material),
        (GOODS, case.account_fg),
        (SOLD, case.account_cogs),
        (APPLIED, case.account_applied),
        (REVALUED, case.account_revaluation | case.account_rounding),
    ):
        if name == REVALUED and books.changed:
            continue  # It is what balances all the others.
        balance = sum(found.get(key, 0) for key in account.ids)
        expected = books.get_balance(name)
        allowed = get_tolerance(factory, name)
        assert abs(balance - expected) <= allowed, (
            f"{account[0].name}: {balance}, not {expected} (within {allowed})"
        )


def get_tolerance(factory, name):
    """Company currency.

    Stock: a reversed journal entry takes back whole coins, not what they were rounded
    from; the next posting of the product settles it. Rounding variances: each line of
    an entry may be rounded, and has its part in them.
    """
    coin, entries = factory.plan.coin, len(factory._get_entries())
    if name in (MATERIAL, GOODS):
        return factory.left_out * coin
    if name == REVALUED:
        return 2 * entries * coin
    return entries * coin if coin == 1 else 0


def check_closing(factory):
    """Invariant 2: core's closing proposes what the shelf is worth beyond the books,
    which is nothing when all is billed; for periodic components, all of it."""
    case, books = factory.case, factory.books
    proposed = {}
    for vals in factory.company._action_close_stock_valuation():
        amount = Decimal(str(round(vals["debit"] - vals["credit"], 2)))
        key = vals["account_id"]
        proposed[key] = proposed.get(key, 0) + amount
    recorded = books.get_balance(MATERIAL) if factory.plan.recorded else 0
    for account, expected in (
        (case.account_rip, books.get_worth(MATERIAL) - recorded),
        (case.account_fg, books.get_worth(GOODS) - books.get_balance(GOODS)),
    ):
        found = proposed.get(account.id, 0)
        assert abs(found - expected) <= get_tolerance(factory, GOODS), (
            f"closing proposes {found} for {account.name}, not {expected}"
        )
