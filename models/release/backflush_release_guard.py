# Guards: limits of a category that stop a release until a controller confirms them.
# Standard cost; after the comparison, before the release.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from .. import finite
from ..number_words import number_in_words
from ..roles import AUDITOR

GUARDS = ("backflush_cost_floor", "backflush_cost_ceiling", "backflush_max_change")
CONTROLLER = "mrp_account_backflush.group_backflush_manager"


class ProductCategory(models.Model):
    _inherit = "product.category"

    backflush_cost_floor = finite.Float(
        "Lowest Standard Cost",
        company_dependent=True,
        groups=AUDITOR,
        tracking=True,
        help="Company currency for one unit. A lower standard cost of a product of "
        "this category is released only after a controller has confirmed it. 0 = no "
        "limit.",
    )
    backflush_cost_ceiling = finite.Float(
        "Highest Standard Cost",
        company_dependent=True,
        groups=AUDITOR,
        tracking=True,
        help="Company currency for one unit. A higher standard cost of a product of "
        "this category is released only after a controller has confirmed it. 0 = no "
        "limit.",
    )
    backflush_max_change = finite.Float(
        "Largest Change in Percent",
        company_dependent=True,
        groups=AUDITOR,
        tracking=True,
        help="Of the standard cost before, up or down. A larger change is released "
        "only after a controller has confirmed it. 0 = no limit.",
    )

    @api.constrains(*GUARDS)
    def _check_backflush_guards(self):
        # Who sets up categories may not see the limits of standard costs.
        for category in self.sudo():
            floor, ceiling = (
                category.backflush_cost_floor,
                category.backflush_cost_ceiling,
            )
            if min(category[guard] for guard in GUARDS) < 0 or 0 < ceiling < floor:
                raise ValidationError(
                    self.env._(
                        "Category %(category)s: limits of the standard cost are not "
                        "negative, and the highest is not below the lowest.",
                        category=category.display_name,
                    )
                )


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    guard_message = fields.Text(
        "Guards",
        compute="_compute_guard",
        store=True,
        help="Limits of the product's category that this card does not keep.",
    )
    guard_key = fields.Char(
        compute="_compute_guard",
        store=True,
        help="The same in figures, to which a confirmation holds.",
    )
    guard_confirmed_key = fields.Char(readonly=True, copy=False)
    guard = fields.Selection(
        [("kept", "Kept"), ("violated", "To Confirm"), ("confirmed", "Confirmed")],
        compute="_compute_guard_state",
        store=True,
    )

    @api.depends("total_cost", "previous_cost", "previous_card_id", "release_id")
    def _compute_guard(self):
        for card in self.filtered(lambda card: card.state == "draft"):
            broken = card._get_broken_guards(card.previous_card_id, card.previous_cost)
            card.guard_message = "\n".join(broken.values()) or False
            costs = [f"{card.previous_cost:.6f}", f"{card.total_cost:.6f}"]
            card.guard_key = " ".join([*broken, *costs]) if broken else False

    @api.depends("guard_key", "guard_confirmed_key")
    def _compute_guard_state(self):
        for card in self:
            confirmed = card.guard_key == card.guard_confirmed_key
            violated = "confirmed" if confirmed else "violated"
            card.guard = violated if card.guard_key else "kept"

    def _find_broken_guards(self):
        """Return {card: sentences} of those of these cards that do not keep the guards
        of their category now, in or out of a release."""
        found = {}
        for company, cards in self.grouped("company_id").items():
            products = cards.product_id.with_company(company)
            in_force = self._get_in_force(products, company)
            for card in cards:
                before = in_force.get(card.product_id, self.browse())
                standard = card.product_id.with_company(company).standard_price
                cost = before.total_cost if before else standard
                if broken := card._get_broken_guards(before, cost):
                    found[card] = " ".join(broken.values())
        return found

    def _get_broken_guards(self, before, cost):
        """Return {guard and its limit: sentence} of those that this card does not keep.

        A product's first card of a bill of materials changes no standard cost; that of
        a bought product changes the cost that it has. The lowest and the highest cost
        hold for every card.

        :param before: the card in force, if any
        :param cost: cost before, company currency for one unit
        """
        self.ensure_one()
        category = self.product_id.with_company(self.company_id).categ_id
        floor, ceiling, percent = (category[guard] for guard in GUARDS)
        broken = {}
        if floor and float_compare(self.total_cost, floor, 6) < 0:
            broken[f"floor={floor:g}"] = self._describe_floor(floor)
        if ceiling and float_compare(self.total_cost, ceiling, 6) > 0:
            broken[f"ceiling={ceiling:g}"] = self._describe_ceiling(ceiling)
        change = self.total_cost - cost
        is_changed = before or (self.basis == "bought" and cost)
        if percent and is_changed:
            allowed = abs(cost) * percent / 100
            if float_compare(abs(change), allowed, 6) > 0:
                broken[f"change={percent:g}"] = self._describe_change(
                    change / cost * 100 if cost else 0, percent
                )
        return broken

    def _describe_floor(self, floor):
        return self.env._(
            "%(cost)s is below the lowest standard cost of its category, %(limit)s.",
            cost=self.company_id.currency_id.format(self.total_cost),
            limit=self.company_id.currency_id.format(floor),
        )

    def _describe_ceiling(self, ceiling):
        return self.env._(
            "%(cost)s is above the highest standard cost of its category, %(limit)s.",
            cost=self.company_id.currency_id.format(self.total_cost),
            limit=self.company_id.currency_id.format(ceiling),
        )

    def _describe_change(self, change, limit):
        return self.env._(
            "It changes by %(change)s %%, more than the %(limit)s %% of its category.",
            change=number_in_words(self.env, change, 1, 1),
            limit=number_in_words(self.env, limit),
        )


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    guard_count = fields.Integer("Guards to Confirm", compute="_compute_totals")
    guard_reason = fields.Char(readonly=True, copy=False, tracking=True)
    guard_user_id = fields.Many2one(
        "res.users", "Guards Confirmed By", readonly=True, copy=False, tracking=True
    )
    guard_confirmed_on = fields.Datetime(readonly=True, copy=False)

    def _get_guard_problems(self):
        """Report guards that nobody confirmed."""
        return [
            self.env._(
                "%(product)s: %(guards)s A controller has to confirm it.",
                product=card.product_id.display_name,
                guards=card.guard_message,
            )
            for card in self.card_ids
            if card.guard == "violated"
        ]

    def _confirm_guards(self, reason):
        """Let this release pass its guards at the present figures. Cards that change
        afterwards must be confirmed anew.

        :raises AccessError: the user is not a controller
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(CONTROLLER):
            raise AccessError(
                self.env._(
                    "Only controllers confirm standard costs that the guards of a "
                    "category stop."
                )
            )
        self._check_state("draft", "to_approve")
        if self.state == "draft":
            self._refresh()
        cards = self.card_ids.filtered(lambda card: card.guard == "violated")
        if not cards:
            raise UserError(self.env._("There is no guard to confirm."))
        messages = [f"{c.product_id.display_name}: {c.guard_message}" for c in cards]
        # Confirmations are written by this method alone, which checks the right to it.
        for key, same in cards.sudo().grouped("guard_key").items():
            same.guard_confirmed_key = key
        self.sudo().write(
            {
                "guard_reason": reason,
                "guard_user_id": self.env.user.id,
                "guard_confirmed_on": fields.Datetime.now(),
            }
        )
        self.message_post(
            body=self.env._(
                "Guards confirmed: %(reason)s\n%(guards)s",
                reason=reason,
                guards="\n".join(messages),
            )
        )

    def action_confirm_guards(self):
        """Ask for the reason why the guards may be passed."""
        return self._ask_reason("guard")
