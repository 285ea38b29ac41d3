# What goods on hand stand for in the books, by the rules and cards of the moment.
# Asked before and after they change: by the cut-over, and by cards that take effect.

from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ...costing import cutover, terms
from ...costing.money import ZERO, exact
from .product_product import VALUED_LOCATIONS


class BackflushStanding(models.AbstractModel):
    _name = "backflush.standing"
    _description = "Goods on Hand in the Books"

    # Which goods ---------------------------------------------------------------------

    @api.model
    def _lock(self, products, company):
        """Let nobody move ``products`` meanwhile: who tries waits, and then starts anew
        with what holds by then.

        Stock is written, though with what it holds, so that transactions which began
        before and move the same goods cannot go on with what held before.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE stock_quant SET write_date = write_date WHERE product_id IN %s "
                "AND company_id = %s",
                tuple(products.ids) or (0,),
                company.id,
            )
        )

    @api.model
    def _get_units(self, products, company, date):
        """Return {product: (units on hand, units left to invoices)} of those that have
        either; see `costing.cutover.standing`. Products are those of ``company``.

        Where core's closing has levelled an account, nothing is left to invoices: that
        difference is core's own, which the next closing takes back.
        """
        products = products.with_company(company)
        left = self._get_left_to_invoices(products, company, date)
        levelled = self._get_levelled_accounts(left, company) if left else ()
        on_hand = self._get_on_hand(products, company)
        units = {}
        for product in products:
            mine = left.get(product, ZERO)
            if mine and self._get_stock_account(product, company) in levelled:
                mine = ZERO
            if on_hand[product] or mine:
                units[product] = (on_hand[product], mine)
        return units

    @api.model
    def _get_levelled_accounts(self, left, company):
        """Return the stock accounts for which core's closing has nothing to say, though
        units of their products are ``left`` to invoices."""
        expected = defaultdict(float)
        for product, units in left.items():
            price = product.with_company(company).standard_price
            expected[self._get_stock_account(product, company)] += float(units) * price
        proposed = self._get_proposals(company)
        return {
            account
            for account, amount in expected.items()
            if not company.currency_id.is_zero(amount) and not proposed.get(account.id)
        }

    @api.model
    def _get_stock_account(self, product, company):
        return product.with_company(company)._get_product_accounts()["stock_valuation"]

    @api.model
    def _get_on_hand(self, products, company):
        """Return {product: units that core's stock value counts}, in one read."""
        # Owners count for all but FIFO, which no card values.
        valued = products.with_company(company).with_context(
            location=company._get_valued_locations().ids,
            owners=[False, company.partner_id.id],
            warehouse_id=False,
        )
        # One read for all, where the field is computed for a thousand at a time.
        found = valued._compute_quantities_dict(None, None, None)
        return {
            product: exact(found[product.id]["qty_available"]) for product in products
        }

    @api.model
    def _get_proposals(self, company):
        """Return {account id: what core's stock closing would debit to it}."""
        self.env.invalidate_all()
        proposals = defaultdict(float)
        company = company.with_company(company).sudo()
        company = company.with_context(
            **{VALUED_LOCATIONS: company._get_valued_locations().ids}
        )
        for vals in company._action_close_stock_valuation():
            proposals[vals["account_id"]] += vals["debit"] - vals["credit"]
        currency = company.currency_id
        return {
            account: amount
            for account, amount in proposals.items()
            if not currency.is_zero(amount)
        }

    # What they stand for -------------------------------------------------------------

    @api.model
    def _get_standings(self, units, company):
        """Return {product: (cost card, postings)} of products whose policy runs and
        that have a card in force, by the rules and cards of now.

        :param units: see `_get_units`
        """
        products = self.env["product.product"].union(*units).with_company(company)
        running = products.filtered(lambda product: product._is_backflush(company))
        Card = self.env["backflush.cost.card"]
        cards = Card._get_in_force(running, company)
        at_sale = [
            card
            for product, card in cards.items()
            if product._get_flush_point(company) == terms.SALE
        ]
        materials = Card.union(*at_sale).line_ids.product_id
        flushed = Card._get_flushed_at_sale(materials, company)
        rules = {
            category: replace(
                category.backflush_policy_id._to_rules(), flushed_at_sale=flushed
            )
            for category in running.categ_id
        }
        return {
            product: (
                card,
                self._get_postings(card, *units[product], rules[product.categ_id]),
            )
            for product, card in cards.items()
        }

    @api.model
    def _get_postings(self, card, quantity, left, rules):
        """Return what units of one product stand for, see `costing.cutover.standing`;
        flushed at completion, the lines of the card are not read."""
        if rules.flush_point == terms.COMPLETION:
            return cutover.goods(quantity + left, exact(card.total_cost))
        return cutover.standing(card._to_costing(), quantity, left, rules)

    @api.model
    def _get_native(self, products, units, company):
        """Return {product: postings} of ``products`` in native Odoo."""
        unit = exact(company.currency_id.rounding)
        products = products.with_company(company)
        products.invalidate_recordset(["total_value"])
        return {
            product: cutover.native(
                exact(product.total_value),
                *units[product],
                exact(product.standard_price),
                unit,
            )
            for product in products
        }

    @api.model
    def _to_facts(self, standings, policies, company):
        """Return {product: rows of facts}, each with its account of today.

        :param standings: {product: postings}
        :param policies: {product: policy}, of which each finds the same accounts for
            all products of a category
        """
        finders, accounts, facts = {}, {}, {}
        for product, postings in standings.items():
            policy = policies[product]
            if policy not in finders:
                finders[policy] = self._new_entry(product, policy, company)
            if (key := product.categ_id) not in accounts:
                # Odoo keeps the stock account by category.
                accounts[key] = self._get_stock_account(product, company).id or None
            facts[product] = finders[policy]._prepare_standing_facts(
                replace(posting, account=posting.account or accounts[key])
                if posting.role == terms.FINISHED_GOODS
                else posting
                for posting in postings
            )
        return facts

    @api.model
    def _new_entry(self, product, policy, company):
        """Return an entry in memory, which finds the accounts of roles."""
        return self.env["backflush.entry"].new(
            {
                "company_id": company.id,
                "policy_id": policy.id,
                "product_id": product.id,
            }
        )

    # Units on which books and shelf differ -------------------------------------------

    @api.model
    def _get_left_to_invoices(self, products, company, date):
        """Return {product: units that stand in the books and not on the shelf}."""
        left = {}
        for line in self._find_lines("sale.order.line", products, company):
            left[line.product_id] = left.get(line.product_id, ZERO) + exact(
                line._get_ahead_of_invoices()
            )
        for line in self._find_lines("purchase.order.line", products, company):
            if line._get_subcontracting_policy(date):
                continue  # It pays for work: its bills debit no stock.
            left[line.product_id] = left.get(line.product_id, ZERO) + exact(
                line._get_ahead_of_receipts()
            )
        return {product: units for product, units in left.items() if units}

    @api.model
    def _find_lines(self, model, products, company):
        """Return confirmed order lines of ``products`` that are not, or not yet by a
        posted document, invoiced as they are delivered."""
        sale = model == "sale.order.line"
        delivered = SQL("qty_delivered" if sale else "qty_received")
        drafts = SQL(
            "SELECT rel.order_line_id FROM sale_order_line_invoice_rel rel "
            "JOIN account_move_line item ON item.id = rel.invoice_line_id "
            "WHERE item.parent_state = 'draft'"
            if sale
            else "SELECT purchase_line_id FROM account_move_line "
            "WHERE purchase_line_id IS NOT NULL AND parent_state = 'draft'"
        )
        lines = self.env[model].sudo()
        lines.flush_model()
        self.env["account.move.line"].flush_model(["parent_state"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE product_id IN %s AND company_id = %s "
                "AND (%s <> qty_invoiced OR id IN (%s))",
                SQL.identifier(lines._table),
                tuple(products.ids) or (0,),
                company.id,
                delivered,
                drafts,
            )
        )
        found = lines.browse(row[0] for row in rows)
        return found.filtered(lambda line: line.order_id.state in ("sale", "purchase"))
