# A number as its reader writes it, with the decimals that it has.
# For screens, reports and messages of every step; amounts have those of their currency.

from odoo.tools import float_repr, formatLang


def number_in_words(env, number, least=0, most=6):
    """Return a number in the language of ``env`` with the decimals that it has, at
    least ``least`` and at most ``most`` of them."""
    number = float(number or 0.0)
    decimals = float_repr(number, most).partition(".")[2].rstrip("0")
    return formatLang(env, number, digits=max(least, len(decimals)))
