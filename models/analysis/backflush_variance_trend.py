# The trend of one product's variances, month by month, with its standard changes.
# After post; read by the client action in static/src/components/variance_trend.

from calendar import monthrange
from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..cost_card.backflush_cost_card import STANDING_STATES

#: What a user may ask for.
MAX_MONTHS = 60


class BackflushEntryLine(models.Model):
    _inherit = "backflush.entry.line"

    @api.model
    def get_variance_trend(self, product_id, months=12):
        """Return the variances of a product in the last ``months`` months, this one
        included, for the client: amounts in company currency, positive unfavourable.

        :raises AccessError: the user may not read the ledger
        """
        self.check_access("read")
        product = self.env["product.product"].browse(product_id).exists()
        company = self.env.company
        today = company._get_backflush_day()
        months = min(max(int(months), 1), MAX_MONTHS)
        first = today.replace(day=1) - relativedelta(months=months - 1)
        days = [first + relativedelta(months=number) for number in range(months)]
        domain = self._get_trend_domain(product, company, first, today)
        cards = self._get_trend_cards(product, company, today)
        return {
            "product": {"id": product.id, "name": product.display_name or ""},
            "unit": product.uom_id.display_name or "",
            "company": company.display_name,
            "currency_id": company.currency_id.id,
            "kinds": self._get_trend_kinds(domain, days),
            "opening": self._get_trend_opening(cards, first),
            "months": [self._prepare_trend_month(day, cards) for day in days],
            "changes": [
                self._prepare_trend_change(card, first)
                for card in cards
                if card.date_from >= first
            ],
            "action": self._get_variance_action(list(domain)),
        }

    @api.model
    def _get_trend_domain(self, product, company, date_from, date_to):
        """Return the domain of the variances of a product: of its orders and of what
        was lost of it; of a component, of its purchases."""
        bought = Domain("finished_product_id", "=", False) & Domain(
            "product_id", "=", product.id
        )
        return (
            Domain("role", "=", "variance")
            & Domain("company_id", "=", company.id)
            & Domain("accounting_date", ">=", fields.Date.to_string(date_from))
            & Domain("accounting_date", "<=", self._get_month_end(date_to))
            & (Domain("finished_product_id", "=", product.id) | bought)
        )

    @api.model
    def _get_month_end(self, day):
        last = day.replace(day=monthrange(day.year, day.month)[1])
        return fields.Date.to_string(last)

    @api.model
    def _get_trend_kinds(self, domain, days):
        """Return [{kind, label, amounts by month, total}] of the kinds that occurred,
        in the order in which the ledger names them."""
        found = defaultdict(dict)
        for day, kind, amount in self._read_group(
            domain, ["accounting_date:month", "variance_kind"], ["amount:sum"]
        ):
            found[kind][day] = amount
        round_ = self.env.company.currency_id.round
        return [
            {
                "kind": kind,
                "label": label,
                "amounts": [round_(found[kind].get(day, 0.0)) for day in days],
                "total": round_(sum(found[kind].values())),
            }
            for kind, label in self._fields["variance_kind"]._description_selection(
                self.env
            )
            if kind in found
        ]

    @api.model
    def _get_trend_cards(self, product, company, day):
        """Return the cards of a product in force on ``day`` or before, by date."""
        return self.env["backflush.cost.card"].search(
            [
                ("product_id", "=", product.id),
                ("company_id", "=", company.id),
                ("state", "in", STANDING_STATES),
                ("date_from", "<=", day),
            ],
            order="date_from, version",
        )

    @api.model
    def _get_trend_opening(self, cards, first):
        """Return the standard cost on the day before ``first``, or None."""
        before = cards.filtered(lambda card: card.date_from < first)
        return before[-1:].total_cost if before else None

    @api.model
    def _prepare_trend_month(self, day, cards):
        """Return one month: its label, its days, the standard cost at its end."""
        last = self._get_month_end(day)
        in_force = cards.filtered(lambda c: fields.Date.to_string(c.date_from) <= last)
        return {
            "label": format_date(self.env, day, date_format="MMM yyyy"),
            "date_from": fields.Date.to_string(day),
            "date_to": last,
            "standard": in_force[-1:].total_cost if in_force else None,
        }

    @api.model
    def _prepare_trend_change(self, card, first):
        """Return a standard change, and where it is: months after ``first``."""
        day = card.date_from
        months = (day.year - first.year) * 12 + day.month - first.month
        length = monthrange(day.year, day.month)[1]
        return {
            "id": card.id,
            "name": card.name,
            "version": card.version,
            "date": format_date(self.env, day),
            "month": months,
            "position": months + (day.day - 1) / length,
            "cost": card.total_cost,
        }


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_view_variance_trend(self):
        """Open the trend of this product's variances."""
        action = self.env["ir.actions.client"]._for_xml_id(
            "mrp_account_backflush.backflush_variance_trend_action"
        )
        return {
            **action,
            "context": {"active_id": self[:1].id, "active_model": self._name},
        }


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_view_variance_trend(self):
        """Open the trend of the variances of the first variant."""
        return self.product_variant_ids.action_view_variance_trend()


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    def action_view_variance_trend(self):
        """Open the trend of the product's variances."""
        self.ensure_one()
        return self.product_id.action_view_variance_trend()
