"""Companies, branches, currencies, and amounts finer than the currency.

Whatever the decimals, a stock account is quantity x standard, rounded once.
"""

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import BackflushCase
from .factories import make_factory


class TestFineAmounts(BackflushCase):
    """A plate costs 10.0025: the table is 20.005 + 2.50 + 10.00 = 32.505 dollars.

    1,000 plates and screws are on hand where material is used: RIP 10,502.50.
    """

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.plate.standard_price = 10.0025
        return result

    def test_one_by_one(self):
        """4 tables, one by one: 32.51 + 32.50 + 32.51 + 32.50 = 130.02 = 4 x 32.505.

        Posted each by itself it would be 130.04. The plates: 4 x 20.005 = 80.02.
        """
        self._stock_material()
        amounts = []
        for _number in range(4):
            lines = self._produce(1).backflush_entry_ids.line_ids
            amounts.append(lines.filtered(lambda x: x.role == "finished_goods").amount)
            self.assertNothingToClose()
        self.assertEqual(amounts, [32.51, 32.5, 32.51, 32.5])
        self.assertBalances({self.account_fg: 130.02, self.account_rip: 10412.48})
        self.assertLedger()

    def test_many_at_once(self):
        """The same four in one call: what one leaves over the next one settles."""
        self._stock_material()
        orders = self.env["mrp.production"]
        for _number in range(4):
            order = self._order(1)
            self._set_produced(order, 1)
            orders |= order
        orders.with_context(skip_consumption=True).button_mark_done()
        self.assertBalances({self.account_fg: 130.02, self.account_rip: 10412.48})
        self.assertNothingToClose()

    def test_in_and_out_again(self):
        """Made 3 (97.515), delivered 1 and 1 (2 x -32.505): 1 left, 32.505 -> 32.51."""
        self._stock_material()
        self._produce(3)
        for left in (65.01, 32.51, 0.0):
            self._deliver(1)
            self.assertBalances({self.account_fg: left})
            self.assertNothingToClose()
        self.assertLedger()

    def test_full_reversal(self):
        """Made 1, made 1, the first unbuilt: as if only one had been made; both
        unbuilt: every account is where it was."""
        self._stock_material()
        accounts = (
            self.account_fg
            | self.account_rip
            | self.account_applied
            | self.account_variance
            | self.account_rounding
            | self.account_revaluation
        )
        before = {account: self._balance(account) for account in accounts}
        first, second = self._produce(1), self._produce(1)
        for order, left in ((first, 32.51), (second, 0)):
            self.env["mrp.unbuild"].create(
                {
                    "mo_id": order.id,
                    "product_id": self.table.id,
                    "bom_id": self.bom.id,
                    "product_qty": 1,
                    "company_id": self.company.id,
                }
            ).action_unbuild()
            self.assertBalances({self.account_fg: left})
            self.assertNothingToClose()
        self.assertBalances(before)

    def test_bought_one_by_one(self):
        """5 plates billed at 10.00, each 0.0025 under standard: no cent of variance
        for one, the stock account still is 5 x 10.0025 = 50.0125 -> 50.01."""
        for _number in range(5):
            self._buy(self.plate, 1, 10.0)
        self.assertBalances({self.account_rip: 50.01, self.account_rounding: -0.01})
        self.assertNothingToClose()
        self.assertLedger()

    def test_counted(self):
        """7 plates found, 4 of them lost again: 3 x 10.0025 = 30.0075 -> 30.01."""
        for quantity in (7, 6, 5, 4, 3):
            self._stock_to(self.plate, quantity)
            self.assertNothingToClose()
        self.assertBalances({self.account_rip: 30.01})

    def _stock_material(self):
        self._stock(self.plate, 1000)
        self._stock(self.screw, 1000)

    def _stock_to(self, product, quantity):
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        if not quant:
            return self._stock(product, quantity)
        quant.with_context(inventory_mode=True).inventory_quantity = quantity
        return quant.action_apply_inventory()

    def test_whole_amounts(self):
        """With prices of two decimals no remainder is kept."""
        self.plate.standard_price = 10.0
        self._create_card(self.table)
        lines = self._produce(2).backflush_entry_ids.line_ids
        self.assertFalse(lines.remainder_product_id)
        self.assertEqual(set(lines.mapped("remainder")), {0.0})


class TestFineAmountsAtSale(BackflushCase):
    flush_point = "sale"

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.plate.standard_price = 10.0025
        return result

    def test_one_by_one(self):
        """3 tables made of what is on hand: RIP keeps 10,502.50. Each delivery takes
        20.005 and 2.50 of it."""
        self._stock(self.plate, 1000)
        self._stock(self.screw, 1000)
        for _number in range(3):
            self._produce(1)
            self.assertNothingToClose()
        for left in (10480.0, 10457.49, 10434.99):
            self._deliver(1)
            self.assertBalances({self.account_rip: left})
            self.assertNothingToClose()
        self.assertLedger()


