# The policy of a product category: where its cost is flushed and how it is posted.
# Configuration, read by every step: capture asks whether a policy runs, flush takes its
# rules, post its journal and accounts.

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...costing import terms
from ...costing.money import exact


class BackflushPolicy(models.Model):
    _name = "backflush.policy"
    _description = "Backflush Policy"
    _inherit = ["backflush.tracked", "mail.activity.mixin"]
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    flush_point = fields.Selection(
        [
            (terms.COMPLETION, "Completion of the manufacturing order"),
            (terms.SALE, "Sale (delivery of the goods)"),
        ],
        default=terms.COMPLETION,
        required=True,
        tracking=True,
        help="Where standard cost is flushed back.",
    )
    conversion_basis = fields.Selection(
        [
            (terms.STANDARD_OUTPUT, "Standard output"),
            (terms.ACTUAL_TIME, "Actual time at standard rate"),
        ],
        default=terms.STANDARD_OUTPUT,
        required=True,
        tracking=True,
        help="Standard output applies conversion cost for the units made; actual time "
        "applies it for the hours recorded, and shows the difference as efficiency "
        "variance.",
    )
    date_start = fields.Date(
        "Start Date",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Documents recorded before it are left to Odoo's own valuation.",
    )
    date_end = fields.Date("End Date", readonly=True, copy=False, tracking=True)
    journal_id = fields.Many2one(
        "account.journal",
        domain=[("type", "=", "general")],
        check_company=True,
        tracking=True,
    )
    posting = fields.Selection(
        [
            ("document", "One journal entry per document"),
            ("day", "One journal entry per day"),
        ],
        default="document",
        required=True,
        tracking=True,
        help="Per day, entries wait for the scheduled job that posts them together.",
    )
    on_error = fields.Selection(
        [
            ("block", "Block the document"),
            ("queue", "Let it pass, queue the entry"),
        ],
        "If It Cannot Be Posted",
        default="block",
        required=True,
        tracking=True,
    )
    on_locked_period = fields.Selection(
        [
            ("shift", "Post on the first open day"),
            ("block", "Treat it as something that cannot be posted"),
        ],
        "If the Period Is Locked",
        default="shift",
        required=True,
        tracking=True,
        help="For documents dated in a period that is locked already. Entries whose "
        "period is locked while they wait are posted on the first open day.",
    )
    material_element_id = fields.Many2one(
        "backflush.cost.element",
        "Material Element",
        check_company=True,
        domain=[("kind", "=", "material")],
        tracking=True,
    )
    conversion_element_id = fields.Many2one(
        "backflush.cost.element",
        "Conversion Element",
        check_company=True,
        domain=[("is_conversion", "=", True)],
        tracking=True,
        help="For operations of work centers whose rate is not split into elements.",
    )
    overhead_rate_ids = fields.One2many(
        "backflush.overhead.rate", "policy_id", "Overhead Rates", copy=True
    )
    rounding_account_id = fields.Many2one(
        "account.account", "Rounding Account", check_company=True, tracking=True
    )
    revaluation_account_id = fields.Many2one(
        "account.account", "Revaluation Account", check_company=True, tracking=True
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        compute="_compute_category_ids",
        inverse="_inverse_category_ids",
        help="Categories of finished products that follow this policy.",
    )
    entry_count = fields.Integer(compute="_compute_entry_counts")
    pending_count = fields.Integer(compute="_compute_entry_counts")
    card_count = fields.Integer(compute="_compute_card_count")

    @api.depends_context("allowed_company_ids")
    def _compute_category_ids(self):
        for policy in self:
            policy.category_ids = (
                self.env["product.category"]
                .with_company(policy.company_id)
                .search([("backflush_policy_id", "=", policy.id)])
                if policy.id
                else False
            )

    def _inverse_category_ids(self):
        for policy in self:
            wanted = policy.category_ids.with_company(policy.company_id)
            current = wanted.search([("backflush_policy_id", "=", policy.id)])
            (current - wanted).backflush_policy_id = False
            (wanted - current).backflush_policy_id = policy

    def _compute_entry_counts(self):
        counts = self.env["backflush.entry"]._read_group(
            [("policy_id", "in", self.ids)], ["policy_id", "state"], ["__count"]
        )
        for policy in self:
            mine = {state: number for owner, state, number in counts if owner == policy}
            policy.entry_count = sum(mine.values())
            policy.pending_count = mine.get("pending", 0)

    def _compute_card_count(self):
        for policy in self:
            policy.card_count = self.env["backflush.cost.card"].search_count(
                policy._get_card_domain()
            )

    @api.constrains("company_id")
    def _check_company_unchanged(self):
        """A policy with entries stays in its company."""
        for policy in self:
            if policy.entry_count and policy.env["backflush.entry"].search_count(
                [
                    ("policy_id", "=", policy.id),
                    ("company_id", "!=", policy.company_id.id),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "Policy %(policy)s has entries in another company: create a "
                        "policy of its own for this company.",
                        policy=policy.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for policy in self:
            if policy.entry_count:
                raise UserError(
                    self.env._(
                        "Policy %(policy)s has ledger entries and cannot be deleted: "
                        "end it instead.",
                        policy=policy.name,
                    )
                )

    # What the other steps ask --------------------------------------------------------

    def _is_running(self, date):
        """Answer whether documents dated ``date`` follow this policy."""
        self.ensure_one()
        return (
            self.state != "draft"
            and self.date_start <= date
            and (not self.date_end or date <= self.date_end)
        )

    @api.model
    def _get_running_categories(self, company, date=None):
        """Return the categories of finished products under an active policy that had
        started on ``date``."""
        active = self.search(
            [("company_id", "=", company.id), ("state", "=", "active")]
        ).filtered(lambda policy: not date or policy.date_start <= date)
        return (
            self.env["product.category"]
            .with_company(company)
            .search([("backflush_policy_id", "in", active.ids)])
        )

    @api.model
    def _get_for_components(self, products, company):
        """Return the active policy whose journal takes the variances of components
        outside of orders: the first that they follow or whose cards use them, else the
        company's first."""
        active = self.search(
            [("company_id", "=", company.id), ("state", "=", "active")]
        )
        # A user who posts bills need not see cost cards.
        users = (
            self.env["backflush.cost.card.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("card_state", "=", "in_force"),
                    ("product_id", "in", products.ids),
                ]
            )
            .card_product_id
        ) | products
        using = active & self.browse(
            {product._get_backflush_policy(company).id for product in users}
        )
        return using[:1] or active[:1]

    @api.model
    def _get_by_component(self, products, company):
        """Return {product: policy} as `_get_for_components` for each of ``products``;
        the same number of queries for any number of them."""
        active = self.search(
            [("company_id", "=", company.id), ("state", "=", "active")]
        )
        # A user who posts bills need not see cost cards.
        uses = (
            self.env["backflush.cost.card.line"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("card_state", "=", "in_force"),
                    ("product_id", "in", products.ids),
                ],
                ["product_id", "card_product_id"],
            )
        )
        users = defaultdict(set)
        for product, user in uses:
            users[product.id].add(user.id)
        order = {policy.id: number for number, policy in enumerate(active)}
        found = {}
        for product in products:
            mine = products.browse(users[product.id] | {product.id})
            policies = {one._get_backflush_policy(company).id for one in mine}
            using = sorted(policies & order.keys(), key=order.get)
            found[product] = active.browse(using[:1]) or active[:1]
        return found

    def _to_rules(self):
        """Return the policy's rules for `costing.flush`."""
        self.ensure_one()
        return terms.Rules(
            flush_point=self.flush_point,
            basis=self.conversion_basis,
            unit=exact(self.company_id.currency_id.rounding),
            material=self.material_element_id.id or None,
        )

    def _get_products(self):
        """Return the storable products that follow these policies."""
        domain = [
            ("categ_id", "in", self.category_ids.ids),
            ("is_storable", "=", True),
            ("company_id", "in", [False, *self.company_id.ids]),
        ]
        return self.env["product.product"].search(domain)

    def _get_card_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("product_id.categ_id", "in", self.category_ids.ids),
        ]

    # Buttons -------------------------------------------------------------------------

    def action_build_cards(self):
        """Make draft cost cards for the products that have none in force."""
        self.ensure_one()
        cards = self.env["backflush.cost.card"]._build(
            self._get_products()._without_card(self.company_id), self.company_id
        )
        return cards._get_list_action() if cards else self.action_view_cards()

    def action_view_cards(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cost Cards"),
            "res_model": "backflush.cost.card",
            "view_mode": "list,form",
            "domain": self._get_card_domain(),
        }

    def action_view_entries(self):
        self.ensure_one()
        return self.env["backflush.entry"]._get_action([("policy_id", "=", self.id)])
