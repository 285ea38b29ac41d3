# Disposition: what becomes of variances, and both results side by side.
# Part of the preview; the arithmetic is in costing/closing.py, post comes next.

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ...costing import closing, proration
from ...costing.closing import COGS, FG, RIP, UNSOLD
from ...costing.money import ZERO


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    def action_preview(self):
        """Compute what the close would post, without posting anything."""
        self.check_access("write")
        self._check_state("open")
        for period in self:
            period._refresh()

    def _refresh(self):
        """Compute checks and preview anew.

        The preview adds up documents of the whole company, whichever of them its
        preparer may open.
        """
        self.ensure_one()
        period = self.sudo()
        period._refresh_checks()
        period._refresh_figures()

    def _refresh_figures(self):
        conversion = self._get_conversion()
        found = {
            element: closing.conversion_variances(figures, self._get_unit())
            for element, figures in conversion.items()
        }
        held, sales = self._get_held()
        open_variances = self._get_open_variances(found, held)
        self._add_dispositions({variance.kind for variance in open_variances})
        shares = [self._get_all_shares(variance) for variance in open_variances]
        lines = [
            *self._prepare_conversion_lines(conversion, found),
            *self._prepare_disposition_lines(open_variances, shares),
            *self._prepare_result_lines(held[None], open_variances, shares),
        ]
        self.write(
            {
                "line_ids": [Command.clear(), *map(Command.create, lines)],
                "computed_date": fields.Datetime.now(),
            }
        )
        return conversion, found, open_variances, sales

    # Variances -----------------------------------------------------------------------

    def _get_open_variances(self, found, held):
        """Return [`closing.Variance`] of what is on variance accounts, that of
        conversion, which this close finds, included; by kind and element.

        :param found: {element: {kind: amount}} of conversion
        """
        balances = self._get_variance_balances()
        for element, kinds in found.items():
            for kind, amount in kinds.items():
                account = element._get_variance_account(kind).id
                mine = balances[kind, element.id]
                mine[account] = mine.get(account, ZERO) + amount
        taken = self._get_taken()
        kinds = list(
            dict(self.env["backflush.disposition.rule"]._fields["kind"].selection)
        )
        keys = sorted(
            balances.keys() | taken.keys(),
            key=lambda key: (kinds.index(key[0]), key[1] or 0),
        )
        variances = [
            closing.Variance(
                kind,
                element,
                balances.get((kind, element), {}),
                held[element],
                taken.get((kind, element), ZERO),
            )
            for kind, element in keys
        ]
        return [v for v in variances if any(v.balances.values()) or v.taken]

    def _add_dispositions(self, kinds):
        """Take over the company's rules for ``kinds`` that this close does not know."""
        missing = kinds - set(self.disposition_ids.mapped("kind"))
        if not missing:
            return
        rules = self.env["backflush.disposition.rule"]._get_methods(
            self.company_id, self.kind == "year_end"
        )
        self.env["backflush.period.disposition"].create(
            [
                {
                    "period_id": self.id,
                    "kind": kind,
                    "method": rules.get(kind, proration.TO_COST_OF_SALES),
                }
                for kind in sorted(missing)
            ]
        )

    def _get_method(self, kind):
        """Return how this close disposes of variances of ``kind``."""
        mine = self.disposition_ids.filtered(lambda line: line.kind == kind)
        return mine.method or proration.TO_COST_OF_SALES

    def _get_all_shares(self, variance):
        """Return {method: shares} of a variance by each method, and as chosen under
        the key None."""
        unit = self._get_unit()
        found = {
            method: closing.dispose(variance, method, unit)
            for method in (proration.TO_COST_OF_SALES, proration.PRORATED)
        }
        chosen = self._get_method(variance.kind)
        found[None] = found.get(chosen, {})
        return found

    # Lines of the preview ------------------------------------------------------------

    def _prepare_conversion_lines(self, conversion, found):
        """Return the lines of the preview about conversion: one a variance, the figures
        of an element with its first."""
        lines = []
        for element, figures in conversion.items():
            first = {
                "control": figures.control,
                "applied": figures.applied,
                "unsold": figures.unsold,
                "hours": figures.hours or ZERO,
                "standard_hours": figures.standard_hours,
                "rate": figures.rate,
                "budget": figures.budget or ZERO,
                "control_account_id": element.control_account_id.id,
                "applied_account_id": element.applied_account_id.id,
            }
            for kind, amount in (found[element] or {False: ZERO}).items():
                lines.append(
                    {
                        "section": "conversion",
                        "sequence": len(lines),
                        "element_id": element.id,
                        "kind": kind,
                        "account_id": kind and element._get_variance_account(kind).id,
                        "amount": amount,
                        **first,
                    }
                )
                first = {}
        return [self._to_vals(line) for line in lines]

    def _prepare_disposition_lines(self, open_variances, all_shares):
        lines = []
        for variance, shares in zip(open_variances, all_shares, strict=True):
            prorated, posted = shares[proration.PRORATED], shares[None]
            held = variance.held
            lines.append(
                {
                    "section": "disposition",
                    "sequence": len(lines),
                    "element_id": variance.element,
                    "kind": variance.kind,
                    "account_id": next(iter(variance.balances), False),
                    "amount": variance.amount,
                    "method": self._get_method(variance.kind),
                    "taken": variance.taken,
                    "held_rip": self._get_rip(held, variance.holders),
                    "held_fg": held[FG],
                    "held_cogs": held[COGS],
                    "all_cogs": shares[proration.TO_COST_OF_SALES][COGS],
                    "prorated_rip": self._get_rip(prorated),
                    "prorated_fg": prorated.get(FG, ZERO),
                    "prorated_cogs": prorated[COGS],
                    "posted_rip": self._get_rip(posted),
                    "posted_fg": posted.get(FG, ZERO),
                    "posted_cogs": posted.get(COGS, ZERO),
                    "carried": ZERO if posted else variance.amount,
                }
            )
        return [self._to_vals(line) for line in lines]

    @staticmethod
    def _get_rip(parts, keys=(RIP, UNSOLD)):
        """Return what RIP has of ``parts``: of those of its holders that concern it."""
        return sum((parts.get(key, ZERO) for key in (RIP, UNSOLD) if key in keys), ZERO)

    def _prepare_result_lines(self, held, open_variances, all_shares):
        """Return the lines that compare both results: each balance at standard, and
        what it is after all variances went one way or the other."""
        after = defaultdict(lambda: defaultdict(lambda: ZERO))
        for variance, shares in zip(open_variances, all_shares, strict=True):
            for method, parts in shares.items():
                for key, amount in parts.items():
                    after[method]["rip" if key == UNSOLD else key] += amount
                if not parts:
                    after[method]["carried"] += variance.amount
        before = {
            "rip": self._get_rip(held),
            "fg": held[FG],
            "cogs": held[COGS] + sum((v.taken for v in open_variances), ZERO),
            "carried": ZERO,
        }
        return [
            self._to_vals(
                {
                    "section": "result",
                    "sequence": number,
                    "balance": key,
                    "before": amount,
                    "after_cogs": amount + after[proration.TO_COST_OF_SALES][key],
                    "after_prorated": amount + after[proration.PRORATED][key],
                    "after_chosen": amount + after[None][key],
                }
            )
            for number, (key, amount) in enumerate(before.items())
        ]

    @staticmethod
    def _to_vals(line):
        """Return ``line`` with floats for the database."""
        return {
            name: float(value) if hasattr(value, "quantize") else value
            for name, value in line.items()
        }


class BackflushPeriodDisposition(models.Model):
    _inherit = "backflush.period.disposition"

    @api.constrains("method", "period_id")
    def _check_method(self):
        """At year end nothing is carried forward: the result starts from zero."""
        for line in self:
            if line.period_id.kind == "year_end" and line.method == proration.CARRIED:
                raise ValidationError(
                    self.env._(
                        "%(period)s is a year end: variances cannot be carried forward "
                        "into another year. Prorate them, or let them go to cost of "
                        "goods sold.",
                        period=line.period_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        keys = [vals.get("period_id") for vals in vals_list]
        # What is no key of a close is refused by the ORM.
        periods = {key for key in keys if isinstance(key, int) and key}
        periods = self.env["backflush.period"].browse(periods).exists()
        periods._check_state("open", "to_approve")
        dispositions = super().create(vals_list)
        # A context may have named the close.
        dispositions.period_id._check_state("open", "to_approve")
        return dispositions

    def write(self, vals):
        self.period_id._check_state("open")
        result = super().write(vals)
        self.period_id._check_state("open")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self.period_id._check_state("open")
