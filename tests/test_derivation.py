"""Explain this amount: every amount of an entry as a sum that can be checked."""

import re

from odoo.tests import new_test_user

from .common import BackflushCase
from .report_common import AUDITOR

#: 26.00 as a reader of English writes it.
NUMBER = r"-?[\d,]+(?:\.\d+)?"


class TestDerivation(BackflushCase):
    def _explain(self, entry):
        """Return {what it is about: the sums}, each checked."""
        found = {}
        for about, steps, _lines in entry._get_derivations():
            found[about] = "; ".join(steps)
            for step in steps:
                self.assertSum(step)
        return found

    def assertSum(self, step):
        """What is multiplied is what is said, to the cent."""
        if "=" not in step:
            return
        left, right = step.split("=")
        left = re.sub(r"^[a-z ]+", "", left.strip())
        left = left.replace(",", "").replace("×", "*").replace("−", "-")
        self.assertRegex(left, r"^[\d.*() -]+$")
        value = eval(left)  # noqa: S307 pylint: disable=eval-used
        amount = re.match(NUMBER, right.strip())[0]
        self.assertAlmostEqual(value, float(amount.replace(",", "")), 2, step)

    def test_usage(self):
        """905 plates instead of 900 for 450 tables."""
        entry = self._produce(450, {self.plate: 905}).backflush_entry_ids
        found = self._explain(entry)
        self.assertEqual(
            found["Plate · Material"],
            "905 × 10.00 = 9,050.00 actual; 450 × 2 × 10.00 = 9,000.00 standard; "
            "usage 50.00 unfavourable",
        )
        self.assertEqual(
            found["Table · Finished Goods"], "450 × 32.50 = 14,625.00 at standard"
        )
        self.assertEqual(
            found["Assemble - Assembly · Assembly · Labour · Conversion Applied"]
            if "Assemble - Assembly · Assembly · Labour · Conversion Applied" in found
            else found["Assemble · Assembly · Labour · Conversion Applied"],
            "450 × 0.25 × 40.00 = 4,500.00 at standard",
        )

    def test_every_amount_is_explained(self):
        """Bills, orders, deliveries, returns, unbuilds, corrections: each line of each
        entry has a sum."""
        self._buy(self.plate, 30, 10.4)
        order = self._produce(10, {self.screw: 49})
        sale = self._deliver(4)
        self._return(sale, 1)
        self._unbuild(2, order)
        self._scrap(self.screw, 3)
        entries = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), ("amount", "!=", 0)]
        )
        self.assertGreater(len(set(entries.mapped("event"))), 4)
        for entry in entries:
            self._explain(entry)
            for line in entry.line_ids.filtered("amount"):
                self.assertTrue(line.explanation, (entry.display_name, line.role))

    def test_new_card(self):
        """30 plates at 10.00 are worth 12.34 each: 370.20 - 300.00 = 70.20."""
        self._stock(self.plate, 30)
        self._put_price(self.plate, 12.34)
        entry = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), ("event", "=", "revaluation")]
        )
        self.assertEqual(
            self._explain(entry)["Plate · Material"],
            "30 × 10.00 = 300.00 before; 30 × 12.34 = 370.20 after; difference 70.20",
        )

    def test_no_amount(self):
        """Flushed at sale, an order as planned posts nothing, and says so."""
        self.policy.action_draft()
        self.policy.flush_point = "sale"
        self.policy.action_activate()
        entry = self._produce(1).backflush_entry_ids
        self.assertFalse(entry.line_ids)
        self.assertIn("nothing was to be posted", entry.explanation)

    def test_purchase_in_words(self):
        """30 plates at 10.40 instead of 10.00."""
        self._buy(self.plate, 30, 10.4)
        entry = self.env["backflush.entry"].search(
            [("company_id", "=", self.company.id), ("event", "=", "purchase")]
        )
        [text] = self._explain(entry).values()
        self.assertEqual(
            text,
            "30 × 10.40 = 312.00 actual; 30 × 10.00 = 300.00 standard; price 12.00 "
            "unfavourable",
        )

    def test_language_and_markup(self):
        """In Norwegian, and a name is no markup."""
        self.env["res.lang"]._activate_lang("nb_NO")
        self.plate.name = "<b>Plate</b>"
        entry = self._produce(450, {self.plate: 905}).backflush_entry_ids
        auditor = new_test_user(
            self.env,
            "derivation_auditor",
            f"base.group_user,{AUDITOR}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
            lang="nb_NO",
        )
        text = entry.with_user(auditor).with_context(lang="nb_NO").explanation
        self.assertIn("&lt;b&gt;", text)
        self.assertNotIn("<b>", text)
        self.assertRegex(text, r"905 × 10,00 = 9\s?050,00")


class TestDerivationAtSale(TestDerivation):
    flush_point = "sale"

    def test_usage(self):
        """The order posts the variance alone, and says why."""
        entry = self._produce(450, {self.plate: 905}).backflush_entry_ids
        self.assertEqual(
            list(self._explain(entry).values()),
            [
                "905 × 10.00 = 9,050.00 actual; 450 × 2 × 10.00 = 9,000.00 standard; "
                "usage 50.00 unfavourable"
            ],
        )
