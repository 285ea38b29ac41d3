# The facts of a ledger entry, with names instead of keys, for its form.
# Read only; capture states the facts, flush computes from them.

from odoo import api, fields, models

from ...costing import terms


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    facts_tables = fields.Json(
        "Facts in Words",
        compute="_compute_facts_tables",
        help="Tables of what the document stated: title, columns with label and type, "
        "rows.",
    )

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_facts_tables(self):
        for entry in self:
            stated = entry.facts or {}
            tables = [
                entry._get_consumption_table(stated.get("consumptions")),
                entry._get_work_table(stated.get("works")),
                entry._get_setup_table(stated.get("setups")),
                entry._get_purchase_table(stated.get("purchases")),
                entry._get_adjustment_table(stated),
                entry._get_standing_table(self.env._("Stood in"), stated.get("before")),
                entry._get_standing_table(self.env._("Stands in"), stated.get("after")),
            ]
            entry.facts_tables = {
                "currency_id": entry.currency_id.id,
                "tables": [table for table in tables if table["rows"]],
            }

    def _get_consumption_table(self, consumptions):
        """Return the table of material, with mix groups when the bill has any."""
        groups = (self.facts or {}).get("groups")
        group = [{"label": self.env._("Mix Group"), "type": "text"}] if groups else []
        return {
            "title": self._get_consumption_title(consumptions or ()),
            "columns": [
                {"label": self.env._("Component"), "type": "text"},
                {"label": self.env._("Quantity"), "type": "quantity"},
                {"label": self.env._("Unit"), "type": "text"},
                *group,
                {"label": self.env._("Value"), "type": "money"},
            ],
            "rows": [
                [
                    *self._get_component_cells(product, quantity),
                    *([groups.get(str(product), "")] if groups else []),
                    value,
                ]
                for product, quantity, value in consumptions or ()
            ],
        }

    def _get_consumption_title(self, consumptions):
        """Return what the quantities mean, and what a negative one among them means."""
        both = any(quantity < 0 for _product, quantity, _value in consumptions)
        if self.event == "unbuild":
            return (
                self.env._(
                    "Components that came back, by-products taken out (negative)"
                )
                if both
                else self.env._("Components that came back")
            )
        return (
            self.env._("Components used, by-products received (negative)")
            if both
            else self.env._("Components used")
        )

    def _get_adjustment_table(self, stated):
        rows = []
        if self.event == "adjustment":
            product, quantity = self.product_id.id, stated.get("quantity")
            rows = [
                [*self._get_component_cells(product, quantity), stated.get("value")]
            ]
        return {
            "title": self.env._("Stock found (negative: lost)"),
            "columns": [
                {"label": self.env._("Product"), "type": "text"},
                {"label": self.env._("Quantity"), "type": "quantity"},
                {"label": self.env._("Unit"), "type": "text"},
                {"label": self.env._("Value"), "type": "money"},
            ],
            "rows": rows,
        }

    def _get_work_table(self, works):
        return {
            "title": self.env._("Work recorded"),
            "columns": [
                {"label": self.env._("Operation"), "type": "text"},
                {"label": self.env._("Work Center"), "type": "text"},
                {"label": self.env._("Hours"), "type": "quantity"},
            ],
            "rows": [
                [*self._get_work_cells(operation, workcenter), hours]
                for operation, workcenter, hours in works or ()
            ],
        }

    def _get_setup_table(self, setups):
        return {
            "title": self.env._("Set-ups run"),
            "columns": [
                {"label": self.env._("Operation"), "type": "text"},
                {"label": self.env._("Work Center"), "type": "text"},
                {"label": self.env._("Set-ups"), "type": "quantity"},
            ],
            "rows": [
                [*self._get_work_cells(operation, workcenter), lots]
                for operation, workcenter, lots in setups or ()
            ],
        }

    def _get_work_cells(self, operation, workcenter):
        """Return the names of an operation and of its work centre."""
        return [
            self._get_fact_name("mrp.routing.workcenter", operation),
            self._get_fact_name("mrp.workcenter", workcenter),
        ]

    def _get_purchase_table(self, purchases):
        return {
            "title": self.env._("Components billed"),
            "columns": [
                {"label": self.env._("Component"), "type": "text"},
                {"label": self.env._("Quantity"), "type": "quantity"},
                {"label": self.env._("Unit"), "type": "text"},
                {"label": self.env._("Standard Price"), "type": "price"},
                {"label": self.env._("Billed"), "type": "money"},
                {"label": self.env._("Of It by Exchange Rate"), "type": "money"},
            ],
            "rows": [
                [*self._get_component_cells(product, quantity), price, value, exchange]
                for product, quantity, price, value, exchange in purchases or ()
            ],
        }

    def _get_standing_table(self, title, rows):
        """Return what goods on hand stood for at a cut-over, or stand for after it."""
        return {
            "title": title,
            "columns": [
                {"label": self.env._("Account"), "type": "text"},
                {"label": self.env._("Product or Work Center"), "type": "text"},
                {"label": self.env._("Quantity"), "type": "quantity"},
                {"label": self.env._("Price"), "type": "price"},
                {"label": self.env._("Value"), "type": "money"},
            ],
            "rows": [
                [
                    self._get_fact_name("account.account", posting.account),
                    self._get_fact_name(
                        "product.product", posting.product or self.product_id.id
                    )
                    if posting.role != terms.APPLIED
                    else self._get_fact_name("mrp.workcenter", posting.workcenter),
                    float(posting.actual_quantity),
                    float(posting.actual_price),
                    float(posting.amount),
                ]
                for posting in map(self._to_standing, rows or ())
            ],
        }

    def _get_component_cells(self, product_id, quantity):
        """Return name, quantity and unit of measure of a component."""
        product = self.env["product.product"].sudo().browse(product_id).exists()
        name = product.display_name or self.env._("Deleted (%s)", product_id)
        return [name, quantity, product.uom_id.name or ""]

    def _get_fact_name(self, model, key):
        """Return the name of what a fact is about, whoever may read it."""
        record = self.env[model].sudo().browse(key or False).exists()
        if key and not record:
            return self.env._("Deleted (%s)", key)
        return record.display_name or ""
