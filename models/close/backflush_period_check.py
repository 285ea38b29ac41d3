# The checklist of a close: what is still open in the period, and the way to it.
# Before the preview; the figures are computed in the next files.

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...costing import closing
from ..analysis.backflush_variance_review import OPEN_STATES
from .backflush_period import UNPOSTED

#: Code, what it counts, and whether it blocks the close or warns.
CHECKS = [
    ("pending", "Entries that wait to be posted", "block"),
    ("awaiting", "Entries that wait for their period to be opened", "block"),
    ("undecided", "Reversed entries without a decision", "block"),
    ("earlier", "Closes before it that are not posted", "block"),
    ("no_account", "Conversion elements without all their accounts", "block"),
    ("receipt", "Receipts not billed", "warn"),
    ("bill", "Bills without a receipt", "warn"),
    ("order", "Orders in progress", "warn"),
    ("review", "Orders beyond tolerance, not signed off", "warn"),
    ("budget", "Fixed elements without a budget for each day", "warn"),
    ("manual", "Journal items by hand on accounts of a close", "warn"),
    ("unsealed", "Entries not sealed", "warn"),
    ("late", "Entries recorded in the period since it was posted", "warn"),
    ("unclosed", "Conversion elements with a balance since it was posted", "warn"),
]
#: A list of journal items with their authors.
MANUAL_VIEW = "mrp_account_backflush.account_move_line_view_list_manual"


