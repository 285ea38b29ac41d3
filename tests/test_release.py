"""Releases: proposed by a roll-up, compared, released now or later, withdrawn."""

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError

from .release_common import ReleaseCase


class TestRelease(ReleaseCase):
    def test_proposal(self):
        """Plates at 11.00: the table is 2 x 11.00 + 2.50 + 10.00 = 34.50, 2.00 or
        6.15 % more; the frame 33.00, 3.00 or 10 % more; the desk, which had no cost,
        33.00 + 4 x 0.50 = 35.00. Nothing has changed yet."""
        self.plate.standard_price = 11.0
        release = self._propose()
        self.assertEqual(release.state, "draft")
        self.assertEqual(release.user_id, self.accountant)
        self.assertRegex(release.name, r"^SC/\d{4}/0001$")
        found = {
            card.product_id.name: (
                card.previous_cost,
                card.total_cost,
                card.change,
                card.change_percent,
                card.level,
            )
            for card in release.card_ids
        }
        self.assertEqual(
            found,
            {
                "Table": (32.5, 34.5, 2.0, 6.15, 1),
                "Frame": (30.0, 33.0, 3.0, 10.0, 1),
                "Desk": (0.0, 35.0, 35.0, 0.0, 2),
            },
        )
        self.assertEqual(
            self._get_card(release, self.table).previous_card_id, self.card
        )
        self.assertEqual(self.table.standard_price, 32.5)
        self.assertEqual(self.card.state, "in_force")

    def test_names_by_company(self):
        """Each company counts its own releases."""
        first, second = self._propose(self.table), self._propose(self.table)
        self.assertEqual(first.name[-4:], "0001")
        self.assertEqual(second.name[-4:], "0002")
        other = self.env["res.company"].create({"name": "Other"})
        third = self.env["backflush.release"].create({"company_id": other.id})
        self.assertEqual(third.name[-4:], "0001")

    def test_without_sub_assemblies(self):
        """Plates at 11.00, the desk alone: its frame stays at the 30.00 of today, and
        the desk is 30.00 + 2.00 = 32.00."""
        self.plate.standard_price = 11.0
        release = self._propose(self.desk, deep=False)
        self.assertEqual(release.card_ids.product_id, self.desk)
        self.assertEqual(release.card_ids.total_cost, 32.0)

    def test_category(self):
        release = self._propose(
            scope="categories",
            category_ids=[Command.set(self.category_finished.ids)],
        )
        self.assertEqual(
            release.card_ids.product_id, self.table | self.frame | self.desk
        )

    def test_released_at_once(self):
        """Valid today, it takes effect when it is released: cards, cost of products,
        the card before superseded."""
        self.plate.standard_price = 11.0
        release = self._propose()
        release.action_release()
        self.assertEqual(release.state, "in_force")
        self.assertEqual(release.released_by_id, self.accountant)
        self.assertEqual(set(release.card_ids.mapped("state")), {"in_force"})
        self.assertEqual(self.card.state, "superseded")
        self.assertEqual(self.table.standard_price, 34.5)
        self.assertEqual(self.desk.standard_price, 35.0)

    def test_future(self):
        """Valid tomorrow: the job leaves it alone today and puts it in force tomorrow.
        What it was compared with stays on its cards."""
        self.plate.standard_price = 11.0
        release = self._propose(self.table, date_from=self.tomorrow)
        release.action_release()
        card = release.card_ids
        self.assertEqual((release.state, card.state), ("released", "released"))
        self._run_take_effect()
        self.assertEqual(release.state, "released")
        self.assertEqual(self.table.standard_price, 32.5)
        with freeze_time(self.tomorrow):
            self._run_take_effect()
        self.assertEqual((release.state, card.state), ("in_force", "in_force"))
        self.assertEqual(self.table.standard_price, 34.5)
        self.assertEqual((card.previous_cost, card.change), (32.5, 2.0))

    def test_catches_up_in_order(self):
        """Two releases of one product, for tomorrow (34.50) and the day after (36.50),
        released in reverse order; the job runs days late and puts them in force in the
        order of their dates."""
        after = fields.Date.add(self.today, days=2)
        self.plate.standard_price = 12.0
        second = self._propose(self.table, date_from=after)
        second.action_release()
        self.plate.standard_price = 11.0
        first = self._propose(self.table, date_from=self.tomorrow)
        first.action_release()
        with freeze_time(fields.Date.add(self.today, days=9)):
            self._run_take_effect()
        self.assertEqual(first.card_ids.state, "superseded")
        self.assertEqual(second.card_ids.state, "in_force")
        self.assertLess(first.card_ids.version, second.card_ids.version)
        self.assertEqual(self.table.standard_price, 36.5)

    def test_failure_does_not_stop_others(self):
        """The first release has lost the lines of its card; its error is kept, who
        prepared it gets one activity however often the job runs, and the second takes
        effect. Once mended, the error is gone."""
        self.plate.standard_price = 11.0
        broken = self._propose(self.table, date_from=self.tomorrow)
        sound = self._propose(self.frame, date_from=self.tomorrow)
        (broken | sound).action_release()
        lines = broken.card_ids.line_ids
        values = [line.copy_data()[0] for line in lines]
        self.env.cr.execute(
            "DELETE FROM backflush_cost_card_line WHERE id IN %s", [tuple(lines.ids)]
        )
        self.env.invalidate_all()
        with freeze_time(self.tomorrow):
            self._run_take_effect()
            self._run_take_effect()
            self.assertEqual((broken.state, sound.state), ("released", "in_force"))
            self.assertIn("no lines", broken.error)
            self.assertEqual(broken.activity_ids.user_id, self.accountant)
            self.assertEqual(len(broken.activity_ids), 1)
            broken.card_ids.sudo().write({"state": "draft"})
            broken.card_ids.sudo().write(
                {"line_ids": [Command.create(vals) for vals in values]}
            )
            broken.card_ids.sudo().write({"state": "released"})
            self._run_take_effect()
        self.assertEqual(broken.state, "in_force")
        self.assertFalse(broken.error)
        self.assertFalse(broken.activity_ids)

    def test_withdrawn(self):
        """Until it is in force, a release can be withdrawn with a reason; then not."""
        release = self._propose(self.table, date_from=self.tomorrow)
        release.action_release()
        context = release.action_withdraw()["context"]
        wizard = (
            self.env["backflush.release.reason"]
            .with_user(self.accountant)
            .with_context(**context)
            .create({"reason": "too early"})
        )
        wizard.action_confirm()
        self.assertEqual(release.state, "withdrawn")
        self.assertEqual(release.withdrawal_reason, "too early")
        self.assertEqual(release.card_ids.state, "withdrawn")
        with freeze_time(self.tomorrow):
            self._run_take_effect()
        self.assertEqual(self.card.state, "in_force")
        done = self._propose(self.table)
        done.action_release()
        with self.assertRaisesRegex(UserError, "In Force"):
            done._withdraw("too late")

    def test_problems(self):
        """A desk whose frame is made of desks: the path is listed, the table is rolled
        up, and nothing is released, not even the table, until the bill is mended and
        the roll-up has been repeated."""
        line = self.frame.bom_ids.bom_line_ids
        line.product_id = self.desk
        release = self._propose()
        self.assertEqual(release.card_ids.product_id, self.table)
        messages = "\n".join(release.problem_ids.mapped("message"))
        self.assertRegex(messages, "Desk → Frame → Desk|Frame → Desk → Frame")
        with self.assertRaisesRegex(UserError, "roll-up found problems"):
            release.action_release()
        with self.assertRaises(AccessError):
            release.problem_ids.unlink()
        line.product_id = self.plate
        release.action_roll_up()
        self.assertFalse(release.problem_ids)
        self.assertEqual(len(release.card_ids), 3)
        release.action_release()
        self.assertEqual(release.state, "in_force")

    def test_removed(self):
        """The frame's card is removed: the desk's, built on it, keeps the release back
        until the roll-up is repeated; the frame then counts at its 30.00 of today, and
        the desk is 30.00 + 2.00 = 32.00."""
        self.plate.standard_price = 11.0
        release = self._propose(self.desk)
        self.assertEqual(self._get_card(release, self.desk).total_cost, 35.0)
        self._get_card(release, self.frame).action_leave_release()
        self.assertEqual(release.card_ids.product_id, self.desk)
        self.assertEqual(release.excluded_product_ids, self.frame)
        with self.assertRaisesRegex(UserError, "Cards were removed"):
            release.action_release()
        release.action_roll_up()
        self.assertEqual(release.card_ids.product_id, self.desk)
        self.assertEqual(release.card_ids.total_cost, 32.0)

    def test_built_on_a_draft(self):
        """A desk built on a draft of the frame is not released without it; with it, it
        is."""
        Card = self.env["backflush.cost.card"].with_user(self.accountant)
        self.plate.standard_price = 11.0
        frame, desk = (
            Card._build(self.frame | self.desk, self.company)
            .sorted("level")
            .with_user(self.accountant)
        )
        release = self.env["backflush.release"].browse(desk.action_release()["res_id"])
        release = release.with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "Frame at the price of a card"):
            release.action_release()
        frame.release_id = release
        release.action_release()
        self.assertEqual(self.desk.standard_price, 35.0)

    def test_nothing_to_roll_up(self):
        stranger = self._create_product(
            "Own", self._create_category("Average", property_cost_method="average")
        )
        with self.assertRaisesRegex(UserError, "nothing to roll up"):
            self._propose(stranger)

    def test_chosen_cards(self):
        """Draft cards chosen in the list become a release; a product twice, a card of
        another release, and a day before the card in force are refused."""
        Card = self.env["backflush.cost.card"].with_user(self.accountant)
        drafts = Card._build(self.table, self.company)
        action = drafts.action_release()
        release = self.env["backflush.release"].browse(action["res_id"])
        self.assertEqual(release.card_ids, drafts)
        with self.assertRaisesRegex(UserError, "in release .* already"):
            drafts.action_release()
        again = Card._build(self.table, self.company)
        again.release_id = release
        with self.assertRaisesRegex(UserError, "several cards: keep one"):
            release.with_user(self.accountant).action_release()
        again.action_leave_release()
        self.assertEqual(again.state, "draft")
        self.assertFalse(again.release_id)
        release.with_user(self.accountant).date_from = "2019-12-31"
        self.assertEqual(drafts.date_from, fields.Date.to_date("2019-12-31"))
        with self.assertRaisesRegex(UserError, "choose a day from then on"):
            release.with_user(self.accountant).action_release()

    def test_same_product_and_day_in_two_releases(self):
        first = self._propose(self.table, date_from=self.tomorrow)
        second = self._propose(self.table, date_from=self.tomorrow)
        first.action_release()
        with self.assertRaisesRegex(UserError, f"release {first.name} too"):
            second.action_release()

    def test_released_cards_are_frozen(self):
        release = self._propose(self.table, date_from=self.tomorrow)
        release.action_release()
        for change in (
            lambda: release.write({"date_from": self.today}),
            lambda: release.card_ids.line_ids[0].write({"price": 1}),
            lambda: release.card_ids.write({"release_id": False}),
            lambda: release.card_ids.action_leave_release(),
            lambda: release.action_roll_up(),
            lambda: release.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "can no longer be changed"):
                change()

    def test_deleted_proposal(self):
        """A proposal takes its draft cards with it."""
        release = self._propose(self.table)
        cards = release.card_ids
        release.unlink()
        self.assertFalse(cards.exists())


