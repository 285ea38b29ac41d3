# Cut-over assistant: the cut-over itself. What is shown is the very run, taken back.
# First step of the flow; flush and post are those of every entry.

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..costing import terms
from ..models.configuration.backflush_policy_guard import CUTOVER


class BackflushCutover(models.TransientModel):
    _inherit = "backflush.cutover"

    def _lock(self):
        """Let nobody move the goods or change the rules meanwhile: who tries waits,
        and then starts anew under the new rules."""
        self.env.flush_all()
        policies = self._get_policies()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM backflush_policy WHERE company_id = %s OR id IN %s "
                "FOR UPDATE",
                self.company_id.id,
                tuple(policies.ids) or (0,),
            )
        )
        self.env["backflush.standing"]._lock(self._get_scope(), self.company_id)

    def _try(self, expected=None):
        """Carry the cut-over out and return its figures; keep it only if they are
        ``expected``, and without problems."""
        tracked = {"tracking_disable": not expected}
        wizard = self.with_company(self.company_id).with_context(
            **{CUTOVER: True}, **tracked
        )
        with self.env.cr.savepoint() as savepoint:
            figures = wizard._carry_out()
            done = not figures["problems"] and self._get_shown(figures) == expected
            if not done:
                savepoint.rollback()
        return {**figures, "done": done}

    def _carry_out(self):
        """Change the rules and post the opening reclassification; return the figures:
        ``products``, ``accounts``, ``problems`` and the accounting ``date``."""
        problems = self._get_pending_problems()
        units = self._get_units()
        before = self._get_standings(units)
        closed = {} if self.kind != "purchases" else self._get_closed(units)
        before |= self._get_component_standings(units, closed)
        policies = self._get_policies_by_product(units)
        entries = self.env["backflush.entry"]
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_apply_{self.kind}")()
                self.env.flush_all()
                problems += self._get_rule_problems()
                after = self._get_standings(units)
                after |= self._get_component_standings(units, {})
                if not problems:
                    entries = self._post(units, before, after, policies)
                    problems += entries.filtered("error").mapped("error")
                    problems += self._get_closing_problems(units)
        except UserError as error:
            problems.append(str(error))
            after = before
        return {
            "problems": problems,
            "products": self._get_product_rows(units, before, after),
            "accounts": self._get_account_rows(entries),
            "date": max(entries.mapped("accounting_date") or [False])
            if entries.move_id
            else False,
        }

    # Entries -------------------------------------------------------------------------

    def _post(self, units, before, after, policies):
        """Record one entry a product and post them together."""
        vals_list = [
            self._prepare_entry_vals(product, units, before, after, policies)
            for product in self._get_concerned(units, before, after)
        ]
        entries = self.env["backflush.entry"]._capture(vals_list)
        waiting = entries.filtered(lambda entry: entry.state == "pending")
        waiting.with_context(backflush_queue=True)._post()
        return entries

    def _prepare_entry_vals(self, product, units, before, after, policies):
        quantity, left = units[product]
        card, rows = after[product]
        return {
            "event": "cutover",
            "source_key": f"{self._get_source_key()}/{product.id}",
            "origin": self.name,
            "company_id": self.company_id.id,
            "policy_id": policies[product].id,
            "date": self.date,
            "product_id": product.id,
            "quantity": float(quantity),
            "card_id": (card or before[product][0]).id,
            "facts": {
                "quantity": float(quantity),
                "left": float(left),
                "before": before[product][1],
                "after": rows,
            },
        }

    def _get_policies_by_product(self, units):
        """Return {product: the policy whose journal takes its entry}: the one that the
        cut-over is about, else the product's own, else one that uses it."""
        chosen = self._get_chosen_products()
        main = self.target_policy_id if self.kind == "move" else self.policy_id
        model = self.env["backflush.policy"]
        return {
            product: (main if product in chosen else model)
            or product._get_backflush_policy(self.company_id)
            or model._get_for_components(product, self.company_id)
            for product in units
        }

    # Rules ---------------------------------------------------------------------------

    def _apply_start(self):
        self._prepare_products(self.policy_id.category_ids)
        self.policy_id.write({"date_start": self.date, "date_end": False})
        self.policy_id.state = "active"

    def _apply_switch(self):
        vals = {"flush_point": self.flush_point}
        if self.flush_point == terms.SALE:
            vals["conversion_basis"] = terms.STANDARD_OUTPUT
        self.policy_id.write(vals)

    def _apply_move(self):
        categories = self.category_ids.with_company(self.company_id)
        categories.backflush_policy_id = self.target_policy_id
        if self.target_policy_id:
            self._prepare_products(categories)

    def _apply_purchases(self):
        categories = self.component_category_ids.with_company(self.company_id)
        categories.property_valuation = self.purchases

    def _apply_end(self):
        self.policy_id._end(self.date - timedelta(days=1))

    def _prepare_products(self, categories):
        """Put products at the standard of their card: the method of their categories,
        their draft cards in force, their cost."""
        categories = categories.with_company(self.company_id)
        categories.filtered(
            lambda category: category.property_cost_method != "standard"
        ).property_cost_method = "standard"
        products = self._get_products_of(categories)
        if self.put_in_force:
            self._put_cards_in_force(products._without_card(self.company_id))
        cards = self.env["backflush.cost.card"]._get_in_force(
            products, self.company_id, self.date
        )
        self.env["product.product"]._set_standard_prices(
            {product: card.total_cost for product, card in cards.items()},
            self.company_id,
        )

    def _put_cards_in_force(self, products):
        """Put the newest draft card of each of ``products`` in force."""
        drafts = self.env["backflush.cost.card"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "draft"),
                ("date_from", "<=", self.date),
                ("line_ids", "!=", False),
            ],
            order="id",
        )
        newest = {card.product_id: card.id for card in drafts}
        drafts.browse(newest.values()).action_put_in_force()
