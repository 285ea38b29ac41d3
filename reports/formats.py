"""How values look: number formats of sheets, texts of pages.

Used by the renderers; the language is the reader's, the decimals are the currency's.
"""

from markupsafe import Markup

from odoo import fields
from odoo.tools import format_date, format_datetime, formatLang

from ..models.number_words import number_in_words
from . import dataset

#: What Python's date formats are in a sheet.
DATE_PARTS = {
    "%d": "dd",
    "%m": "mm",
    "%Y": "yyyy",
    "%y": "yy",
    "%b": "mmm",
    "%B": "mmmm",
    "%a": "ddd",
    "%A": "dddd",
    "%H": "hh",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%p": "AM/PM",
    "%-d": "d",
    "%-m": "m",
    "%e": "d",
}
#: Decimals of quantities and prices: at least, at most.
DECIMALS = {dataset.QUANTITY: (0, 6), dataset.PRICE: (2, 6)}


class Formats:
    """The formats of a report in the language of ``env``."""

    def __init__(self, env, currency):
        self.env = env
        self.currency = currency
        self.lang = env["res.lang"]._get_data(code=env.context.get("lang") or "en_US")

    # Sheets --------------------------------------------------------------------------

    def get_local(self, moment):
        """Return a date and time where the reader is; sheets know no time zones."""
        return fields.Datetime.context_timestamp(self.env.user, moment).replace(
            tzinfo=None
        )

    def get_number_format(self, kind):
        """Return the number format of a sheet's column of ``kind``, or None."""
        whole = "#,##0" if self._is_grouped() else "0"
        return {
            dataset.COUNT: whole,
            dataset.QUANTITY: f"{whole}.00####",
            dataset.PRICE: f"{whole}.00####",
            dataset.MONEY: self._with_decimals(whole, self.currency.decimal_places),
            dataset.PERCENT: "0.00",
            dataset.DATE: self._translate_date(self.lang.date_format),
            dataset.MOMENT: self._translate_date(
                f"{self.lang.date_format} {self.lang.time_format}"
            ),
        }.get(kind)

    def _is_grouped(self):
        return bool(self.lang.thousands_sep) and self.lang.grouping not in ("[]", "")

    @staticmethod
    def _with_decimals(whole, decimals):
        return f"{whole}.{'0' * decimals}" if decimals else whole

    @staticmethod
    def _translate_date(pattern):
        for part, meaning in DATE_PARTS.items():
            pattern = pattern.replace(part, meaning)
        return pattern

    # Pages ---------------------------------------------------------------------------

    def get_text(self, value, kind):
        """Return ``value`` as a reader of the language writes it."""
        if value is None or value is False or value == "":
            return ""
        if kind == dataset.DATE:
            return format_date(self.env, value)
        if kind == dataset.MOMENT:
            return format_datetime(self.env, value)
        if kind == dataset.MONEY:
            return self.get_money(value)
        if kind == dataset.PERCENT:
            return formatLang(self.env, value, digits=2)
        if kind == dataset.COUNT:
            return formatLang(self.env, value, digits=0)
        if kind in DECIMALS:
            return self.get_decimal(value, *DECIMALS[kind])
        return str(value)

    def get_money(self, value):
        """Return an amount without its currency sign, which headers name."""
        amount = self.currency.round(value) or 0.0
        return formatLang(self.env, amount, digits=self.currency.decimal_places)

    def get_decimal(self, value, least, most):
        """Return a number with the decimals it has, from ``least`` to ``most``."""
        return number_in_words(self.env, value, least, most)

    def get_page_text(self, value, kind, most=0):
        """Return the text of a cell of a page, cut to ``most`` letters, if any."""
        text = self.get_text(value, kind)
        return f"{text[: most - 1]}…" if most and len(text) > most else text

    @staticmethod
    def get_lines(text):
        """Return the lines of ``text`` apart, as HTML."""
        return Markup("<br/>").join(text.split("\n"))
