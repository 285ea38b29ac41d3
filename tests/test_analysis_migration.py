"""Entry lines of earlier versions get the dimensions that analysis needs."""

from datetime import date

from .common import BackflushCase
from .migrating import migrate

DIMENSIONS = ("accounting_date", "vendor_id", "responsible_id")


class TestAnalysisMigration(BackflushCase):
    def test_filled_as_when_posted(self):
        """An order, a bill and a delivery; their lines emptied as those of an earlier
        version are: the script puts back what posting had written."""
        self._buy(self.plate, 2, 12.0)
        self._produce(1, user_id=self.env.ref("base.user_admin").id)
        self._deliver(1)
        lines = self.env["backflush.entry.line"].search(
            [("company_id", "=", self.company.id)]
        )
        before = self._get_dimensions(lines)
        self.assertEqual(set(lines.vendor_id), {self.vendor})
        self.assertEqual(set(lines.mapped("accounting_date")), {date.today()})
        self.assertEqual(
            lines.responsible_id, self.env.user | self.env.ref("base.user_admin")
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE backflush_entry_line SET accounting_date = NULL, vendor_id = NULL, "
            "responsible_id = NULL WHERE company_id = %s",
            [self.company.id],
        )
        self._migrate()
        lines.invalidate_recordset(DIMENSIONS)
        self.assertEqual(self._get_dimensions(lines), before)

    def test_what_is_filled_stays(self):
        """Lines that have their dimensions are left alone."""
        line = self._produce(1).backflush_entry_ids.line_ids[0]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE backflush_entry_line SET accounting_date = '2020-02-02', "
            "vendor_id = %s WHERE id = %s",
            [self.customer.id, line.id],
        )
        self._migrate()
        line.invalidate_recordset(DIMENSIONS)
        self.assertEqual(line.accounting_date, date(2020, 2, 2))
        self.assertEqual(line.vendor_id, self.customer)

    def _get_dimensions(self, lines):
        return {line.id: [line[name] for name in DIMENSIONS] for line in lines}

    def _migrate(self):
        script = "19.0.1.0.1/post-fill_dimensions.py"
        migrate(self.env.cr, script, "19.0.1.0.0")
