# A period close of a company: checked, previewed, posted, closed; reopened if need be.
# After the ledger of the period is posted; the next files check, compute and post.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

KINDS = [
    ("month", "Month"),
    ("interim", "Interim"),
    ("year_end", "Year End"),
]
#: States of closes that have posted nothing.
UNPOSTED = ("open", "to_approve")
#: What only the steps of the close itself change.
GUARDED = {
    "name",
    "state",
    "run",
    "posted_date",
    "posted_user_id",
    "computed_date",
    "last_entry",
    "last_seal",
    "entry_ids",
    "line_ids",
    "check_ids",
    "bridge_line_ids",
    "bridge_amount",
    "bridge_inventory",
    "bridge_result",
    "bridge_inventory_share",
    "bridge_result_share",
    "bridge_threshold",
    "bridge_material",
    "requested_by_id",
    "requested_on",
    "requested_figures",
    "approved_by_id",
    "approved_on",
}
#: What no longer changes once a close is posted.
FIXED = {"company_id", "kind", "date_from", "date_to", "disposition_ids"}


class BackflushPeriod(models.Model):
    _name = "backflush.period"
    _description = "Period Close"
    _inherit = [
        *("backflush.tracked", "mail.activity.mixin", "backflush.approval"),
        "backflush.guarded",
    ]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _guarded_fields = GUARDED

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="month",
        tracking=True,
        help="A month or an interim close takes in what happened since the close "
        "before it. A year end takes in the whole fiscal year.",
    )
    date_from = fields.Date(
        "From", required=True, tracking=True, default=lambda self: self._get_first_day()
    )
    date_to = fields.Date(
        "To",
        required=True,
        tracking=True,
        compute="_compute_date_to",
        precompute=True,
        store=True,
        readonly=False,
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("to_approve", "To Approve"),
            ("posted", "Posted"),
            ("closed", "Closed"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    run = fields.Integer(
        readonly=True, copy=False, help="How often this close was posted."
    )
    posted_date = fields.Datetime("Posted On", readonly=True, copy=False)
    posted_user_id = fields.Many2one(
        "res.users", "Posted By", readonly=True, copy=False
    )
    computed_date = fields.Datetime("Previewed On", readonly=True, copy=False)
    entry_ids = fields.One2many("backflush.entry", "period_id", readonly=True)
    entry_count = fields.Integer(compute="_compute_counts")
    move_count = fields.Integer(compute="_compute_counts")

    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)",
        "A period ends on the day on which it starts, or later.",
    )

    @api.depends("kind", "date_from", "date_to")
    def _compute_name(self):
        for period in self:
            first, last = period.date_from, period.date_to
            if not first or not last:
                period.name = False
            elif period.kind == "month" and (first.day, last) == (
                1,
                first + relativedelta(day=31),
            ):
                period.name = f"{first:%Y-%m}"
            else:
                period.name = f"{first} – {last}"

    @api.depends("kind", "date_from", "company_id")
    def _compute_date_to(self):
        """A month ends with its calendar month, a year end with the fiscal year."""
        for period in self.filtered("date_from"):
            if period.kind == "year_end":
                year = period.company_id.compute_fiscalyear_dates(period.date_from)
                period.date_to = year["date_to"]
            elif period.kind == "month" or not period.date_to:
                period.date_to = period.date_from + relativedelta(day=31)

    @api.onchange("kind", "date_from")
    def _onchange_kind(self):
        """A year end starts with its fiscal year."""
        if self.kind == "year_end" and self.date_from:
            self.date_from = self._get_year_start(self.date_from)

    def _compute_counts(self):
        entries = self.env["backflush.entry"]._read_group(
            [("period_id", "in", self.ids)],
            ["period_id"],
            ["__count", "move_id:count_distinct"],
        )
        counts = {period: (number, moves) for period, number, moves in entries}
        for period in self:
            period.entry_count, period.move_count = counts.get(period, (0, 0))

    def _get_first_day(self):
        """Return the day after the last close, else the first day of last month."""
        last = self.search(
            [("company_id", "=", self.env.company.id), ("kind", "!=", "year_end")],
            order="date_to desc",
            limit=1,
        )
        if last:
            return last.date_to + relativedelta(days=1)
        return fields.Date.context_today(self) + relativedelta(months=-1, day=1)

    # Rules ---------------------------------------------------------------------------

    @api.constrains("company_id", "kind", "date_from", "date_to")
    def _check_no_overlap(self):
        """A day is in one close within the year, and in one year end.

        :raises ValidationError: names the other close
        """
        if not self._has_days():
            return
        others = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("date_from", "<=", max(self.mapped("date_to"))),
                ("date_to", ">=", min(self.mapped("date_from"))),
            ]
        )
        for period in self:
            other = others.filtered(period._has_days_of)[:1]
            if other:
                raise ValidationError(
                    self.env._(
                        "%(period)s has days in common with %(other)s: choose other "
                        "days, or open that close.",
                        period=period.name,
                        other=other.name,
                    )
                )

    def _has_days(self):
        """Answer whether these have the days that each has to have; they are checked
        before the database says so."""
        return all(period.date_from and period.date_to for period in self)

    def _has_days_of(self, other):
        """Answer whether ``other`` is another close of the same sort with days of this
        one."""
        return (
            other != self
            and other.company_id == self.company_id
            and (other.kind == "year_end") == (self.kind == "year_end")
            and other.date_from <= self.date_to
            and other.date_to >= self.date_from
        )

    @api.constrains("date_from", "date_to", "company_id")
    def _check_one_fiscal_year(self):
        """A close does not reach into another fiscal year."""
        if not self._has_days():
            return
        for period in self:
            if period.date_from < period._get_year_start(period.date_to):
                raise ValidationError(
                    self.env._(
                        "%(period)s reaches over the start of a fiscal year, "
                        "%(day)s: make a close of its own for each year.",
                        period=period.name,
                        day=format_date(
                            self.env, period._get_year_start(period.date_to)
                        ),
                    )
                )

    def _get_year_start(self, day):
        """Return the first day of the company's fiscal year of ``day``."""
        company = self.company_id or self.env.company
        return company.compute_fiscalyear_dates(day)["date_from"]

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_guarded(*vals_list)
        return super().create(vals_list)

    def _check_not_guarded(self, *vals_list):
        """Raise `AccessError` for what only the steps of a close change."""
        if not self.env.su and GUARDED & set().union(*vals_list):
            raise AccessError(
                self.env._(
                    "A period close is posted, closed and reopened by its steps."
                )
            )

    def write(self, vals):
        self._check_not_guarded(vals)
        if vals.keys() & FIXED:
            self._check_state("open")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        for period in self:
            if period.sudo().entry_ids:
                raise UserError(
                    self.env._(
                        "Close %(period)s has ledger entries and cannot be deleted: "
                        "they are the audit trail.",
                        period=period.name,
                    )
                )

    # What each step asks -------------------------------------------------------------

    def _check_controller(self):
        """Raise `AccessError` unless the user may post, close and reopen."""
        self.check_access("write")
        if not self.env.user.has_group("mrp_account_backflush.group_backflush_manager"):
            raise AccessError(
                self.env._("Only controllers post, close and reopen a period.")
            )

    def _check_state(self, *states):
        """Raise `UserError` for closes that are in none of ``states``."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for period in self.filtered(lambda period: period.state not in states):
            raise UserError(
                self.env._(
                    "Close %(period)s is %(state)s; this needs one that is %(needed)s. "
                    "A controller can reopen it.",
                    period=period.name,
                    state=labels[period.state],
                    needed=", ".join(labels[state] for state in states),
                )
            )

    def _get_later(self):
        """Return the posted and closed closes that rest on this one: later ones, and
        the end of its year."""
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("posted", "closed")),
            ("id", "!=", self.id),
            ("date_to", ">=", self.date_to),
        ]
        return self.search(domain).filtered(
            lambda other: other.date_to > self.date_to or other.kind == "year_end"
        )

    def _check_last(self):
        """Raise unless this is the last close that is posted, or would be."""
        for period in self:
            if later := period._get_later():
                raise UserError(
                    self.env._(
                        "%(later)s is posted and rests on %(period)s: reopen it first.",
                        later=", ".join(later.mapped("name")),
                        period=period.name,
                    )
                )

    # Buttons -------------------------------------------------------------------------

    def action_view_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action([("period_id", "=", self.id)])

    def action_view_moves(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal Entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.entry_ids.move_id.ids)],
        }
