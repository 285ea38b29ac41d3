# Cut-over assistant: which goods it is about, and what they stand for in the books by
# the rules of the moment (`backflush.standing`), before and after they change.

from odoo import models

from ..costing import cutover, proration
from ..costing.money import ZERO, exact
from .backflush_setup import RECORDED


class BackflushCutover(models.TransientModel):
    _inherit = "backflush.cutover"

    # Which goods ---------------------------------------------------------------------

    def _get_policies(self):
        """Return the policies whose goods may stand otherwise afterwards."""
        active = self.env["backflush.policy"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "active")]
        )
        return active | self.policy_id | self.target_policy_id

    def _get_products_of(self, categories):
        """Return the storable products of ``categories``."""
        return self.env["product.product"].search(
            [
                ("categ_id", "in", categories.ids),
                ("is_storable", "=", True),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        )

    def _get_chosen_products(self):
        """Return the products that the cut-over is about."""
        if self.kind == "purchases":
            return self._get_products_of(self.component_category_ids)
        if self.kind == "move":
            return self._get_products_of(self.category_ids)
        return self.policy_id.with_company(self.company_id)._get_products()

    def _get_scope(self):
        """Return the chosen products, and all that follow a policy: what is in them may
        be flushed otherwise."""
        categories = self._get_policies().with_company(self.company_id).category_ids
        return self._get_chosen_products() | self._get_products_of(categories)

    def _get_units(self):
        """Return {product: (units on hand, units left to invoices)}."""
        return self.env["backflush.standing"]._get_units(
            self._get_scope(), self.company_id, self.date
        )

    # What they stand for -------------------------------------------------------------

    def _get_standings(self, units):
        """Return {product: (cost card, rows of facts)} of finished products."""
        company, service = self.company_id, self.env["backflush.standing"]
        components = self._get_component_products()
        units = {
            product: mine
            for product, mine in units.items()
            if product not in components
        }
        found = service._get_standings(units, company)
        others = self.env["product.product"].union(*units)
        others -= self.env["product.product"].union(*found)
        postings = {product: mine for product, (_card, mine) in found.items()}
        postings |= service._get_native(others, units, company)
        policies = {
            product: product._get_backflush_policy(company) for product in postings
        }
        facts = service._to_facts(postings, policies, company)
        no_card = self.env["backflush.cost.card"]
        return {
            product: (found[product][0] if product in found else no_card, rows)
            for product, rows in facts.items()
        }

    # Components whose purchases are recorded, or no longer ---------------------------

    def _get_component_products(self):
        if self.kind != "purchases":
            return self.env["product.product"]
        return self._get_chosen_products()

    def _get_component_standings(self, units, closed):
        """Return {component: (no card, rows of facts)} of the chosen components."""
        card = self.env["backflush.cost.card"]
        components = self._get_component_products().with_company(self.company_id)
        components.invalidate_recordset(["total_value"])
        return {
            product: (card, self._get_component_rows(product, units, closed))
            for product in components
            if product in units
        }

    def _get_component_rows(self, product, units, closed):
        """Return the rows of a component: all in its stock account when its purchases
        are recorded; else in the expense account, but for what core's closing has
        ``closed`` into the stock account."""
        accounts = product.product_tmpl_id.get_product_accounts()
        amount = self._get_worth(product, units)
        stock = amount
        if not product._is_purchase_recorded(self.company_id):
            stock = closed.get(product, ZERO)
        quantity, left = units[product]
        policy = self.env["backflush.policy"]._get_for_components(
            product, self.company_id
        )
        shared = (product.id, policy.material_element_id.id)
        units_of = quantity + left
        price = amount / units_of if units_of else ZERO
        rows = [
            cutover.material(*shared, units_of, price, part, account.id)
            for part, account in (
                (stock, accounts["stock_valuation"]),
                (amount - stock, accounts["expense"]),
            )
            if part
        ]
        service = self.env["backflush.standing"]
        entry = service._new_entry(product, policy, self.company_id)
        return entry._prepare_standing_facts(rows)

    def _get_worth(self, product, units):
        """Return what purchases have debited for a component on hand; at standard cost
        not rounded yet."""
        quantity, left = units[product]
        price = exact(product.standard_price)
        if product.cost_method == "standard" and not product.lot_valuated:
            return (quantity + left) * price
        return exact(product.total_value) + left * price

    def _get_closed(self, units):
        """Return {periodic component: what core's closing has put into its stock
        account}: the balance, less the stock of perpetual products, by value."""
        if self.purchases != RECORDED:
            return {}
        company = self.company_id
        accounts = company._get_accounts_by_product()
        perpetual = {
            product: mine
            for product, mine in accounts.items()
            if product.valuation == "real_time"
        }
        held = company.stock_accounting_value(accounts)
        explained = company.stock_value(perpetual) if perpetual else {}
        periodic = {}
        for product, mine in accounts.items():
            if product not in perpetual and product in units:
                weights = periodic.setdefault(mine["valuation"], {})
                weights[product] = self._get_worth(product, units)
        unit = exact(self.currency_id.rounding)
        closed = {}
        for account, weights in periodic.items():
            rest = held.get(account, 0.0) - explained.get(account, 0.0)
            rest = exact(self.currency_id.round(rest))
            closed |= proration.shares(rest, weights, unit)
        return closed
