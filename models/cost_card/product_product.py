# Products: their cost card in force, the accounts that a flush uses for them.
# Standard cost, read by capture and post.

from odoo import fields, models

from ...costing import terms

#: Context key: ids of a company's valued locations, found once for many products.
VALUED_LOCATIONS = "backflush_valued_locations"


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_backflush_policy(self, company):
        """Return the policy that finished goods of this product follow, if any."""
        self.ensure_one()
        return self.with_company(company).categ_id.backflush_policy_id

    def _is_backflush(self, company):
        """Answer whether a policy records the cost of this product's orders and
        deliveries today.

        The day of recording decides, not the document's: what is on hand at a cut-over
        stands in the books by the new rules from then on, so whatever moves it later
        follows them, also a document that bears an earlier date.
        """
        return bool(self._get_running_policy(company, company._get_backflush_day()))

    def _get_running_policy(self, company, date):
        """Return the policy that documents of this product dated ``date`` follow."""
        policy = self._get_backflush_policy(company)
        return policy.filtered(lambda policy: policy._is_running(date))

    def _get_flush_point(self, company):
        """Return by which rules goods of this product stand in the books today; without
        a policy they are finished goods, as they are when flushed at completion."""
        if self._is_backflush(company):
            return self._get_backflush_policy(company).flush_point
        return terms.COMPLETION

    def _is_flushed_at_sale(self, company, date):
        """Answer whether this product's cost stays in its components' accounts until it
        is sold. Does not check whether it has a cost card."""
        policy = self._get_backflush_policy(company)
        return (
            bool(policy)
            and policy.flush_point == terms.SALE
            and policy._is_running(date)
        )

    def _with_valuation_context(self):
        """Let one search for valued locations do for all products."""
        locations = self.env.context.get(VALUED_LOCATIONS)
        if not locations or self.cost_method == "fifo":
            return super()._with_valuation_context()
        owners = [False, self.env.company.partner_id.id]
        return self.with_context(location=locations, owners=owners)

    def _get_valued_quantity(self):
        """Return the quantity that core's stock value counts (context ``to_date``)."""
        return self._with_valuation_context().qty_available

    def _filter_on_hand(self):
        """Return those of these products that core's stock value counts."""
        return self.filtered(
            lambda product: not product.uom_id.is_zero(product._get_valued_quantity())
        )

    def _get_short_names(self):
        """Return the names of the first of these products."""
        names = ", ".join(self[:5].mapped("display_name"))
        return f"{names}…" if len(self) > 5 else names

    def _without_card(self, company):
        """Return the products that have no cost card in force today."""
        in_force = self.env["backflush.cost.card"]._get_in_force(
            self, company, fields.Date.context_today(self)
        )
        return self.filtered(lambda product: product not in in_force)

    def _filter_rolled_up(self, company):
        """Return those whose standard cost a roll-up computes: their category follows a
        policy, and they have a bill of materials."""
        following = self.filtered(
            lambda product: product._get_backflush_policy(company)
        )
        boms = self.env["mrp.bom"]._find_for_cards(following, company)
        return following.filtered(lambda product: boms[product])

    def _get_backflush_stock_account(self, company):
        """Return the account that a purchase of this component is debited to.

        That is its stock account when perpetual (RIP), else its expense account
        (materials clearing).
        """
        product = self.with_company(company)
        accounts = product.product_tmpl_id.get_product_accounts()
        recorded = product._is_purchase_recorded(company)
        return accounts["stock_valuation" if recorded else "expense"]

    def _is_purchase_recorded(self, company):
        """Answer whether purchases of this component enter inventory (trigger A)."""
        product = self.with_company(company)
        return product.is_storable and product.valuation == "real_time"

    def _filter_backflush_components(self, company, date=None):
        """Return the products whose stock account a running policy manages (on
        ``date``): those of its own categories, and of categories with a component on a
        card in force."""
        finished = self.env["backflush.policy"]._get_running_categories(company, date)
        if not self or not finished:
            return self.browse()
        # A user who posts bills need not see cost cards.
        lines = (
            self.env["backflush.cost.card.line"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("card_state", "=", "in_force"),
                    ("product_id.categ_id", "in", self.categ_id.ids),
                    ("card_product_id.categ_id", "in", finished.ids),
                ],
                ["product_id"],
            )
        )
        managed = finished | self.browse(product.id for (product,) in lines).categ_id
        return self.filtered(lambda product: product.categ_id in managed)

    def action_view_backflush_entries(self):
        return self.env["backflush.entry"]._get_action(
            [
                "|",
                ("product_id", "in", self.ids),
                ("line_ids.product_id", "in", self.ids),
            ]
        )

    def action_view_backflush_cards(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "backflush.cost.card",
            "view_mode": "list,form",
            "domain": [("product_id", "in", self.ids)],
            # Last: Odoo's term exporter takes a tuple after a term for another term.
            "name": self.env._("Cost Cards"),
        }

    def action_view_where_used(self):
        """Open what these products are used in, on all levels."""
        return self.env["backflush.where.used"]._open(self)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    backflush_free = fields.Boolean(
        "Free of Charge",
        help="It costs nothing on purpose: the roll-up of standard costs does not ask "
        "for its cost.",
    )

    def action_view_backflush_entries(self):
        return self.product_variant_ids.action_view_backflush_entries()

    def action_view_backflush_cards(self):
        return self.product_variant_ids.action_view_backflush_cards()

    def action_view_where_used(self):
        return self.product_variant_ids.action_view_where_used()
