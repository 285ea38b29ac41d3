# The worklist of orders whose variance is beyond the tolerance of their policy.
# After post; made by the refresh (next file), assigned here, signed in the file after.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from ..configuration.backflush_cost_element import VARIANCE_KINDS
from ..roles import AUDITOR

CONTROLLER = "mrp_account_backflush.group_backflush_manager"
ACCOUNTANT = "mrp_account_backflush.group_backflush_user"
ACTIVITY = "mrp_account_backflush.mail_activity_variance_review"
#: What people fill in; all else is the system's.
EDITABLE = {"user_id", "cause_id", "comment"}
#: What the framework writes of its own: chatter and activities.
TECHNICAL = {"message_ids", "message_follower_ids", "activity_ids"}
#: States in which somebody has something to do.
OPEN_STATES = ("to_review", "in_review")


class BackflushVarianceReview(models.Model):
    _name = "backflush.variance.review"
    _description = "Variance Review"
    _inherit = ["mail.thread", "mail.activity.mixin", "backflush.guarded"]
    _order = "date desc, id desc"
    _rec_name = "production_id"
    _check_company_auto = True

    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        "backflush.policy",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The policy that the order followed, and whose tolerance it is beyond.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    category_id = fields.Many2one(related="product_id.categ_id")
    responsible_id = fields.Many2one(
        related="production_id.user_id", string="Responsible for the Order"
    )
    date = fields.Date(
        "Completed", readonly=True, index=True, help="Date of the last ledger entry."
    )
    standard_cost = fields.Monetary(
        readonly=True, help="Standard cost of what the order made, at its cost card."
    )
    actual_cost = fields.Monetary(
        readonly=True, help="Standard cost and the variances of the order."
    )
    variance = fields.Monetary(
        readonly=True, help="Actual minus standard: a positive amount is unfavourable."
    )
    variance_percent = fields.Float(
        "Variance in Percent",
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="Variance in percent of the standard cost; 0 when nothing was made.",
    )
    main_kind = fields.Selection(
        VARIANCE_KINDS,
        readonly=True,
        help="The kind with the largest amount, favourable or not.",
    )
    amounts_by_kind = fields.Json(readonly=True)
    kind_summary = fields.Char("Variances by Kind", compute="_compute_kind_summary")
    state = fields.Selection(
        [
            ("to_review", "To Review"),
            ("in_review", "In Review"),
            ("signed_off", "Signed Off"),
            ("within", "Within Tolerance"),
        ],
        required=True,
        readonly=True,
        default="to_review",
        index=True,
        tracking=True,
        help="Within tolerance: a later correction, or another tolerance, made the "
        "review needless.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned To",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets an activity. Must be able to read the backflush ledger.",
    )
    cause_id = fields.Many2one(
        "backflush.variance.cause",
        "Cause",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    comment = fields.Text(help="What happened, and what is done about it.")
    signed_by_id = fields.Many2one(
        "res.users", "Signed Off By", readonly=True, copy=False
    )
    signed_on = fields.Datetime("Signed Off On", readonly=True, copy=False)

    _production_unique = models.Constraint(
        "UNIQUE(production_id)", "A manufacturing order is reviewed once."
    )

    @api.depends("production_id", "product_id")
    def _compute_display_name(self):
        for review in self:
            order = review.sudo().production_id
            review.display_name = f"{order.name} · {review.product_id.display_name}"

    @api.depends("amounts_by_kind")
    @api.depends_context("lang")
    def _compute_kind_summary(self):
        labels = dict(self._fields["main_kind"]._description_selection(self.env))
        for review in self:
            review.kind_summary = ", ".join(
                f"{labels[kind]} "
                + formatLang(self.env, amount, currency_obj=review.currency_id)
                for kind, amount in (review.amounts_by_kind or {}).items()
            )

    @api.constrains("user_id")
    def _check_user(self):
        """Who is asked for the cause of a variance must be able to read the ledger."""
        for user in self.user_id:
            if not user.has_group(AUDITOR):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot read the backflush ledger, and so not review "
                        "variances. Choose somebody else, or give a role in Backflush "
                        "Costing to this user.",
                        user=user.name,
                    )
                )

    # What people write ---------------------------------------------------------------

    def write(self, vals):
        """Assign, and keep what is signed off as it was signed.

        :raises UserError: for what only the system writes, and for reviews signed off
        """
        if not self.env.su and vals.keys() - TECHNICAL:
            self._check_editable(vals)
        before = {review: review.user_id for review in self}
        result = super().write(vals)
        if "user_id" in vals:
            changed = self.filtered(lambda review: review.user_id != before[review])
            changed._follow_assignment()
        return result

    def _check_editable(self, vals):
        if vals.keys() - EDITABLE - TECHNICAL:
            raise UserError(
                self.env._(
                    "Of a variance review only assignment, cause and comment are "
                    "filled in by hand: its figures are those of the ledger."
                )
            )
        if signed := self.filtered(lambda review: review.state == "signed_off"):
            raise UserError(
                self.env._(
                    "The review of %(orders)s is signed off and can no longer be "
                    "changed. A controller may reopen it, with a reason.",
                    orders=signed._get_order_names(),
                )
            )

    def _get_open_state(self):
        return "in_review" if self.user_id else "to_review"

    def _follow_assignment(self):
        """Let those who are assigned be told, and those who were no longer asked."""
        for review in self.sudo().filtered(lambda r: r.state in OPEN_STATES):
            review.state = review._get_open_state()
        self._follow_state()

    def _follow_state(self):
        """Give activities to those assigned to what is open; take away all others."""
        system = self.sudo()
        system.activity_unlink([ACTIVITY])
        waiting = system.filtered(lambda r: r.state in OPEN_STATES and r.user_id)
        for user, reviews in waiting.grouped("user_id").items():
            reviews.activity_schedule(
                ACTIVITY,
                summary=self.env._("Find the cause of the variance"),
                user_id=user.id,
            )

    def _get_order_names(self):
        return ", ".join(self.sudo().production_id.mapped("name"))

    # Buttons -------------------------------------------------------------------------

    def action_assign_to_me(self):
        """Let the user review these orders."""
        self.write({"user_id": self.env.uid})

    def action_view_entries(self):
        """Open the ledger entries of these orders."""
        self.check_access("read")
        return self.env["backflush.entry"]._get_action(
            [("production_id", "in", self.sudo().production_id.ids)]
        )

    def action_view_variances(self):
        """Open the variances of these orders, line by line."""
        self.check_access("read")
        return self.env["backflush.entry.line"]._get_variance_action(
            [("production_id", "in", self.sudo().production_id.ids)]
        )

    def action_view_statement(self):
        """Open the cost statement of the order."""
        self.ensure_one()
        self.check_access("read")
        # The order itself need not be readable; its entries are read as the user.
        order = self.env["mrp.production"].browse(self.sudo().production_id.id)
        return self.env["backflush.order.statement"]._open(order)

    def action_view_trend(self):
        """Open the trend of the product's variances."""
        self.ensure_one()
        return self.product_id.action_view_variance_trend()
