# What explains the balance of an inventory account: prices that the ledger did not
# compare or change. Bills before a policy, standards that Odoo left to its closing.

from collections import defaultdict
from datetime import date

from odoo import models
from odoo.tools import format_date

from ..models.ledger.backflush_entry_cutover import KEYS

#: Column of the quantity in a row of facts.
QUANTITY = len(KEYS)


class BackflushStatement(models.TransientModel):
    _inherit = "backflush.statement"

    # Bills at another price ----------------------------------------------------------

    def _get_price_rows(self, contents):
        """Bills that the ledger did not compare with standard, as those before a policy
        started, left their own price in the stock account."""
        products = self.env["product.product"].union(*contents)
        standard = products.with_company(self.company_id).filtered(
            lambda product: product.cost_method == "standard"
        )
        items = self._get_billed_items(standard)
        items -= items.filtered(
            lambda item: any(
                item.product_id.id == fact[0]
                for entry in item.move_id.backflush_bill_entry_ids
                for fact in entry.facts.get("purchases", ())
            )
        )
        history = self._get_price_history(items.product_id)
        averaged = self._get_averaged(items.product_id, history)
        items = items.filtered(
            lambda item: item.date > averaged.get(item.product_id, date.min)
        )
        rows = []
        for bill, lines in items.grouped("move_id").items():
            for line, value in lines._get_billed_values().items():
                moment = self._get_end(bill.date)
                price = self._get_price_on(moment, line.product_id, history)
                amount = value - self._get_billed_quantity(line) * price
                if not self.currency_id.is_zero(amount):
                    rows.append(self._prepare_price_row(line, amount))
        return rows

    def _get_averaged(self, products, history):
        """Return {product: day until which Odoo valued it at its purchase prices}: it
        stood at another cost than its standard when its policy started."""
        found = {}
        for entry in self._get_cutovers(products).sorted("id", reverse=True):
            standard = self._get_price_on(entry.create_date, entry.product_id, history)
            stood = entry.facts.get("before", ())
            quantity = sum(row[QUANTITY] for row in stood)
            amount = sum(row[-1] for row in stood)
            if not self.currency_id.is_zero(amount - quantity * standard):
                found[entry.product_id] = entry.date
        return found

    def _prepare_price_row(self, line, amount):
        return {
            "account_id": line.account_id.id,
            "kind": "price",
            "product_id": line.product_id.id,
            "amount": amount,
            "name": line.move_id.name,
            "user_id": line.move_id.create_uid.id,
            "res_model": "account.move",
            "res_id": line.move_id.id,
        }

    # Standards changed without a cost card -------------------------------------------

    def _get_repriced_rows(self, contents):
        """A standard that was changed by hand is left to Odoo's stock closing: the
        books have what they held then at the standard before."""
        own = self._get_products_of_own(contents)
        standard = own.with_company(self.company_id).filtered(
            lambda product: product.cost_method == "standard"
        )
        steps = self._get_manual_steps(standard)
        left = self._get_left(steps)
        return [
            self._prepare_repriced_row(value, left[value], step)
            for value, step in steps.items()
            if left[value]
        ]

    def _get_manual_steps(self, products):
        """Return {change of a standard: by how much} of those that no cost card made,
        until the day of the statement."""
        # Odoo keeps the history of prices in coins.
        coins = self.currency_id.round
        costs = self._get_card_costs(products)
        end, steps = self._get_end(), {}
        values = self._get_price_values(products).filtered(lambda v: v.date <= end)
        for product, mine in values.grouped("product_id").items():
            before = None
            for value in mine:
                if facts := value.backflush_facts:
                    steps[value] = facts["step"]
                elif before and coins(value.value) not in costs[product]:
                    steps[value] = value.value - before.value
                before = value
        return steps

    def _get_card_costs(self, products):
        """Return {product: unit costs of its cost cards}, in coins."""
        costs = defaultdict(set)
        for card in self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
            ]
        ):
            costs[card.product_id].add(self.currency_id.round(card.total_cost))
        return costs

    def _get_left(self, values):
        """Return {change of a standard: units that the books held then}; of a change
        from before this was kept, those on hand, billed at the end of the day."""
        left, unknown = {}, defaultdict(list)
        for value in values:
            if value.backflush_facts:
                left[value] = value.backflush_facts["left"]
            else:
                unknown[value.date].append(value)
        for moment, mine in unknown.items():
            products = self.env["product.product"].union(
                *(value.product_id for value in mine)
            )
            on_hand = self._get_quantities(products, moment)
            for (_document, product), units in self._get_ahead(
                products, moment.date()
            ).items():
                on_hand[product] -= units
            left |= {value: on_hand[value.product_id] for value in mine}
        return left

    def _prepare_repriced_row(self, value, quantity, step):
        product = value.product_id
        return {
            "account_id": self._get_account(product).id,
            "kind": "repriced",
            "product_id": product.id,
            "quantity": -quantity,
            "price": step,
            "amount": -quantity * step,
            "name": format_date(self.env, value.date),
            "user_id": value.user_id.id,
            "res_model": product._name,
            "res_id": product.id,
        }
