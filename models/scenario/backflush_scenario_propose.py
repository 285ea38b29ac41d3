# From what-if to a proposal: the component prices of a scenario become standard costs.
# Standard cost; after a scenario, before the release is compared, checked and approved.

from odoo import fields, models
from odoo.exceptions import UserError

from ...costing.rollup import Changes


class BackflushScenario(models.Model):
    _inherit = "backflush.scenario"

    release_ids = fields.One2many(
        "backflush.release", "scenario_id", "Releases", readonly=True
    )
    release_count = fields.Integer(compute="_compute_release_count")

    def _compute_release_count(self):
        counts = dict(
            self.env["backflush.release"]._read_group(
                [("scenario_id", "in", self.ids)], ["scenario_id"], ["__count"]
            )
        )
        for scenario in self:
            scenario.release_count = counts.get(scenario, 0)

    def action_propose(self):
        """Make a release proposal of the component prices, and of all cards that they
        reach; open it.

        Rates are not part of it: they are set where they belong, on the work center or
        the policy, and the next roll-up takes them.

        :raises UserError: no price of a component at standard cost changes
        """
        self.ensure_one()
        self._get_proposed_prices()
        release = self.env["backflush.release"].create(
            {
                "company_id": self.company_id.id,
                "date_from": max(self.date, self.company_id._get_backflush_day()),
                "description": self.name,
                "scope": "scenario",
                "scenario_id": self.id,
            }
        )
        release._propose()
        return release._get_action()

    def action_view_releases(self):
        return self.release_ids._get_action()

    def _get_proposed_prices(self):
        """Return {product id: price} of the bought components at standard cost."""
        prices, _rates, _overheads = self.change_ids._get_values()
        products = self.env["product.product"].browse(prices)
        products = products.with_company(self.company_id)
        products -= products._filter_rolled_up(self.company_id)
        found = {
            product.id: prices[product.id]
            for product in products
            if product.is_storable and product.cost_method == "standard"
        }
        if not found:
            raise UserError(
                self.env._(
                    "Scenario %(scenario)s changes no price of a bought component at "
                    "standard cost, and a proposal is made of those alone. Set new "
                    "rates on the work center (Manufacturing > Configuration > Work "
                    "Centers) or on the policy (Backflush Costing > Configuration > "
                    "Policies), and roll up.",
                    scenario=self.name,
                )
            )
        return found

    def _roll_up_proposal(self, date, excluded):
        """Return the `costing.rollup.RollUp` of a release of the component prices: the
        components, and of the scope the products that they reach.

        :param excluded: products left out; they count at their standard cost of today
        """
        changes = Changes(prices=self._get_proposed_prices())
        base, then = self._roll_up(changes)
        reached = self._filter_scope(self._get_costs(base, then, changes))
        products = self.env["product.product"].browse(
            dict.fromkeys([*changes.prices, *reached])
        )
        return self.env["backflush.cost.card"]._roll_up(
            products - excluded, self.company_id, date, changes=changes
        )


class BackflushRelease(models.Model):
    _inherit = "backflush.release"

    scope = fields.Selection(selection_add=[("scenario", "Prices of a scenario")])
    scenario_id = fields.Many2one(
        "backflush.scenario",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The scenario whose component prices this release makes standard costs.",
    )

    def _roll_up_scope(self, date, excluded=None):
        """Roll up the prices of a scenario where this release comes from one."""
        if self.scope != "scenario":
            return super()._roll_up_scope(date, excluded)
        excluded = excluded or self.env["product.product"]
        return self.scenario_id._roll_up_proposal(date, excluded)
