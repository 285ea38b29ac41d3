"""What reports say of the sealed ledger: seals, verification, checkpoints."""

from freezegun import freeze_time

from odoo.fields import Command

from .close_common import CloseCase
from .report_common import ReportCase
from .seal_common import SealCase


class TestReportSeals(SealCase, ReportCase):
    def _read_cover(self, content):
        """Return {label: value} of the cover of a sheet."""
        cover = self._open_book(content, values=True)["Cover"]
        rows = cover.iter_rows(max_col=2, values_only=True)
        return {label: value for label, value in rows if label}

    def test_ledger_has_seals(self):
        """One entry sealed as number 1, one that waits: each line of the first has its
        number and hash, those of the second have none."""
        first = self._produce(1).backflush_entry_ids
        seal = self._seal()
        self._produce(1)
        rows = self._open_book(self._make("ledger"), values=True)["Ledger"]
        *rows, _total = self._read_rows(rows)
        found = {row["Entry"]: (row["Seal"], row["Hash"]) for row in rows}
        self.assertEqual(found.pop(first.id), (1, seal.hash))
        self.assertEqual([*found.values()], [(None, None)])

    def test_verification(self):
        """The cover says that nothing was verified; then that the seals hold, and how
        many entries wait; then which seal does not hold any more."""
        self._produce(1)
        cover = self._read_cover(self._make("ledger"))
        self.assertIn("not verified yet", cover["Verification"])
        self.assertEqual(cover["Posted, not sealed"], "1")
        entry = self._seal().entry_id
        self.chain._verify()
        cover = self._read_cover(self._make("ledger"))
        self.assertIn("Seals 1 to 1 hold", cover["Verification"])
        self.assertIn(self.chain.head, cover["Verification"])
        self.assertEqual(cover["Posted, not sealed"], "0")
        self.tampers = True
        self._update("backflush_entry", entry.id, amount=1.0)
        self.chain._verify()
        cover = self._read_cover(
            self._make("order", entry_ids=[Command.set(entry.ids)])
        )
        self.assertIn("do not all hold", cover["Verification"])
        self.assertIn("Seal 1", cover["Verification"])

    def test_other_company(self):
        """A verification of another company is not told."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env["backflush.chain"]._get(other)._verify()
        cover = self._read_cover(self._make("ledger"))
        self.assertIn("not verified yet", cover["Verification"])


class TestClosePackSeals(CloseCase, ReportCase):
    def test_signatures(self):
        """Who asked for the approval of a close has prepared it; who gave it is named
        as the one who approved and posted it."""
        self.company.backflush_close_approval = True
        self._make_and_sell()
        period = self._period()
        period.action_preview()
        period.action_request_approval()
        approver = self._create_reader(
            "pack_approver", "mrp_account_backflush.group_backflush_approver"
        )
        period.with_user(approver).action_approve()
        book = self._open_book(self._make("close", period_id=period.id), values=True)
        rows = book["Signatures"].iter_rows(max_col=2, values_only=True)
        found = {role: name for role, name in rows if role}
        self.assertEqual(found["Prepared by"], self.env.user.name)
        self.assertEqual(found["Posted by"], approver.name)
        self.assertEqual(found["Approved by"], approver.name)

    def test_checkpoints(self):
        """A close has two checkpoints, of its posting and of its end. The pack lists
        both and the one that was made in the month, none of another month."""
        self._make_and_sell()
        chain = self.env["backflush.chain"]._get(self.company)
        made = self.env["backflush.checkpoint"]
        for moment in ("2026-10-31 23:30:00", "2026-12-01 00:00:00"):
            with freeze_time(moment):
                made |= chain._make_checkpoint("request")
        period = self._post_period()
        period.action_close()
        checks = self._make("close", period_id=period.id)
        checks = self._read_rows(self._open_book(checks, values=True)["Checklist"])
        [unsealed] = [row for row in checks if row["Check"] == "Entries not sealed"]
        self.assertEqual((unsealed["Open"], unsealed["Result"]), (0, "OK"))
        expected = made[0] | period.checkpoint_ids.sorted("id")
        self.assertEqual(len(expected), 3)
        content = self._make("close", period_id=period.id)
        rows = self._read_rows(self._open_book(content, values=True)["Checkpoints"])
        self.assertEqual(
            [
                (row["Seals"], row["Reason"], row["Hash"], row["Root of the Tree"])
                for row in rows
            ],
            [
                (c.number, reason, c.hash, c.root)
                for c, reason in zip(
                    expected, ["Request", "Period close", "Period close"], strict=True
                )
            ],
        )
