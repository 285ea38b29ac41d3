# The check of all standards of a company: gathers them, collects what is found.
# Standard cost; the next files find, backflush_card_finding keeps what was found.

from collections import defaultdict
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...costing import cards
from ...costing.money import ZERO, exact


@dataclass(frozen=True)
class Standards:
    """The standards of a company on the day of a check.

    :param policy_of: {product that follows a policy: the policy}
    :param watched: {component or bought product: policy by whose tolerance its price is
        compared}
    :param cards: {product: its cost card in force}
    :param costings: {product: that card for `costing`}
    """

    company: models.Model
    date: fields.Date
    policy_of: dict
    watched: dict
    cards: dict
    costings: dict


class BackflushCardFinding(models.Model):
    _inherit = "backflush.card.finding"

    @api.model
    def _run_check(self, company):
        """Replace the findings of ``company`` by what is found now; return them.

        The number of queries does not depend on the number of products.
        """
        self = self.with_company(company)
        standards = self._get_standards(company)
        found = [
            *self._find_mismatches(standards),
            *self._find_aged(standards),
            *self._find_prices(standards),
            *self._find_times(standards),
        ]
        self._add_inventory_effects(company, found)
        return self._replace(company, found)

    @api.model
    def _cron_check(self):
        """Check all companies with active policies, tell the users responsible."""
        policies = self.env["backflush.policy"].search([("state", "=", "active")])
        # Findings that a policy left behind are to go too.
        left = self._read_group([], ["company_id"])
        companies = policies.company_id.union(*(company for (company,) in left))
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            mine = self.with_context(lang=company.partner_id.lang)
            mine._run_check(company)
            self.env["backflush.policy"].search(
                [("company_id", "=", company.id)]
            )._tell_findings()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # What is checked -----------------------------------------------------------------

    def _get_standards(self, company):
        policies = self.env["backflush.policy"].search(
            [("company_id", "=", company.id), ("state", "=", "active")]
        )
        date = fields.Date.context_today(self)
        policy_of = self._get_policies_of_products(policies, company)
        in_force = self._get_cards_in_force(company, date) if policies else {}
        standards = {
            product: card
            for product, card in in_force.items()
            if product in policy_of or card.basis == "bought"
        }
        costings = self._get_costings(standards)
        return Standards(
            company=company,
            date=date,
            policy_of=policy_of,
            watched=self._get_watched(policies, policy_of, standards, costings),
            cards=standards,
            costings=costings,
        )

    def _get_policies_of_products(self, policies, company):
        by_category = {
            category: policy for policy in policies for category in policy.category_ids
        }
        products = policies._get_products() if policies else self.product_id
        return {
            product: by_category[product.categ_id]
            for product in products.with_company(company)
        }

    def _get_cards_in_force(self, company, date):
        """Return {product: card in force}, one query for all."""
        found = self.env["backflush.cost.card"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("state", "=", "in_force"),
                ("date_from", "<=", date),
            ],
            ["product_id", "basis", "date_from", "version", "bom_id", "lot_size"],
            order="date_from, version",
        )
        return {card.product_id.with_company(company): card for card in found}

    def _get_costings(self, in_force):
        """Return {product: `costing` card} of {product: card}, one query for all."""
        of_card = defaultdict(list)
        model = self.env["backflush.cost.card.line"]
        stored = [name for name, field in model._fields.items() if field.store]
        ids = [card.id for card in in_force.values()]
        for line in model.search_fetch([("card_id", "in", ids)], stored):
            of_card[line.card_id].append(line._to_costing())
        return {
            product: cards.Card(tuple(of_card[card]), exact(card.lot_size))
            for product, card in in_force.items()
        }

    def _get_watched(self, policies, policy_of, in_force, costings):
        """Return {component or bought product: policy}: of the policies whose cards use
        it the first that compares prices; the first of all for one that none uses."""
        by_id = {product.id: policy for product, policy in policy_of.items()}
        users = defaultdict(set)
        for product, card in in_force.items():
            users[product.id].update([] if card.basis == "made" else policies[:1])
            for line in costings[product].lines:
                if line.kind == cards.COMPONENT and product.id in by_id:
                    users[line.product].add(by_id[product.id])
        products = self.env["product.product"].browse(users.keys() - by_id.keys())
        watched = {}
        for product in products.with_company(self.env.company):
            mine = policies.filtered(lambda policy, p=product: policy in users[p.id])
            watched[product] = mine.filtered("health_price_tolerance")[:1] or mine[:1]
        return watched

    # What needs no computing ---------------------------------------------------------

    def _find_aged(self, standards):
        """Find cards in force for longer than their policy allows."""
        found = []
        policies = {**standards.watched, **standards.policy_of}
        for product, card in standards.cards.items():
            policy = policies[product]
            months = policy.health_max_age
            if (
                months
                and card.date_from + relativedelta(months=months) < standards.date
            ):
                detail = self.env._(
                    "In force since %(date)s, longer than the %(months)s months that "
                    "policy %(policy)s allows.",
                    date=format_date(self.env, card.date_from),
                    months=months,
                    policy=policy.name,
                )
                found.append(self._prepare_vals("age", product, policy, card, detail))
        return found

    # What a finding says -------------------------------------------------------------

    @api.model
    def _prepare_vals(
        self, kind, product, policy, card, detail, amount=ZERO, stock_amount=None
    ):
        """Return the values of a finding.

        :param card: the card in force, False for a product without
        :param amount: company currency that one unit would cost more
        :param stock_amount: what of it the books would hold for a unit on hand, if not
            all
        """
        if stock_amount is None:
            stock_amount = amount
        return {
            "kind": kind,
            "product_id": product.id,
            "policy_id": policy.id,
            "card_id": card.id if card else False,
            "detail": detail,
            "amount": float(cards.unit_cost(amount)),
            "inventory_effect": float(stock_amount),
        }

    def _add_inventory_effects(self, company, found):
        """Multiply the effect of a unit in the values ``found`` by the quantity on
        hand."""
        ids = {vals["product_id"] for vals in found if vals["inventory_effect"]}
        products = self.env["product.product"].browse(ids)
        held = self.env["backflush.standing"]._get_on_hand(products, company)
        on_hand = {product.id: float(units) for product, units in held.items()}
        for vals in found:
            effect = vals["inventory_effect"] * on_hand.get(vals["product_id"], 0.0)
            vals["inventory_effect"] = company.currency_id.round(effect)
