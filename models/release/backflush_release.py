# A release of standard costs: proposed cards, compared, guarded, approved, in force.
# Standard cost; after the roll-up, before the cards take effect. The next files say
# which cards it proposes, what keeps it back, and how it goes through its states.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Written by the code alone: who did what, and where a release stands.
PROTECTED = {
    "name",
    "state",
    "user_id",
    "requested_by_id",
    "approved_by_id",
    "approved_on",
    "released_by_id",
    "released_on",
    "guard_reason",
    "guard_user_id",
    "guard_confirmed_on",
    "withdrawal_reason",
    "is_outdated",
    "compared_on",
    "error",
}


class BackflushRelease(models.Model):
    _name = "backflush.release"
    _description = "Standard Cost Release"
    _inherit = [
        *("backflush.tracked", "mail.activity.mixin", "backflush.rollup.scope"),
        *("backflush.approval", "backflush.guarded"),
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _guarded_fields = PROTECTED

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    description = fields.Char(help="What this release is for.", tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "Valid From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The day on which the cards take effect.",
    )
    state = fields.Selection(
        [
            ("draft", "Proposal"),
            ("to_approve", "To Approve"),
            ("released", "Released"),
            ("in_force", "In Force"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Prepared By",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    released_by_id = fields.Many2one(
        "res.users", "Released By", readonly=True, copy=False, tracking=True
    )
    released_on = fields.Datetime(readonly=True, copy=False)
    withdrawal_reason = fields.Char(readonly=True, copy=False, tracking=True)
    error = fields.Text(
        readonly=True,
        copy=False,
        help="Why this release could not take effect on its day.",
    )
    card_ids = fields.One2many("backflush.cost.card", "release_id", "Cost Cards")
    problem_ids = fields.One2many(
        "backflush.release.problem", "release_id", "Problems", readonly=True
    )
    entry_ids = fields.One2many(
        "backflush.entry", "release_id", "Revaluations", readonly=True
    )
    card_count = fields.Integer(compute="_compute_totals")
    entry_count = fields.Integer(compute="_compute_entry_count")
    approval_needed = fields.Boolean(related="company_id.backflush_approval")

    def _compute_entry_count(self):
        counts = dict(
            self.env["backflush.entry"]._read_group(
                [("release_id", "in", self.ids)], ["release_id"], ["__count"]
            )
        )
        for release in self:
            release.entry_count = counts.get(release, 0)

    # Written by the code alone -------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(vals)
            company = self.env["res.company"].browse(
                vals.get("company_id") or self.env.company.id
            )
            vals["name"] = company._get_next_release_name()
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals)
        if vals.keys() & {"date_from", "card_ids", "company_id"}:
            self._check_draft()
        result = super().write(vals)
        if "date_from" in vals:
            self.card_ids.write({"date_from": self.date_from})
        return result

    @api.model
    def _check_protected(self, vals):
        """Raise unless the code writes, as superuser: a release goes through its states
        by its buttons, which check what they must."""
        if not self.env.su and vals.keys() & PROTECTED:
            raise AccessError(
                self.env._(
                    "The status of a standard cost release, its guards and who "
                    "approved it are changed by its buttons alone."
                )
            )

    def _check_draft(self):
        """Raise when one of these is not a proposal any more."""
        for release in self:
            if release.state != "draft":
                raise UserError(
                    self.env._(
                        "Release %(release)s is %(state)s and can no longer be "
                        "changed: take it back to a proposal while it waits for "
                        "approval, or withdraw it and make a new one.",
                        release=release.name,
                        state=release._get_state_label(),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        """A proposal takes its draft cards with it; others stay as a record."""
        self._check_draft()
        self.card_ids.unlink()

    def _get_state_label(self):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]

    # Actions -------------------------------------------------------------------------

    def _get_action(self):
        """Return the window action of these releases."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_release_action"
        )
        if len(self) == 1:
            action |= {"res_id": self.id, "views": [(False, "form")]}
        return action | {"domain": [("id", "in", self.ids)]}

    def action_view_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_cost_card_action_release"
        )
        return action | {"domain": [("release_id", "=", self.id)], "context": {}}

    def action_view_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action([("release_id", "=", self.id)])

    def action_view_comparison(self):
        """Open the comparison of these cards with those in force, by element."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_cost_comparison_action"
        )
        return action | {"domain": [("release_id", "=", self.id)], "context": {}}


class BackflushReleaseProblem(models.Model):
    _name = "backflush.release.problem"
    _description = "Problem of a Standard Cost Release"
    _order = "release_id, level, id"

    release_id = fields.Many2one(
        "backflush.release", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="release_id.company_id", store=True)
    product_id = fields.Many2one("product.product", ondelete="cascade")
    level = fields.Integer(help="Levels of made components below this product.")
    message = fields.Text(required=True)


class ResCompany(models.Model):
    _inherit = "res.company"

    backflush_approval = fields.Boolean(
        "Standard Costs Are Approved",
        tracking=True,
        help="A release of standard costs, and any card but a product's first, takes "
        "effect only after somebody else than who prepared it has approved it.",
    )

    def _get_next_release_name(self):
        """Return the next number of the company's own sequence of releases."""
        self.ensure_one()
        # Sequences are set up by administrators; each company gets its own on its
        # first release.
        Sequence = self.env["ir.sequence"].sudo().with_company(self)
        code = "backflush.release"
        mine = [("code", "=", code), ("company_id", "=", self.id)]
        if not Sequence.search_count(mine, limit=1):
            Sequence.create(
                {
                    "name": self.env._(
                        "Standard cost releases of %(company)s", company=self.name
                    ),
                    "code": code,
                    "company_id": self.id,
                    "prefix": "SC/%(year)s/",
                    "padding": 4,
                }
            )
        return Sequence.next_by_code(code)
