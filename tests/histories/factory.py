"""One factory of a world: a company with its policy, its documents and its oracle."""

from dataclasses import dataclass
from decimal import Decimal

from odoo import fields

from ..factories import make_factory
from .books import TABLE, Books, Plan
from .buying import Buying
from .keeping import Keeping
from .making import Making
from .renewing import Renewing
from .selling import Selling


@dataclass(frozen=True)
class Setting:
    """What tells the factories of a world apart; prices in their own currency."""

    name: str
    currency: str | None
    coin: str
    plate: str
    screw: str
    steel: str
    rate: str
    anglo_saxon: bool = True


#: Even amounts, exact to the cent; and a currency without cents whose prices have some.
DOLLARS = Setting("History Dollars", None, "0.01", "10", "0.5", "13", "40")
YEN = Setting("History Yen", "JPY", "1", "10.4", "0.3", "13.7", "41", False)


class Factory(Buying, Making, Selling, Renewing, Keeping):
    """The documents of one company. Steps are public methods; ``find`` says which
    documents a step can be played on."""

    def __init__(self, case, setting, at_sale, recorded):
        timed = setting is YEN and recorded and not at_sale
        prices = {
            name: Decimal(getattr(setting, name))
            for name in ("plate", "screw", "steel")
        }
        self.first = Plan(
            prices=prices,
            planned=prices,
            needs={"plate": 2, "screw": 5},
            hours=Decimal("0.25"),
            rate=Decimal(setting.rate),
            coin=Decimal(setting.coin),
            at_sale=at_sale,
            recorded=recorded,
            timed=timed,
        )
        self.case = self._set_up(case, setting)
        self.env, self.company = self.case.env, self.case.company
        self.products = {
            name: getattr(self.case, name)
            for name in (TABLE, "plate", "screw", "steel")
        }
        self.start()

    def _set_up(self, case, setting):
        plan = self.first
        there = make_factory(
            case,
            setting.name,
            setting.currency,
            flush_point="sale" if plan.at_sale else "completion",
            perpetual=plan.recorded,
            conversion_basis="time" if plan.timed else "output",
        )
        if not there.warehouse:
            # Odoo makes one with a company in tests only.
            type(there).warehouse = there.env["stock.warehouse"].create(
                {"company_id": there.company.id}
            )
        there.company.anglo_saxon_accounting = setting.anglo_saxon
        there.plate.standard_price = float(plan.prices["plate"])
        there.screw.standard_price = float(plan.prices["screw"])
        there.workcenter.costs_hour = float(plan.rate)
        type(there).steel = there._create_product(
            "Steel", there.category_components, float(plan.prices["steel"])
        )
        components = there.plate | there.screw | there.steel
        components.purchase_method = "purchase"
        there.table.invoice_policy = "order" if setting is DOLLARS else "delivery"
        there._create_policy()
        there.policy.on_error = "queue"
        return there

    @property
    def plan(self):
        """The standards of now."""
        return self.books.plan

    def _get_plan(self, days_ago):
        """The standards of a day; new ones are all of today."""
        return self.first if days_ago else self.plan

    def start(self):
        """Forget all documents: a history begins."""
        self.books = Books(self.first)
        self.purchases, self.receipts, self.bills = [], [], []
        self.orders, self.sales, self.deliveries, self.invoices = [], [], [], []
        self.effects, self.latest, self.fault, self.lock = {}, {}, None, None
        self.left_out = 0
        self.last_entry = self._get_entries()[:1].id or 0

    def find(self, name):
        """The documents on which step ``name`` can be played now; [None] for a step
        that needs none."""
        return getattr(self, f"for_{name}", lambda: [None])()

    def play(self, name, document, **numbers):
        """Play a step."""
        documents = () if document is None else (document,)
        getattr(self, name)(*documents, **numbers)

    # What steps share ----------------------------------------------------------------

    def record(self, effect, document=None):
        """Add the effect of what just happened to the oracle, and remember it with the
        ledger entry that was made for it."""
        self.books.post(effect)
        new = self._get_new_entries()
        if len(new) == 1:
            self.effects[new] = (effect, document)
            self.latest[new.production_id] = new

    def _get_new_entries(self):
        """Entries made since the last call."""
        new = self._get_entries(("id", ">", self.last_entry))
        self.last_entry = new[:1].id or self.last_entry
        return new

    def _get_entries(self, *domain):
        return self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), *domain], order="id desc"
        )

    def _get_today(self, days_ago=0):
        return fields.Date.subtract(fields.Date.today(), days=days_ago)

    def _dated(self, record, days_ago):
        if not days_ago:
            return record
        return record.with_context(force_period_date=self._get_today(days_ago))

    def _validate(self, picking, quantity):
        """Transfer ``quantity``; the rest waits on a backorder."""
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        assert picking.state == "done", picking.state

    def _edit(self, move, change):
        """Change the quantity of a done move; return by how much (it stays positive).

        Odoo lets nobody take a line of a done move away, so that one is edited.
        """
        line = move.move_line_ids.sorted("quantity")[-1:]
        edited = line or move
        before = Decimal(str(edited.quantity))
        edited.quantity = float(max(before + change, Decimal(0)))
        return max(change, -before)

    def _send_back(self, move, quantity):
        """Return units of a done move; the move of the return."""
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": move.picking_id.id}
        )
        wizard.product_return_moves.quantity = quantity
        action = wizard.action_create_returns()
        picking = self.env["stock.picking"].browse(action["res_id"])
        self._validate(picking, quantity)
        return picking.move_ids

    def _credit(self, invoice, quantity):
        """Post a credit note for ``quantity`` of an invoice or bill."""
        refund = invoice._reverse_moves([{"invoice_date": self._get_today()}])
        refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund

    def get_balances(self):
        """{account id: posted balance} of all accounts of the company."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT account_id, SUM(balance) FROM account_move_line
               WHERE company_id = %s AND parent_state = 'posted'
               GROUP BY account_id HAVING SUM(balance) != 0""",
            [self.company.id],
        )
        return {key: Decimal(str(sum_)) for key, sum_ in self.env.cr.fetchall()}
