# Number fields that hold nothing but numbers: no "not a number", no infinity, none that
# is too large. For what people enter or import, before anything computes with it.

from math import inf, isfinite, nan

from odoo import fields
from odoo.exceptions import UserError

#: From here on a float does not hold every unit any more.
LARGEST = 1e15
#: How much of a wrong value an error repeats.
SHOWN = 30


class FiniteMixin:
    """A number field that refuses what cannot be computed with."""

    def convert_to_cache(self, value, record, validate=True):
        if validate:
            value = self._to_finite(value, record)
        return super().convert_to_cache(value, record, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        return super().convert_to_column_insert(
            self._to_finite(value, record), record, values, validate
        )

    def _to_finite(self, value, record):
        """Return ``value`` as a number.

        :raises UserError: it is none, or too large
        """
        try:
            number = float(value or 0.0)
        except OverflowError:
            number = inf
        except (TypeError, ValueError):
            number = nan
        if isfinite(number) and abs(number) < LARGEST:
            return number
        raise UserError(
            record.env._(
                "%(field)s (%(model)s): “%(value)s” is not a number that can be "
                "computed with. Enter one below %(limit)s.",
                field=self._description_string(record.env),
                model=record.env["ir.model"]._get(record._name).sudo().name,
                value=str(value)[:SHOWN],
                limit=f"{LARGEST:,.0f}",
            )
        )


class Float(FiniteMixin, fields.Float):
    """A float that is finite; see `FiniteMixin`."""


class Monetary(FiniteMixin, fields.Monetary):
    """An amount that is finite; see `FiniteMixin`."""
