# The statement of an order as data: standard beside actual, variances, why, postings.
# First step of a report; read from the ledger: an auditor needs no other rights.

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .dataset import DATE, MONEY, PRICE, QUANTITY, Chart, Column, Section


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    @api.model
    def _open_statement(self, orders):
        """Return the action that asks for the statement of manufacturing orders.

        :raises UserError: when the ledger has nothing about them
        """
        entries = self.env["backflush.entry"].search(
            [("production_id", "in", orders.ids), ("event", "=", "completion")]
        )
        if not entries:
            raise UserError(
                self.env._(
                    "The backflush ledger has no entry about %(orders)s: it was not "
                    "completed under a policy.",
                    orders=", ".join(orders.mapped("display_name")),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Statement of the Order"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": "order", "default_entry_ids": entries.ids},
        }

    def _get_order_dataset(self):
        entries = self._get_order_entries()
        return self._prepare_dataset(
            [
                self._get_order_section(entries),
                self._get_taken_section(entries.production_id),
                self._get_kind_section(entries.line_ids),
                self._get_explanation_section(entries),
                self._get_posting_section(entries),
            ],
        )

    def _count_order(self):
        # Lines are shown as postings, with their explanation, and by component.
        return 3 * len(self._get_order_entries().line_ids)

    def _get_order_entries(self):
        """Return all entries of the orders, and of documents without one those that
        were chosen; changes included, in their order."""
        orders = self.entry_ids.production_id
        domain = Domain("production_id", "in", orders.ids)
        domain |= Domain("id", "in", self.entry_ids._with_changes().ids)
        domain &= Domain("company_id", "=", self.company_id.id)
        return self.env["backflush.entry"].search(domain, order="production_id, id")

    def _get_order_section(self, entries):
        labels = dict(entries._fields["event"]._description_selection(self.env))
        return Section(
            self.env._("Entries"),
            [
                Column(self.env._("Order"), width=18),
                Column(self.env._("Event"), width=16),
                Column(self.env._("Date"), DATE, 12),
                Column(self.env._("Product"), width=30),
                Column(self.env._("Quantity"), QUANTITY, 12),
                Column(self.env._("Unit"), width=10),
                Column(self.env._("Cost Card"), width=30),
                Column(self.env._("Journal Entry"), width=20),
                Column(self.env._("Cost Flushed"), MONEY, 16),
            ],
            [
                (
                    entry.origin,
                    labels[entry.event],
                    entry.date,
                    entry.product_id.display_name,
                    entry.quantity,
                    entry.uom_id.name,
                    entry.card_id.display_name,
                    entry.move_id.name,
                    entry.amount,
                )
                for entry in entries
            ],
            links=[(entry._name, entry.id) for entry in entries],
        )

    # Standard beside actual ----------------------------------------------------------

    def _get_taken_section(self, orders):
        headers = [
            (self.env._("Standard Quantity"), QUANTITY, False),
            (self.env._("Standard Price"), PRICE, False),
            (self.env._("Standard Cost"), MONEY, True),
            (self.env._("Actual Quantity"), QUANTITY, False),
            (self.env._("Actual Price"), PRICE, False),
            (self.env._("Actual Cost"), MONEY, True),
            (self.env._("Variance"), MONEY, True),
        ]
        return Section(
            self.env._("Standard and actual"),
            [
                Column(self.env._("Component or Operation"), width=36),
                Column(self.env._("Cost Element"), width=16),
                *(Column(title, kind, 14, total) for title, kind, total in headers),
                Column(self.env._("Order"), width=18, page=len(orders) > 1),
            ],
            self._get_taken_rows(orders),
            note=self._get_currency_note(),
            chart=Chart(self.env._("Standard and actual cost"), 0, (4, 7), "bar"),
        )

    def _get_taken_rows(self, orders):
        """Return the rows of the orders' cost statements; what the screen shows."""
        statements = orders._get_backflush_statements()
        found = [(row, order) for order in orders for row in statements[order]["rows"]]
        lines = self.env["backflush.order.statement.line"]._new_for_rows(
            row for row, _order in found
        )
        return [
            self._prepare_taken_row(row, line, order)
            for (row, order), line in zip(found, lines, strict=True)
        ]

    def _prepare_taken_row(self, row, line, order):
        """Return what the report shows of ``row``; ``line`` knows its names."""
        # What the ledger does not know is left open.
        known = row["actual_quantity"] is not None
        return (
            line.name,
            line.element_id.sudo().name,
            row["standard_quantity"],
            row["standard_price"],
            row["standard_amount"],
            row["actual_quantity"],
            row["actual_price"] if known else None,
            row["actual_amount"],
            row["variance"],
            order.sudo().name,
        )

    # Why, and where ------------------------------------------------------------------

    def _get_explanation_section(self, entries):
        return Section(
            self.env._("Explanation"),
            [
                Column(self.env._("Entry"), width=28),
                Column(self.env._("About"), width=44),
                Column(self.env._("Derivation"), width=100),
            ],
            [
                (entry.display_name, about, "; ".join(steps))
                for entry in entries
                for about, steps, _lines in entry._get_derivations()
            ],
            note=self.env._("Each amount, from the quantities and prices behind it."),
        )

    def _get_posting_section(self, entries):
        roles = dict(entries.line_ids._fields["role"]._description_selection(self.env))
        lines = entries.line_ids.sorted("id")
        return Section(
            self.env._("Postings"),
            [
                Column(self.env._("Entry"), width=28),
                Column(self.env._("Journal Entry"), width=20),
                Column(self.env._("Accounting Date"), DATE, 12),
                Column(self.env._("Account"), width=36),
                Column(self.env._("Role"), width=20),
                Column(self.env._("About"), width=30),
                Column(self.env._("Debit"), MONEY, 15, total=True),
                Column(self.env._("Credit"), MONEY, 15, total=True),
            ],
            [
                (
                    line.entry_id.display_name,
                    line.entry_id.move_id.name,
                    line.accounting_date,
                    line.account_id.display_name,
                    roles[line.role],
                    line._get_item_name(),
                    line.debit or None,
                    line.credit or None,
                )
                for line in lines
            ],
        )
