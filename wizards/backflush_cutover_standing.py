# Cut-over assistant: which goods are on hand, and what they stand for in the books by
# the rules of the moment. Asked before and after the rules change.

from dataclasses import replace

from odoo import models
from odoo.tools import SQL

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
        """Return {product: (units on hand, units left to invoices)} of those that have
        either; see `costing.cutover.standing`.

        Where core's closing has levelled an account, nothing is left to invoices: that
        difference is core's own, which the next closing takes back.
        """
        products = self._get_scope().with_company(self.company_id)
        left = self._get_left_to_invoices(products)
        proposed = self._get_proposals() if left else {}
        units = {}
        for product in products:
            account = product._get_product_accounts()["stock_valuation"]
            mine = left.get(product, ZERO) if proposed.get(account.id) else ZERO
            quantity = exact(product._get_valued_quantity())
            if quantity or mine:
                units[product] = (quantity, mine)
        return units

    # What they stand for -------------------------------------------------------------

    def _get_standings(self, units):
        """Return {product: (cost card, rows of facts)} of finished products."""
        company = self.company_id
        components = self._get_component_products()
        products = [product for product in units if product not in components]
        products = self.env["product.product"].union(*products).with_company(company)
        products.invalidate_recordset(["total_value"])
        Card = self.env["backflush.cost.card"]
        cards = Card._get_in_force(products, company, self.date)
        materials = Card.union(*cards.values()).line_ids.product_id
        flushed = Card._get_flushed_at_sale(materials, company, self.date)
        found = {}
        for product in products:
            card = cards.get(product, Card)
            policy = product._get_backflush_policy(company)
            entry = self._new_entry(product, policy, card)
            quantity, left = units[product]
            if card and product._is_backflush(company):
                rules = replace(policy._to_rules(), flushed_at_sale=flushed)
                rows = cutover.standing(card._to_costing(), quantity, left, rules)
            else:
                rows = self._get_native(product, quantity, left)
                card = Card
            found[product] = (card, entry._prepare_standing_facts(rows))
        return found

    def _new_entry(self, product, policy, card):
        """Return an entry in memory, which finds the accounts of roles."""
        return self.env["backflush.entry"].new(
            {
                "company_id": self.company_id.id,
                "policy_id": policy.id,
                "product_id": product.id,
                "card_id": card.id,
            }
        )

    def _get_native(self, product, quantity, left):
        unit = exact(self.currency_id.rounding)
        value, price = exact(product.total_value), exact(product.standard_price)
        return cutover.native(value, quantity, left, price, unit)

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
        entry = self._new_entry(product, policy, self.env["backflush.cost.card"])
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

    # Units on which books and shelf differ -------------------------------------------

    def _get_left_to_invoices(self, products):
        """Return {product: units that stand in the books and not on the shelf}."""
        left = {}
        for line in self._find_lines("sale.order.line", products):
            left[line.product_id] = left.get(line.product_id, ZERO) + exact(
                line._get_ahead_of_invoices()
            )
        for line in self._find_lines("purchase.order.line", products):
            if line._get_subcontracting_policy(self.date):
                continue  # It pays for work: its bills debit no stock.
            billed = sum(
                (-1 if item.move_type == "in_refund" else 1)
                * item._get_product_quantity()
                for item in line.invoice_lines
                if item.parent_state == "posted"
            )
            received = line.product_uom_id._compute_quantity(
                line.qty_received, line.product_id.uom_id, round=False
            )
            ahead = exact(round(billed - received, 9))
            left[line.product_id] = left.get(line.product_id, ZERO) + ahead
        return {product: units for product, units in left.items() if units}

    def _find_lines(self, model, products):
        """Return confirmed order lines of ``products`` that are not, or not yet by a
        posted document, invoiced as they are delivered."""
        sale = model == "sale.order.line"
        delivered = SQL("qty_delivered" if sale else "qty_received")
        drafts = SQL(
            "SELECT rel.order_line_id FROM sale_order_line_invoice_rel rel "
            "JOIN account_move_line item ON item.id = rel.invoice_line_id "
            "WHERE item.parent_state = 'draft'"
            if sale
            else "SELECT purchase_line_id FROM account_move_line "
            "WHERE purchase_line_id IS NOT NULL AND parent_state = 'draft'"
        )
        lines = self.env[model].sudo()
        lines.flush_model()
        self.env["account.move.line"].flush_model(["parent_state"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE product_id IN %s AND company_id = %s "
                "AND (%s <> qty_invoiced OR id IN (%s))",
                SQL.identifier(lines._table),
                tuple(products.ids) or (0,),
                self.company_id.id,
                delivered,
                drafts,
            )
        )
        found = lines.browse(row[0] for row in rows)
        return found.filtered(lambda line: line.order_id.state in ("sale", "purchase"))
