# The cost statement of an order on screen: standard, actual and variances by row.
# After post; the dataset is made by models/analysis/mrp_production_statement.py.

from odoo import Command, api, fields, models
from odoo.tools import formatLang

from ..costing import order_statement
from ..models.configuration.backflush_cost_element import VARIANCE_KINDS

PARTS = [
    (order_statement.MATERIAL, "Material"),
    (order_statement.SCRAP, "Scrap"),
    (order_statement.CONVERSION, "Conversion"),
    (order_statement.OTHER, "Other"),
]
#: What the name of a row is taken from.
NAMED_BY = ("product_id", "operation_id", "workcenter_id", "element_id", "kind")


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def action_view_backflush_statement(self):
        """Open the cost statement of this order."""
        self.ensure_one()
        return self.env["backflush.order.statement"]._open(self)


class BackflushOrderStatement(models.TransientModel):
    _name = "backflush.order.statement"
    _description = "Cost Statement of an Order"
    _rec_name = "production_id"

    production_id = fields.Many2one(
        "mrp.production", "Manufacturing Order", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        "Quantity Made",
        readonly=True,
        digits=(16, 6),
        help="What was made less what was unbuilt, in the product's unit of measure.",
    )
    standard = fields.Monetary(
        "Standard Cost", readonly=True, help="What the cost card allows for it."
    )
    actual = fields.Monetary(
        "Actual Cost",
        readonly=True,
        help="Standard cost and the variances that were posted.",
    )
    variance = fields.Monetary(
        readonly=True, help="Actual minus standard: a positive amount is unfavourable."
    )
    kind_summary = fields.Char("Variances by Kind", readonly=True)
    line_ids = fields.One2many(
        "backflush.order.statement.line", "statement_id", readonly=True
    )

    @api.depends("production_id")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._(
                "Cost Statement %(order)s", order=statement.sudo().production_id.name
            )

    @api.model
    @api.private
    def _open(self, order):
        """Return the action that shows the statement of ``order``.

        :raises AccessError: the user may not read the ledger, or not of this company
        """
        found = order._get_backflush_statement()
        # An auditor reads statements of orders without any right to manufacturing.
        order = order.sudo()
        lines = [
            {"sequence": number, **self._prepare_line_vals(row, order)}
            for number, row in enumerate(found["rows"])
        ]
        # By the system: nobody changes the figures of a statement.
        statement = self.sudo().create(
            {
                "production_id": order.id,
                "company_id": order.company_id.id,
                "product_id": order.product_id.id,
                "quantity": found["quantity"],
                "standard": found["standard"],
                "actual": found["actual"],
                "variance": found["variance"],
                "kind_summary": self._describe_kinds(found["kinds"], order),
                "line_ids": [Command.create(vals) for vals in lines],
            }
        )
        statement.with_env(self.env).check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cost Statement"),
            "res_model": self._name,
            "res_id": statement.id,
            "view_mode": "form",
        }

    @api.model
    def _prepare_line_vals(self, row, order):
        return {
            **{name: value for name, value in row.items() if name != "kinds"},
            "kind_summary": self._describe_kinds(row["kinds"], order),
            "has_actual_quantity": row["actual_quantity"] is not None,
            "actual_quantity": row["actual_quantity"] or 0.0,
        }

    @api.model
    def _describe_kinds(self, kinds, order):
        """Return the variances ``kinds`` {kind: amount} as a text."""
        labels = self.env["backflush.entry.line"]._fields["variance_kind"]
        labels = dict(labels._description_selection(self.env))
        currency = order.company_id.currency_id
        return ", ".join(
            f"{labels[kind]} {formatLang(self.env, amount, currency_obj=currency)}"
            for kind, amount in kinds.items()
        )

    def action_view_variances(self):
        """Open the variances of the order in the ledger."""
        self.ensure_one()
        self.check_access("read")
        return self.env["backflush.entry.line"]._get_variance_action(
            [("production_id", "=", self.sudo().production_id.id)]
        )

    def action_view_entries(self):
        """Open the ledger entries of the order."""
        self.ensure_one()
        self.check_access("read")
        return self.env["backflush.entry"]._get_action(
            [("production_id", "=", self.sudo().production_id.id)]
        )

    def action_view_order(self):
        """Open the order, for who may see it."""
        self.ensure_one()
        return self.production_id.get_formview_action()


class BackflushOrderStatementLine(models.TransientModel):
    _name = "backflush.order.statement.line"
    _description = "Line of a Cost Statement"
    _order = "sequence, id"
    _rec_name = "part"

    statement_id = fields.Many2one(
        "backflush.order.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="statement_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer()
    part = fields.Selection(PARTS, required=True)
    product_id = fields.Many2one("product.product", "Component")
    operation_id = fields.Many2one("mrp.routing.workcenter")
    workcenter_id = fields.Many2one("mrp.workcenter", "Work Center")
    element_id = fields.Many2one("backflush.cost.element", "Cost Element")
    kind = fields.Selection(VARIANCE_KINDS)
    name = fields.Char("Component or Operation", compute="_compute_name")
    unit = fields.Char(compute="_compute_name")
    standard_quantity = fields.Float(
        digits=(16, 6), help="What the cost card allows for the quantity made."
    )
    standard_price = fields.Float(digits=(16, 6), min_display_digits=2)
    standard_amount = fields.Monetary()
    has_actual_quantity = fields.Boolean()
    actual_quantity = fields.Float(
        digits=(16, 6),
        help="What was used or worked. Hours are known where the policy applies "
        "conversion for actual time.",
    )
    actual_price = fields.Float(digits=(16, 6), min_display_digits=2)
    actual_amount = fields.Monetary()
    variance = fields.Monetary()
    kind_summary = fields.Char("Variances by Kind")

    @api.depends(*NAMED_BY)
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        # Who reads the ledger may read what it is about, by name.
        for line in self.sudo():
            work = (line.operation_id, line.workcenter_id)
            line.name = (
                line.product_id.display_name
                or " · ".join(record.display_name for record in work if record)
                or labels.get(line.kind)
                or line.element_id.display_name
            )
            if line.product_id:
                line.unit = line.product_id.uom_id.display_name
            else:
                line.unit = self.env._("hours") if line.workcenter_id else False

    @api.model
    def _new_for_rows(self, rows):
        """Return an unsaved line of each of ``rows``, for those who show its name."""
        # Together, so that what they are about is read at once.
        return self.concat(
            *(self.new({name: row[name] for name in NAMED_BY}) for row in rows)
        )

    def action_view_variances(self):
        """Open the variances of this row in the ledger."""
        self.ensure_one()
        self.check_access("read")
        # What entries are about, a reader of the ledger need not be able to open.
        line = self.sudo()
        domain = [("production_id", "=", line.statement_id.production_id.id)]
        for name in ("product_id", "operation_id", "workcenter_id"):
            domain.append((name, "=", line[name].id))
        if line.part == order_statement.CONVERSION:
            domain.append(("element_id", "=", line.element_id.id))
        scrap = "=" if line.part == order_statement.SCRAP else "!="
        domain.append(("variance_kind", scrap, "scrap"))
        return self.env["backflush.entry.line"]._get_variance_action(domain)
