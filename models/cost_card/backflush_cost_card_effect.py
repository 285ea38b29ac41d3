# Cost cards take effect: versions, the card before superseded, Odoo's own cost.
# Standard cost; after a release or by hand. The goods on hand are in the next file.

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .backflush_cost_card import SYSTEM, TAKES_EFFECT


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    def action_put_in_force(self):
        """Let draft cards take effect now, without a release.

        :raises UserError: all that keeps one of them from it
        """
        self.check_access("write")
        self._check_without_release()
        self._take_effect()

    @api.private
    def _take_effect(self):
        """Put cards in force in the order of their dates: they get their version,
        supersede the cards before them, Odoo's own cost of the products follows, and
        the quantity on hand is revalued, once.

        A card may take effect later than the day it is valid from. What was recorded in
        between stays at the card before it; the revaluation is dated today and is about
        what is on hand today.

        :raises UserError: all that keeps one of them from it; then none takes effect
        """
        # At once: Odoo would read them a thousand at a time.
        self.fetch(["company_id", "product_id", "date_from", "state", "total_cost"])
        self._check_can_take_effect()
        for company, mine in self.grouped("company_id").items():
            mine = mine.with_company(company)
            for _day, cards in sorted(mine.grouped("date_from").items()):
                with cards._revaluing():
                    cards._supersede()
                    cards._set_standard_prices()

    def _supersede(self):
        """Number these cards and put them in the place of those before them."""
        company = self.company_id
        before = self._get_in_force(self.product_id, company)
        last = dict(
            self._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("company_id", "=", company.id),
                ],
                ["product_id"],
                ["version:max"],
            )
        )
        # The release says for all its cards when they took effect, and by whom.
        quiet = {"tracking_disable": True} if self.release_id else {}
        cards = self.with_context(**{TAKES_EFFECT: SYSTEM}, **quiet)
        cards.browse().union(*before.values()).state = "superseded"
        for version, mine in cards.grouped(
            lambda card: (last.get(card.product_id) or 0) + 1
        ).items():
            mine.write({"version": version, "state": "in_force"})

    def _set_standard_prices(self):
        """Let Odoo's own cost of the products follow their cards."""
        self.env["product.product"]._set_standard_prices(
            {card.product_id: card.total_cost for card in self}, self.company_id
        )

    # What keeps cards from taking effect ---------------------------------------------

    def _check_without_release(self):
        """Raise when a release decides on one of these cards."""
        if bound := self.release_id:
            raise UserError(
                self.env._(
                    "These cards belong to a release (%(releases)s), which puts them "
                    "in force together: open it in Backflush Costing > Standard Cost > "
                    "Releases.",
                    releases=", ".join(bound.mapped("name")),
                )
            )

    def _check_can_take_effect(self):
        problems = [
            *self._get_own_problems(),
            *self._get_double_problems(),
            *self._get_order_problems(),
        ]
        if problems:
            raise UserError("\n".join(problems))

    def _get_own_problems(self):
        """Return what each card lacks by itself."""
        problems = []
        lines = self.env["backflush.cost.card.line"]._read_group(
            [("card_id", "in", self.ids)], ["card_id"]
        )
        filled = {card.id for (card,) in lines}
        states = dict(self._fields["state"]._description_selection(self.env))
        today = {company: company._get_backflush_day() for company in self.company_id}
        for card in self:
            if card.state not in ("draft", "released"):
                problems.append(
                    self.env._(
                        "%(card)s cannot take effect: it is %(state)s already.",
                        card=card.name,
                        state=states[card.state].lower(),
                    )
                )
            if card.id not in filled:
                problems.append(
                    self.env._(
                        "%(card)s has no lines: compute it from a bill of materials "
                        "or enter them.",
                        card=card.name,
                    )
                )
            if card.date_from > today[card.company_id]:
                problems.append(
                    self.env._(
                        "%(card)s is valid from %(date)s, which is still to come: "
                        "put it in force on that day, or release it, and it takes "
                        "effect on that day by itself.",
                        card=card.name,
                        date=format_date(self.env, card.date_from),
                    )
                )
        return problems

    def _get_double_problems(self):
        """Return which products have several of these cards from the same day on."""
        same = self.grouped(
            lambda card: (card.company_id, card.product_id, card.date_from)
        )
        return [
            self.env._(
                "%(product)s has several of the chosen cards: keep one.",
                product=product.display_name,
            )
            for (_company, product, _day), cards in same.items()
            if len(cards) > 1
        ]

    def _get_order_problems(self):
        """Return which cards would take effect out of the order of their dates."""
        others = self.search_fetch(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ("released", "in_force")),
                ("id", "not in", self.ids),
            ],
            ["company_id", "product_id", "state", "date_from", "version", "name"],
        ).grouped(lambda card: (card.company_id, card.product_id))
        return [
            problem
            for card in self
            for other in others.get((card.company_id, card.product_id), ())
            if (problem := card._get_order_problem(other))
        ]

    def _get_order_problem(self, other):
        """Return why this card cannot take effect while ``other`` is in force, or
        released; None when it can."""
        if other.state == "in_force" and other.date_from > self.date_from:
            return self.env._(
                "%(card)s is valid from %(date)s, before %(other)s, which is in force "
                "from %(other_date)s: give it that date or a later one.",
                card=self.name,
                date=format_date(self.env, self.date_from),
                other=other.name,
                other_date=format_date(self.env, other.date_from),
            )
        if other.state == "released" and other.date_from < self.date_from:
            return self.env._(
                "%(card)s is valid from %(date)s, and another card of the product, "
                "released for %(other_date)s, has not taken effect yet: put that one "
                "in force first, or withdraw it.",
                card=self.name,
                date=format_date(self.env, self.date_from),
                other_date=format_date(self.env, other.date_from),
            )
        return None
