"""What the documents of a case posted, beside what the book says.

Third step, after ``play``; ``table`` prints it. Reads the journal items of the company
and nothing else: not what `play` meant to post.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ..costing.money import exact
from .accounts import get_component, get_policy, get_roles
from .case import CLOSING_STEPS, STEPS, ZERO, add_up
from .play import OPENING

#: Roles that the books leave out of cost accounting, compared only if a book has them.
OUTSIDE = ("SALES", "AR", "OPENING")


@dataclass(frozen=True)
class Row:
    """One amount, debit positive: ours and the book's."""

    step: str
    role: str
    ours: Decimal
    book: Decimal

    @property
    def difference(self):
        return self.ours - self.book


@dataclass(frozen=True)
class Comparison:
    """A case as it was played.

    :param entries: rows of the entries, step by step
    :param balances: rows of the balances before the closing
    :param figures: rows of totals that the book gives besides
    """

    case: object
    company: object
    entries: list
    balances: list
    figures: list

    @property
    def rows(self):
        return [*self.entries, *self.balances, *self.figures]

    @property
    def differences(self):
        return [row for row in self.rows if row.difference]


def compare(env, case):
    """Return the `Comparison` of a case with the books of its company."""
    ledger = read_ledger(env, case)
    opening = ledger.pop("opening", {})
    expected = case.get_expected()
    entries = [
        row
        for step in sorted({*expected, *ledger})
        for row in _get_rows(step, ledger.get(step, {}), expected.get(step, {}))
    ]
    balances = add_up([opening, *ledger.values()])
    rows = _get_rows("", balances, case.get_expected_balances())
    figures = _get_figures(env, case, ledger, balances)
    return Comparison(case, env.company, entries, rows, figures)


def read_ledger(env, case):
    """Return {step: {role: amount}} of all posted journal items of the company.

    What belongs to no step stands under "other", an account without a role under its
    own name: nothing is left out but sales, unless the book has them.
    """
    roles = get_roles(env, case)
    types = {"liability_payable": "AP", "asset_receivable": "AR"}
    booked = {role for lines in case.book.values() for role in lines}
    amounts = defaultdict(lambda: defaultdict(lambda: ZERO))
    lines = env["account.move.line"].search(
        [("company_id", "=", env.company.id), ("parent_state", "=", "posted")]
    )
    steps = {move: _get_step(move, roles) for move in lines.move_id}
    for line in lines:
        account = line.account_id
        role = types.get(account.account_type) or roles.get(account, account.name)
        if role not in OUTSIDE or role in booked:
            amounts[steps[line.move_id]][role] += exact(line.balance)
    return {step: add_up([parts]) for step, parts in amounts.items()}


def _get_step(move, roles):
    """Return the step of the book in which a journal entry belongs."""
    if move.backflush_entry_ids:
        return STEPS.get(move.backflush_entry_ids[0].event, "other")
    if move.ref == OPENING:
        return "opening"
    if move.line_ids.purchase_line_id:
        return "A1"
    if move.is_sale_document():
        return "D1"
    spent = "CC_CONTROL" in {roles.get(account) for account in move.line_ids.account_id}
    return "A2" if spent else "other"


def _get_rows(step, ours, book):
    """Return a row for each role of either side, those of the book first."""
    return [
        Row(step, role, ours.get(role, ZERO), book.get(role, ZERO))
        for role in dict.fromkeys([*book, *ours])
    ]


def _get_figures(env, case, ledger, balances):
    """Return rows of the totals that the book gives besides its entries.

    Its ending balances are those after the closing: ours, and the book's closing.
    """
    flushed = add_up(ledger.get(step, {}) for step in ("C1", "D1"))
    closing = [lines for step, lines in case.book.items() if step in CLOSING_STEPS]
    ending = add_up([balances, *closing])
    ours = {
        "cogs": balances.get("COGS", ZERO),
        "applied": -flushed.get(case.applied_role, ZERO),
        "not_recorded": _get_clearing_balance(env),
    }
    return [
        Row("", name, ours[name], case.figures[name])
        for name in ours
        if case.figures.get(name) is not None
    ] + [
        Row("", f"ending {role}", ending.get(role, ZERO), amount)
        for role, amount in case.figures.get("ending", {}).items()
    ]


def _get_clearing_balance(env):
    """Return purchases that no flush has taken out of the clearing account yet."""
    component = get_component(get_policy(env))
    account = component._get_backflush_stock_account(env.company)
    lines = env["account.move.line"].search(
        [("account_id", "=", account.id), ("parent_state", "=", "posted")]
    )
    return exact(sum(lines.mapped("balance")))
