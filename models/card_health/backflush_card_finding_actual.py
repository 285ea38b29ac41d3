# Standards against what happened: prices of the last purchases, hours of the last
# orders.
# Standard cost; part of the check.

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...costing import health
from ...costing.money import ZERO, exact
from ..number_words import number_in_words

#: Hours and units of the last orders of each product, by operation.
LAST_ORDERS = """
    WITH made AS (
        SELECT production.id,
               production.product_id,
               SUM(move.quantity * unit.factor / own.factor) AS units,
               ROW_NUMBER() OVER (
                   PARTITION BY production.product_id
                   ORDER BY production.date_finished DESC,
                            production.id DESC
               ) AS place
          FROM mrp_production production
          JOIN stock_move move
            ON move.production_id = production.id
           AND move.product_id = production.product_id
           AND move.state = 'done'
          JOIN uom_uom unit ON unit.id = move.product_uom
          JOIN product_product product
            ON product.id = production.product_id
          JOIN product_template template
            ON template.id = product.product_tmpl_id
          JOIN uom_uom own ON own.id = template.uom_id
         WHERE production.company_id = %(company)s
           AND production.state = 'done'
           AND production.product_id IN %(products)s
         GROUP BY production.id
        HAVING SUM(move.quantity) > 0
    ), spent AS (
        SELECT made.id,
               made.product_id,
               made.units,
               workorder.operation_id,
               SUM(workorder.duration) / 60 AS hours
          FROM made
          JOIN mrp_workorder workorder
            ON workorder.production_id = made.id
           AND workorder.operation_id IS NOT NULL
         WHERE made.place <= %(sample)s
         GROUP BY made.id, made.product_id, made.units,
                  workorder.operation_id
        HAVING SUM(workorder.duration) > 0
    )
    SELECT product_id, operation_id, SUM(hours), SUM(units), COUNT(*)
      FROM spent
     GROUP BY product_id, operation_id
     ORDER BY product_id, operation_id
"""


class BackflushCardFinding(models.Model):
    _inherit = "backflush.card.finding"

    # Purchases -----------------------------------------------------------------------

    def _find_prices(self, standards):
        """Find bought products whose standard differs from what was paid for the last
        of them, averaged by quantity, by more than their policy tolerates."""
        found = []
        for sample, policies in self._get_samples(standards, "health_price_tolerance"):
            products = self.env["product.product"].union(
                *(p for p, policy in standards.watched.items() if policy in policies)
            )
            products = products.filtered(lambda p: p.cost_method == "standard")
            paid = products._get_average_purchase_prices(
                standards.company, standards.date, sample
            )
            for product, average in paid.items():
                found += self._compare_price(standards, product, average, sample)
        return found

    def _get_samples(self, standards, tolerance):
        """Return [(number of documents, policies that compare so many)] of the policies
        with a ``tolerance``, the name of its field."""
        policies = self.env["backflush.policy"].union(
            *standards.policy_of.values(), *standards.watched.values()
        )
        compared = policies.filtered(
            lambda policy: policy.health_sample and policy[tolerance]
        )
        return compared.grouped("health_sample").items()

    def _compare_price(self, standards, product, average, sample):
        """Return the finding of one product, if it is one.

        :param average: company currency for one unit, of the last ``sample`` purchases
        """
        policy = standards.watched[product]
        standard = exact(product.standard_price)
        if not health.is_beyond(
            standard, average, exact(policy.health_price_tolerance)
        ):
            return []
        detail = self.env._(
            "Standard %(standard)s, on average %(average)s on the last vendor bill "
            "lines (up to %(number)s)",
            standard=number_in_words(self.env, standard, 2),
            average=number_in_words(self.env, average, 2),
            number=sample,
        )
        card = standards.cards.get(product)
        amount = average - standard
        recorded = product._is_purchase_recorded(standards.company)
        return [
            self._prepare_vals(
                "price",
                product,
                policy,
                card,
                detail,
                amount,
                amount if recorded else ZERO,
            )
        ]

    # Orders --------------------------------------------------------------------------

    def _find_times(self, standards):
        """Find cards with operations that took other hours in the last orders than the
        card plans, by more than the policy tolerates."""
        found = []
        for sample, policies in self._get_samples(standards, "health_time_tolerance"):
            products = [
                product
                for product, policy in standards.policy_of.items()
                if policy in policies and product in standards.cards
            ]
            worked = self._get_worked(standards.company, products, sample)
            found += self._compare_times(standards, products, worked)
        return found

    def _compare_times(self, standards, products, worked):
        """Return the findings of ``products``.

        :param worked: {product id: {operation id: (hours, units, orders)}}
        """
        beyond = {}
        for product in products:
            tolerance = exact(standards.policy_of[product].health_time_tolerance)
            standard = health.standard_hours(standards.costings[product])
            for operation, (hours, units, _orders) in worked[product.id].items():
                planned = standard.get(operation)
                actual = exact(hours) / exact(units)
                if planned and health.is_beyond(planned, actual, tolerance):
                    beyond.setdefault(product, {})[operation] = (planned, actual)
        names = self._get_operation_names(beyond)
        return [
            self._prepare_time_vals(standards, product, hours, worked, names)
            for product, hours in beyond.items()
        ]

    def _get_operation_names(self, beyond):
        ids = {operation for hours in beyond.values() for operation in hours}
        operations = self.env["mrp.routing.workcenter"].browse(ids)
        return {operation.id: operation.display_name for operation in operations}

    def _prepare_time_vals(self, standards, product, hours, worked, names):
        policy = standards.policy_of[product]
        amount = health.effect_of_hours(
            standards.costings[product],
            {operation: actual for operation, (_planned, actual) in hours.items()},
            policy.overhead_rate_ids._to_costing(),
        )
        detail = "\n".join(
            self.env._(
                "%(operation)s: %(planned)s hours on the card, on average %(actual)s "
                "in the last %(number)s orders",
                operation=names[operation],
                planned=number_in_words(self.env, planned),
                actual=number_in_words(self.env, actual),
                number=worked[product.id][operation][2],
            )
            for operation, (planned, actual) in hours.items()
        )
        card = standards.cards[product]
        at_sale = product._is_flushed_at_sale(standards.company, standards.date)
        return self._prepare_vals(
            "time",
            product,
            policy,
            card,
            detail,
            amount,
            # Unsold goods that are flushed at sale hold no work.
            ZERO if at_sale else amount,
        )

    def _get_worked(self, company, products, sample):
        """Return {product id: {operation id: (hours, units made, orders)}} of the last
        ``sample`` completed orders, in one query. Orders without recorded time on an
        operation do not count for it."""
        worked = defaultdict(dict)
        if not products:
            return worked
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                LAST_ORDERS,
                company=company.id,
                products=tuple(product.id for product in products),
                sample=sample,
            )
        )
        for product, operation, *figures in rows:
            worked[product][operation] = figures
        return worked
