# What a report says of itself: what was asked for, by whom, and when.
# Part of the data of every report; what it says of the seals is in the next file.

from odoo import fields, models
from odoo.tools import format_date, format_datetime


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _get_parameters(self):
        """Return [(label, text)] of what was asked for, by whom and when."""
        now = format_datetime(self.env, fields.Datetime.now())
        return [
            (self.env._("Company"), self.company_id.name),
            (self.env._("Currency"), self.currency_id.name),
            *((label, text) for label, text in self._get_filters() if text),
            (self.env._("Made by"), self.env.user.name),
            (self.env._("Made on"), f"{now} ({self.env.user.tz or 'UTC'})"),
        ]

    def _get_filters(self):
        """Return [(label, text)] of the filters; an empty text for one that is not
        set."""
        if self.kind == "close":
            return [(self.env._("Period Close"), self.period_id.name)]
        if self.kind == "order":
            return [(self.env._("Orders"), self._get_span())]
        products = [
            (
                self.env._("Product Categories"),
                ", ".join(self.category_ids.mapped("display_name")),
            ),
            (
                self.env._("Finished Products"),
                ", ".join(self.product_ids.mapped("display_name")),
            ),
        ]
        if self.kind == "cost_sheet":
            day = not self.release_id and format_date(self.env, self.date_to)
            return [
                (self.env._("Release"), self.release_id.name),
                (self.env._("In force on"), day),
                *products,
            ]
        return [
            (self.env._("From"), format_date(self.env, self.date_from)),
            (self.env._("To"), format_date(self.env, self.date_to)),
            *products,
            (
                self.env._("Accounts"),
                ", ".join(self.account_ids.mapped("display_name")),
            ),
        ]

    def _get_currency_note(self):
        return self.env._(
            "Amounts in %(currency)s; debit positive, a positive variance is "
            "unfavourable.",
            currency=self.currency_id.name,
        )
