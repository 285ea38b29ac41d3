# Posting a period close, closing it for good, reopening it with a reason.
# Last step of a close: what the preview found becomes ledger entries.

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...costing import closing, terms
from ...costing.money import ZERO, exact


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    last_entry = fields.Integer(
        readonly=True,
        copy=False,
        help="The last ledger entry when this close was posted.",
    )

    # Post ----------------------------------------------------------------------------

    def action_post(self):
        """Post what the preview shows, computed once more. Posting again does nothing.

        :raises UserError: what blocks the close: checks, locks, accounts not set
        """
        self._check_controller()
        for period in self.sorted(lambda p: (p.date_to, p.kind == "year_end", p.id)):
            period.sudo().lock_for_update()
            period.invalidate_recordset(["state"])
            if period.state == "open":
                period._post_close()

    def _post_close(self):
        """Post the entries of this close."""
        self._check_last()
        self._check_dates_open()
        self._check_ready()
        period = self.sudo()
        facts = period._prepare_entries()
        period.write({"run": self.run + 1})
        self.env["backflush.entry"]._capture_close(
            [
                period._prepare_entry_vals(number, *stated)
                for number, stated in enumerate(facts)
            ]
        )
        last = self.env["backflush.entry"].sudo().search([], order="id desc", limit=1)
        period.write(
            {
                "state": "posted",
                "posted_date": fields.Datetime.now(),
                "posted_user_id": self.env.uid,
                "last_entry": last.id,
            }
        )
        period._refresh_checks()

    def _prepare_entries(self):
        """Compute the preview anew and return [(event, date, postings)] of the ledger
        entries that it makes; those without postings are not made."""
        conversion, found, open_variances, sales = self._refresh_figures()
        accounts = self._get_close_accounts(open_variances, sales)
        entries = [
            (
                "close",
                self.date_to,
                closing.close_conversion(
                    figures,
                    found[element],
                    self._get_element_accounts(element, found[element]),
                ),
            )
            for element, figures in conversion.items()
        ]
        entries += self._prepare_dispositions(open_variances, *accounts)
        return [entry for entry in entries if entry[2]]

    def _prepare_dispositions(self, open_variances, inventory, sales):
        """Return [(event, date, postings)] of what variances are disposed to, and of
        its reversal on the next day."""
        unit, taken, given_back = self._get_unit(), [], []
        back = sales if self.kind == "year_end" else {}
        for variance in open_variances:
            shares = self._get_all_shares(variance)[None]
            taken += closing.disposition_postings(
                variance, shares, inventory, sales, unit
            )
            given_back += closing.reversal_postings(
                variance, shares, inventory, back, unit
            )
        next_day = self.date_to + timedelta(days=1)
        return [
            ("disposition", self.date_to, taken),
            ("disposition", next_day, given_back),
        ]

    def _prepare_entry_vals(self, number, event, date, postings):
        """Return the values of a ledger entry of this close."""
        Entry = self.env["backflush.entry"]
        return {
            "event": event,
            "source_key": f"backflush.period/{self.id}/{self.run}/{number}",
            "origin": self.env._("Close %(period)s", period=self.name),
            "company_id": self.company_id.id,
            "policy_id": self._get_entry_policy().id,
            "period_id": self.id,
            "date": date,
            "facts": {"rows": [Entry._prepare_row(posting) for posting in postings]},
        }

    def _get_entry_policy(self):
        """Return the policy whose journal and rounding the entries of a close use."""
        policy = self.env["backflush.policy"].search(
            [("company_id", "=", self.company_id.id), ("state", "!=", "draft")],
            order="state, id",
            limit=1,
        )
        if not policy:
            raise UserError(
                self.env._(
                    "%(company)s has no policy, so there is nothing to close. Start "
                    "one in Backflush Costing > Configuration > Policies.",
                    company=self.company_id.name,
                )
            )
        return policy

    # Accounts ------------------------------------------------------------------------

    def _get_element_accounts(self, element, kinds):
        """Return {role or kind: account id} for the close of ``element``."""
        accounts = {kind: element._get_variance_account(kind) for kind in kinds}
        if any(kinds[kind] and not account for kind, account in accounts.items()):
            raise UserError(
                self.env._(
                    "Variance account of %(element)s is missing. Set it in Backflush "
                    "Costing > Configuration > Cost Elements.",
                    element=element.name,
                )
            )
        return {
            terms.APPLIED: element.applied_account_id.id,
            terms.CONTROL: element.control_account_id.id,
            **{kind: account.id for kind, account in accounts.items()},
        }

    def _get_close_accounts(self, open_variances, sales):
        """Return ({RIP, FG: account id}, {account id of cost of sales: weight}).

        :raises UserError: which account is needed and not set
        """
        company = self.company_id
        sales = self._get_sales_accounts(sales)
        inventory = {
            closing.RIP: company.backflush_adjustment_rip_account_id,
            closing.FG: company.backflush_adjustment_fg_account_id,
        }
        missing = self._get_missing_accounts(open_variances, inventory, bool(sales))
        if missing:
            raise UserError(
                self.env._(
                    "Close %(period)s needs accounts that are not set: %(accounts)s. "
                    "Set them in Backflush Costing > Configuration > Close Settings.",
                    period=self.name,
                    accounts=", ".join(missing),
                )
            )
        return (
            {key: account.id for key, account in inventory.items()},
            sales,
        )

    def _get_sales_accounts(self, sales):
        """Return {account id of cost of sales: weight by which it takes variances}: the
        company's for closes; else those of the goods sold; when none were sold, the
        expense account of the products that follow a policy."""
        fixed = self.company_id.backflush_close_cogs_account_id
        if fixed:
            return {fixed.id: exact(1)}
        sold = {account: amount for account, amount in sales.items() if amount > 0}
        if sold:
            return sold
        policies = self._get_policies_of_goods()
        for category in policies.category_ids.with_company(self.company_id):
            if account := policies._get_expense_account(category):
                return {account.id: exact(1)}
        return {}

    def _get_missing_accounts(self, open_variances, inventory, has_sales):
        """Return the labels of accounts that the chosen dispositions need."""
        needed = dict.fromkeys(("rip", "fg", "cogs"), False)
        for variance in open_variances:
            for key, amount in self._get_all_shares(variance)[None].items():
                needed["rip" if key == closing.UNSOLD else key] |= amount != ZERO
        labels = self.company_id._fields
        names = {
            "rip": not inventory[closing.RIP] and "backflush_adjustment_rip_account_id",
            "fg": not inventory[closing.FG] and "backflush_adjustment_fg_account_id",
            "cogs": not has_sales and "backflush_close_cogs_account_id",
        }
        return [
            labels[name]._description_string(self.env)
            for key, name in names.items()
            if needed[key] and name
        ]

    # Close, reopen -------------------------------------------------------------------

    def action_close(self):
        """Close a posted period: nothing dated in it is captured on its day any more.

        :raises UserError: something was recorded in it since it was posted
        """
        self._check_controller()
        self._check_state("posted")
        for period in self:
            period.sudo()._refresh_checks()
            if late := period.check_ids.filtered(
                lambda check: check.code in ("late", "unclosed") and check.count
            ):
                raise UserError(
                    self.env._(
                        "%(period)s has changed since it was posted (%(changes)s): "
                        "reopen it and post it again.",
                        period=period.name,
                        changes=", ".join(late.mapped("name")),
                    )
                )
            period.sudo().state = "closed"
        self._update_close_date()

    def action_reopen(self):
        """Open the dialog that asks why a close is reopened."""
        self.ensure_one()
        self._check_controller()
        self._check_state("posted", "closed")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen %(period)s", period=self.name),
            "res_model": "backflush.period.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_period_id": self.id},
        }

    @api.private
    def _reopen(self, reason):
        """Take back all that this close posted, on the same days, and open it.

        :raises UserError: later closes rest on it, or its days are locked
        """
        self.ensure_one()
        self._check_controller()
        self._check_state("posted", "closed")
        self._check_last()
        period = self.sudo()
        period.state = "open"
        self._update_close_date()
        self._check_dates_open()
        self.env["backflush.entry"]._capture_close(
            [period._prepare_undo_vals(entry) for entry in period._get_live_entries()]
        )
        period.message_post(body=self.env._("Reopened: %(reason)s", reason=reason))
        period._refresh()

    def _get_live_entries(self):
        """Return the entries of this close that were not taken back."""
        return self.entry_ids.filtered(
            lambda entry: not entry.corrected_entry_id and not entry.change_ids
        ).sorted("id")

    def _prepare_undo_vals(self, entry):
        """Return the opposite of a ledger entry of this close, on its day."""
        return {
            **entry._prepare_copy_vals(),
            "event": entry.event,
            "source_key": f"{entry.source_key}/undone",
            "date": entry.date,
            "facts": {"rows": entry._get_reversed_facts()["rows"]},
        }

    def _update_close_date(self):
        """Keep the last day of the last closed period on the company."""
        last = dict(
            self.sudo()._read_group(
                [("company_id", "in", self.company_id.ids), ("state", "=", "closed")],
                ["company_id"],
                ["date_to:max"],
            )
        )
        # A controller closes periods without rights to set up companies.
        for company in self.company_id.sudo():
            company.backflush_close_date = last.get(company)

    # Locks ---------------------------------------------------------------------------

    def _check_dates_open(self):
        """Raise unless the books are open on the days that a close is posted on."""
        journal = (
            self.company_id.backflush_close_journal_id
            or self._get_entry_policy().journal_id
        )
        locks = self.company_id._get_violated_lock_dates(self.date_to, False, journal)
        if locks:
            raise UserError(
                self.env._(
                    "Close %(period)s is posted on %(day)s, which is locked: "
                    "%(locks)s. Ask an accounting administrator to open that day.",
                    period=self.name,
                    day=format_date(self.env, self.date_to),
                    locks=self.company_id._format_lock_dates(locks),
                )
            )
