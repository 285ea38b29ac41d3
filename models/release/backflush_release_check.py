# What keeps a proposal from being released, all in one list.
# Standard cost; after the proposal, before release and approval.

from odoo import models
from odoo.exceptions import UserError


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    def _check_can_release(self):
        """Raise one message with all that keeps these from being released, guards that
        nobody confirmed among them. Approval is not checked here."""
        for release in self:
            release.card_ids._mend_elements()
            release._refresh()
            if problems := release._get_release_problems():
                raise UserError(
                    self.env._(
                        "Release %(release)s cannot be released yet:\n%(problems)s",
                        release=release.name,
                        problems="\n".join(f"- {problem}" for problem in problems),
                    )
                )

    def _get_release_problems(self):
        """Return what keeps this proposal from being released, each a sentence."""
        self.ensure_one()
        if not self.card_ids:
            return self._get_rollup_problems() or [
                self.env._(
                    "It has no cost cards: roll up products, or add draft cards from "
                    "the list of cost cards."
                )
            ]
        return [
            *self._get_rollup_problems(),
            *self._get_double_problems(),
            *self._get_line_problems(),
            *self._get_date_problems(),
            *self._get_component_problems(),
            *self._get_guard_problems(),
        ]

    def _get_rollup_problems(self):
        if not self.problem_ids:
            return []
        return [
            self.env._(
                "The roll-up found problems with %(products)s. Solve them and roll up "
                "again, or leave these products out.",
                products=self.problem_ids.product_id._get_short_names()
                or self.problem_ids[0].message,
            )
        ]

    def _get_double_problems(self):
        """Report products that are in this release more than once, or in another one
        of the same day."""
        found = self.env["backflush.cost.card"]._read_group(
            [("release_id", "=", self.id)],
            ["product_id"],
            having=[("__count", ">", 1)],
        )
        problems = [
            self.env._(
                "%(product)s is in it with several cards: keep one.",
                product=product.display_name,
            )
            for (product,) in found
        ]
        others = self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", self.card_ids.product_id.ids),
                ("company_id", "=", self.company_id.id),
                ("release_id", "!=", self.id),
                ("release_id.date_from", "=", self.date_from),
                ("release_id.state", "in", ["to_approve", "released"]),
            ]
        )
        return problems + [
            self.env._(
                "%(product)s is in release %(release)s too, which is valid from the "
                "same day: withdraw that one, or choose another day.",
                product=card.product_id.display_name,
                release=card.release_id.name,
            )
            for card in others
        ]

    def _get_line_problems(self):
        """Report cards that have no lines, or lines that mean nothing."""
        cards = self.card_ids
        return cards._get_missing_lines() + cards._get_incoherences()

    def _get_date_problems(self):
        """Report cards in force that are valid from a later day than this release."""
        later = self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", self.card_ids.product_id.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "in_force"),
                ("date_from", ">", self.date_from),
            ]
        )
        return [
            self.env._(
                "%(card)s is in force since %(since)s, later than %(date)s from which "
                "this release is valid: choose a day from then on.",
                card=card.name,
                since=card.date_from,
                date=self.date_from,
            )
            for card in later
        ]

    def _get_component_problems(self):
        """Report components whose price comes from a draft card that is not part of
        this release, or not any more: it would never come true with these cards."""
        problems = []
        if self.is_outdated:
            problems.append(
                self.env._(
                    "Cards were removed from it that others are built on. Roll up "
                    "again: their products then count at their standard cost of today."
                )
            )
        lines = self.env["backflush.cost.card.line"].search(
            [
                ("card_id.release_id", "=", self.id),
                ("component_card_id.state", "in", ["draft", "withdrawn"]),
                "|",
                ("component_card_id.release_id", "=", False),
                ("component_card_id.release_id", "!=", self.id),
            ]
        )
        return problems + [
            self.env._(
                "The cards of %(products)s take %(component)s at the price of a card "
                "that is not in this release. Roll up again, or add that card.",
                products=mine.card_id.product_id._get_short_names(),
                component=component.display_name,
            )
            for component, mine in lines.grouped("product_id").items()
        ]
