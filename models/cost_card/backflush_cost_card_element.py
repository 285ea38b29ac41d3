# A cost card by element, through all levels: its labour, that of parts included.
# Standard cost; computed by the roll-up with the card's lines, frozen with its card.

from odoo import api, fields, models


class BackflushCostCardElement(models.Model):
    _name = "backflush.cost.card.element"
    _description = "Cost Card by Element"
    _order = "card_id, element_id"
    _rec_name = "element_id"
    _check_company_auto = True

    card_id = fields.Many2one(
        "backflush.cost.card",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    element_id = fields.Many2one(
        "backflush.cost.element",
        "Cost Element",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    own_amount = fields.Float(
        "This Level",
        readonly=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency for one unit: bought material and work of this level.",
    )
    below_amount = fields.Float(
        "Levels Below",
        readonly=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency for one unit: what components made here bring along.",
    )
    amount = fields.Float(
        "Total",
        readonly=True,
        digits=(16, 6),
        min_display_digits=2,
        help="Company currency for one unit; all elements add up to the standard cost.",
    )

    _element_unique = models.Constraint(
        "UNIQUE(card_id, element_id)",
        "A cost card has one amount for each cost element.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["backflush.cost.card"]._check_may_add(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self.card_id._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.card_id._check_not_frozen()