class TestComparison(ReleaseCase):
    def test_effect_before_release(self):
        """Plates at 11.00, 4 tables on hand, 10 planned for this year from today on:
        2.00 more a table are 8.00 on hand and 20.00 on the plan. By element: material
        22.50 to 24.50, labour 10.00 to 10.00."""
        self._stock(self.table, 4)
        self.env["backflush.planned.volume"].create(
            {
                "product_id": self.table.id,
                "company_id": self.company.id,
                "date_from": self.today,
                "date_to": fields.Date.add(self.today, days=30),
                "quantity": 10,
            }
        )
        self.plate.standard_price = 11.0
        release = self._propose(self.table)
        card = release.card_ids
        self.assertEqual((card.quantity_on_hand, card.planned_quantity), (4, 10))
        self.assertEqual((card.inventory_effect, card.planned_effect), (8.0, 20.0))
        self.assertEqual((release.inventory_effect, release.planned_effect), (8, 20))
        self.assertEqual(
            self._get_rows(release),
            {
                ("Table", "Material"): (22.5, 24.5, 2.0, 8.0, 20.0),
                ("Table", "Labour"): (10.0, 10.0, 0.0, 0.0, 0.0),
            },
        )
        self.books_open = "4 tables were found, not made"

    def _get_rows(self, release):
        """Return {(product, element): before, after, change, effects}."""
        self.env.flush_all()
        rows = (
            self.env["backflush.cost.comparison"]
            .with_user(self.auditor)
            .search([("release_id", "=", release.id)])
        )
        names = ("before", "after", "change", "inventory_effect", "planned_effect")
        return {
            (row.product_id.name, row.element_id.name): tuple(
                round(row[name], 6) for name in names
            )
            for row in rows
        }

    def test_first_card(self):
        """A desk that cost 20.00 without a card: what it cost is not split."""
        self.desk.standard_price = 20.0
        release = self._propose(self.desk, deep=False)
        self.assertEqual(
            self._get_rows(release),
            {
                ("Desk", "Material"): (0.0, 32.0, 32.0, 0.0, 0.0),
                ("Desk", False): (20.0, 0.0, -20.0, 0.0, 0.0),
            },
        )

    def test_first_card_of_a_bought_product(self):
        """Screws cost 0.50 and get a card of 0.60: all of it is material, also what
        they cost without a card. 7 on hand are worth 0.70 more."""
        self._stock(self.screw, 7)
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": self.screw.product_tmpl_id.id,
                "price": 0.6,
                "company_id": self.company.id,
            }
        )
        release = self._propose(self.screw, price_source="vendor")
        self.assertEqual(
            self._get_rows(release), {("Screw", "Material"): (0.5, 0.6, 0.1, 0.7, 0.0)}
        )
        self.books_open = "7 screws were found, not bought"

    def test_refreshed(self):
        """Goods arrive after the proposal: the button counts them."""
        self.plate.standard_price = 11.0
        release = self._propose(self.table)
        self.assertEqual(release.inventory_effect, 0.0)
        self._stock(self.table, 3)
        release.action_refresh()
        self.assertEqual(release.inventory_effect, 6.0)
        self.books_open = "3 tables were found, not made"

    def test_changed_by_hand(self):
        """A line changed by hand, screws at 0.60: 0.50 more; change, split and guard
        follow."""
        release = self._propose(self.table)
        card = release.card_ids
        screws = card.line_ids.filtered(lambda line: line.product_id == self.screw)
        card.line_ids = [Command.update(screws.id, {"price": 0.6})]
        self.assertEqual(card.change, 0.5)
        self.assertEqual(sum(card.element_ids.mapped("amount")), 33.0)
        screws.price = 0.7
        release.action_release()
        self.assertEqual(round(sum(card.element_ids.mapped("amount")), 6), 33.5)

    def test_queries(self):
        """The comparison of 30 cards takes the queries of 3."""

        def count(release):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            release._refresh()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few = self._propose().sudo()
        for number in range(27):
            product = self._create_product(f"P{number}", self.category_finished)
            self._create_bom(product, {self.plate: 1})
        many = self._propose().sudo()
        self.assertEqual((len(few.card_ids), len(many.card_ids)), (3, 30))
        count(few)
        self.assertLessEqual(count(many), count(few))

    def test_planned_volume_begun(self):
        """10 days from 5 days ago, 100 units: half of them lie ahead. Two volumes of a
        product do not overlap."""
        Volume = self.env["backflush.planned.volume"]
        volume = Volume.create(
            {
                "product_id": self.table.id,
                "company_id": self.company.id,
                "date_from": fields.Date.add(self.today, days=-5),
                "date_to": fields.Date.add(self.today, days=4),
                "quantity": 100,
            }
        )
        found = Volume._get_quantities(self.table, self.company, self.today)
        self.assertEqual(found, {self.table: 50.0})
        volume.quantity = 33.33
        found = Volume._get_quantities(self.table, self.company, self.today)
        self.assertEqual(found, {self.table: 16.67})
        with self.assertRaisesRegex(ValidationError, "two planned volumes"):
            volume.copy({"date_from": volume.date_to, "date_to": volume.date_to})


