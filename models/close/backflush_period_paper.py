# The working paper of a GAAP bridge: the conclusion in words, and what the sheet lists.
# After the preview or the posting; reports/backflush_bridge_report.xml prints it.

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..number_words import number_in_words
from .backflush_period import UNPOSTED


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    bridge_posts = fields.Boolean(
        compute="_compute_bridge_posts", help="Posted with the close, or was."
    )
    bridge_conclusion = fields.Char(
        "Conclusion",
        compute="_compute_bridge_conclusion",
        help="Whether the bridge is material, and what becomes of it.",
    )

    @api.depends(
        "state",
        "bridge_amount",
        "bridge_choice",
        "bridge_material",
        "company_id.backflush_bridge_account_id",
        "entry_ids.change_ids",
    )
    def _compute_bridge_posts(self):
        """A close that is not posted answers by its choice, another by its entries."""
        for period in self:
            if period.state not in UNPOSTED:
                period.bridge_posts = bool(period._get_bridge_entries())
            elif period.currency_id.is_zero(period.bridge_amount):
                period.bridge_posts = False
            else:
                period.bridge_posts = period.bridge_choice == "always" or (
                    period.bridge_choice == "material"
                    and period.bridge_material
                    and bool(period.company_id.backflush_bridge_account_id)
                )

    @api.depends("bridge_posts", "bridge_threshold", "computed_date", "date_to")
    @api.depends_context("lang")
    def _compute_bridge_conclusion(self):
        for period in self:
            computed = period.computed_date or period.state != "open"
            period.bridge_conclusion = computed and " ".join(period._get_conclusions())

    def _get_conclusions(self):
        """Return sentences: what the bridge is, whether it matters, what is posted."""
        self.ensure_one()
        if self.currency_id.is_zero(self.bridge_amount):
            return [
                self.env._(
                    "Inventory accounts hold what full absorption costing has in "
                    "inventory: nothing is to be bridged."
                )
            ]
        return [self._describe_materiality(), self._describe_bridge_posting()]

    def _describe_materiality(self):
        threshold = number_in_words(self.env, self.bridge_threshold)
        if self.bridge_material:
            return self.env._(
                "The bridge is material: beyond %(threshold)s %% of inventory or of "
                "the result.",
                threshold=threshold,
            )
        return self.env._(
            "The bridge is not material: at most %(threshold)s %% of inventory and of "
            "the result.",
            threshold=threshold,
        )

    def _describe_bridge_posting(self):
        if self.bridge_posts:
            days = {
                "day": format_date(self.env, self.date_to),
                "next": format_date(self.env, self.date_to + timedelta(days=1)),
            }
            if self.state in UNPOSTED:
                return self.env._(
                    "It will be posted on %(day)s and taken back on %(next)s.", **days
                )
            return self.env._(
                "It is posted on %(day)s and taken back on %(next)s.", **days
            )
        if self.bridge_choice == "never":
            return self.env._("It is not posted, as this close has chosen.")
        if not self.bridge_material:
            return self.env._("It is not posted.")
        return self.env._(
            "It is not posted: the company had no account for it (Backflush Costing > "
            "Configuration > Close Settings)."
        )

    # What the sheet lists ------------------------------------------------------------

    def action_print_bridge(self):
        """Print the working paper.

        :raises UserError: when nothing was computed yet
        """
        self.ensure_one()
        if not self.computed_date and self.state == "open":
            raise UserError(
                self.env._(
                    "Nothing is computed for %(period)s yet: preview it first.",
                    period=self.name,
                )
            )
        report = "mrp_account_backflush.backflush_bridge_report"
        return self.env.ref(report).report_action(self)

    def _get_bridge_entries(self):
        """Return the ledger entries of the bridge and of its reversal that stand."""
        return self._get_live_entries().filtered(lambda e: e.event == "bridge")

    def _get_bridge_undone(self):
        """Return the journal entries of bridges that reopening has taken back."""
        bridges = self.entry_ids.filtered(lambda e: e.event == "bridge")
        return (bridges - self._get_bridge_entries()).move_id.sorted("id")

    def _get_paper_sections(self):
        """Return [(title, lines)] of the figures by where they come from."""
        labels = dict(
            self.bridge_line_ids._fields["origin"]._description_selection(self.env)
        )
        return [
            (labels[origin], lines)
            for origin, lines in self.bridge_line_ids.grouped("origin").items()
        ]

    def _get_paper_standards(self):
        """Return [(card, units)] of the standards that goods made and unsold are valued
        at; each once."""
        units = {}
        for line in self.bridge_line_ids.filtered("card_id"):
            units[line.card_id] = line.quantity
        return list(units.items())

    def _get_paper_accounts(self):
        """Return [(account, balance)] of inventory in the books before the bridge."""
        standing = self._get_account_balances(self._get_inventory_accounts())
        entries = self._get_live_entries().filtered(
            lambda entry: entry.date == self.date_to
        )
        for line in entries.line_ids:
            if line.account_id in standing:
                standing[line.account_id] -= self._to_money(line.amount)
        return [
            (account, float(balance))
            for account, balance in sorted(
                standing.items(), key=lambda item: item[0].code or ""
            )
            if balance
        ]

    def _format_number(self, number, decimals=0):
        """Return a number as the working paper prints it."""
        return number_in_words(self.env, number, decimals)
