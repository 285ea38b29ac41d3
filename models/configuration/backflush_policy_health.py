# Health of standards: what a policy asks of its cost cards, and whom it tells.
# Configuration of the check in backflush_card_finding_check; tells its findings.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import finite
from ..roles import AUDITOR


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    health_max_age = fields.Integer(
        "Maximum Age of Cards",
        default=12,
        tracking=True,
        help="Months after which a cost card in force is reported; 0 if never.",
    )
    health_sample = fields.Integer(
        "Purchases and Orders Compared",
        default=5,
        tracking=True,
        help="How many of the last vendor bill lines of a product, and of its last "
        "completed manufacturing orders, are compared with the standard; 0 if none.",
    )
    health_price_tolerance = finite.Float(
        "Tolerance for Prices",
        default=5.0,
        digits=(16, 2),
        tracking=True,
        help="Percent by which the average price of the last purchases, weighted by "
        "quantity, may differ from the standard; 0 if it is not compared.",
    )
    health_time_tolerance = finite.Float(
        "Tolerance for Times",
        default=10.0,
        digits=(16, 2),
        tracking=True,
        help="Percent by which the hours of an operation in the last orders may differ "
        "from those on the cost card; 0 if they are not compared.",
    )
    health_user_id = fields.Many2one(
        "res.users",
        "Responsible for Cards",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Gets an activity when the monthly check finds something.",
    )
    health_activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, index="btree_not_null"
    )
    finding_ids = fields.One2many(
        "backflush.card.finding", "policy_id", "Findings", groups=AUDITOR
    )
    finding_count = fields.Integer(compute="_compute_finding_count", groups=AUDITOR)

    _health_not_negative = models.Constraint(
        "CHECK(health_max_age >= 0 AND health_sample >= 0 "
        "AND health_price_tolerance >= 0 AND health_time_tolerance >= 0)",
        "What a policy asks of its cost cards cannot be negative; 0 means that it is "
        "not checked.",
    )

    def _compute_finding_count(self):
        counts = dict(
            self.env["backflush.card.finding"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.finding_count = counts.get(policy, 0)

    @api.constrains("health_user_id")
    def _check_health_user(self):
        """Who is told of findings must be able to read them."""
        for policy in self:
            user = policy.health_user_id
            if user and not user.has_group(AUDITOR):
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: %(user)s cannot see cost cards, and so not "
                        "be responsible for them. Choose somebody else, or give a role "
                        "in Backflush Costing (Settings > Users).",
                        policy=policy.name,
                        user=user.name,
                    )
                )

    def action_view_findings(self):
        self.ensure_one()
        return self.env["backflush.card.finding"]._get_action(
            [("policy_id", "=", self.id)]
        )

    # The monthly activity ------------------------------------------------------------

    def _tell_findings(self):
        """Give the responsible user of each policy one activity that sums up what is
        found: the open one is updated; it goes when nothing is found any more."""
        counts = self._get_finding_counts()
        for policy in self:
            activity = policy.health_activity_id.filtered("active")
            found = counts.get(policy)
            if not found or not policy.health_user_id:
                activity.unlink()
            elif activity:
                activity.write(policy._prepare_activity_vals(found))
            else:
                policy.health_activity_id = policy.activity_schedule(
                    "mail.mail_activity_data_todo",
                    **policy._prepare_activity_vals(found),
                )

    def _get_finding_counts(self):
        """Return {policy: {kind: number of findings}}."""
        counts = {}
        for policy, kind, number in self.env["backflush.card.finding"]._read_group(
            [("policy_id", "in", self.ids)], ["policy_id", "kind"], ["__count"]
        ):
            counts.setdefault(policy, {})[kind] = number
        return counts

    def _prepare_activity_vals(self, counts):
        """Return summary and note of the activity: how many findings of which kind."""
        policy = self.with_context(lang=self.health_user_id.lang)
        model = policy.env["backflush.card.finding"]
        labels = dict(model._fields["kind"]._description_selection(policy.env))
        rows = Markup().join(
            Markup("<li>%s: %s</li>") % (label, counts[kind])
            for kind, label in labels.items()
            if kind in counts
        )
        link = Markup('<a href="%s">%s</a>') % (
            f"/odoo/backflush-policies/{self.id}/backflush-card-health",
            policy.env._("Open the list"),
        )
        return {
            "user_id": self.health_user_id.id,
            "date_deadline": fields.Date.context_today(self),
            "summary": policy.env._(
                "Findings on cost cards: %(number)s", number=sum(counts.values())
            ),
            "note": Markup("<ul>%s</ul><p>%s</p>") % (rows, link),
        }
