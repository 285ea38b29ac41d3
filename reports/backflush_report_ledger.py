# The audit ledger as data: every line of the ledger in some days, streamed.
# First step of a report; the variance report streams the same lines.

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .dataset import COUNT, DATE, MONEY, PRICE, QUANTITY, Column, Dataset, Section
from .ledger_lines import LedgerLines


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _get_dataset(self):
        """Return the `dataset.Dataset` of this report, as far as its reader may see."""
        self.ensure_one()
        # One company's books, whichever others the reader has open.
        report = self.with_company(self.company_id).with_context(
            allowed_company_ids=self.company_id.ids
        )
        found = getattr(report, f"_get_{self.kind}_dataset")()
        found.parameters = [*report._get_parameters(), *found.parameters]
        found.evidence = [*report._get_verification(), *found.evidence]
        return found

    def _prepare_dataset(self, sections, **values):
        """Return a dataset with the title and file name of this report."""
        name = f"{self.company_id.name} {self.name}"
        name = "".join(c if c.isalnum() or c in " .-_" else "-" for c in name)
        return Dataset(self.name, name[:120], sections=sections, **values)

    # Ledger --------------------------------------------------------------------------

    def _get_ledger_dataset(self):
        lines = self._get_ledger_lines(self._get_line_domain())
        return self._prepare_dataset(
            [
                Section(
                    self.env._("Ledger"),
                    self._get_ledger_columns(),
                    lines.get_rows(self._get_ledger_terms()),
                    count=lines.count(),
                    link=(
                        "backflush.entry",
                        self._get_ledger_terms().index("entry.id"),
                    ),
                    note=self._get_currency_note(),
                    empty=self.env._("No entry was posted in these days."),
                ),
                self._get_account_section(lines),
                self._get_event_section(lines),
            ],
            evidence=self._get_ledger_evidence(lines),
        )

    def _count_ledger(self):
        return self._get_ledger_lines(self._get_line_domain()).count()

    def _get_ledger_lines(self, domain):
        return LedgerLines(self.env["backflush.entry.line"], domain)

    def _get_line_domain(self):
        """Return the domain of the entry lines that this report is about."""
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("accounting_date", ">=", self.date_from)
        domain &= Domain("accounting_date", "<=", self.date_to)
        if self.category_ids:
            domain &= Domain("category_id", "child_of", self.category_ids.ids)
        if self.product_ids:
            domain &= Domain("finished_product_id", "in", self.product_ids.ids)
        if self.account_ids:
            domain &= Domain("account_id", "in", self.account_ids.ids)
        return domain

    def _get_ledger_columns(self):
        return [
            Column(self.env._("Accounting Date"), DATE, 11),
            Column(self.env._("Document Date"), DATE, 11, page=False),
            Column(self.env._("Document"), width=20),
            Column(self.env._("Event"), width=14),
            Column(self.env._("Journal Entry"), width=18),
            Column(self.env._("Account"), width=30),
            Column(self.env._("Role"), width=18),
            Column(self.env._("Variance"), width=14),
            Column(self.env._("Cost Element"), width=14),
            Column(self.env._("Finished Product"), width=24),
            Column(self.env._("Component"), width=24),
            Column(self.env._("Operation"), width=16, page=False),
            Column(self.env._("Work Center"), width=16, page=False),
            Column(self.env._("Standard Quantity"), QUANTITY, 12),
            Column(self.env._("Standard Price"), PRICE, 12),
            Column(self.env._("Actual Quantity"), QUANTITY, 12),
            Column(self.env._("Actual Price"), PRICE, 12),
            Column(self.env._("Debit"), MONEY, 15, total=True),
            Column(self.env._("Credit"), MONEY, 15, total=True),
            Column(self.env._("Policy"), width=18, page=False),
            Column(self.env._("Recorded By"), width=18, page=False),
            Column(self.env._("Entry"), COUNT, 9),
            Column(self.env._("Seal"), COUNT, 10),
            Column(self.env._("Hash"), width=24),
        ]

    def _get_ledger_terms(self):
        """Return what each column of the ledger is read from."""
        return [
            "accounting_date",
            "date",
            "entry.origin",
            "entry.event",
            "move.name",
            "account_id",
            "role",
            "variance_kind",
            "element_id",
            "finished_product_id",
            "product_id",
            "operation_id",
            "workcenter_id",
            "standard_quantity",
            "standard_price",
            "actual_quantity",
            "actual_price",
            "debit",
            "credit",
            "policy_id",
            "entry.user_id",
            "entry.id",
            "seal.number",
            "seal.hash",
        ]

    def _get_account_section(self, lines):
        rows = lines.get_sums(["account_id"], ["debit", "credit", "amount"])
        return Section(
            self.env._("Accounts"),
            [
                Column(self.env._("Account"), width=40),
                Column(self.env._("Lines"), COUNT, 10, total=True),
                Column(self.env._("Debit"), MONEY, 18, total=True),
                Column(self.env._("Credit"), MONEY, 18, total=True),
                Column(self.env._("Balance"), MONEY, 18, total=True),
            ],
            rows,
            note=self.env._("What the lines of the report add up to, by account."),
        )

    def _get_event_section(self, lines):
        rows = lines.get_sums(["entry.event"], ["debit"], entries=True)
        return Section(
            self.env._("Events"),
            [
                Column(self.env._("Event"), width=30),
                Column(self.env._("Lines"), COUNT, 10, total=True),
                Column(self.env._("Entries"), COUNT, 10, total=True),
                Column(self.env._("Cost Flushed"), MONEY, 18, total=True),
            ],
            rows,
            note=self.env._("Entries and their debits, by what they record."),
        )

    def _get_ledger_evidence(self, lines):
        """Return what shows that the ledger is whole."""
        [(debit, credit)] = lines.execute(
            SQL("COALESCE(SUM(%s), 0)", lines.get_term("debit")),
            SQL("COALESCE(SUM(%s), 0)", lines.get_term("credit")),
        )
        waiting = self.env["backflush.entry"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "pending"),
                ("date", "<=", self.date_to),
            ]
        )
        formats = self._get_formats()
        difference = formats.get_money(debit - credit)
        return [
            (self.env._("Debits less credits"), difference),
            (self.env._("Entries that wait to be posted"), str(waiting)),
        ]
