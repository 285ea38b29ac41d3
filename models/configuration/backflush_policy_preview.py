# Preview: the entries that a policy will post for one unit of a product, as T-accounts,
# and what the policy does in words. The same path as a real event, stopped after flush.

from dataclasses import replace

from odoo import api, fields, models

from ...costing import cards, explosion, facts, flush, terms
from ...costing.money import exact

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
    preview = fields.Json(
        compute="_compute_preview",
        help="``events``: each with its letter, name, note and ``lines`` of account, "
        "debit and credit in the company currency; ``message``: why there are none.",
    )
    trigger_points = fields.Char(
        compute="_compute_preview", help="The events that make an entry, in order."
    )
    variant_text = fields.Text("What It Does", compute="_compute_preview")
    problems = fields.Text(
        "To Do Before Activating",
        compute="_compute_problems",
        help="What keeps a draft policy from being activated, as last saved.",
    )

    @api.depends("category_ids")
    def _compute_preview_product_id(self):
        for policy in self:
            products = policy._get_products() if policy.category_ids else False
            policy.preview_product_id = products and (
                (products - products._without_card(policy.company_id))[:1]
                or policy._get_drafted(products)[:1]
                or products[:1]
            )

    @api.depends(
        "preview_product_id",
        "company_id",
        "flush_point",
        "conversion_basis",
        "material_element_id",
        "rounding_account_id",
    )
    def _compute_preview(self):
        for policy in self:
            mine = policy.with_company(policy.company_id)
            card = mine._get_preview_card()
            events = mine._get_preview_events(card) if card else []
            policy.preview = {
                "currency_id": policy.currency_id.id,
                "message": not card and mine._get_preview_message(),
                "events": events,
            }
            policy.trigger_points = mine._get_trigger_points(events)
            policy.variant_text = mine._get_variant_text(
                TRIGGERS["purchase"] in policy.trigger_points if card else None
            )

    @api.depends_context("lang")
    @api.depends("state")
    def _compute_problems(self):
        for policy in self:
            saved = policy._origin.with_company(policy.company_id)
            policy.problems = saved.state == "draft" and "\n".join(
                f"• {problem}" for problem in saved._get_problems()
            )

    # In words ------------------------------------------------------------------------

    def _get_trigger_points(self, events):
        """Return the letters of the events that post, as in ``A · C · D``; without a
        card to try, those that the flush point alone decides."""
        letters = [event["letter"] for event in events if event["letter"]]
        if not events:
            completion = self.flush_point == terms.COMPLETION
            letters = ["C", "D"] if completion else ["D"]
        return " · ".join(letters)

    def _get_variant_text(self, recorded):
        """Return what happens at each trigger point, in plain words.

        :param recorded: whether purchases are; None when no card tells
        """
        purchase = {
            True: self.env._(
                "Vendor bills debit material to raw and in-process inventory."
            ),
            False: self.env._(
                "Vendor bills debit material to materials clearing, an expense."
            ),
            None: self.env._(
                "Whether purchases are recorded (A) follows from the inventory "
                "valuation of the components' categories."
            ),
        }
        if self.flush_point == terms.COMPLETION:
            rest = self.env._(
                "Completing an order flushes its standard cost to finished goods; "
                "delivering the goods moves it to cost of goods sold."
            )
        else:
            rest = self.env._(
                "Completing an order posts material variances only; delivering the "
                "goods flushes their standard cost to cost of goods sold."
            )
        return f"{purchase[recorded]} {rest}"

    def _get_preview_message(self):
        """Return what to do to see a preview."""
        if not self.category_ids:
            return self.env._(
                "Add the product categories that follow this policy, on the page "
                "Categories & Accounts."
            )
        if not self.preview_product_id:
            return self.env._(
                "These categories have no storable product yet. Choose a product here "
                "once there is one."
            )
        return self.env._(
            "%(product)s has no cost card yet. Save the policy and press Build Cost "
            "Cards: the preview takes its amounts from the card.",
            product=self.preview_product_id.display_name,
        )

    # Events --------------------------------------------------------------------------

    def _get_drafted(self, products):
        """Return the products that have a cost card of the company in any state."""
        drafted = self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return drafted.product_id

    def _get_preview_card(self):
        """Return the preview product's card in force, else its newest draft."""
        product = self.preview_product_id._origin
        model = self.env["backflush.cost.card"]
        if not product:
            return model
        in_force = model._get_in_force(
            product, self.company_id, fields.Date.context_today(self)
        )
        return in_force.get(product) or model.search(
            [
                ("product_id", "=", product.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )

    def _get_preview_events(self, card):
        """Return the events of one unit, each with its entry for the T-accounts."""
        rules = self._get_preview_rules(card)
        standard = card._to_costing()
        completion = flush.flush_completion(standard, standard.planned(exact(1)), rules)
        sale = flush.flush_delivery(standard, facts.Delivery(exact(1)), rules)
        completion, sale = (explosion.explode(p, rules) for p in (completion, sale))
        return [
            self._get_preview_purchase(standard, rules),
            self._prepare_preview_event(
                "completion",
                self.env._("Order completed"),
                self._get_preview_lines(card, completion),
                empty=self.env._(
                    "No entry at this point: the cost waits for the delivery. Only "
                    "material variances would be posted."
                ),
            ),
            self._prepare_preview_event(
                "sale",
                self.env._("Goods delivered"),
                self._get_preview_lines(card, sale),
            ),
        ]

    def _get_preview_rules(self, card):
        """Return the rules, with the cards of components flushed at sale too."""
        flushed = card._get_flushed_at_sale(
            card.line_ids.product_id, self.company_id, fields.Date.context_today(self)
        )
        return replace(self._to_rules(), flushed_at_sale=flushed)

    def _prepare_preview_event(self, event, name, lines, note="", empty=""):
        return {
            "event": event,
            "letter": TRIGGERS[event] if lines and not note else "",
            "name": name,
            "note": note if lines else empty or self.env._("No entry at this point."),
            "lines": lines,
        }

    def _get_preview_purchase(self, standard, rules):
        """Return the vendor bill of a card's components at standard, those of
        sub-assemblies that are flushed at sale among them.

        It is a trigger point when at least one of them is perpetual; otherwise the bill
        is an ordinary one, shown so that the accounts of all events add up.
        """
        lines = []
        recorded = False
        for part in self._get_preview_bought(standard, rules):
            component = (
                self.env["product.product"]
                .with_company(self.company_id)
                .browse(part.product)
            )
            recorded |= component._is_purchase_recorded(self.company_id)
            account = component._get_backflush_stock_account(self.company_id)
            label = self.env._("Material of %s", component.categ_id.display_name)
            lines.append((account, label, float(part.amount)))
        if lines:
            total = sum(amount for _account, _label, amount in lines)
            payable = (self.env["account.account"], self.env._("Accounts Payable"))
            lines.append((*payable, -total))
        note = self.env._(
            "Not a trigger point: an ordinary vendor bill, material is an expense "
            "until it is flushed."
        )
        return self._prepare_preview_event(
            "purchase",
            self.env._("Material purchased"),
            self._merge_preview(lines, unset_is_missing=False),
            note="" if recorded else note,
        )

    def _get_preview_bought(self, standard, rules):
        """Return a posting for each material of a card, at standard."""
        return [
            part
            for line in standard.materials
            if line.kind == cards.COMPONENT
            for part in explosion.parts(
                terms.Posting(terms.STOCK, line.amount, product=line.product),
                rules.flushed_at_sale,
            )
            if part.role == terms.STOCK and part.amount > 0
        ]

    def _get_preview_lines(self, card, postings):
        """Return the postings by account; an account not yet set goes by its role."""
        entry = self.env["backflush.entry"].new(
            {
                "company_id": self.company_id.id,
                "policy_id": self.id,
                "product_id": card.product_id.id,
            }
        )
        return self._merge_preview(
            (
                entry._find_account(posting),
                self._get_preview_role(posting),
                float(posting.amount),
            )
            for posting in postings
        )

    def _get_preview_role(self, posting):
        """Return what an account would be for, as in ``Conversion Applied: Labour``."""
        field = self.env["backflush.entry.line"]._fields["role"]
        role = dict(field._description_selection(self.env))[posting.role]
        element = self.env["backflush.cost.element"].browse(posting.element)
        if posting.role in (terms.APPLIED, terms.VARIANCE) and element:
            return f"{role}: {element.name}"
        return role

    def _merge_preview(self, lines, unset_is_missing=True):
        """Return [{account, missing, debit, credit}], one for each account."""
        amounts = {}
        for account, label, amount in lines:
            key = (account.id or label, account.display_name or label)
            amounts[key] = amounts.get(key, 0.0) + amount
        return [
            {
                "key": key,
                "account": name,
                "missing": unset_is_missing and isinstance(key, str),
                "debit": max(amount, 0.0),
                "credit": max(-amount, 0.0),
            }
            for (key, name), amount in amounts.items()
            if not self.company_id.currency_id.is_zero(amount)
        ]
