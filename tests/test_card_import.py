"""Cards imported by Odoo's own importer: test run, errors, frozen cards."""

from odoo.tools import file_open

from .release_common import ReleaseCase

COLUMNS = (
    "product_id",
    "date_from",
    "basis",
    "lot_size",
    "line_ids/kind",
    "line_ids/element_id",
    "line_ids/product_id",
    "line_ids/quantity",
    "line_ids/price",
)


class TestCardImport(ReleaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table.default_code = "T-1"
        cls.plate.default_code = "P-1"
        cls.screw.barcode = "4012345678901"

    def _load(self, rows, columns=COLUMNS, user=None):
        Card = self.env["backflush.cost.card"].with_user(user or self.accountant)
        return Card.load(list(columns), [list(row) for row in rows])

    def _read(self, result):
        self.assertFalse(
            [m for m in result["messages"] if m["type"] == "error"], result
        )
        return self.env["backflush.cost.card"].browse(result["ids"])

    def assertRefused(self, result, words):
        self.assertFalse(result["ids"])
        self.assertRegex("\n".join(m["message"] for m in result["messages"]), words)

    ROWS = (
        ("T-1", "2030-01-01", "made", "10", "component", "MAT", "P-1", "2", "11"),
        ("", "", "", "", "component", "MAT", "4012345678901", "5", "0.5"),
        ("", "", "", "", "setup", "LAB", "", "0.05", "40"),
        ("", "", "", "", "operation", "LAB", "", "0.25", "40"),
        ("P-1", "2030-01-01", "bought", "1", "purchase", "MAT", "", "1", "11"),
    )

    def test_cards(self):
        """By internal reference and barcode: 2 x 11.00 + 5 x 0.50 + 0.05 h x 40.00 +
        0.25 h x 40.00 = 22.00 + 2.50 + 2.00 + 10.00 = 36.50, of which labour 12.00; a
        plate bought at 11.00."""
        table, plate = self._read(self._load(self.ROWS))
        self.assertEqual((table.product_id, table.lot_size), (self.table, 10))
        self.assertEqual((table.state, table.company_id), ("draft", self.company))
        self.assertEqual(table.total_cost, 36.5)
        self.assertEqual(table.line_ids.product_id, self.plate | self.screw)
        self.assertEqual(
            table.line_ids.mapped("driver"), ["quantity", "quantity", "hour", "hour"]
        )
        split = {e.element_id.code: e.amount for e in table.element_ids}
        self.assertEqual(split, {"MAT": 24.5, "LAB": 12.0})
        self.assertEqual((table.level, plate.level), (1, 0))
        self.assertEqual((plate.basis, plate.total_cost), ("bought", 11.0))
        self.assertEqual(plate.line_ids.product_id, self.plate)

    def test_released(self):
        """Imported cards take effect through a release, as others do."""
        cards = self._read(self._load(self.ROWS))
        action = cards.with_user(self.accountant).action_release()
        release = self.env["backflush.release"].browse(action["res_id"])
        release.with_user(self.accountant).action_release()
        self.assertEqual(release.state, "released")
        self.assertEqual(set(cards.mapped("state")), {"released"})

    def test_split_through_levels(self):
        """A desk of a frame at 30.00, which is all material, and labour of 8.00: the
        frame's 30.00 come from below."""
        rows = (
            ("Desk", "2030-01-01", "made", "1", "component", "MAT", "Frame", "1", "30"),
            ("", "", "", "", "operation", "LAB", "", "0.2", "40"),
        )
        desk = self._read(self._load(rows))
        split = {
            e.element_id.code: (e.own_amount, e.below_amount) for e in desk.element_ids
        }
        self.assertEqual(split, {"MAT": (0.0, 30.0), "LAB": (8.0, 0.0)})
        self.assertEqual(desk.level, 2)

    def test_rows_that_cannot_be(self):
        """Each message says what is wrong; nothing is imported."""
        head = ("T-1", "2030-01-01", "made", "1")
        for row, words in (
            ((*head, "component", "XYZ", "P-1", "2", "1"), "XYZ"),
            ((*head, "component", "MAT", "Nowhere", "2", "1"), "Nowhere"),
            ((*head, "component", "MAT", "", "2", "1"), "name its component"),
            ((*head, "component", "LAB", "P-1", "2", "1"), "take.* the kind Material"),
            ((*head, "byproduct", "MAT", "P-1", "2", "1"), "quantity is negative"),
            ((*head, "component", "MAT", "P-1", "-2", "1"), "is not negative"),
            ((*head, "purchase", "MAT", "T-1", "1", "1"), "basis Bought"),
            ((*head, "purchase", "MAT", "P-1", "1", "1"), "product of the card"),
            (
                (
                    "T-1",
                    "2030-01-01",
                    "bought",
                    "1",
                    "component",
                    "MAT",
                    "P-1",
                    "2",
                    "1",
                ),
                "basis Bought has one line",
            ),
            ((*head, "melt", "MAT", "P-1", "2", "1"), "melt"),
            ((*head, "component", "MAT", "P-1", "two", "1"), "two"),
        ):
            self.assertRefused(self._load([row]), words)
        self.assertRefused(
            self._load([("T-1", "2030-01-01")], COLUMNS[:2]), "has no lines"
        )
        rows = (
            (*head, "operation", "LAB", "", "0.25", "40"),
            ("", "", "", "", "operation", "LAB", "", "0.5", "40"),
        )
        self.assertRefused(self._load(rows), "different hours")

    def test_computed_columns(self):
        """Neither a cost nor a state is imported."""
        for column, value in (("total_cost", "5"), ("state", "in_force")):
            result = self._load([("T-1", value)], ["product_id", column])
            self.assertRefused(result, "not entered or imported")

    def test_frozen(self):
        """A card in force is not changed by an import."""
        result = self._load([(str(self.card.id), "2021-01-01")], [".id", "date_from"])
        self.assertRefused(result, "can no longer be changed")
        line = self.card.line_ids[0]
        result = self._load(
            [(str(self.card.id), str(line.id), "1")],
            [".id", "line_ids/.id", "line_ids/price"],
        )
        self.assertRefused(result, "can no longer be changed")
        self.assertEqual(self.card.total_cost, 32.5)

    def test_elements_of_another_company(self):
        """Element codes mean those of the company that is imported into, for a user of
        two companies as well."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env["backflush.cost.element"].create(
            {
                "name": "Material elsewhere",
                "code": "MAT",
                "kind": "material",
                "sequence": 1,
                "company_id": other.id,
            }
        )
        self.accountant.company_ids += other
        Card = (
            self.env["backflush.cost.card"]
            .with_user(self.accountant)
            .with_context(allowed_company_ids=(self.company | other).ids)
        )
        result = Card.load(list(COLUMNS), [list(row) for row in self.ROWS])
        self.assertEqual(
            self._read(result)[0].line_ids.element_id.company_id, self.company
        )

    def test_auditor(self):
        self.assertFalse(self._load(self.ROWS, user=self.auditor)["ids"])

    # The importer of the web client --------------------------------------------------

    def _import(self, content, dryrun):
        """Import ``content`` as the web client does: by the columns it suggests."""
        self.env.flush_all()  # A test run takes back what is written while it lasts.
        importer = (
            self.env["base_import.import"]
            .with_user(self.accountant)
            .create(
                {
                    "res_model": "backflush.cost.card",
                    "file": content.encode(),
                    "file_name": "cards.csv",
                    "file_type": "text/csv",
                }
            )
        )
        options = {"has_headers": True, "quoting": '"', "separator": ","}
        preview = importer.parse_preview(dict(options))
        self.assertNotIn("error", preview, preview)
        matches = preview["matches"]
        columns = preview["headers"]
        fields = ["/".join(matches.get(i) or []) for i in range(len(columns))]
        self.assertEqual(fields, [*COLUMNS, "line_ids/mix_group"])
        return importer.execute_import(
            fields, columns, preview["options"], dryrun=dryrun
        )

    def _get_template(self):
        """Return the template file, for the products of this test."""
        Card = self.env["backflush.cost.card"]
        (template,) = Card.get_import_templates()
        with file_open(template["template"].lstrip("/")) as file:
            content = file.read()
        overhead = self.env["backflush.cost.element"]
        overhead.create(
            {
                "name": "Variable",
                "code": "VOH",
                "kind": "variable_overhead",
                "company_id": self.company.id,
            }
        )
        for name, product in (
            ("TABLE-01", self.table),
            ("PLATE-01", self.plate),
            ("SCREW-01", self.screw),
        ):
            product.default_code = name
        return content

    def test_mix_group(self):
        """Groups come with the file; a line of another kind than a component is
        refused, and so are components that cannot be compared."""
        columns = (*COLUMNS, "line_ids/mix_group")
        groups = ("Metal", "Metal", "", "", "")
        rows = [(*row, group) for row, group in zip(self.ROWS, groups, strict=True)]
        card = self._read(self._load(rows, columns))[0]
        self.assertEqual(
            card.line_ids.mapped("mix_group"), ["Metal", "Metal", False, False]
        )
        rows[2] = (*self.ROWS[2], "Metal")
        self.assertRefused(self._load(rows, columns), "Set-up.*Metal")
        self.screw.uom_id = self.env.ref("uom.product_uom_kgm")
        rows[2] = (*self.ROWS[2], "")
        self.assertRefused(self._load(rows, columns), "Screw.*converted")

    def test_template(self):
        """The template's columns are found by their names. A test run says that all is
        well and leaves nothing; the import makes two cards: the table 2 x 10.00 + 5 x
        0.50 + 0.25 x 0.50 + 0.05 x 40.00 + 0.25 x 40.00 + 1.20 = 35.825."""
        content = self._get_template()
        count = self.env["backflush.cost.card"].search_count([])
        tried = self._import(content, dryrun=True)
        self.assertFalse(tried["messages"])
        self.assertEqual(self.env["backflush.cost.card"].search_count([]), count)
        done = self._import(content, dryrun=False)
        table, plate = self._read(done)
        self.assertEqual(table.total_cost, 35.825)
        self.assertEqual(plate.total_cost, 10.0)

    def test_test_run_finds_errors(self):
        content = self._get_template().replace("Set-up,LAB", "Set-up,MAT")
        tried = self._import(content, dryrun=True)
        self.assertRegex(tried["messages"][0]["message"], "line 4 .Set-up")
