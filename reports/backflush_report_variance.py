# The variance report as data: by kind, by product, by element and month, and each line.
# First step of a report; the lines are streamed as those of the ledger are.

from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from ..models.configuration.backflush_cost_element import VARIANCE_KINDS
from .dataset import (
    COUNT,
    DATE,
    FAVOURABLE,
    MONEY,
    PRICE,
    QUANTITY,
    UNFAVOURABLE,
    Chart,
    Column,
    Section,
)


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _count_variance(self):
        return self._get_ledger_lines(self._get_variance_domain()).count()

    def _get_variance_domain(self):
        return self._get_line_domain() & Domain("role", "=", "variance")

    def _get_variance_dataset(self):
        domain = self._get_variance_domain()
        lines = self._get_ledger_lines(domain)
        found = self.env["backflush.entry.line"]._read_group(
            domain,
            [
                "variance_kind",
                "finished_product_id",
                "element_id",
                "accounting_date:month",
            ],
            ["amount:sum"],
        )
        return self._prepare_dataset(
            [
                self._prepare_kind_section(self._get_kind_sums(domain)),
                self._get_product_section(found),
                self._get_element_section(found),
                self._get_month_section(found),
                self._get_variance_lines_section(lines),
            ]
        )

    # By kind -------------------------------------------------------------------------

    def _get_kind_sums(self, domain):
        """Return {kind: (favourable, unfavourable)}."""
        Line = self.env["backflush.entry.line"]
        sums = defaultdict(lambda: [0.0, 0.0])
        for side, operator in enumerate(("<", ">")):
            for kind, amount in Line._read_group(
                domain & Domain("amount", operator, 0),
                ["variance_kind"],
                ["amount:sum"],
            ):
                sums[kind][side] += amount
        return sums

    def _get_kind_section(self, lines):
        """Return the variances among ``lines`` by kind."""
        sums = defaultdict(lambda: [0.0, 0.0])
        for line in lines.filtered(lambda line: line.role == "variance"):
            sums[line.variance_kind][line.amount > 0] += line.amount
        return self._prepare_kind_section(sums)

    def _prepare_kind_section(self, sums):
        labels = self._get_kind_labels()
        money = self.currency_id.round
        return Section(
            self.env._("Variances by kind"),
            [
                Column(self.env._("Variance"), width=26),
                Column(self.env._("Favourable"), MONEY, 16, total=True),
                Column(self.env._("Unfavourable"), MONEY, 16, total=True),
                Column(self.env._("Net"), MONEY, 16, total=True),
            ],
            [
                (
                    label,
                    money(sums[kind][0]),
                    money(sums[kind][1]),
                    money(sum(sums[kind])),
                )
                for kind, label in labels.items()
                if kind in sums
            ],
            note=self._get_currency_note(),
            empty=self.env._("No variance was posted."),
            chart=Chart(
                self.env._("Variances by kind"),
                0,
                (1, 2),
                stacked=True,
                colors=(FAVOURABLE, UNFAVOURABLE),
            ),
        )

    def _get_kind_labels(self):
        field = self.env["backflush.entry.line"]._fields["variance_kind"]
        return dict(field._description_selection(self.env))

    # By product, element, month ------------------------------------------------------

    def _get_product_section(self, found):
        """Return a row for each finished product, a column for each kind."""
        labels = self._get_kind_labels()
        present = {kind for kind, *_rest in found}
        kinds = [kind for kind, _label in VARIANCE_KINDS if kind in present]
        sums = defaultdict(lambda: defaultdict(float))
        for kind, product, _element, _month, amount in found:
            sums[product][kind] += amount
        money = self.currency_id.round
        rows = [
            (
                product.sudo().display_name or self.env._("Without product"),
                *(money(amounts[kind]) or None for kind in kinds),
                money(sum(amounts.values())),
            )
            for product, amounts in sums.items()
        ]
        return Section(
            self.env._("Variances by product"),
            [
                Column(self.env._("Finished Product"), width=34),
                *(Column(labels[kind], MONEY, 14, total=True) for kind in kinds),
                Column(self.env._("Net"), MONEY, 16, total=True),
            ],
            sorted(rows, key=lambda row: -abs(row[-1])),
            empty=self.env._("No variance was posted."),
            chart=Chart(
                self.env._("Net variance of the largest products"),
                0,
                (len(kinds) + 1,),
                "bar",
                rows=15,
            ),
        )

    def _get_element_section(self, found):
        labels = self._get_kind_labels()
        sums = defaultdict(float)
        for kind, _product, element, _month, amount in found:
            name = element.sudo().name or self.env._("Without element")
            sums[name, labels.get(kind, "")] += amount
        return Section(
            self.env._("Variances by cost element"),
            [
                Column(self.env._("Cost Element"), width=26),
                Column(self.env._("Variance"), width=22),
                Column(self.env._("Net"), MONEY, 16, total=True),
            ],
            [(*key, self.currency_id.round(sums[key])) for key in sorted(sums)],
            empty=self.env._("No variance was posted."),
        )

    def _get_month_section(self, found):
        sums = defaultdict(float)
        for _kind, _product, _element, month, amount in found:
            sums[month] += amount
        return Section(
            self.env._("Variances by month"),
            [
                Column(self.env._("Month"), width=20),
                Column(self.env._("Net"), MONEY, 16, total=True),
            ],
            [
                (
                    format_date(self.env, month, date_format="MMMM y"),
                    self.currency_id.round(sums[month]),
                )
                for month in sorted(sums)
            ],
            empty=self.env._("No variance was posted."),
            chart=Chart(self.env._("Net variance by month"), 0, (1,)),
        )

    def _get_variance_lines_section(self, lines):
        columns = [
            ("accounting_date", Column(self.env._("Accounting Date"), DATE, 11)),
            ("entry.origin", Column(self.env._("Document"), width=20)),
            ("entry.event", Column(self.env._("Event"), width=14)),
            ("move.name", Column(self.env._("Journal Entry"), width=18)),
            ("finished_product_id", Column(self.env._("Finished Product"), width=24)),
            ("variance_kind", Column(self.env._("Variance"), width=14)),
            ("element_id", Column(self.env._("Cost Element"), width=14)),
            ("product_id", Column(self.env._("Component"), width=24)),
            ("workcenter_id", Column(self.env._("Work Center"), width=16)),
            (
                "standard_quantity",
                Column(self.env._("Standard Quantity"), QUANTITY, 12),
            ),
            ("standard_price", Column(self.env._("Standard Price"), PRICE, 12)),
            ("actual_quantity", Column(self.env._("Actual Quantity"), QUANTITY, 12)),
            ("actual_price", Column(self.env._("Actual Price"), PRICE, 12)),
            ("account_id", Column(self.env._("Account"), width=30)),
            ("amount", Column(self.env._("Amount"), MONEY, 15, total=True)),
            ("entry.id", Column(self.env._("Entry"), COUNT, 9, page=False)),
        ]
        return Section(
            self.env._("Variance lines"),
            [column for _term, column in columns],
            lines.get_rows([term for term, _column in columns]),
            count=lines.count(),
            link=("backflush.entry", len(columns) - 1),
            note=self._get_currency_note(),
            empty=self.env._("No variance was posted."),
        )
