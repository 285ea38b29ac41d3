# Cost cards take effect: the goods on hand are worth more or less than before.
# First step of the flow; flush and post are those of every entry. What goods stand for
# is in models/cost_card/backflush_standing.py, the arithmetic in costing/cutover.py.

from collections import defaultdict
from contextlib import contextmanager
from types import SimpleNamespace

from odoo import models

from ...costing import cutover, terms
from ...costing.money import ZERO, exact
from ..configuration.backflush_policy_guard import CUTOVER


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @contextmanager
    def _revaluing(self):
        """Revalue the goods on hand by what these cards of one company, which take
        effect inside, change of what they stand for.

        A cut-over does the same for all that it changes, and posts it itself.
        """
        if self.env.context.get(CUTOVER):
            yield
            return
        self._keep_pending()
        goods = self._get_goods()
        before = self._get_worth(goods)
        yield
        after = self._get_worth(goods)
        self._post_revaluation(goods, before, after)

    def _keep_pending(self):
        """Let entries that wait be posted by the standards they were recorded at."""
        # Entries are written by the system alone.
        self.env["backflush.entry"].sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "=", "pending")]
        )._keep_standards()

    # Which goods ---------------------------------------------------------------------

    def _get_goods(self):
        """Return the goods on hand that may be worth something else by these cards.

        ``running``: products whose policy runs, among them those that contain one of
        these that is flushed at sale, which stands in them by its own card. ``bought``:
        perpetual products at standard cost without such a policy. ``first``: those that
        have no card before. ``units``: see `backflush.standing`.
        """
        company = self.company_id
        products = (self.product_id | self._get_users()).with_company(company)
        running = products.filtered(lambda product: product._is_backflush(company))
        bought = (products - running).filtered(
            lambda product: product.cost_method == "standard"
            and product._is_purchase_recorded(company)
        )
        standing = self.env["backflush.standing"]
        standing._lock(running | bought, company)
        units = standing._get_units(
            running | bought, company, company._get_backflush_day()
        )
        held = products.browse().union(*units)
        before = self._get_in_force(held & running, company)
        first = (held & running).filtered(lambda product: product not in before)
        self._leave_pending_out(units, first)
        return SimpleNamespace(
            units=units, running=held & running, bought=held & bought, first=first
        )

    def _get_users(self):
        """Return the products, flushed at sale, that contain one of these cards' which
        is flushed at sale, too; one query a level."""
        company = self.company_id

        def at_sale(product):
            return product._get_flush_point(company) == terms.SALE

        found = self.product_id.browse()
        level = self.product_id.with_company(company).filtered(at_sale)
        while level:
            lines = self.env["backflush.cost.card.line"]._read_group(
                [
                    ("company_id", "=", company.id),
                    ("card_state", "=", "in_force"),
                    ("product_id", "in", level.ids),
                ],
                ["card_product_id"],
            )
            users = level.browse(product.id for (product,) in lines)
            level = users.filtered(at_sale) - found - level
            found |= level
        return found

    def _leave_pending_out(self, units, products):
        """Take off ``units`` what entries of ``products`` without any card brought: it
        is not in the books yet, and enters them at the first card. So does what orders
        took of those that are flushed at sale."""
        if not products:
            return
        pending = self.env["backflush.entry"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "pending")]
        )
        at_sale = products.filtered(
            lambda product: product._get_flush_point(self.company_id) == terms.SALE
        )
        moved = defaultdict(lambda: ZERO)
        for entry in pending:
            if not entry.card_id and entry._needs_card():
                sign = -1 if entry._is_about_delivery() else 1
                moved[entry.product_id.id] += sign * exact(entry.quantity)
            back = 1 if entry.event == "unbuild" else -1
            for product, quantity, _value in entry.facts.get("consumptions", ()):
                if product in at_sale.ids:
                    moved[product] += back * exact(quantity)
        for product in products:
            quantity, left = units[product]
            units[product] = (quantity - moved[product.id], left)

    # What they are worth -------------------------------------------------------------

    def _get_worth(self, goods):
        """Return {product: postings} that the goods stand for now, in the accounts that
        a new card moves."""
        company = self.company_id
        running = {product: goods.units[product] for product in goods.running}
        found = self.env["backflush.standing"]._get_standings(running, company)
        worth = {
            product: postings
            if product in goods.first
            else self._get_moved(postings, company)
            for product, (_card, postings) in found.items()
        }
        for product in goods.first:
            if product not in found:
                worth[product] = cutover.goods(*self._get_native(product, goods))
        return worth | self._get_bought_worth(goods)

    def _get_moved(self, postings, company):
        """Return those of ``postings`` that a new card moves: finished goods, and
        material whose purchases are recorded. Conversion is applied at the sale."""
        products = self.env["product.product"].with_company(company)
        return [
            posting
            for posting in postings
            if posting.role == terms.FINISHED_GOODS
            or (
                posting.role == terms.STOCK
                and products.browse(posting.product)._is_purchase_recorded(company)
            )
        ]

    def _get_bought_worth(self, goods):
        """Return {product: postings} of goods without a policy of their own."""
        company = self.company_id
        policies = self.env["backflush.policy"]._get_by_component(goods.bought, company)
        worth = {}
        for product in goods.bought.with_company(company):
            quantity, price = self._get_native(product, goods)
            standing = cutover.material(
                product.id,
                policies[product].material_element_id.id or None,
                quantity,
                price,
                quantity * price,
                product._get_backflush_stock_account(company).id,
            )
            worth[product] = [standing] if standing.amount else []
        return worth

    def _get_native(self, product, goods):
        """Return (units in the books, company currency for each) in native Odoo; lots
        valued by themselves at their average."""
        quantity, left = goods.units[product]
        product = product.with_company(self.company_id)
        price = exact(product.standard_price)
        if product.lot_valuated and quantity + left:
            # What Odoo keeps of lots for a while does not follow their cost.
            self.env["stock.lot"].invalidate_model(["total_value"])
            worth = exact(product._get_value_from_lots()) + left * price
            price = worth / (quantity + left)
        return quantity + left, price

    # Entries -------------------------------------------------------------------------

    def _post_revaluation(self, goods, before, after):
        """Record what changed, an entry a product, and post it together."""
        company = self.company_id
        managed = goods.bought._filter_backflush_components(company)
        posted = set(goods.running | managed)
        changed = [
            product
            for product in after
            if product in posted
            and self._get_amounts(before[product]) != self._get_amounts(after[product])
        ]
        if not changed:
            return
        products = managed.browse().union(*changed)
        policies = self.env["backflush.policy"]._get_by_component(
            products - goods.running, company
        ) | {
            product: product._get_backflush_policy(company)
            for product in products & goods.running
        }
        stated = [
            self.env["backflush.standing"]._to_facts(
                {product: worth[product] for product in changed}, policies, company
            )
            for worth in (before, after)
        ]
        cards = self._get_in_force(products, company)
        common, mine = self._prepare_common_vals(), set(self)
        self.env["backflush.entry"]._capture(
            [
                {
                    **common,
                    **cards[product]._prepare_revaluation_vals(
                        goods.units[product], [rows[product] for rows in stated]
                    ),
                    "policy_id": policies[product].id,
                    "source_key": cards[product]._get_source_key()
                    if cards[product] in mine
                    else f"{self[0]._get_source_key()}/{product.id}",
                }
                for product in changed
            ]
        )

    @staticmethod
    def _get_amounts(postings):
        """Return what ``postings`` say without prices of nothing."""
        return [(posting.role, posting.product, posting.amount) for posting in postings]

    def _prepare_common_vals(self):
        """Return what the ledger entries of cards that take effect together share."""
        release = self.release_id if len(self.release_id) == 1 else False
        return {
            "event": "revaluation",
            "origin": release.name if release else self._get_origin(),
            "company_id": self.company_id.id,
            "date": self.company_id._get_backflush_day(),
            "release_id": release and release.id,
        }

    def _get_origin(self):
        """Return what names cards that take effect together without a release."""
        if len(self) == 1:
            return self.name
        return self.env._("%(count)s new cost cards", count=len(self))

    def _prepare_revaluation_vals(self, units, facts):
        """Return what the ledger entry of the product of this card says of it."""
        quantity, left = (float(number) for number in units)
        before, after = facts
        return {
            "product_id": self.product_id.id,
            "quantity": quantity,
            "card_id": self.id,
            "facts": {
                "quantity": quantity,
                "left": left,
                "before": before,
                "after": after,
            },
        }

    def _get_source_key(self):
        """Return what names the revaluation by this card; that of goods which only
        contain what has a new card is named by the first of these cards, too."""
        return f"backflush.cost.card/{self.id}"
