"""A new card takes effect: goods on hand are revalued once, and core's stock closing,
asked after every test, finds nothing to correct. A plate costs 10.00, a screw 0.50; a
table 2 plates, 5 screws and a quarter of an hour at 40.00: 32.50."""

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import BackflushCase
from .factories import make_factory
from .test_kits import KitCase
from .test_structure import StructureCase


class RevaluationCase(BackflushCase):
    def _raise_work(self):
        """An hour costs 48.00 from now on: card 22.50 + 12.00 = 34.50."""
        self.workcenter.costs_hour = 48
        return self._renew_card(self.table)


class TestAtCompletion(RevaluationCase):
    """Purchases recorded, flush at completion."""

    def test_made(self):
        """3 made, 1 sold. 2 on hand become worth 34.50 instead of 32.50: Dr FG 4.00,
        Cr revaluation. Odoo's own cost and price history follow."""
        self._produce(3)
        self._deliver(1)
        card = self._raise_work()
        entry = self._get_revaluations()
        self.assertEqual((entry.card_id, entry.quantity), (card, 2))
        self.assertEqual(entry.source_key, f"backflush.cost.card/{card.id}")
        self.assertEqual(entry.date, fields.Date.today())
        self.assertEntry(
            entry,
            {("finished_goods", "FG"): 4.0, ("revaluation", "Revaluation"): -4.0},
        )
        self.assertEqual((self.card.state, card.state), ("superseded", "in_force"))
        self.assertEqual(self.table.standard_price, 34.5)
        history = self.env["product.value"].search(
            [("product_id", "=", self.table.id)], order="id desc", limit=1
        )
        self.assertEqual((history.value, history.company_id), (34.5, self.company))
        self.assertEqual(history.user_id, self.env.user)
        self.assertIn("32.5", history.description)

    def test_bought(self):
        """100 screws bought, 15 used in 3 tables. At 0.60 the 85 on hand are worth
        8.50 more: Dr RIP. Tables stay at their card until it is renewed: 3 x 0.50."""
        self._buy(self.screw, 100, 0.5)
        self._buy(self.plate, 6, 10)
        self._produce(3)
        self._put_price(self.screw, 0.6)
        self.assertEntry(
            self._get_revaluations(),
            {("stock", "RIP"): 8.5, ("revaluation", "Revaluation"): -8.5},
        )
        self.assertNothingToClose()
        self._renew_card(self.table)
        self.assertBalances({self.account_fg: 99.0, self.account_revaluation: -10.0})

    def test_cheaper(self):
        """At 0.40, 100 screws are worth 10.00 less: Cr RIP, Dr revaluation."""
        self._buy(self.screw, 100, 0.5)
        self._put_price(self.screw, 0.4)
        self.assertBalances({self.account_rip: 40.0, self.account_revaluation: 10.0})

    def test_same_price(self):
        """A new version at the same price: nothing is posted."""
        self._produce(1)
        self._renew_card(self.table)
        self.assertFalse(self._get_revaluations())

    def test_received_and_not_billed(self):
        """10 screws are on the shelf and not in the books. At 0.60 nothing is posted;
        the bill debits 10 x 0.60, its price of 0.50 is a price variance."""
        purchase = self._buy(self.screw, 10, 0.5, bill=False)
        self._put_price(self.screw, 0.6)
        self.assertFalse(self._get_revaluations())
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = fields.Date.today()
        purchase.invoice_ids.action_post()
        self.assertBalances({self.account_rip: 6.0, self.account_variance: -1.0})

    def test_billed_and_not_received(self):
        """10 screws are in the books and not on the shelf: 10 x 0.10."""
        self.screw.purchase_method = "purchase"
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.screw.id,
                            "product_qty": 10,
                            "price_unit": 0.5,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = fields.Date.today()
        purchase.invoice_ids.action_post()
        self._put_price(self.screw, 0.6)
        self.assertBalances({self.account_rip: 6.0, self.account_revaluation: -1.0})
        picking = purchase.picking_ids
        picking.move_ids.write({"quantity": 10, "picked": True})
        picking.button_validate()

    def test_bill_back_to_draft(self):
        """10 screws billed at 0.50 are worth 6.00. The bill is taken back: RIP is
        empty, so is the revaluation. Posted again it debits 10 x 0.60, 1.00 of price
        variance.
        """
        bill = self._buy(self.screw, 10, 0.5)
        self._put_price(self.screw, 0.6)
        bill.button_draft()
        self.assertBalances({self.account_rip: 0.0, self.account_revaluation: 0.0})
        bill.action_post()
        self.assertBalances({self.account_rip: 6.0, self.account_variance: -1.0})

    def test_less_than_nothing_on_hand(self):
        """A table takes 2 plates that were not bought yet: at 11.00 they are owed with
        2.00 more. They come, billed at 11.00: RIP is empty again but for screws."""
        self._produce(1)
        self._put_price(self.plate, 11)
        self.assertBalances({self.account_rip: -24.5, self.account_revaluation: 2.0})
        self._buy(self.plate, 2, 11)
        self.assertBalances({self.account_rip: -2.5})

    def test_fractions_of_cents(self):
        """7 screws at 0.50, 0.333333, 0.334999, 0.1 and 0.5 again: RIP is 7 x price
        rounded each time, and what rounding left over is settled in the end."""
        self._buy(self.screw, 7, 0.5)
        for price, value in (
            (0.333333, 2.33),
            (0.334999, 2.34),
            (0.1, 0.7),
            (0.5, 3.5),
        ):
            self._put_price(self.screw, price)
            self.assertBalances({self.account_rip: value})
            self.assertNothingToClose()
        self.assertAlmostEqual(
            self._balance(self.account_revaluation)
            + self._balance(self.account_rounding),
            0.0,
            6,
        )

    def test_lots(self):
        """Screws valued by lot, 10 and 20 of them: 30 x 0.10, and each lot is worth
        0.60 from now on."""
        self.screw.write({"tracking": "lot", "lot_valuated": True})
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.screw.id} for name in "AB"]
        )
        for lot, quantity in zip(lots, (10, 20), strict=True):
            self.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": self.screw.id,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "lot_id": lot.id,
                    "inventory_quantity": quantity,
                }
            ).action_apply_inventory()
        self._put_price(self.screw, 0.6)
        self.assertEqual(lots.mapped("standard_price"), [0.6, 0.6])
        self.assertBalances({self.account_rip: 18.0, self.account_revaluation: -3.0})

    def test_customers_own_goods(self):
        """Goods of a customer on the shelf are not ours: nothing."""
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.screw.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "owner_id": self.customer.id,
                "inventory_quantity": 10,
            }
        ).action_apply_inventory()
        self._put_price(self.screw, 0.6)
        self.assertFalse(self._get_revaluations())

    def test_together(self):
        """Plates at 11.00 and screws at 0.60, 10 of each, in one release: one journal
        entry of two items, RIP 11.00."""
        self._buy(self.plate, 10, 10)
        self._buy(self.screw, 10, 0.5)
        release = self.env["backflush.release"].create({})
        cards = self.env["backflush.cost.card"].create(
            [
                {
                    "product_id": product.id,
                    "company_id": self.company.id,
                    "basis": "bought",
                    "release_id": release.id,
                    "line_ids": [
                        Command.create(
                            {
                                "kind": "purchase",
                                "element_id": self.material.id,
                                "product_id": product.id,
                                "price": price,
                            }
                        )
                    ],
                }
                for product, price in ((self.plate, 11), (self.screw, 0.6))
            ]
        )
        with self.assertRaisesRegex(UserError, "belong to a release"):
            cards.action_put_in_force()
        cards.state = release.state = "released"
        self.assertFalse(release._take_effect())
        self.assertEqual(release.state, "in_force")
        self.assertEqual(len(release.entry_ids), 2)
        move = release.entry_ids.move_id
        self.assertEqual(
            {line.account_id: line.balance for line in move.line_ids},
            {self.account_rip: 11.0, self.account_revaluation: -11.0},
        )
        self.assertEqual((len(move.line_ids), move.ref), (2, release.name))
        self.assertIn("cannot take effect", release._take_effect()[release])

    def test_releases_in_order(self):
        """Of three releases the first lacks its account: it fails, and so does the
        later one of the same product; the one of another product takes effect."""
        self._produce(1)
        self._buy(self.screw, 10, 0.5)
        releases = self.env["backflush.release"].create(
            [
                {"name": name, "date_from": day}
                for name, day in (
                    ("First", "2026-01-01"),
                    ("Second", "2026-01-02"),
                    ("Screws", "2026-01-03"),
                )
            ]
        )
        Card = self.env["backflush.cost.card"]
        self.workcenter.costs_hour = 48
        first, second = (
            Card._build(self.table, self.company),
            Card._build(self.table, self.company),
        )
        first.write({"date_from": "2026-01-01", "release_id": releases[0].id})
        second.write({"date_from": "2026-01-02", "release_id": releases[1].id})
        screws = Card.create(
            {
                "product_id": self.screw.id,
                "company_id": self.company.id,
                "basis": "bought",
                "date_from": "2026-01-03",
                "release_id": releases[2].id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "purchase",
                            "element_id": self.material.id,
                            "product_id": self.screw.id,
                            "price": 0.5,
                        }
                    )
                ],
            }
        )
        (first | second | screws).state = "released"
        releases.write({"state": "released"})
        self.policy.revaluation_account_id = False
        failed = releases.sorted("id", reverse=True)._take_effect()
        self.assertEqual(failed.keys(), set(releases[:2]))
        self.assertIn("account", failed[releases[0]])
        self.assertIn("has not taken effect", failed[releases[1]])
        self.assertEqual(releases.mapped("state"), ["released", "released", "in_force"])
        self.policy.revaluation_account_id = self.account_revaluation
        self.assertFalse(releases[:2]._take_effect())
        self.assertEqual((first.state, second.state), ("superseded", "in_force"))
        self.assertBalances({self.account_fg: 34.5, self.account_revaluation: -2.0})

    def test_cost_accountant(self):
        """Who may put cards in force needs no right to post journal entries or to see
        sales orders; an auditor may not put them in force."""
        self._produce(1)
        self.workcenter.costs_hour = 48
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        for group in ("auditor", "user"):
            user = new_test_user(
                self.env,
                f"revaluation-{group}",
                f"base.group_user,mrp_account_backflush.group_backflush_{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            mine = card.with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )
            if group == "auditor":
                with self.assertRaises(AccessError):
                    mine.action_put_in_force()
                continue
            mine.action_put_in_force()
        self.assertBalances({self.account_fg: 34.5, self.account_revaluation: -2.0})
        self.assertEqual(self._get_revaluations().user_id, user)

    def test_twice(self):
        """A card takes effect once."""
        self._produce(1)
        card = self._raise_work()
        with self.assertRaisesRegex(UserError, "in force already"):
            card.action_put_in_force()
        self.assertEqual(len(self._get_revaluations()), 1)

    def test_no_policy_runs(self):
        """A policy that is a draft posts nothing; the cut-over that starts it does."""
        self.books_open = "the table is worth 32.50 and no policy posts it"
        self.policy.action_draft()
        self._stock(self.table, 1)
        self._raise_work()
        self.assertFalse(self._get_revaluations())
        self.assertEqual(self.table.standard_price, 34.5)

    def test_unused_product(self):
        """Lamps that no card contains have an account that no policy manages."""
        account = self._create_account("110790", "Lamps", "asset_current")
        category = self._create_category(
            "Lamps",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=account.id,
        )
        lamp = self._create_product("Lamp", category, 12.0)
        self._stock(lamp, 5)
        self._put_price(lamp, 13)
        self.assertFalse(self._get_revaluations())
        self.assertEqual(lamp.standard_price, 13)

    def test_two_companies(self):
        """The same table, one each here and there: a new card here revalues one here,
        2.00, in the books of this company; there the cost stays."""
        there = make_factory(self, "Sister")
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
        self._produce(1)
        there._produce(3)
        both = (self.company | there.company).ids
        self.workcenter.costs_hour = 48
        card = self.env["backflush.cost.card"]._build(self.table, self.company)
        card.with_context(allowed_company_ids=both[::-1]).action_put_in_force()
        self.assertBalances({self.account_fg: 34.5, self.account_revaluation: -2.0})
        there.assertBalances({there.account_fg: 30.0, there.account_revaluation: 0})
        self.assertEqual(there.table.standard_price, 10.0)
        # Core's stock value counts the stock of all companies for the superuser.
        self._deliver(1)
        there._deliver(3)


class TestWaiting(RevaluationCase):
    """What waits is posted later by the standards it was recorded at."""

    def test_revaluation_waits(self):
        """The journal is archived: the card takes effect, its entry waits with the
        reason, and is posted with 2.00 when the journal is there again."""
        self.policy.on_error = "queue"
        self._produce(1)
        self.journal.active = False
        card = self._raise_work()
        entry = self._get_revaluations()
        self.assertEqual((card.state, entry.state), ("in_force", "pending"))
        self.assertIn("archived journal", entry.error)
        self.journal.active = True
        self._run_post_pending()
        self.assertBalances({self.account_fg: 34.5, self.account_revaluation: -2.0})

    def test_blocked(self):
        """A policy that blocks: the card does not take effect."""
        self._produce(1)
        self.policy.revaluation_account_id = False
        with self.assertRaisesRegex(UserError, "account"), self.env.cr.savepoint():
            self._raise_work()
        self.assertEqual(self.card.state, "in_force")
        self.assertEqual(self.table.standard_price, 32.5)

    def test_completion_waits(self):
        """A table made at 32.50 waits; its card becomes 34.50, the table on hand is
        revalued by 2.00. Posted later, it enters FG at 32.50: 34.50 in all."""
        self.policy.on_error = "queue"
        self.journal.active = False
        order = self._produce(1)
        self.journal.active = True
        self._raise_work()
        self.assertBalances({self.account_fg: 2.0})
        self._run_post_pending()
        self.assertEqual(order.backflush_entry_ids.card_id, self.card)
        self.assertBalances({self.account_fg: 34.5, self.account_applied: -10.0})

    def test_day_waits(self):
        """One journal entry a day: the table of this morning, at 32.50, its delivery,
        and the table of the afternoon, at 34.50, are posted in the evening. FG is
        the 34.50 of the last one; nothing was on hand when the card changed."""
        self.policy.posting = "day"
        self._produce(1)
        self._deliver(1)
        self._raise_work()
        self._produce(1)
        self._run_post_pending()
        self.assertBalances(
            {
                self.account_fg: 34.5,
                self.account_cogs: 32.5,
                self.account_applied: -22.0,
                self.account_revaluation: 0,
            }
        )

    def test_first_card(self):
        """A product without a card is made; it waits. Its first card enters it in the
        books at 20.00, as material of 20.00 is taken: no revaluation."""
        self.policy.on_error = "queue"
        bench = self._create_product("Bench", self.category_finished, 7.0)
        self._create_bom(bench, {self.plate: 2})
        order = self._produce(2, product_id=bench.id)
        self.assertEqual(order.backflush_entry_ids.state, "pending")
        self._create_card(bench)
        self._run_post_pending()
        self.assertFalse(self._get_revaluations())
        self.assertBalances({self.account_fg: 40.0, self.account_rip: -40.0})

    def test_locked_period(self):
        """Today is locked: the journal entry bears the first open day, and says why."""
        self._produce(1)
        today = fields.Date.today()
        self.company.fiscalyear_lock_date = today
        self._raise_work()
        entry = self._get_revaluations()
        self.assertEqual(entry.move_id.date, fields.Date.add(today, days=1))
        self.assertIn("locked period", entry.period_reason)

    def test_reversed_and_posted_again(self):
        """A delivery at 32.50 is taken back, the card changes for the table that is on
        hand, the delivery is posted again as it was: FG holds that table at 34.50."""
        self._produce(2)
        entry = self._deliver(1).picking_ids.backflush_entry_ids
        entry.move_id._reverse_moves(cancel=True)
        self._raise_work()
        entry._decide("again", "Sample")
        self.assertBalances({self.account_fg: 34.5, self.account_cogs: 32.5})


class TestAtSale(RevaluationCase):
    """Purchases recorded, flush at sale: unsold goods are material."""

    flush_point = "sale"

    def test_made(self):
        """4 tables unsold. Plates at 11.00: 2 on hand, 2.00; the table's card then has
        2.00 more of material in each of 4: RIP 8.00. Work applies at the sale."""
        self._buy(self.plate, 10, 10)
        self._buy(self.screw, 20, 0.5)
        self._produce(4)
        self._put_price(self.plate, 11)
        self.assertBalances({self.account_rip: 112.0})
        self.assertNothingToClose()
        self.workcenter.costs_hour = 48
        card = self._renew_card(self.table)
        self.assertEqual(card.total_cost, 36.5)
        self.assertEntry(
            self._get_revaluations()[0],
            {("stock", "RIP"): 8.0, ("revaluation", "Revaluation"): -8.0},
        )
        self._deliver(1)
        self.assertBalances({self.account_cogs: 36.5, self.account_applied: -12.0})

    def test_work_alone(self):
        """Work costs more: conversion is not applied yet, nothing is posted."""
        self._produce(4)
        self._raise_work()
        self.assertFalse(self._get_revaluations())

    def test_other_material(self):
        """Screws leave the bill, steel at 13.00 comes in: for 2 unsold tables RIP
        -5.00 and 26.00, each about its component."""
        steel = self._create_product("Steel", self.category_components, 13.0)
        self._produce(2)
        self.bom.bom_line_ids.filtered(
            lambda line: line.product_id == self.screw
        ).write({"product_id": steel.id, "product_qty": 1})
        self._renew_card(self.table)
        entry = self._get_revaluations()
        amounts = {
            line.product_id.name: line.amount
            for line in entry.line_ids
            if line.role == "stock"
        }
        self.assertEqual(amounts, {"Screw": -5.0, "Steel": 26.0})
        self.assertBalances({self.account_revaluation: -21.0})


class TestNotRecorded(RevaluationCase):
    """Purchases not recorded, flush at completion."""

    perpetual = False

    def test_made(self):
        """2 tables: Dr FG 4.00. Screws at 0.60: expensed until flushed, nothing."""
        self.books_open = "the closing capitalises periodic components on hand"
        self._stock(self.screw, 100)
        self._produce(2)
        self._put_price(self.screw, 0.6)
        self.assertFalse(self._get_revaluations())
        self.assertEqual(self.screw.standard_price, 0.6)
        self.workcenter.costs_hour = 44
        self._renew_card(self.table)
        self.assertEntry(
            self._get_revaluations(),
            {("finished_goods", "FG"): 3.0, ("revaluation", "Revaluation"): -3.0},
        )


class TestNotRecordedAtSale(RevaluationCase):
    """Purchases not recorded, flush at sale: nothing is in the books before a sale."""

    perpetual = False
    flush_point = "sale"

    def test_made(self):
        """Nothing is posted; the next sale costs 35.00."""
        self.books_open = "the closing capitalises periodic components on hand"
        self._produce(2)
        self._put_price(self.screw, 0.6)
        self.workcenter.costs_hour = 48
        self._renew_card(self.table)
        self.assertFalse(self._get_revaluations())
        self._deliver(1)
        self.assertBalances({self.account_cogs: 35.0})


class TestStructureAtSale(StructureCase):
    """A desk contains a frame (2 plates, 20.00, and 10.00 of work); both are flushed at
    sale."""

    flush_point = "sale"
    frame_flush_point = "sale"

    def test_unsold_goods_above(self):
        """1 frame and 2 desks unsold. A frame takes 3 plates from now on: 40.00. The
        frame: RIP 10.00. A desk keeps its card, with 30.00 of frame; three quarters of
        that are material now, not two thirds: 22.50 instead of 20.00, RIP 5.00."""
        self._produce(3, product=self.frame)
        self._produce(2, product=self.desk)
        frame_bill = self.frame.bom_ids
        frame_bill.bom_line_ids.product_qty = 3
        card = self._renew_card(self.frame)
        entries = self._get_revaluations()
        self.assertEqual(
            {entry.product_id.name: entry.source_key for entry in entries},
            {
                "Frame": f"backflush.cost.card/{card.id}",
                "Desk": f"backflush.cost.card/{card.id}/{self.desk.id}",
            },
        )
        self.assertEqual(len(entries.move_id), 1 + (self.policy != self.frame_policy))
        self.assertBalances({self.account_revaluation: -15.0})
        self.assertNothingToClose()
        self._renew_card(self.desk)
        self.assertBalances({self.account_revaluation: -30.0})
        self._deliver(1, self.desk)


class TestStructureMixed(StructureCase):
    """Frames are flushed at sale, desks at completion."""

    frame_flush_point = "sale"

    def test_finished_goods_above(self):
        """A desk in FG stands by its own card: a new one of the frame moves only what
        is in frames, 1 x 10.00."""
        self._produce(2, product=self.frame)
        self._produce(1, product=self.desk)
        self.frame.bom_ids.bom_line_ids.product_qty = 3
        self._renew_card(self.frame)
        self.assertEqual(self._get_revaluations().product_id, self.frame)
        self.assertBalances({self.account_revaluation: -10.0, self.account_fg: 52.5})

    def test_used_natively(self):
        """A frame goes into an order without policy: Odoo credits the frames' account,
        which gets its cost. A new card later finds nothing of it."""
        account = self._create_account("110790", "WIP", "asset_current")
        self.frame.property_stock_production.valuation_account_id = account
        category = self._create_category(
            "Native",
            property_cost_method="standard",
            property_valuation="real_time",
            property_stock_valuation_account_id=account.id,
        )
        box = self._create_product("Box", category, 30.0)
        self._create_bom(box, {self.frame: 1})
        self._produce(2, product=self.frame)
        self._produce(1, product=box)
        self.frame.bom_ids.bom_line_ids.product_qty = 3
        self._renew_card(self.frame)
        self.assertBalances({self.account_revaluation: -10.0})


class TestKits(KitCase):
    def test_kit(self):
        """A kit of a table and a lamp is delivered; of 2 tables one is left, worth 2.00
        more. The kit itself has no value."""
        self._produce(2)
        self._stock(self.lamp, 1)
        self._deliver_kit(1)
        self.workcenter.costs_hour = 48
        self._renew_card(self.table)
        self.assertBalances({self.account_fg: 34.5, self.account_revaluation: -2.0})


class TestQueries(RevaluationCase):
    def test_queries_do_not_grow(self):
        """5 and 50 products with goods on hand: what takes effect sends as many queries
        but for inserts and updates, which go in batches of a hundred."""
        spent = []
        for number in (5, 50):
            cards = self._make_cards(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cards.action_put_in_force()
            self.env.flush_all()
            spent.append(self.env.cr.sql_log_count - before)
            entries = self._get_revaluations()[:number]
            self.assertEqual(len(entries.filtered("move_id")), number)
            self.assertEqual(len(entries.move_id), 1)
        self.assertLessEqual(abs(spent[1] - spent[0]), 10, spent)

    def _make_cards(self, number):
        products = self.env["product.product"]
        for index in range(number):
            products |= self._create_product(
                f"Bench {number} {index}", self.category_finished
            )
        for product in products:
            self._create_bom(product, {self.plate: 1}, {"Saw": 6})
        cards = self.env["backflush.cost.card"]._build(products, self.company)
        cards.date_from = "2020-01-01"
        cards.action_put_in_force()
        for product in products:
            self._stock(product, 2)
        self.workcenter.costs_hour += 10
        return self.env["backflush.cost.card"]._build(products, self.company)


@freeze_time("2026-03-10 12:00:00")
class TestLateJob(RevaluationCase):
    def test_late(self):
        """A card of 34.50 is valid from 1 March, and put in force on the 10th. What was
        sold on the 5th stays at 32.50; 2 on hand on the 10th are revalued, 4.00, on the
        10th. What is sold afterwards, also dated the 5th, costs 34.50."""
        self._produce(3)
        with freeze_time("2026-03-05 12:00:00"):
            self._deliver(1)
        self.workcenter.costs_hour = 48
        self._renew_card(self.table, date_from="2026-03-01")
        self.assertEqual(str(self._get_revaluations().date), "2026-03-10")
        self.assertBalances({self.account_fg: 69.0, self.account_cogs: 32.5})
        with freeze_time("2026-03-05 12:00:00"):
            self._deliver(1)
        self.assertBalances({self.account_fg: 34.5, self.account_cogs: 67.0})
