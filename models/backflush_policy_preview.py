# Preview: the entries that a policy will post for one unit of a product, as T-accounts.
# The same path as a real event, stopped after flush.

from odoo import api, fields, models

from ..costing import facts, flush
from ..costing.money import exact

#: The letters of the trigger points, in the order of the flow.
TRIGGERS = {"purchase": "A", "completion": "C", "sale": "D"}


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    preview_product_id = fields.Many2one(
        "product.product",
        "Preview Product",
        store=False,
        readonly=False,
        compute="_compute_preview_product_id",
        help="One unit of it is bought, made and sold in the preview.",
    )
    preview = fields.Json(compute="_compute_preview")
    trigger_points = fields.Char(compute="_compute_preview")

    @api.depends("category_ids")
    def _compute_preview_product_id(self):
        for policy in self:
            products = policy._get_products() if policy.category_ids else False
            policy.preview_product_id = products and (
                (products - products._without_card(policy.company_id))[:1]
                or products[:1]
            )

    @api.depends(
        "preview_product_id", "flush_point", "conversion_basis", "material_element_id"
    )
    def _compute_preview(self):
        for policy in self:
            company_policy = policy.with_company(policy.company_id)
            card = company_policy._get_preview_card()
            events = company_policy._get_preview_events(card) if card else []
            policy.preview = {"events": events, "currency_id": policy.currency_id.id}
            policy.trigger_points = "·".join(
                TRIGGERS[event["event"]] for event in events if event["lines"]
            )

    def _get_preview_card(self):
        """Return the preview product's card in force, else its newest draft."""
        product = self.preview_product_id._origin
        cards = self.env["backflush.cost.card"]
        if not product:
            return cards
        in_force = cards._get_in_force(
            product, self.company_id, fields.Date.context_today(self)
        )
        return in_force.get(product) or cards.search(
            [
                ("product_id", "=", product.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )

    def _get_preview_events(self, card):
        """Return the events of one unit, each with its entry for the T-accounts."""
        _ = self.env._
        rules = self._to_rules()
        standard = card._to_costing()
        completion = flush.flush_completion(standard, self._get_preview_done(card), rules)
        sale = flush.flush_delivery(standard, facts.Delivery(exact(1)), rules)
        return [
            {
                "event": "purchase",
                "name": _("A · Material purchased"),
                "lines": self._get_preview_purchases(card),
            },
            {
                "event": "completion",
                "name": _("C · Order completed"),
                "lines": self._get_preview_lines(card, completion),
            },
            {
                "event": "sale",
                "name": _("D · Goods delivered"),
                "lines": self._get_preview_lines(card, sale),
            },
        ]

    def _get_preview_done(self, card):
        """Return the facts of one unit made exactly as the card plans."""
        lines = card.line_ids
        operations = lines.filtered("operation_id").grouped("operation_id")
        return facts.Completion(
            exact(1),
            tuple(
                facts.Consumption(
                    line.product_id.id, exact(line.quantity), exact(line.amount)
                )
                for line in lines.filtered("product_id")
            ),
            tuple(
                facts.Work(
                    operation.id, mine[0].workcenter_id.id, exact(mine[0].quantity)
                )
                for operation, mine in operations.items()
            ),
        )

    def _get_preview_purchases(self, card):
        """Return the debits of perpetual components; a periodic component's purchase
        is no trigger point."""
        lines = []
        for line in card.line_ids.filtered("product_id"):
            component = line.product_id.with_company(self.company_id)
            if component.valuation == "real_time":
                account = component._get_backflush_stock_account(self.company_id)
                lines.append((account.display_name or "?", line.amount))
        if lines:
            total = sum(amount for _account, amount in lines)
            lines.append((self.env._("Accounts Payable"), -total))
        return self._merge_preview(lines)

    def _get_preview_lines(self, card, postings):
        """Return the postings by account, those to accounts not yet set as ``?``."""
        entry = self.env["backflush.entry"].new(
            {
                "company_id": self.company_id.id,
                "policy_id": self._origin.id or self.id,
                "product_id": card.product_id.id,
            }
        )
        return self._merge_preview(
            (
                entry._find_account(posting).display_name
                or self.env._("Account not set"),
                float(posting.amount),
            )
            for posting in postings
        )

    def _merge_preview(self, lines):
        """Return [{account, debit, credit}], amounts of the same account added up."""
        amounts = {}
        for account, amount in lines:
            amounts[account] = amounts.get(account, 0.0) + amount
        return [
            {
                "account": account,
                "debit": max(amount, 0.0),
                "credit": max(-amount, 0.0),
            }
            for account, amount in amounts.items()
            if not self.company_id.currency_id.is_zero(amount)
        ]
