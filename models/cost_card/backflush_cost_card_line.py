# One line of a cost card: a component, an operation or an overhead, of one element.
# Standard cost; frozen with its card.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...costing import cards
from ...costing.money import ONE, exact
from .. import finite
from .mix_group import check_groups


class BackflushCostCardLine(models.Model):
    _name = "backflush.cost.card.line"
    _description = "Cost Card Line"
    _order = "card_id, sequence, id"
    _check_company_auto = True

    card_id = fields.Many2one(
        "backflush.cost.card", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    card_state = fields.Selection(related="card_id.state", string="State")
    card_product_id = fields.Many2one(
        related="card_id.product_id", store=True, string="Finished Product"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            (cards.COMPONENT, "Component"),
            (cards.SCRAP, "Planned Scrap"),
            (cards.BYPRODUCT, "By-product"),
            (cards.PURCHASE, "Purchase Price"),
            (cards.OPERATION, "Operation"),
            (cards.SETUP, "Set-up"),
            (cards.SUBCONTRACTING, "Subcontracting"),
            (cards.OVERHEAD, "Overhead"),
        ],
        required=True,
        default=cards.COMPONENT,
    )
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        required=True,
        check_company=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        "product.product",
        "Component",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    component_card_id = fields.Many2one(
        "backflush.cost.card",
        "Card of the Component",
        index="btree_not_null",
        ondelete="set null",
        help="The card that gave the price of a component made here.",
    )
    bom_line_id = fields.Many2one("mrp.bom.line", ondelete="set null")
    operation_id = fields.Many2one("mrp.routing.workcenter", ondelete="set null")
    workcenter_id = fields.Many2one(
        "mrp.workcenter", check_company=True, ondelete="restrict"
    )
    driver = fields.Selection(
        [(cards.PER_QUANTITY, "Quantity"), (cards.PER_HOUR, "Hours")],
        required=True,
        default=cards.PER_QUANTITY,
        help="Whether the cost follows the units made or the hours worked.",
    )
    quantity = finite.Float(
        digits=(16, 8),
        default=1.0,
        help="Component units, or hours, for one unit of the product.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    mix_group = fields.Char(
        help="Components with the same mix group can take each other's place: their "
        "usage variance is shown as mix and yield. A quantity of 0 allows a substitute "
        "that is not planned.",
    )
    price = finite.Float(
        "Standard Price",
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency per component unit or per hour.",
    )
    amount = finite.Float(
        compute="_compute_amount",
        store=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency for one unit of the product.",
    )

    @api.depends("quantity", "price")
    def _compute_amount(self):
        for line in self:
            line.amount = float(
                cards.unit_cost(exact(line.quantity) * exact(line.price))
            )

    @api.constrains("mix_group", "kind", "product_id", "card_id")
    def _check_mix_group(self):
        for card in self.filtered("mix_group").card_id:
            lines = card.line_ids.filtered("mix_group")
            lines._check_are_components()
            check_groups(card, [(line.product_id, line.mix_group) for line in lines])

    def _check_are_components(self):
        for line in self.filtered(lambda line: line.kind != cards.COMPONENT):
            raise ValidationError(
                self.env._(
                    "%(card)s: a line of the kind %(kind)s is in mix group %(group)s. "
                    "Only components belong to mix groups: empty the mix group of "
                    "that line.",
                    card=line.card_id.display_name,
                    kind=line._get_kind_label(),
                    group=line.mix_group,
                )
            )

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind != cards.COMPONENT:
            self.mix_group = False

    @api.model_create_multi
    def create(self, vals_list):
        self.env["backflush.cost.card"]._check_may_add(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"company_id", "card_product_id", "amount"}:
            self.card_id._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.card_id._check_not_frozen()

    def _to_costing(self):
        """Return the line for `costing`."""
        return cards.CardLine(
            kind=self.kind,
            element=self.element_id.id,
            quantity=exact(self.quantity),
            price=exact(self.price),
            amount=cards.unit_cost(exact(self.amount)),
            product=self.product_id.id or None,
            operation=self.operation_id.id or None,
            workcenter=self.workcenter_id.id or None,
            driver=self.driver,
            group=self.mix_group or None,
            units=exact(self.product_id.uom_id.factor) if self.mix_group else ONE,
        )

    @api.model
    def _prepare_vals(self, line):
        """Return the values of a line from its `costing` form."""
        return {
            "kind": line.kind,
            "element_id": line.element,
            "product_id": line.product,
            "operation_id": line.operation,
            "workcenter_id": line.workcenter,
            "driver": line.driver,
            "mix_group": line.group,
            "quantity": float(line.quantity),
            "price": float(line.price),
        }