class TestCurrencies(BackflushCase):
    def _check_currency(self, code, unit, flush_point):
        """3 tables one by one, one delivered: books are whole multiples of ``unit`` and
        equal quantity x standard."""
        there = make_factory(
            self, f"{code} {flush_point}", code, flush_point=flush_point
        )
        there.plate.standard_price = 10.12345
        there._create_policy()
        there._stock(there.plate, 100)
        there._stock(there.screw, 100)
        for _number in range(3):
            there._produce(1)
        there._deliver(1)
        there.assertLedger()
        there.assertNothingToClose()
        lines = self.env["backflush.entry.line"].search(
            [("company_id", "=", there.company.id)]
        )
        for line in lines:
            self.assertAlmostEqual(line.amount / unit, round(line.amount / unit), 6)
        return there

    def test_yen(self):
        """32.7469 yen: two tables are worth 65.4938 -> 65 yen."""
        there = self._check_currency("JPY", 1, "completion")
        there.assertBalances({there.account_fg: 65})

    def test_yen_at_sale(self):
        self._check_currency("JPY", 1, "sale")

    def test_dinar(self):
        """Two tables are worth 65.4938 -> 65.494 dinars."""
        there = self._check_currency("KWD", 0.001, "completion")
        there.assertBalances({there.account_fg: 65.494})

    def test_dinar_at_sale(self):
        self._check_currency("KWD", 0.001, "sale")


class TestUnits(BackflushCase):
    def test_coarse_unit(self):
        """2 dozen tables are 24 x 32.50 = 780.00; half a dozen of them sold: 195.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._produce(2, product_uom_id=dozen.id)
        self.assertEqual(order.backflush_entry_ids.quantity, 24)
        self.assertBalances({self.account_fg: 780, self.account_rip: -540})
        self._deliver(6)
        self.assertBalances({self.account_fg: 585, self.account_cogs: 195})
        self.assertNothingToClose()

    def test_smallest_quantity(self):
        """0.01 kg at 0.30 a kilogram is 0.003 dollars: nothing to post for one; ten of
        them are 0.03 in all, whatever was posted when."""
        kilogram = self.env.ref("uom.product_uom_kgm")
        glue = self._create_product(
            "Glue", self.category_components, 0.3, uom_id=kilogram.id
        )
        paste = self._create_product(
            "Paste", self.category_finished, uom_id=kilogram.id
        )
        self._create_bom(paste, {glue: 1}).product_uom_id = kilogram
        self._create_card(paste)
        self._stock(glue, 1)
        for _number in range(10):
            self._produce(0.01, product=paste)
            self.assertNothingToClose()
        self.assertBalances({self.account_fg: 0.03, self.account_rip: 0.27})
        self.assertLedger()


class TestCompanies(BackflushCase):
    def test_same_category_other_policy(self):
        """One category, one product: flush at completion here, at sale there."""
        there = make_factory(self, "Sister", flush_point="sale")
        category = self.category_finished.with_company(there.company)
        category.write(
            {
                "property_cost_method": "standard",
                "property_valuation": "real_time",
                "property_stock_valuation_account_id": there.account_fg.id,
                "property_account_expense_categ_id": there.account_cogs.id,
            }
        )
        type(there).category_finished = category.with_env(there.env)
        type(there).table = self.table.with_env(there.env)
        there._create_bom(there.table, {there.plate: 1})
        there._create_policy()
        self.assertEqual(self.category_finished.backflush_policy_id, self.policy)
        self.assertEqual(category.backflush_policy_id, there.policy)
        self._produce(1)
        there._produce(1)
        self.assertBalances({self.account_fg: 32.5, self.account_applied: -10})
        there.assertBalances({there.account_fg: 0, there.account_rip: 0})
        there._deliver(1)
        there.assertBalances({there.account_cogs: 10, there.account_rip: -10})
        self.assertBalances({self.account_cogs: 0})
        # Core's stock value counts the stock of all companies for the superuser.
        self._deliver(1)
        for factory in (self, there):
            factory.assertLedger()
            factory.assertNothingToClose()

    def test_branch(self):
        """A branch with a policy of its own and the accounts of its parent: 32.50 of FG
        in the branch's books; the parent, without an order, has none."""
        branch = make_factory(self, "Branch", parent=self.company)
        branch._create_policy()
        order = branch._produce(2)
        entry = order.backflush_entry_ids
        self.assertEqual(entry.company_id, branch.company)
        self.assertEqual(entry.move_id.company_id, branch.company)
        self.assertEqual(entry.policy_id, branch.policy)
        items = self.env["account.move.line"].search(
            [("account_id", "=", self.account_fg.id)]
        )
        self.assertEqual(items.company_id, branch.company)
        self.assertEqual(sum(items.mapped("balance")), 65.0)
        branch.assertLedger()
        branch.assertNothingToClose()

    def test_lock_of_the_parent_closes_the_branch(self):
        """The parent's fiscal lock shifts the branch's entry."""
        branch = make_factory(self, "Branch", parent=self.company)
        branch._create_policy()
        today = fields.Date.today()
        self.company.sudo().fiscalyear_lock_date = today
        entry = branch._produce(1).backflush_entry_ids
        self.assertEqual(entry.date, today)
        self.assertEqual(entry.move_id.date, fields.Date.add(today, days=1))
        self.assertTrue(entry.period_reason)

    def test_user_with_several_companies(self):
        """A user at work in another company completes an order of this one: standards,
        accounts and journal are this one's. There a plate costs 99.00."""
        there = make_factory(self, "Sister")
        self.plate.with_company(there.company).standard_price = 99.0
        worker = new_test_user(
            self.env,
            "worker",
            "mrp.group_mrp_user,stock.group_stock_user",
            company_id=there.company.id,
            company_ids=[Command.set((there.company | self.company).ids)],
        )
        order = self._order(1)
        self._set_produced(order, 1)
        order.with_user(worker).with_context(
            allowed_company_ids=[there.company.id, self.company.id],
            skip_consumption=True,
        ).button_mark_done()
        self.assertBalances(
            {self.account_fg: 32.5, self.account_rip: -22.5, self.account_variance: 0}
        )
        self.assertEqual(order.backflush_entry_ids.move_id.company_id, self.company)
        self.assertNothingToClose()
