# What explains the balance of an inventory account: prices that the ledger did not
# compare or change. Bills before a policy, standards that Odoo left to its closing.

from collections import defaultdict
from datetime import date
from itertools import pairwise

from odoo import models
from odoo.tools import format_date

from ..models.backflush_entry_cutover import KEYS

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
        for entry in self.env["backflush.entry"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("event", "=", "cutover"),
                ("product_id", "in", products.ids),
                ("date", "<=", self.date),
            ],
            order="id desc",
        ):
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
        books have what was on hand at the standard before."""
        own = self.env["product.product"].union(
            *(
                product
                for product, parts in contents.items()
                if any(part == product for part, _account, _cost in parts)
            )
        )
        standard = own.with_company(self.company_id).filtered(
            lambda product: product.cost_method == "standard"
        )
        changes = self._get_manual_changes(standard)
        rows = []
        for moment, mine in changes.items():
            products = self.env["product.product"].union(*mine)
            on_hand = self._get_quantities(products, moment)
            for (_document, product), units in self._get_ahead(
                products, moment.date()
            ).items():
                on_hand[product] -= units
            rows += [
                self._prepare_repriced_row(product, on_hand[product], step, moment)
                for product, step in mine.items()
                if on_hand[product]
            ]
        return rows

    def _get_manual_changes(self, products):
        """Return {moment: {product: change of its standard}} of those that no cost card
        made, until the day of the statement."""
        # Odoo keeps the history of prices in coins.
        coins = self.currency_id.round
        costs = defaultdict(set)
        for card in self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
            ]
        ):
            costs[card.product_id].add(coins(card.total_cost))
        end, changes = self._get_end(), defaultdict(dict)
        for product, known in self._get_price_history(products).items():
            for (_then, before), (moment, price) in pairwise(known):
                if moment <= end and coins(price) not in costs[product]:
                    step = changes[moment].get(product, 0.0) + price - before
                    changes[moment][product] = step
        return changes

    def _prepare_repriced_row(self, product, quantity, step, moment):
        return {
            "account_id": self._get_account(product).id,
            "kind": "repriced",
            "product_id": product.id,
            "quantity": -quantity,
            "price": step,
            "amount": -quantity * step,
            "name": format_date(self.env, moment),
            "res_model": product._name,
            "res_id": product.id,
        }