class TestComparisonAtSale(ReleaseCase):
    flush_point = "sale"

    def test_effect_is_material(self):
        """Goods flushed at sale stand at their material: plates at 11.00 and work at
        80.00 an hour make 4 tables on hand worth 4 x 2.00 = 8.00 more, not 4 x 12.00.
        The effect on inventory stands under material alone."""
        self._produce(4)
        release = self._propose(self.table)
        self.assertEqual(release.inventory_effect, 0.0)
        release.unlink()
        self.plate.sudo().standard_price = 11.0
        self.workcenter.costs_hour = 80.0
        release = self._propose(self.table)
        card = release.card_ids
        self.assertEqual((card.change, card.stock_basis), (12.0, "material"))
        self.assertEqual(card.inventory_effect, 8.0)
        self.env.flush_all()
        rows = self.env["backflush.cost.comparison"].search(
            [("release_id", "=", release.id)]
        )
        found = {row.element_id.name: row.inventory_effect for row in rows}
        self.assertEqual(found, {"Material": 8.0, "Labour": 0.0})
        self.books_open = "plates on hand were revalued by hand"


class TestPurchasePrices(ReleaseCase):
    def _add_vendor_price(self, product, price, **values):
        return self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": price,
                "company_id": self.company.id,
                **values,
            }
        )

    def test_vendor_prices(self):
        """A dozen screws at 7.20 less 10 % is 0.54 each; the price for 100 does not
        count, nor one that has ended. Screws get a card of 0.54, the table is 20.00 +
        5 x 0.54 + 10.00 = 32.70; plates have no vendor and stay at 10.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        yesterday = fields.Date.add(self.today, days=-1)
        self._add_vendor_price(self.screw, 0.1, date_end=yesterday)
        self._add_vendor_price(self.screw, 0.3, min_qty=100)
        self._add_vendor_price(
            self.screw, 7.2, product_uom_id=dozen.id, discount=10, min_qty=1
        )
        release = self._propose(self.table, price_source="vendor")
        screw = self._get_card(release, self.screw)
        self.assertEqual((screw.basis, screw.total_cost), ("bought", 0.54))
        self.assertEqual((screw.previous_cost, screw.change), (0.5, 0.04))
        self.assertEqual(screw.line_ids.mapped("kind"), ["purchase"])
        self.assertEqual(self._get_card(release, self.table).total_cost, 32.7)
        self.assertFalse(self._get_card(release, self.plate))
        release.action_release()
        self.assertEqual(self.screw.standard_price, 0.54)

    def test_vendor_price_in_foreign_currency(self):
        """1.00 of a currency that is worth half of the company's is 0.50: no change;
        2.00 is 1.00."""
        currency = self.env["res.currency"].create(
            {
                "name": "XHL",
                "symbol": "h",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 2.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        seller = self._add_vendor_price(self.screw, 1.0, currency_id=currency.id)
        release = self._propose(self.table, price_source="vendor")
        self.assertFalse(self._get_card(release, self.screw))
        seller.price = 2.0
        release.action_roll_up()
        self.assertEqual(self._get_card(release, self.screw).total_cost, 1.0)

    def test_average_of_purchases(self):
        """Bills of screws: 100 at 0.40, then 10 at 0.50, then 30 at 0.70. The last two
        are 26.00 for 40, 0.65 each; all three 66.00 for 140, 0.471429."""
        for quantity, price in ((100, 0.4), (10, 0.5), (30, 0.7)):
            self._buy(self.screw, quantity, price)
        release = self._propose(self.table, price_source="purchases", purchase_count=2)
        self.assertEqual(self._get_card(release, self.screw).total_cost, 0.65)
        release.purchase_count = 3
        release.action_roll_up()
        self.assertEqual(self._get_card(release, self.screw).total_cost, 0.471429)

    def test_chosen_bought_product(self):
        """A bought product that is chosen gets a card of what it costs, so that its
        standard is dated; chosen again, nothing is left to propose."""
        release = self._propose(self.plate, self.table)
        plate = self._get_card(release, self.plate)
        self.assertEqual((plate.basis, plate.total_cost), ("bought", 10.0))
        release.action_release()
        again = self._propose(self.plate, self.table)
        self.assertEqual(again.card_ids.product_id, self.table)


class TestReleaseAccess(ReleaseCase):
    def test_auditor_reads_alone(self):
        release = self._propose(self.table)
        seen = release.with_user(self.auditor)
        self.assertEqual(seen.card_ids.total_cost, 32.5)
        for action in (
            lambda: seen.action_release(),
            lambda: seen.write({"description": "x"}),
            lambda: seen._withdraw("x"),
            lambda: self._propose(self.table, user=self.auditor),
            lambda: seen.card_ids.action_leave_release(),
            lambda: seen.card_ids.copy().action_put_in_force(),
        ):
            with self.assertRaises(AccessError):
                action()

    def test_status_is_not_written_by_hand(self):
        """Neither the state nor an approval nor a cost, by whom ever, controllers
        included; nor can such a record be created."""
        release = self._propose(self.table).with_user(self.controller)
        card = release.card_ids
        for change in (
            lambda: release.write({"state": "released"}),
            lambda: release.write({"approved_by_id": self.controller.id}),
            lambda: release.write({"user_id": self.accountant.id}),
            lambda: card.write({"state": "in_force"}),
            lambda: card.write({"total_cost": 1.0}),
            lambda: card.write({"guard_confirmed_key": "x"}),
            lambda: card.create({"product_id": self.desk.id, "state": "in_force"}),
            lambda: card.create({"product_id": self.desk.id, "total_cost": 3.0}),
            lambda: release.create({"state": "in_force"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_other_company(self):
        """A controller of another company sees nothing of it."""
        release = self._propose(self.table)
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user("stranger", "manager", other)
        for model in (
            "backflush.release",
            "backflush.cost.comparison",
            "backflush.planned.volume",
            "backflush.cost.card",
        ):
            records = self.env[model].with_user(stranger)
            records = records.with_context(allowed_company_ids=other.ids)
            self.assertFalse(records.search([]), model)
        with self.assertRaises(AccessError):
            release.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).action_approve()
