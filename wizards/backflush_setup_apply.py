# Set-up wizard: the plan carried out, in one transaction, with the user's own rights.
# Configuration; ends with a policy that is active, or that lists what it lacks.

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .backflush_setup_accounts import EXPENSE, STOCK
from .backflush_setup_plan import JOURNAL_CODE


class BackflushSetup(models.TransientModel):
    _inherit = "backflush.setup"

    def action_set_up(self):
        """Create what is missing, set the categories, and open the policy.

        Running it again creates nothing twice.

        :raises UserError: what must be changed in the wizard first
        """
        self.ensure_one()
        self._check_choices()
        plan = self._get_plan()
        accounts = self._create_accounts(plan.accounts)
        elements = self._create_elements(plan, accounts)
        self._write_categories(plan)
        policy = self._create_policy(plan, elements, accounts)
        self._build_cards(policy)
        return self._finish(policy)

    def _check_choices(self):
        problems = []
        if not self.category_ids:
            problems.append(
                self.env._(
                    "Choose the categories of the finished products that will follow "
                    "the policy."
                )
            )
        running = self._get_finished().filtered(
            lambda category: category.backflush_policy_id.state == "active"
        )
        for category in running:
            problems.append(
                self.env._(
                    "Category %(category)s follows the active policy %(policy)s "
                    "already. Remove it here, or end that policy first.",
                    category=category.display_name,
                    policy=category.backflush_policy_id.name,
                )
            )
        for category in self.category_ids & self.component_category_ids:
            problems.append(
                self.env._(
                    "Category %(category)s is among finished products and among "
                    "components. Keep it in one of them.",
                    category=category.display_name,
                )
            )
        if problems:
            raise UserError("\n".join(problems))

    def _create_elements(self, plan, accounts):
        """Create missing elements and fill missing accounts; return {code: element}."""
        elements = {}
        for planned in plan.elements:
            vals = {
                name: accounts[key].id
                for name, key in planned.accounts.items()
                if name != "price"
            }
            if "price" in planned.accounts:
                price = {
                    "kind": "price",
                    "account_id": accounts[planned.accounts["price"]].id,
                }
                vals["variance_account_ids"] = [Command.create(price)]
            if planned.element:
                planned.element.write(vals)
            else:
                planned.element = self.env["backflush.cost.element"].create(
                    {
                        **vals,
                        "name": planned.name,
                        "code": planned.code,
                        "kind": planned.kind,
                        "company_id": self.company_id.id,
                    }
                )
            elements[planned.code] = planned.element
        return elements

    def _write_categories(self, plan):
        """Write what changes on the categories; the accounts of the plan exist now."""
        for category in plan.categories:
            changes = plan.get_changes(category)
            category.write(
                {
                    name: plan.get_account(value).id
                    if name in (STOCK, EXPENSE)
                    else value
                    for name, value in changes.items()
                }
            )

    # Policy --------------------------------------------------------------------------

    def _create_policy(self, plan, elements, accounts):
        """Create the policy, or complete the draft that these categories follow."""
        vals = self._prepare_policy_vals(plan, elements, accounts)
        policy = self._get_finished().backflush_policy_id.filtered(
            lambda found: found.state == "draft"
            and found.category_ids <= self.category_ids
        )[:1]
        if policy:
            policy.write(vals)
        else:
            policy = policy.create(vals)
        return policy

    def _prepare_policy_vals(self, plan, elements, accounts):
        codes = [code for code in elements if code != "MAT"]
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "flush_point": self.flush_point,
            "date_start": self.date_start,
            "posting": self.posting,
            "on_error": self.on_error,
            "journal_id": self._get_journal(plan).id,
            "material_element_id": elements["MAT"].id,
            "conversion_element_id": elements[codes[0]].id,
            "subcontracting_element_id": elements["SUB"].id
            if "SUB" in codes
            else False,
            "rounding_account_id": accounts["rounding"].id,
            "revaluation_account_id": accounts["revaluation"].id,
            "category_ids": [Command.set(self.category_ids.ids)],
        }

    def _get_journal(self, plan):
        """Return the journal of the plan, or a new one; secured if asked for."""
        journal = plan.journal or self._create_journal()
        if self.secure:
            journal.restrict_mode_hash_table = True
        return journal

    def _create_journal(self):
        journals = self.env["account.journal"]
        taken = (
            journals.with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id)])
            .mapped("code")
        )
        codes = [JOURNAL_CODE, *(f"{JOURNAL_CODE}{n}" for n in range(2, 100))]
        return journals.create(
            {
                "name": self.env._("Backflush"),
                "code": next(code for code in codes if code not in taken),
                "type": "general",
                "company_id": self.company_id.id,
            }
        )

    # Cards ---------------------------------------------------------------------------

    def _build_cards(self, policy):
        """Build cards of the products that can be computed; put those in force that
        have a cost for each component."""
        products, *_unbuildable = self._get_cardless()
        cards = self.env["backflush.cost.card"]
        drafts = cards.search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "draft"),
            ]
        )
        drafts.filtered("bom_id")._compute_lines()
        drafts |= cards._build(products - drafts.product_id, self.company_id)
        if self.put_in_force:
            self._filter_sound(drafts).action_put_in_force()

    def _filter_sound(self, drafts):
        """Return the drafts that can be put in force and keep the guards of their
        category, as do all components that are drafts among them."""
        unsound = drafts - drafts.filtered(self._can_be_in_force)
        unsound |= unsound.union(*drafts._find_broken_guards())
        while above := (drafts - unsound).filtered(
            lambda card, unsound=unsound: card.line_ids.component_card_id & unsound
        ):
            unsound |= above
        return drafts - unsound

    def _can_be_in_force(self, card):
        """Answer whether a card is dated, unique and has a cost for each component."""
        components = card.line_ids.filtered("product_id")
        today = card.date_from <= self.env.cr.now().date()
        return bool(card.line_ids) and today and all(components.mapped("price"))

    # End -----------------------------------------------------------------------------

    def _finish(self, policy):
        """Activate the policy if nothing is missing, say so, and open it."""
        problems = policy.with_company(policy.company_id)._get_problems()
        if self.activate and not problems:
            if cutover := policy.action_activate():
                return cutover
            message = self.env._(
                "Policy %(policy)s is active: cost is flushed from %(date)s.",
                policy=policy.name,
                date=format_date(self.env, policy.date_start),
            )
        elif problems:
            message = self.env._(
                "Policy %(policy)s is set up but stays a draft. What is missing stands "
                "at the top of its form.",
                policy=policy.name,
            )
        else:
            message = self.env._(
                "Policy %(policy)s is ready: activate it when you wish.",
                policy=policy.name,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if problems else "success",
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Policies"),
                    "res_model": policy._name,
                    "res_id": policy.id,
                    "views": [(False, "form")],
                },
            },
        }
