"""The cost statement of an order: standard, actual and variances, row by row.

A table is 2 plates at 10.00, 5 screws at 0.50 and a quarter of an hour at 40.00: 32.50.
"""

from odoo.tests import new_test_user

from .common import BackflushCase


class StatementCase(BackflushCase):
    def _get_rows(self, found):
        """Return {component, operation or kind: the figures of its row}."""
        names = ("standard_quantity", "standard_amount", "actual_quantity")
        names = (*names, "actual_amount", "variance")
        return {
            self._get_key(row): tuple(row[name] for name in names)
            for row in found["rows"]
        }

    def _get_key(self, row):
        product = self.env["product.product"].browse(row["product_id"])
        operation = self.env["mrp.routing.workcenter"].browse(row["operation_id"])
        return (row["part"], product.name or operation.name or row["kind"])

    def assertOrderExplained(self, order, found):
        """Actual - standard is the sum of all variances that the ledger has of the
        order, in all, by kind, and row by row."""
        lines = order.backflush_entry_ids.line_ids.filtered("variance_kind")
        kinds = {}
        for line in lines:
            kinds[line.variance_kind] = kinds.get(line.variance_kind, 0) + line.amount
        self.assertEqual(
            {kind: round(amount, 2) for kind, amount in found["kinds"].items()},
            {kind: round(a, 2) for kind, a in kinds.items() if round(a, 2)},
        )
        self.assertAlmostEqual(found["actual"] - found["standard"], found["variance"])
        for name, column in (
            ("standard", "standard_amount"),
            ("actual", "actual_amount"),
            ("variance", "variance"),
        ):
            total = sum(row[column] for row in found["rows"])
            self.assertAlmostEqual(total, found[name], msg=name)
        for row in found["rows"]:
            self.assertAlmostEqual(
                row["actual_amount"] - row["standard_amount"], row["variance"]
            )
            self.assertAlmostEqual(sum(row["kinds"].values()), row["variance"])

    def assertActualIsCredited(self, order, found):
        """What the order did cost is what its entries took from stock and applied."""
        credited = sum(
            -line.amount
            for line in order.backflush_entry_ids.line_ids
            if line.role in ("stock", "applied")
        )
        self.assertAlmostEqual(found["actual"], credited)