class BackflushPeriodCheck(models.Model):
    _name = "backflush.period.check"
    _description = "Check of a Period Close"
    _inherit = ["backflush.guarded"]
    _order = "period_id, sequence, id"

    period_id = fields.Many2one(
        "backflush.period", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    sequence = fields.Integer()
    code = fields.Selection(
        [(code, label) for code, label, _level in CHECKS], "Check", required=True
    )
    name = fields.Char(compute="_compute_name")
    count = fields.Integer("Open")
    state = fields.Selection(
        [("ok", "OK"), ("warn", "Look At"), ("block", "Blocks")], required=True
    )

    def _compute_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for check in self:
            check.name = labels[check.code]

    def action_open(self):
        """Open exactly the records that this check counts now."""
        self.ensure_one()
        self.check_access("read")
        period = self.period_id.ensure_one()
        model, domain = period._get_check_domain(self.code)
        view = self.code == "manual" and self.env.ref(MANUAL_VIEW)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "views": [(view and view.id, "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False},
        }


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    check_ids = fields.One2many("backflush.period.check", "period_id", readonly=True)
    blocked = fields.Boolean(compute="_compute_blocked")

    def _compute_blocked(self):
        for period in self:
            period.blocked = "block" in period.check_ids.mapped("state")

    def action_check(self):
        """Count anew what is open in the period."""
        self.check_access("write")
        for period in self.sudo():
            period._refresh_checks()

    def _refresh_checks(self, *codes):
        """Count what each check finds, or those of ``codes`` alone."""
        known = {check.code: check for check in self.check_ids}
        created = []
        for number, (code, _label, level) in enumerate(CHECKS):
            if codes and code not in codes:
                continue
            count = self._count_check(code)
            vals = {
                "sequence": number,
                "count": count,
                "state": level if count else "ok",
            }
            if code in known:
                known[code].write(vals)
            else:
                created.append({**vals, "code": code, "period_id": self.id})
        self.env["backflush.period.check"].create(created)

    def _count_check(self, code):
        model, domain = self._get_check_domain(code)
        return self.env[model].search_count(domain)

    def _get_check_domain(self, code):
        """Return (model, domain) of what a check counts."""
        # The same records whoever looks; opening them asks for their own rights.
        return getattr(self.sudo(), f"_find_{code}")()

    def _check_ready(self):
        """Raise `UserError` with all that blocks the close."""
        self.sudo()._refresh_checks()
        blocking = self.check_ids.filtered(lambda check: check.state == "block")
        if blocking:
            raise UserError(
                self.env._(
                    "Close %(period)s cannot be posted: %(reasons)s. Open them from "
                    "its checklist.",
                    period=self.name,
                    reasons=", ".join(
                        f"{check.name} ({check.count})" for check in blocking
                    ),
                )
            )

    # The ledger ----------------------------------------------------------------------

    def _get_entry_domain(self, *conditions):
        return (
            "backflush.entry",
            [
                ("company_id", "=", self.company_id.id),
                ("date", "<=", self.date_to),
                *conditions,
            ],
        )

    def _find_pending(self):
        return self._get_entry_domain(
            ("state", "=", "pending"), ("awaits_period", "=", False)
        )

    def _find_awaiting(self):
        return self._get_entry_domain(
            ("state", "=", "pending"), ("awaits_period", "=", True)
        )

    def _find_undecided(self):
        return self._get_entry_domain(
            ("is_reversed", "=", True), ("decision", "=", False)
        )

    def _find_unsealed(self):
        return self._get_entry_domain(("due_ids", "!=", False))

    def _find_late(self):
        """Entries of the period that are younger than its posting."""
        if self.state in UNPOSTED:
            return self._get_entry_domain(("id", "in", []))
        return (
            "backflush.entry",
            [
                ("company_id", "=", self.company_id.id),
                *list(self._get_late_domain()),
                ("period_id", "=", False),
                ("line_ids.accounting_date", "<=", self.date_to),
            ],
        )

    def _get_late_domain(self):
        """Return the domain of entries that were recorded since this was posted."""
        return Domain("id", ">", self.last_entry)

    def _find_manual(self):
        """Items that the ledger did not make, on accounts whose balance a close takes
        from the ledger: it leaves them where they are."""
        company, elements = self.company_id, self._get_conversion_elements()
        accounts = company._get_backflush_close_accounts()
        accounts -= elements.applied_account_id | elements.control_account_id
        return (
            "account.move.line",
            [
                ("company_id", "=", company.id),
                ("account_id", "in", accounts.ids),
                ("parent_state", "=", "posted"),
                ("date", ">=", self._get_open_from()),
                ("date", "<=", self.date_to),
                ("move_id.backflush_entry_ids", "=", False),
            ],
        )

    def _find_unclosed(self):
        elements = self.env["backflush.cost.element"]
        if self.state not in UNPOSTED:
            elements = self._get_conversion_elements()
            balances = self._get_account_balances(
                elements.applied_account_id | elements.control_account_id
            )
            elements = elements.filtered(
                lambda element: balances.get(element.applied_account_id)
                or balances.get(element.control_account_id)
            )
        return "backflush.cost.element", [("id", "in", elements.ids)]

    # Other closes and set-up ---------------------------------------------------------

    def _find_earlier(self):
        return (
            "backflush.period",
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", UNPOSTED),
                ("id", "!=", self.id),
                ("date_to", "<=", self.date_to)
                if self.kind == "year_end"
                else ("date_to", "<", self.date_from),
            ],
        )

    def _find_no_account(self):
        """Conversion elements that goods were flushed of, and that cannot be closed."""
        used = {row.element for row in self._get_applied()}
        elements = self.env["backflush.cost.element"].browse(used - {None})
        lacking = elements.filtered(
            lambda element: not element.control_account_id
            or not element.variance_account_id
        )
        return "backflush.cost.element", [("id", "in", lacking.ids)]

    def _find_budget(self):
        """Fixed elements that are used and have days without a budget."""
        elements = self._get_conversion_elements().filtered(
            lambda element: element.active and element.kind == closing.FIXED_OVERHEAD
        )
        budgets = self.env["backflush.budget"]._get_amounts(
            self.company_id, self._get_open_from(), self.date_to
        )
        lacking = elements.filtered(
            lambda element: element not in budgets or budgets[element][2]
        )
        return "backflush.cost.element", [("id", "in", lacking.ids)]

    # Documents -----------------------------------------------------------------------

    def _find_receipt(self):
        return self._get_purchase_domain(
            lambda line: line.qty_received - line.qty_invoiced
        )

    def _find_bill(self):
        return self._get_purchase_domain(
            lambda line: line.qty_invoiced - line.qty_received
        )

    def _get_purchase_domain(self, get_excess):
        """Return (model, domain) of purchase lines of managed components, ordered in
        the period or before, of which there is more on one side than on the other."""
        lines = self.env["purchase.order.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("purchase", "done")),
                ("product_id.is_storable", "=", True),
                ("order_id.date_approve", "<", self._get_moments()[1]),
                "|",
                ("qty_to_invoice", "!=", 0),
                ("product_id.purchase_method", "=", "purchase"),
            ]
        )
        managed = lines.product_id._filter_backflush_components(self.company_id)
        found = lines.filtered(
            lambda line: line.product_id in managed
            and line.product_uom_id.compare(get_excess(line), 0) > 0
        )
        return "purchase.order.line", [("id", "in", found.ids)]

    def _find_order(self):
        categories = self._get_policies_of_goods().category_ids
        return (
            "mrp.production",
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("progress", "to_close")),
                ("product_id.categ_id", "in", categories.ids),
                ("date_start", "<", self._get_moments()[1]),
            ],
        )

    def _find_review(self):
        """Orders of the period or before that somebody is to look into."""
        reviews = self.env["backflush.variance.review"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", OPEN_STATES),
                ("production_id.backflush_entry_ids.date", "<=", self.date_to),
            ]
        )
        return "backflush.variance.review", [("id", "in", reviews.ids)]
