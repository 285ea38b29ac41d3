# Why it moved: a cost card explained against the card before it, cause by cause.
# Standard cost; the arithmetic is in costing/waterfall.py, read by the card's form.

from operator import attrgetter

from odoo import api, fields, models

from ...costing import steps, waterfall
from ...costing.money import exact
from .backflush_cost_card import STANDING_STATES

#: States of cards that are compared with the one in force now.
COMING_STATES = ("draft", "released")


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    card_before_id = fields.Many2one(
        "backflush.cost.card",
        "Moved From",
        compute="_compute_card_before_id",
        help="The card that this one superseded, or would supersede today.",
    )
    why_moved = fields.Json(
        compute="_compute_why_moved",
        help="``before`` and ``after``: the cards, with their standard cost; "
        "``causes``: each with its amount and ``steps``, in company currency for one "
        "unit. False when there is no card before.",
    )

    @api.depends("product_id", "company_id", "state", "version")
    def _compute_card_before_id(self):
        before = self._get_cards_before()
        for card in self:
            card.card_before_id = before[card]

    @api.depends_context("lang")
    @api.depends(
        "card_before_id",
        "lot_size",
        "line_ids.amount",
        "line_ids.kind",
        "line_ids.driver",
        "line_ids.element_id",
        "line_ids.product_id",
        "line_ids.operation_id",
        "line_ids.workcenter_id",
    )
    def _compute_why_moved(self):
        components = self._get_cards_of_components()
        for card in self:
            card.why_moved = bool(card.card_before_id) and card._prepare_why_moved(
                components
            )

    # The card before -----------------------------------------------------------------

    def _get_card_before(self):
        """Return the card that this one superseded; for a card that is not in force
        yet, the one that is in force now. Empty when there is none."""
        self.ensure_one()
        return self._get_cards_before()[self]

    def _get_cards_before(self):
        """Return {card: `_get_card_before` of it}, one query for all."""
        standing = self.search_fetch(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", STANDING_STATES),
            ],
            ["product_id", "company_id", "state", "version"],
            order="version, id",
        )
        of_product = standing.grouped(attrgetter("product_id.id", "company_id.id"))
        found = {}
        for card in self:
            others = of_product.get(
                (card.product_id._origin.id, card.company_id._origin.id), standing[:0]
            )
            found[card] = others.filtered(card._is_after)[-1:]
        return found

    def _is_after(self, other):
        """Answer whether this card is explained by what ``other``, of the same product,
        was before it."""
        if self.state in COMING_STATES:
            return other.state == "in_force"
        return self.state in STANDING_STATES and other.version < self.version

    def _get_cards_of_components(self):
        """Return {(component id, company id): cards of it that count as made}, the
        components of the cards and of those before them, one query for all."""
        products = (self | self.card_before_id).line_ids.product_id
        found = self.search_fetch(
            [
                ("product_id", "in", products.ids),
                ("company_id", "in", self.company_id.ids),
                ("basis", "=", "made"),
                ("state", "in", (*COMING_STATES, *STANDING_STATES)),
            ],
            ["product_id", "company_id", "state", "date_from", "release_id"],
            order="date_from, version, id",
        )
        return found.grouped(attrgetter("product_id.id", "company_id.id"))

    # The steps -----------------------------------------------------------------------

    def _explain(self, components):
        """Return the steps (`costing.steps.Step`) from the card before to this one.

        :param components: see `_get_cards_of_components`
        """
        self.ensure_one()
        before = self.card_before_id
        made = {
            product
            for product, company in components
            if company == self.company_id._origin.id
        }
        return waterfall.explain(
            before._to_costing(),
            self._to_costing(),
            exact(before.lot_size),
            exact(self.lot_size),
            frozenset(made),
        )

    def _prepare_why_moved(self, components):
        """Return the value of ``why_moved``: the steps by cause, in the order of
        `costing.steps.CAUSES`; they add up to the change, exactly."""
        found = self._explain(components)
        names = self._get_cause_names()
        describe = self._get_step_describer(found, components)
        causes = []
        for cause in steps.CAUSES:
            mine = [step for step in found if step.cause == cause]
            if mine:
                mine.sort(key=lambda step: -abs(step.amount))
                causes.append(
                    {
                        "cause": cause,
                        "name": names[cause],
                        "amount": float(sum(step.amount for step in mine)),
                        "steps": [describe(step) for step in mine],
                    }
                )
        return {
            "currency_id": self.currency_id.id,
            "before": self.card_before_id._prepare_why_card(),
            "after": self._prepare_why_card(),
            "change": float(sum(step.amount for step in found)),
            "causes": causes,
        }

    def _prepare_why_card(self):
        return {
            "id": self._origin.id,
            "name": self.name,
            "label": self._get_version_label(),
            "amount": float(self._to_costing().total),
        }

    def _get_version_label(self):
        if self.version:
            return self.env._("Version %(version)s", version=self.version)
        field = self._fields["state"]
        return dict(field._description_selection(self.env))[self.state]

    def _get_cause_names(self):
        """Return {cause: what accountants call it}."""
        return {
            steps.COMPONENT_PRICE: self.env._("Component Price"),
            steps.SUB_ASSEMBLY: self.env._("Sub-assembly"),
            steps.BILL: self.env._("Bill of Materials"),
            steps.SCRAP: self.env._("Planned Scrap"),
            steps.ROUTING_TIME: self.env._("Routing Time"),
            steps.LOT_SIZE: self.env._("Lot Size"),
            steps.RATE: self.env._("Hourly Rate"),
            steps.OVERHEAD_RATE: self.env._("Overhead Rate"),
            steps.SUBCONTRACTING: self.env._("Subcontracting"),
        }

    # Buttons -------------------------------------------------------------------------

    def action_view_card_before(self):
        """Open the card that this one is compared with."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.card_before_id.id,
            "view_mode": "form",
        }

    def action_view_why_moved(self):
        """Open the waterfall alone, from a list of cards."""
        self.ensure_one()
        view = self.env.ref("mrp_account_backflush.backflush_cost_card_view_form_why")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why It Moved: %(card)s", card=self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }
