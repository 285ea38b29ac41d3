# The close pack as data: all that an auditor asks of a period close, to be signed.
# First step of a report; after a close is previewed or posted. The figures are those of
# the close, the journal entries those that it posted.

from odoo import models

from .dataset import (
    COUNT,
    DATE,
    MOMENT,
    MONEY,
    PRICE,
    QUANTITY,
    SIGNATURES,
    T_ACCOUNTS,
    Chart,
    Column,
    Section,
)


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _count_close(self):
        return self.env["account.move.line"].search_count(
            [("move_id", "in", self.period_id.entry_ids.move_id.ids)]
        )

    def _get_close_dataset(self):
        period = self.period_id
        return self._prepare_dataset(
            [
                self._get_checklist_section(period),
                self._get_conversion_section(period),
                self._get_t_accounts_section(period),
                self._get_disposition_section(period),
                self._get_result_section(period),
                self._get_bridge_section(period),
                self._get_journal_section(period),
                self._get_checkpoint_section(period),
                self._get_signature_section(period),
            ],
            parameters=self._get_close_parameters(period),
        )

    def _get_close_parameters(self, period):
        label = self._get_label
        formats = self._get_formats()
        return [
            (self.env._("Kind"), label(period, "kind")),
            (self.env._("From"), formats.get_text(period.date_from, DATE)),
            (self.env._("To"), formats.get_text(period.date_to, DATE)),
            (self.env._("Status"), label(period, "state")),
            (self.env._("Posted by"), period.posted_user_id.name or "–"),
            (
                self.env._("Posted on"),
                formats.get_text(period.posted_date, MOMENT) or "–",
            ),
        ]

    def _get_label(self, record, name):
        """Return the label of a selection field's value."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    def _money(self, *headers):
        """Return columns of amounts that are added up."""
        return [Column(header, MONEY, 15, total=True) for header in headers]

    def _get_checklist_section(self, period):
        return Section(
            self.env._("Checklist"),
            [
                Column(self.env._("Check"), width=56),
                Column(self.env._("Open"), COUNT, 10),
                Column(self.env._("Result"), width=14),
            ],
            [
                (check.name, check.count, self._get_label(check, "state"))
                for check in period.check_ids
            ],
            empty=self.env._("The close was not checked yet."),
        )

    # Figures -------------------------------------------------------------------------

    def _get_conversion_section(self, period):
        return Section(
            self.env._("Conversion"),
            [
                Column(self.env._("Cost Element"), width=24),
                *self._money(self.env._("Spent"), self.env._("Applied")),
                Column(self.env._("Variance"), width=18),
                *self._money(self.env._("Difference")),
                Column(self.env._("Actual Hours"), QUANTITY, 13),
                Column(self.env._("Standard Hours"), QUANTITY, 13),
                Column(self.env._("Rate per Hour"), PRICE, 13),
                Column(self.env._("Budgeted Cost"), MONEY, 15),
            ],
            [
                (
                    line.element_id.name,
                    # The sides of an element are told once, with its first variance.
                    line.control if line.control_account_id else None,
                    line.applied if line.control_account_id else None,
                    self._get_label(line, "kind"),
                    line.amount,
                    line.hours or None,
                    line.standard_hours or None,
                    line.rate or None,
                    line.budget or None,
                )
                for line in period.conversion_line_ids
            ],
            note=self._get_currency_note(),
            empty=self.env._("No conversion was applied or spent."),
            chart=Chart(self.env._("Conversion variances"), 3, (4,)),
        )

    def _get_t_accounts_section(self, period):
        rows = [
            (
                line["account"],
                event["name"],
                line["debit"] or None,
                line["credit"] or None,
            )
            for event in period.t_accounts["events"]
            for line in event["lines"]
        ]
        return Section(
            self.env._("T-accounts"),
            [
                Column(self.env._("Account"), width=40),
                Column(self.env._("Event"), width=28),
                Column(self.env._("Debit"), MONEY, 15),
                Column(self.env._("Credit"), MONEY, 15),
            ],
            sorted(rows, key=lambda row: row[0]),
            shape=T_ACCOUNTS,
            empty=self.env._("The preview of the close was not computed yet."),
        )

    def _get_disposition_section(self, period):
        return Section(
            self.env._("Dispositions"),
            [
                Column(self.env._("Variance"), width=20),
                Column(self.env._("Cost Element"), width=18),
                Column(self.env._("Disposition"), width=20),
                *self._money(
                    self.env._("Amount"),
                    self.env._("To RIP"),
                    self.env._("To FG"),
                    self.env._("To COGS"),
                    self.env._("Carried Forward"),
                ),
                Column(self.env._("Variance Account"), width=34),
            ],
            [
                (
                    self._get_label(line, "kind"),
                    line.element_id.name,
                    self._get_label(line, "method"),
                    line.amount,
                    line.posted_rip or None,
                    line.posted_fg or None,
                    line.posted_cogs or None,
                    line.carried or None,
                    line.account_id.display_name,
                )
                for line in period.disposition_line_ids
            ],
            empty=self.env._("There was no variance to dispose of."),
            chart=Chart(self.env._("Variances by kind"), 0, (3,)),
        )

    def _get_result_section(self, period):
        return Section(
            self.env._("Result"),
            [
                Column(self.env._("Balance"), width=32),
                *self._money(
                    self.env._("At Standard"),
                    self.env._("All to COGS"),
                    self.env._("Prorated"),
                    self.env._("As Chosen"),
                ),
            ],
            [
                (
                    self._get_label(line, "balance"),
                    line.before,
                    line.after_cogs,
                    line.after_prorated,
                    line.after_chosen,
                )
                for line in period.result_line_ids
            ],
            empty=self.env._("The preview of the close was not computed yet."),
        )

    def _get_bridge_section(self, period):
        return Section(
            self.env._("GAAP bridge"),
            [
                Column(self.env._("Origin"), width=40),
                Column(self.env._("Document"), width=22),
                Column(self.env._("Product"), width=26),
                Column(self.env._("Cost Element"), width=18),
                Column(self.env._("Quantity"), QUANTITY, 12),
                Column(self.env._("Unit Cost"), PRICE, 12),
                *self._money(
                    self.env._("Full Absorption"),
                    self.env._("In Books"),
                    self.env._("Difference"),
                ),
            ],
            [
                (
                    self._get_label(line, "origin"),
                    line.name,
                    (line.component_id or line.product_id).display_name
                    or line.account_id.display_name,
                    line.element_id.name,
                    line.quantity or None,
                    line.unit_cost or None,
                    line.amount,
                    line.in_books,
                    line.difference,
                )
                for line in period.bridge_line_ids
            ],
            note=self._describe_bridge(period),
            empty=self.env._("Full absorption and the books do not differ."),
        )

    def _describe_bridge(self, period):
        """Return why the bridge is posted, or is not."""
        money = self._get_formats().get_money
        about = {
            "share": self._get_formats().get_decimal(
                period.bridge_inventory_share, 0, 2
            ),
            "inventory": money(period.bridge_inventory),
            "result_share": self._get_formats().get_decimal(
                period.bridge_result_share, 0, 2
            ),
            "result": money(period.bridge_result),
            "threshold": self._get_formats().get_decimal(period.bridge_threshold, 0, 2),
        }
        measured = self.env._(
            "%(share)s %% of inventory (%(inventory)s), %(result_share)s %% of the "
            "result (%(result)s); material from %(threshold)s %%.",
            **about,
        )
        if not period.bridge_line_ids:
            return ""
        posted = (
            self.env._("The bridge is posted and taken back on the next day.")
            if period.bridge_posts
            else self.env._("The bridge is not posted.")
        )
        return f"{measured} {posted}"

    # What was posted -----------------------------------------------------------------

    def _get_journal_section(self, period):
        items = period.entry_ids.move_id.line_ids.sorted(
            lambda item: (item.date, item.move_id.id, item.id)
        )
        return Section(
            self.env._("Journal entries"),
            [
                Column(self.env._("Journal Entry"), width=20),
                Column(self.env._("Date"), DATE, 12),
                Column(self.env._("Account"), width=40),
                Column(self.env._("Label"), width=46),
                *self._money(self.env._("Debit"), self.env._("Credit")),
            ],
            [
                (
                    item.move_id.name,
                    item.date,
                    item.account_id.display_name,
                    item.name,
                    item.debit or None,
                    item.credit or None,
                )
                for item in items
            ],
            links=[("account.move", item.move_id.id) for item in items],
            empty=self.env._("The close has posted nothing."),
        )

    def _get_signature_section(self, period):
        roles = [
            (
                self.env._("Prepared by"),
                (period.requested_by_id or period.create_uid).name,
            ),
            (self.env._("Posted by"), period.posted_user_id.name),
            (self.env._("Reviewed by"), ""),
            (self.env._("Approved by"), period.approved_by_id.name),
        ]
        return Section(
            self.env._("Signatures"),
            [
                Column("", width=22),
                Column(self.env._("Name"), width=30),
                Column(self.env._("Date"), width=18),
                Column(self.env._("Signature"), width=40),
            ],
            [(role, name or "", "", "") for role, name in roles],
            shape=SIGNATURES,
        )
