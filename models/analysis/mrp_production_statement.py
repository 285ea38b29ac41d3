# The cost statement of an order: one dataset, for the screen and for reports.
# After post; the arithmetic is in costing/order_statement.py.

from collections import defaultdict

from odoo import models

from ...costing import order_statement, terms
from ...costing.money import ZERO, exact


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_backflush_statement(self):
        """Return the cost statement of an order from what the ledger has posted of it.

        :raises AccessError: the user may not read the ledger
        :return: dict of ``quantity`` made, ``standard``, ``actual`` and ``variance``
            (float, company currency), ``kinds`` {kind: amount}, and ``rows``: dicts of
            part, keys (product_id, operation_id, workcenter_id, element_id), kind,
            standard and actual quantity (None: not known), price and amount, variance,
            and ``kinds`` of the row; actual - standard = variance in each
        """
        self.ensure_one()
        return self._get_backflush_statements()[self]

    def _get_backflush_statements(self):
        """Return {order: its cost statement, as `_get_backflush_statement` says}.

        :raises AccessError: the user may not read the ledger
        """
        # By the rights and companies of the reader; what entries are about, an auditor
        # need not be able to open.
        entries = self.env["backflush.entry"].search(
            [("production_id", "in", self.ids), ("state", "=", "posted")], order="id"
        )
        entries = entries.sudo()
        found = entries.grouped("production_id")
        return {
            order: order._prepare_statement(found.get(order, entries.browse()))
            for order in self
        }

    def _prepare_statement(self, entries):
        """Return the statement of this order from the ledger's ``entries`` of it."""
        unit = exact(self.sudo().company_id.currency_id.rounding)
        rows = entries._get_order_rows(unit)
        made = entries._filter_about_order()
        standard = sum((row.standard_amount for row in rows), ZERO)
        variance = sum((row.variance for row in rows), ZERO)
        return {
            "quantity": sum(made.mapped("quantity")),
            "standard": float(standard),
            "actual": float(standard + variance),
            "variance": float(variance),
            "kinds": _to_floats(order_statement.totals(rows)),
            "rows": [self._prepare_statement_row(row) for row in rows],
        }

    def _prepare_statement_row(self, row):
        return {
            "part": row.part,
            "product_id": row.product or False,
            "operation_id": row.operation or False,
            "workcenter_id": row.workcenter or False,
            "element_id": row.element or False,
            "kind": row.kind or False,
            "standard_quantity": float(row.standard_quantity),
            "standard_price": _get_price(row.standard_amount, row.standard_quantity),
            "standard_amount": float(row.standard_amount),
            "actual_quantity": (
                None if row.actual_quantity is None else float(row.actual_quantity)
            ),
            "actual_price": _get_price(row.actual_amount, row.actual_quantity),
            "actual_amount": float(row.actual_amount),
            "variance": float(row.variance),
            "kinds": _to_floats(row.variances),
        }


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _filter_about_order(self):
        """Return those of these entries of orders that are about what they made or had
        unbuilt, not about stock that they lost: entries that change one have a key that
        begins alike."""
        return self.filtered(lambda entry: entry.source_key.startswith("mrp."))

    def _get_order_rows(self, unit):
        """Return the rows of the statement of the order of these entries."""
        about = self._filter_about_order()
        # Goods stand in the books by this card; what the card of the document's day
        # differs by is among the variances, as a revaluation.
        made = [
            (exact(entry.quantity), card._to_costing())
            for entry in about
            if (card := entry.goods_card_id or entry.card_id)
        ]
        materials, works = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        for entry in about:
            sign = -1 if entry._get_root().event == "unbuild" else 1
            for product, quantity, _value in entry.facts.get("consumptions", ()):
                materials[product] += sign * exact(quantity)
            for operation, workcenter, hours in entry.facts.get("works", ()):
                works[operation or None, workcenter] += exact(hours)
        timed = set(about.policy_id.mapped("conversion_basis")) == {terms.ACTUAL_TIME}
        return order_statement.statement(
            made,
            materials,
            works if timed else None,
            self._get_lines_posted(),
            unit,
        )


def _get_price(amount, quantity):
    """Return the price of one unit; 0 where there is no quantity."""
    return float(amount / quantity) if quantity else 0.0


def _to_floats(amounts):
    return {kind: float(amount) for kind, amount in amounts.items() if amount}
