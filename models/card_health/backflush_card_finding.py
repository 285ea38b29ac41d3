# A finding: a standard that no longer matches what it was computed from, or the facts.
# Standard cost; written by backflush_card_finding_check, answered by a new roll-up.

from odoo import Command, api, fields, models

#: In the order in which they are worth looking at.
KINDS = [
    ("missing", "No Card"),
    ("problem", "Cannot Be Rolled Up"),
    ("bill", "Bill Changed"),
    ("routing", "Operations Changed"),
    ("rate", "Rates Changed"),
    ("overhead", "Overhead Rates Changed"),
    ("component", "Component Price Moved"),
    ("age", "Too Old"),
    ("price", "Differs from Purchases"),
    ("time", "Differs from Orders"),
]


class BackflushCardFinding(models.Model):
    _name = "backflush.card.finding"
    _description = "Finding on a Cost Card"
    _order = "company_id, kind, product_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    category_id = fields.Many2one(related="product_id.categ_id")
    uom_id = fields.Many2one(related="product_id.uom_id")
    policy_id = fields.Many2one(
        "backflush.policy",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        help="The policy that the product follows; for a component, one whose cards "
        "use it.",
    )
    user_id = fields.Many2one(
        related="policy_id.health_user_id", store=True, string="Responsible"
    )
    card_id = fields.Many2one(
        "backflush.cost.card",
        "Cost Card",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
    )
    card_state = fields.Selection(related="card_id.state", string="State of the Card")
    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    detail = fields.Text("Reason", required=True, readonly=True)
    amount = fields.Float(
        "Effect on Unit Cost",
        readonly=True,
        digits=(16, 6),
        min_display_digits=2,
        aggregator=None,
        help="Company currency by which one unit would cost more (less: negative) if "
        "the card followed what was found.",
    )
    inventory_effect = fields.Monetary(
        "Effect on Inventory",
        readonly=True,
        help="Company currency by which the quantity on hand, when it was found, would "
        "be worth more in the books.",
    )
    found_on = fields.Date(
        "Last Found", required=True, readonly=True, default=fields.Date.context_today
    )
    first_found_on = fields.Date(
        "First Found", required=True, readonly=True, default=fields.Date.context_today
    )

    _kind_unique = models.Constraint(
        "UNIQUE(company_id, product_id, kind)",
        "A product has one finding of each kind.",
    )

    # What a check found --------------------------------------------------------------

    @api.model
    def _replace(self, company, found):
        """Let the findings of ``company`` be those of ``found``, one dict of values
        each; those found before keep the day on which they were first found."""
        today = fields.Date.context_today(self)
        before = {
            (finding.product_id.id, finding.kind): finding
            for finding in self.search([("company_id", "=", company.id)])
        }
        kept, new = self.browse(), []
        for vals in found:
            if finding := before.get((vals["product_id"], vals["kind"])):
                finding._update(vals)
                kept |= finding
            else:
                new.append({**vals, "company_id": company.id})
        kept.filtered(lambda finding: finding.found_on != today).found_on = today
        (self.browse().union(*before.values()) - kept).unlink()
        return kept | self.create(new)

    def _update(self, vals):
        """Write those of ``vals`` that differ from what was found before."""
        old = self._convert_to_write({name: self[name] for name in vals})
        if changed := {name: new for name, new in vals.items() if old[name] != new}:
            self.write(changed)

    # Buttons -------------------------------------------------------------------------

    def action_check(self):
        """Check the cards of the companies that the user works in, whatever findings
        are chosen; say how many were found."""
        self.check_access("write")
        found = self.browse()
        for company in self.env.companies:
            found |= self._run_check(company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "Cost cards checked, findings: %(number)s", number=len(found)
                ),
                "type": "warning" if found else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_roll_up(self):
        """Open a roll-up of the products of these findings; where purchases differ from
        the standard, it takes their average as the new price."""
        context = {
            "default_scope": "products",
            "default_product_ids": [Command.set(self.product_id.ids)],
        }
        if "price" in self.mapped("kind"):
            context |= {
                "default_price_source": "purchases",
                "default_purchase_count": max(self.policy_id.mapped("health_sample")),
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Roll-up"),
            "res_model": "backflush.rollup",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_view_card(self):
        """Open the cost card, or the product when it has none."""
        self.ensure_one()
        return (self.card_id or self.product_id).get_formview_action()

    def action_view_product(self):
        self.ensure_one()
        return self.product_id.get_formview_action()

    def action_view_bom(self):
        """Open the bill of materials that a card of the product follows today."""
        self.ensure_one()
        boms = self.env["mrp.bom"]._find_for_cards(self.product_id, self.company_id)
        return (boms.get(self.product_id) or self.card_id.bom_id).get_formview_action()

    @api.model
    def _get_action(self, domain):
        """Return the window action of the findings in ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_card_finding_action"
        )
        return {**action, "domain": domain}
