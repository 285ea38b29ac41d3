# Core's stock closing: what a policy records is not proposed again.
# Follows the flow from outside; nothing here posts.

from collections import defaultdict

from odoo import fields, models

from ...costing import terms

#: Context key: count only moves whose cost Odoo itself records.
NATIVE_MOVES_ONLY = "backflush_native_moves_only"


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_backflush_day(self, moment=None):
        """Return the day of ``moment`` (now) on which the ledger records a document.

        It is the day at the company, its contact's time zone, so that the same event
        has the same date whoever records it; without one, the user's. A user's
        accounting date (as of a stock count) comes first.
        """
        if forced := self.env.context.get("force_period_date"):
            return fields.Date.to_date(forced)
        zone = self.sudo().partner_id.tz or self.env.context.get("tz")
        return fields.Date.context_today(
            self.with_context(tz=zone or self.env.user.tz), moment
        )

    def _get_valued_locations(self):
        """Return the locations whose goods this company's stock value counts."""
        return self.env["stock.location"].search(
            [("is_valued_internal", "=", True), ("company_id", "=", self.id)]
        )

    def _get_location_valuation_vals(self, at_date=None, location_domain=False):
        """Leave moves that the ledger holds out of the location reclassification."""
        native = self.with_context(**{NATIVE_MOVES_ONLY: True})
        return super(ResCompany, native)._get_location_valuation_vals(
            at_date=at_date, location_domain=location_domain
        )

    def stock_value(self, accounts_by_product=None, at_date=None):
        """Value unsold goods of a flush at sale where their material still sits.

        Perpetual components: in the components' stock accounts. Periodic ones: nowhere.
        """
        accounts_by_product = accounts_by_product or self._get_accounts_by_product()
        value_by_account = super().stock_value(accounts_by_product, at_date)
        for account, value in self._get_unflushed_values(
            accounts_by_product, at_date
        ).items():
            value_by_account[account] += value
        return value_by_account

    def _get_unflushed_values(self, accounts_by_product, at_date):
        """Return {account: difference to core's stock value} for flush at sale."""
        values, unsold = defaultdict(float), defaultdict(float)
        policies = self.env["backflush.policy"].search(
            [
                ("company_id", "=", self.id),
                ("state", "=", "active"),
                ("flush_point", "=", terms.SALE),
            ]
        )
        products = policies.with_company(self)._get_products()
        date = fields.Date.to_date(at_date) or fields.Date.context_today(self)
        Card = self.env["backflush.cost.card"].sudo()
        cards = Card._get_in_force(products, self, date)
        flushed = Card._get_flushed_at_sale(products, self, date)
        for product in products.filtered(lambda p: p in accounts_by_product):
            valued = product.with_company(self).with_context(to_date=at_date)
            values[accounts_by_product[product]["valuation"]] -= valued.total_value
            if card := cards.get(product):
                for part, unit in card._get_perpetual_materials(flushed).items():
                    unsold[part] += valued._get_valued_quantity() * unit
        for component, material in unsold.items():
            account = component._get_backflush_stock_account(self)
            values[account] += self._add_to_stock_value(component, material, at_date)
        return values

    def _add_to_stock_value(self, component, material, at_date):
        """Return what the stock value of ``component`` grows by with ``material`` of
        it in unsold goods; the two are rounded as one, as in the books."""
        valued = component.with_company(self).with_context(to_date=at_date)
        value = valued.total_value
        if valued.cost_method == "standard" and not valued.lot_valuated:
            moment = at_date and fields.Datetime.to_datetime(at_date).replace(
                hour=23, minute=59, second=59
            )
            price = valued._get_standard_price_at_date(moment)
            value = valued._get_valued_quantity() * price
        return self.currency_id.round(value + material) - valued.total_value
