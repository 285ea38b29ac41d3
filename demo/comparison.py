"""What the documents of a case posted, beside what the book says.

Third step, after ``play``; ``table`` prints it. Reads the journal items of the company
and nothing else: not what `play` meant to post.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ..costing.money import exact
from . import native
from .accounts import get_component, get_policy, get_roles
from .case import CLOSING, STEPS, ZERO, add_up
from .families import EXPENSED, INVENTORY
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
    :param balances: rows of the balances in the end
    :param figures: rows of totals that the book gives besides
    :param bridge: {role: amount} of a GAAP bridge that the book does not have
    """

    case: object
    company: object
    entries: list
    balances: list
    figures: list
    bridge: dict

    @property
    def inventory(self):
        """What is in inventory in the end, with the bridge."""
        balances = add_up([{row.role: row.ours for row in self.balances}, self.bridge])
        return sum((balances.get(role, ZERO) for role in INVENTORY), ZERO)

    @property
    def bridged(self):
        """What a bridge that the book does not have adds to inventory."""
        return sum((self.bridge.get(role, ZERO) for role in INVENTORY), ZERO)

    @property
    def cost_of_sales(self):
        """Cost of goods sold in the end, purchases not recorded included, with the
        bridge."""
        parts = [{row.role: row.ours for row in self.balances}, self.bridge]
        left = {row.role: row.ours for row in self.figures}.get("not_recorded", ZERO)
        clearing = left if not self.case.is_recorded else ZERO
        return add_up(parts).get("COGS", ZERO) + clearing

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
    bridge = ledger.pop("bridge", {})
    entries = [
        row
        for step in sorted({*case.book, *ledger})
        for row in _get_rows(step, ledger.get(step, {}), case.book.get(step, {}))
    ]
    balances = add_up([opening, *ledger.values()])
    rows = _get_rows("", balances, case.get_expected_balances())
    figures = _get_figures(env, case, ledger, balances)
    return Comparison(case, env.company, entries, rows, figures, bridge)


def read_ledger(env, case):
    """Return {step: {role: amount}} of all posted journal items of the company, until
    the end of its last close.

    What belongs to no step stands under "other", an account without a role under its
    own name: nothing is left out but sales, unless the book has them, and the result of
    earlier periods. A bridge that the book does not have stands under "bridge".
    """
    roles = native.get_roles(env, case) if case.is_native else get_roles(env, case)
    types = {"liability_payable": "AP", "asset_receivable": "AR"}
    booked = {role for lines in case.book.values() for role in lines}
    amounts = defaultdict(lambda: defaultdict(lambda: ZERO))
    lines = env["account.move.line"].search(_get_item_domain(env))
    steps = {move: _get_step(env, case, move, roles) for move in lines.move_id}
    for line in lines:
        account = line.account_id
        role = types.get(account.account_type) or roles.get(account, account.name)
        if role not in OUTSIDE or role in booked:
            amounts[steps[line.move_id]][role] += exact(line.balance)
    _name_bridge(env, case, amounts)
    return {step: add_up([parts]) for step, parts in amounts.items()}


def _get_item_domain(env):
    """Return the domain of the journal items of the period, with opening balances."""
    domain = [("company_id", "=", env.company.id), ("parent_state", "=", "posted")]
    if period := get_period(env):
        domain += [
            ("date", "<=", period.date_to),
            "|",
            ("date", ">=", period.date_from),
            ("account_id.include_initial_balance", "=", True),
        ]
    return domain


def get_period(env):
    """Return the last period close of the company."""
    domain = [("company_id", "=", env.company.id)]
    return env["backflush.period"].search(domain, order="date_to desc", limit=1)


def _get_step(env, case, move, roles):
    """Return the step of the book in which a journal entry belongs."""
    period = get_period(env)
    if move.ref == OPENING or (period and move.date < period.date_from):
        return "opening"
    if case.is_native:
        return native.get_step(move, roles)
    if move.backflush_entry_ids:
        event = move.backflush_entry_ids[0].event
        if event == "bridge" and not case.bridge_source:
            return "bridge"
        return STEPS.get(event, "other")
    if move.line_ids.purchase_line_id:
        return "A1"
    if move.is_sale_document():
        return "D1"
    spent = env["backflush.cost.element"].search([]).control_account_id
    return "A2" if spent & move.line_ids.account_id else "other"


def _name_bridge(env, case, amounts):
    """Give the bridge the roles of its lines, where the book has it in several: its
    account is one, the ledger knows what each line is about."""
    goods = get_policy(env)._get_products() if not case.is_native else None
    if not case.bridge_source or case.get_bridge_role(True) == case.get_bridge_role(
        False
    ):
        return
    lines = env["backflush.entry.line"].search(
        [("company_id", "=", env.company.id), ("role", "=", "inventory_adjustment")]
    )
    period = get_period(env)
    for line in lines.filtered(lambda line: line.event == "bridge"):
        if line.product_id in goods and line.date <= period.date_to:
            step = "opening" if line.date < period.date_from else CLOSING
            amounts[step][case.get_bridge_role(False)] -= exact(line.amount)
            amounts[step][case.get_bridge_role(True)] += exact(line.amount)


def _get_rows(step, ours, book):
    """Return a row for each role of either side, those of the book first."""
    return [
        Row(step, role, ours.get(role, ZERO), book.get(role, ZERO))
        for role in dict.fromkeys([*book, *ours])
    ]


def _get_figures(env, case, ledger, balances):
    """Return rows of the totals that the book gives besides its entries: its cost of
    goods sold before the closing, conversion, purchases not recorded, its ending
    balances.
    """
    if case.is_native or case.family in EXPENSED:
        ours = {}
    else:
        period = get_period(env)
        flushed = add_up(ledger.get(step, {}) for step in ("B1", "C1", "D1"))
        ours = {
            "cogs": ledger.get("D1", {}).get("COGS", ZERO),
            "applied": -flushed.get(case.applied_role, ZERO),
            "under": exact(round(sum(period.conversion_line_ids.mapped("amount")), 6)),
            "not_recorded": _get_clearing_balance(env),
        }
    return [
        Row("", name, ours[name], case.figures[name])
        for name in ours
        if case.figures.get(name) is not None
    ] + [
        Row("", f"ending {role}", balances.get(role, ZERO), amount)
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
