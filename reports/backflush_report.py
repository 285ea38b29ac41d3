# A report that somebody asks for: kind, company, days, filters, and how it is shown.
# After the ledger and the close; the next files collect its data and make its file.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.roles import AUDITOR

KINDS = [
    ("ledger", "Audit Ledger"),
    ("order", "Statement of an Order"),
    ("variance", "Variance Report"),
    ("cost_sheet", "Standard Cost Sheet"),
    ("close", "Close Pack"),
]
#: Written by the code alone: whose report it is and what became of it.
GUARDED = {
    "user_id",
    "state",
    "progress",
    "row_count",
    "tries",
    "error",
    "finished_on",
    "attachment_id",
}
#: Reports of which the screen shows the first rows without collecting the others.
STREAMED = ("ledger", "variance")
#: Rows of a file that is made while the reader waits; longer ones are made by a job.
DIRECT_ROWS = 20_000
#: Rows of a page that is printed; more belong in a sheet.
PDF_ROWS = 5_000


class BackflushReport(models.Model):
    _name = "backflush.report"
    _description = "Backflush Report"
    _inherit = ["backflush.guarded"]
    _order = "id desc"
    _check_company_auto = True
    _guarded_fields = GUARDED

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(KINDS, "Report", required=True, default="ledger")
    output = fields.Selection(
        [
            ("screen", "Screen"),
            ("xlsx", "Excel (XLSX)"),
            ("pdf", "PDF"),
            ("csv", "CSV"),
        ],
        "Format",
        required=True,
        default="xlsx",
        help="A long file is made in the background, and a message says when it is "
        "ready. CSV has the longest table of the report only, for other programs.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    date_from = fields.Date(
        "From", default=lambda self: fields.Date.context_today(self).replace(day=1)
    )
    date_to = fields.Date(
        "To",
        default=lambda self: fields.Date.context_today(self) + relativedelta(day=31),
        help="By accounting date, this day included. Of standard costs: those that are "
        "in force on this day.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With the categories below them; empty for all.",
    )
    product_ids = fields.Many2many(
        "product.product", string="Finished Products", help="Empty for all."
    )
    account_ids = fields.Many2many(
        "account.account", string="Accounts", check_company=True, help="Empty for all."
    )
    entry_ids = fields.Many2many(
        "backflush.entry",
        string="Orders",
        check_company=True,
        domain="[('company_id', '=', company_id), ('production_id', '!=', False)]",
        help="Entries of the manufacturing orders that the statement is about.",
    )
    period_id = fields.Many2one(
        "backflush.period",
        "Period Close",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
    )
    release_id = fields.Many2one(
        "backflush.release",
        "Standard Cost Release",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
        help="The cards of this release, whether they are in force or not; empty for "
        "the cards in force.",
    )

    # What became of it
    state = fields.Selection(
        [
            ("draft", "Not Made"),
            ("queued", "Queued"),
            ("running", "Being Made"),
            ("done", "Ready"),
            ("failed", "Failed"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    progress = fields.Float(readonly=True, copy=False, help="In percent of its rows.")
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    tries = fields.Integer(readonly=True, copy=False)
    error = fields.Text("Reason", readonly=True, copy=False)
    finished_on = fields.Datetime("Ready Since", readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment", "File", readonly=True, copy=False, ondelete="set null"
    )

    @api.depends("kind", "date_from", "date_to", "period_id", "release_id")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for report in self:
            about = report._get_span()
            label = labels.get(report.kind, "")
            report.name = f"{label} · {about}" if about else label

    def _get_span(self):
        """Return what the report is about, as its name says it."""
        self.ensure_one()
        if self.kind == "close":
            return self.period_id.name or ""
        if self.kind == "order":
            return ", ".join(sorted(set(self.entry_ids.mapped("origin"))))
        if self.kind == "cost_sheet":
            return self.release_id.name or format_date(self.env, self.date_to) or ""
        days = (format_date(self.env, day) for day in (self.date_from, self.date_to))
        return " – ".join(day for day in days if day)

    # Written by the code alone -------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_guarded(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_guarded(vals)
        return super().write(vals)

    def _check_not_guarded(self, *vals_list):
        """Raise `AccessError` for what only the making of a report writes."""
        if not self.env.su and GUARDED & set().union(*vals_list):
            raise AccessError(
                self.env._("What became of a report is written by the report itself.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_files(self):
        # The file goes with its report, whoever may delete attachments.
        self.sudo().attachment_id.unlink()

    @api.onchange("kind")
    def _onchange_kind(self):
        """What each kind is mostly asked for as."""
        self.output = {"order": "pdf", "close": "pdf"}.get(self.kind, "xlsx")

    # Buttons -------------------------------------------------------------------------

    def action_make(self):
        """Make the report: show it, download it, or queue it when it is long."""
        self.ensure_one()
        self._check_reader()
        self._check_parameters()
        if self.output == "screen":
            return self._get_screen_action()
        rows = self._count_rows()
        self._check_printable(rows)
        if rows > DIRECT_ROWS:
            return self._queue(rows)
        self._make_now()
        return self.action_download()

    def action_download(self):
        """Return the file of a report that is ready."""
        self.ensure_one()
        self._check_reader()
        if not self.attachment_id:
            raise UserError(
                self.env._(
                    "%(report)s has no file yet. Long reports are made in the "
                    "background; a message says when they are ready.",
                    report=self.name,
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
            "close": True,
        }

    def action_open(self):
        """Open what was asked for, and what became of it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_view_screen(self):
        """Show the report on screen, from the ledger as it is now."""
        self.ensure_one()
        self._check_reader()
        self._check_parameters()
        return self._get_screen_action()

    def _count_rows(self):
        """Return about how many rows the report has, before they are collected."""
        return getattr(self, f"_count_{self.kind}")()

    def _get_screen_action(self):
        if self.kind not in STREAMED and self._count_rows() > DIRECT_ROWS:
            raise UserError(
                self.env._(
                    "%(report)s is too long for the screen. Choose Excel or CSV, or "
                    "fewer products.",
                    report=self.name,
                )
            )
        action = self.env.ref("mrp_account_backflush.backflush_report_screen")
        return {**action.report_action(self, config=False), "name": self.name}

    # Rules ---------------------------------------------------------------------------

    def _check_reader(self):
        """Raise `AccessError` unless the user may read what reports are made of."""
        self.check_access("read")
        if not self.env.user.has_group(AUDITOR):
            raise AccessError(
                self.env._(
                    "Only auditors, cost accountants and controllers make reports of "
                    "the backflush ledger."
                )
            )
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Choose company %(company)s in the menu bar to make its reports.",
                    company=self.sudo().company_id.name,
                )
            )

    def _check_parameters(self):
        """Raise `UserError` for what a report cannot do without."""
        if self.kind in ("ledger", "variance") and not (
            self.date_from and self.date_to and self.date_from <= self.date_to
        ):
            raise UserError(
                self.env._("Give the first and the last day of the report, in order.")
            )
        if self.state in ("queued", "running"):
            raise UserError(
                self.env._(
                    "%(report)s is being made already; a message tells you when it is "
                    "ready.",
                    report=self.name,
                )
            )
        if self.kind == "order" and not self.entry_ids:
            raise UserError(
                self.env._("Choose the manufacturing order that is to be explained.")
            )
        if self.kind == "close" and not self.period_id:
            raise UserError(self.env._("Choose the period close to be put together."))

    def _check_printable(self, rows):
        """Raise `UserError` for a PDF that would have hundreds of pages."""
        if self.output == "pdf" and rows > PDF_ROWS:
            raise UserError(
                self.env._(
                    "%(report)s has %(rows)s rows, and a PDF at most %(most)s. Choose "
                    "Excel or CSV, fewer days or fewer products.",
                    report=self.name,
                    rows=rows,
                    most=PDF_ROWS,
                )
            )