class TestOrderStatement(StatementCase):
    def test_rows(self):
        """4 tables: 9 plates for 8, 18 screws for 20, glue that nobody planned (2 at
        1.50): 130.00 standard; usage 10.00 - 1.00, substitution 3.00, so 142.00."""
        glue = self._create_product("Glue", self.category_components, 1.5)
        order = self._order(4)
        self._add_component(order, glue, 2)
        self._set_produced(order, 4, {self.plate: 9, self.screw: 18, glue: 2})
        order.with_context(skip_consumption=True).button_mark_done()
        found = order._get_backflush_statement()
        self.assertEqual(
            self._get_rows(found),
            {
                ("material", "Plate"): (8.0, 80.0, 9.0, 90.0, 10.0),
                ("material", "Screw"): (20.0, 10.0, 18.0, 9.0, -1.0),
                ("material", "Glue"): (0.0, 0.0, 2.0, 3.0, 3.0),
                ("conversion", "Assemble"): (1.0, 40.0, None, 40.0, 0.0),
            },
        )
        self.assertEqual(
            (found["quantity"], found["standard"], found["actual"], found["variance"]),
            (4.0, 130.0, 142.0, 12.0),
        )
        self.assertOrderExplained(order, found)
        self.assertActualIsCredited(order, found)

    def test_scrap(self):
        """A plate scrapped in the order, 10.00, is in a row of its own."""
        self._stock(self.plate, 10)
        order = self._order(1)
        self._scrap(self.plate, 1, order)
        self._set_produced(order, 1)
        order.button_mark_done()
        found = order._get_backflush_statement()
        self.assertEqual(
            self._get_rows(found)["scrap", "Plate"], (0.0, 0.0, None, 10.0, 10.0)
        )
        self.assertOrderExplained(order, found)
        self.assertActualIsCredited(order, found)

    def test_planned_scrap(self):
        """5 % of the plates are planned to be scrapped, 0.1 for 1.00 a table: 4 tables
        allow 4.00 of scrap, and one plate was scrapped for 10.00: 6.00 too much."""
        self.bom.bom_line_ids.filtered(
            lambda line: line.product_id == self.plate
        ).backflush_scrap = 5
        self._renew_card(self.table)
        self._stock(self.plate, 20)
        order = self._order(4)
        self._scrap(self.plate, 1, order)
        self._set_produced(order, 4)
        order.button_mark_done()
        found = order._get_backflush_statement()
        row = self._get_rows(found)["scrap", "Plate"]
        self.assertEqual((row[1], row[3], row[4]), (4.0, 10.0, 6.0))
        self.assertEqual(found["standard"], 134.0)
        self.assertOrderExplained(order, found)
        self.assertActualIsCredited(order, found)

    def test_rounding(self):
        """A third of a plate at 10.00, 3.333333: 1 part stands at 3.33."""
        part = self._create_product("Part", self.category_finished)
        self._create_bom(part, {self.plate: 1}).product_qty = 3
        self._create_card(part)
        order = self._produce(1, product=part)
        found = order._get_backflush_statement()
        self.assertEqual(found["standard"], 3.33)
        self.assertOrderExplained(order, found)
        self.assertActualIsCredited(order, found)

    def test_corrected_and_unbuilt(self):
        """4 tables with a plate too many; a second one is added later, then 1 table is
        unbuilt: what remains is three quarters, 97.50 and 15.00."""
        order = self._produce(4, {self.plate: 9})
        moves = order.move_raw_ids.filtered(lambda m: m.product_id == self.plate)
        moves.quantity = 10
        found = order._get_backflush_statement()
        self.assertEqual((found["standard"], found["variance"]), (130.0, 20.0))
        self.assertEqual(
            self._get_rows(found)["material", "Plate"], (8.0, 80.0, 10.0, 100.0, 20.0)
        )
        self._unbuild(1, order)
        found = order._get_backflush_statement()
        self.assertEqual(found["quantity"], 3.0)
        self.assertOrderExplained(order, found)
        self.assertActualIsCredited(order, found)
        self.assertEqual(found["standard"], 97.5)

    def test_new_card_before_correction(self):
        """4 tables at 32.50; screws cost 0.60 from now on, a table 33.00; then a fifth
        table turns out to have been made: the statement still explains itself."""
        order = self._produce(4)
        self._put_price(self.screw, 0.6)
        self._renew_card(self.table)
        with self.subTest("correction"):
            order.move_finished_ids.quantity = 5
            found = order._get_backflush_statement()
            self.assertEqual(found["quantity"], 5.0)
            self.assertEqual(found["standard"], 4 * 32.5 + 33.0)
            self.assertOrderExplained(order, found)
            self.assertActualIsCredited(order, found)

    def test_screen(self):
        """Who reads the ledger opens the statement from the order; its lines lead to
        the variances that they add up."""
        order = self._produce(4, {self.plate: 9})
        auditor = new_test_user(
            self.env,
            "statement_auditor",
            "base.group_user,mrp.group_mrp_user,"
            "mrp_account_backflush.group_backflush_auditor",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        action = order.with_user(auditor).action_view_backflush_statement()
        statement = (
            self.env[action["res_model"]].with_user(auditor).browse(action["res_id"])
        )
        self.assertEqual(
            (statement.standard, statement.actual, statement.variance),
            (130.0, 140.0, 10.0),
        )
        self.assertIn("Usage", statement.kind_summary)
        self.assertEqual(
            statement.line_ids.mapped("name"),
            ["Plate", "Screw", "Assemble · Assembly"],
        )
        self.assertEqual(statement.line_ids.mapped("unit"), ["Units", "Units", "hours"])
        action = statement.line_ids[0].action_view_variances()
        line = self.env["backflush.entry.line"].search(action["domain"])
        self.assertEqual((line.variance_kind, line.amount), ("usage", 10.0))
        self.assertEqual(action["views"][0][1], "list")


class TestStatementOfTime(StatementCase):
    conversion_basis = "time"

    def test_hours(self):
        """4 tables plan 1 h; 90 min are recorded: 60.00 for 40.00, efficiency 20.00."""
        order = self._order(4)
        self._set_produced(order, 4)
        order.workorder_ids.duration = 90
        order.button_mark_done()
        found = order._get_backflush_statement()
        self.assertEqual(
            self._get_rows(found)["conversion", "Assemble"],
            (1.0, 40.0, 1.5, 60.0, 20.0),
        )
        self.assertOrderExplained(order, found)
        self.assertActualIsCredited(order, found)


class TestStatementAtSale(StatementCase):
    flush_point = "sale"

    def test_rows(self):
        """Flushed at sale, the order posts its variance alone; its statement has the
        standard of the card beside it: 130.00, and 10.00 of usage."""
        order = self._produce(4, {self.plate: 9})
        found = order._get_backflush_statement()
        self.assertEqual(
            self._get_rows(found),
            {
                ("material", "Plate"): (8.0, 80.0, 9.0, 90.0, 10.0),
                ("material", "Screw"): (20.0, 10.0, 20.0, 10.0, 0.0),
                ("conversion", "Assemble"): (1.0, 40.0, None, 40.0, 0.0),
            },
        )
        self.assertOrderExplained(order, found)
