# "Explain this amount": how each amount of a ledger entry came about, in words.
# After post; costing/derivation.py finds the sums, the order statement shows them.

from dataclasses import replace

from markupsafe import Markup

from odoo import api, fields, models

from ..costing import derivation
from ..costing.money import exact
from . import dataset
from .formats import Formats


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    explanation = fields.Html(
        compute="_compute_explanation",
        sanitize=False,
        help="How each amount came about: quantities, prices and rounding, as stored "
        "with the postings.",
    )

    @api.depends("line_ids.amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for entry in self:
            entry.explanation = (
                Markup("").join(
                    Markup("<p><strong>%s</strong><br/>%s</p>")
                    % (about, Markup("<br/>").join(steps))
                    for about, steps, _lines in entry._get_derivations()
                )
                or Markup("<p>%s</p>") % entry._describe_no_amount()
            )

    def _describe_no_amount(self):
        """Return why there is no amount to explain."""
        if self.state == "pending":
            return self.env._("It is not posted yet.")
        return self.env._(
            "It has no amount: the event is recorded, and by the rules of its policy "
            "nothing was to be posted."
        )

    def _get_derivations(self):
        """Return [(what it is about, [sums in words], its lines)]."""
        self.ensure_one()
        lines = self.line_ids.sorted("id")
        postings = [
            replace(line._to_posting(), account=line.account_id.id) for line in lines
        ]
        # A posting is found again by its identity: two may be the same in all else.
        line_of = {id(p): line for p, line in zip(postings, lines, strict=True)}
        unit = exact(self.currency_id.rounding)
        words, kinds, write = self._get_derivation_words()
        found = []
        stood = self._get_stated_standings() if "before" in self.facts else ()
        for part in derivation.derive(postings, exact(self.quantity), unit, *stood):
            steps = [
                derivation.render_step(step, unit, words, write, kinds)
                for step in part.steps
            ]
            about = line_of[id(part.about)]._get_subject()
            parts = lines.browse().union(*(line_of[id(p)] for p in part.postings))
            if steps:
                found.append((about, steps, parts))
        return found

    def _get_derivation_words(self):
        """Return (words, names of variances, how numbers are written) of the reader."""
        formats = Formats(self.env, self.currency_id)
        kinds = self.env["backflush.entry.line"]._fields["variance_kind"]
        labels = dict(kinds._description_selection(self.env))
        return (
            self._get_derivation_phrases(),
            {kind: label[:1].lower() + label[1:] for kind, label in labels.items()},
            lambda number, kind: formats.get_text(
                float(number),
                {
                    derivation.QUANTITY: dataset.QUANTITY,
                    derivation.PRICE: dataset.PRICE,
                    derivation.MONEY: dataset.MONEY,
                }[kind],
            ),
        )

    def _get_derivation_phrases(self):
        """Return `costing.derivation.WORDS` in the language of the reader."""
        env = self.env
        stated = (
            env._("%(formula)s as the period close computed it")
            if self.period_id
            else env._("%(formula)s as stated by the document")
        )
        return {
            derivation.ACTUAL: env._("%(formula)s actual"),
            derivation.STANDARD: env._("%(formula)s standard"),
            derivation.AT_STANDARD: env._("%(formula)s at standard"),
            derivation.STATED: stated,
            derivation.ROUNDED: env._(
                "posted %(formula)s, with what earlier postings had rounded"
            ),
            derivation.REVALUED: env._(
                "posted %(formula)s, at what the goods stood for on that day"
            ),
            derivation.BEFORE: env._("%(formula)s before"),
            derivation.AFTER: env._("%(formula)s after"),
            derivation.DIFFERENCE: env._("difference %(formula)s"),
            derivation.FAVOURABLE: env._("%(kind)s %(formula)s favourable"),
            derivation.UNFAVOURABLE: env._("%(kind)s %(formula)s unfavourable"),
        }


class BackflushEntryLine(models.Model):
    _inherit = "backflush.entry.line"

    explanation = fields.Char(
        compute="_compute_explanation",
        help="How the amount came about, with the other amounts of the same component "
        "or operation.",
    )

    @api.depends("amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        texts = {}
        for entry in self.entry_id:
            for _about, steps, lines in entry._get_derivations():
                texts |= dict.fromkeys(lines.ids, "; ".join(steps))
        for line in self:
            line.explanation = texts.get(line.id, "")

    def _get_subject(self):
        """Return what a line is about, as a heading."""
        self.ensure_one()
        roles = dict(self._fields["role"]._description_selection(self.env))
        about = [self._get_item_name(), self.sudo().element_id.name, roles[self.role]]
        if self.variance_kind and self.role != "variance":
            # A close disposes of several variances of one element.
            kinds = self._fields["variance_kind"]._description_selection(self.env)
            about.append(dict(kinds)[self.variance_kind])
        return " · ".join(dict.fromkeys(text for text in about if text))

    def _get_item_name(self):
        """Return the component or operation of a line, else the finished product."""
        line = self.sudo()
        about = [
            line.product_id.display_name,
            line.operation_id.display_name,
            line.workcenter_id.display_name,
        ]
        named = [text for text in about if text]
        return " · ".join(named) or line.finished_product_id.display_name or ""
