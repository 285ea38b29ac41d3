"""Verification in Odoo: what was changed with the triggers switched off is named, row
and column, and so is a chain that was computed anew."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..costing import chain as chains
from .seal_common import SealCase


class TestVerification(SealCase):
    tampers = True

    def setUp(self):
        super().setUp()
        self.entries = [self._produce(1).backflush_entry_ids for _number in range(3)]
        self.entry = self.entries[1]
        self.seals = self._seal()

    def test_holds(self):
        """Kept with date, range, user and last hash."""
        found = self.chain._verify()
        self.assertEqual(
            (found.result, found.first_number, found.last_number, found.problem_count),
            ("holds", 1, len(self.seals), 0),
        )
        self.assertEqual((found.user_id, found.hash), (self.env.user, self.chain.head))
        self.assertEqual(self.chain.last_result, "holds")

    def test_amount_of_a_line(self):
        """32.50 becomes 33.50 in one line."""
        line = self.entry.line_ids.filtered(lambda line: line.amount == 32.5)
        self._update("backflush_entry_line", line.id, amount=33.5)
        found = self.assertFails("entry", self.entry, "amount: 32.5, now 33.5")
        self.assertEqual(found.seal_number, self.entry.seal_number)
        self.assertEqual(found.problem_count, 1)

    def test_facts_and_user(self):
        self._update("backflush_entry", self.entry.id, quantity=2)
        self.assertFails("entry", self.entry, "quantity: 1, now 2")

    def test_odd_texts(self):
        """Quotes and ends of lines where the ledger has the name of a choice."""
        line = self.entry.line_ids[0]
        self._update("backflush_entry_line", line.id, role='a"b\\c\nd')
        self.assertFails("entry", self.entry, "role: ")

    def test_line_deleted(self):
        self._delete("backflush_entry_line", self.entry.line_ids[-1].id)
        self.assertFails("entry", self.entry, "lines[")

    def test_journal_item(self):
        """Amount, then account, of the journal item of finished goods."""
        item = self.entry.move_id.line_ids.filtered(lambda i: i.balance == 32.5)
        self._update("account_move_line", item.id, balance=99)
        self.assertFails("entry", self.entry, "balance: 32.5, now 99")
        self._update("account_move_line", item.id, balance=32.5)
        self.assertHolds()
        self._update("account_move_line", item.id, account_id=self.account_cogs.id)
        self.assertFails("entry", self.entry, f"now {self.account_cogs.id}")

    def test_journal_item_added(self):
        """An item moves to another journal entry: both entries are named."""
        item = self.entry.move_id.line_ids[0]
        other = self.entries[2].move_id
        self._update("account_move_line", item.id, move_id=other.id)
        found = self.assertFails("entry", self.entry, "journal_entry.items")
        self.assertEqual(found.problem_count, 2)

    def test_number_of_the_journal_entry(self):
        self._update("account_move", self.entry.move_id.id, name="BFL/0000")
        self.assertFails("entry", self.entry, "BFL/0000")

    def test_entry_deleted(self):
        """With its lines, and what refers to it: the seal is left over."""
        key = self.entry.id
        with self._tampering("backflush_entry", "backflush_entry_line"):
            self.env.cr.execute(
                "ALTER TABLE backflush_seal DROP CONSTRAINT "
                "backflush_seal_entry_id_fkey"
            )
            self.env.cr.execute(
                "UPDATE stock_move SET backflush_entry_id = NULL "
                "WHERE backflush_entry_id = %s",
                [key],
            )
            self.env.cr.execute("DELETE FROM backflush_entry WHERE id = %s", [key])
        found = self.assertFails("missing", self.entry.browse())
        self.assertEqual(found.seal_number, self.seals[1].number)

    def test_seal_deleted(self):
        """A hole in the numbers."""
        seal = self.entry.seal_ids
        number = seal.number
        self._delete("backflush_seal", seal.id)
        found = self.assertFails("number", self.entries[2])
        self.assertEqual(found.seal_number, number + 1)

    def test_last_seals_deleted(self):
        """The end of the ledger cut off: the chain says where it ends."""
        self._delete("backflush_seal", self.seals[-1].id)
        self.assertFails("head", None)

    def test_hash_replaced(self):
        """A seal that was given the hash of a changed entry breaks the next one."""
        seal = self.entry.seal_ids
        self._update("backflush_seal", seal.id, hash="0" * 64)
        self.assertFails("hash", self.entry)

    def test_hash_that_is_none(self):
        """A hash that is no number at all breaks the next seal as any other does."""
        self._update("backflush_seal", self.entry.seal_ids.id, hash="no hash")
        self.assertFails("hash", self.entry)

    def test_text_that_is_no_content(self):
        """Rows that hold anything else than JSON are named, not stumbled over."""
        self._update("backflush_seal", self.entry.seal_ids.id, content='{"a"')
        self.assertFails("kept", self.entry)
        self._update("backflush_entry", self.entry.id, quantity=2)
        self.assertFails("hash", self.entry)
        key = self.entry.seal_ids.names_id
        self._update("backflush_seal_names", key, names="no\nnames")
        self.assertFails("hash", self.seals[0].entry_id)

    def test_amount_missing(self):
        """A line that has no amount: it is named."""
        line = self.entry.line_ids[0]
        with self._tampering("backflush_entry_line"):
            self.env.cr.execute(
                "UPDATE backflush_entry_line SET amount = NULL WHERE id = %s", [line.id]
            )
        self.assertFails("entry", self.entry, "amount: ", "now –")

    def test_copy_in_the_seal(self):
        """The entry is as it was, its copy in the seal is not: 32.50, now 33.50."""
        seal = self.entry.seal_ids
        content = seal.content.replace('"amount":"32.5"', '"amount":"33.5"')
        self._update("backflush_seal", seal.id, content=content)
        self.assertFails("kept", self.entry, "amount: 32.5, now 33.5")

    def test_journal_hash_in_the_seal(self):
        """A hash of a journal entry that has none."""
        self._update("backflush_seal", self.entry.seal_ids.id, journal_hash="$4$abc")
        self.assertFails("kept", self.entry, "journal_hash: –, now $4$abc")

    def test_journal_item_contradicts(self):
        """Reports go by the date, the state and the debit of a journal item, which the
        seal has of the journal entry alone."""
        item = self.entry.move_id.line_ids.filtered(lambda item: item.balance == 32.5)
        for column, value, told in (
            ("date", "2020-01-01", "date: "),
            ("parent_state", "draft", "state: posted, now draft"),
            ("debit", 33.5, "debit less credit: 32.5, now 33.5"),
        ):
            before = item[column]
            with self.subTest(column):
                self._update("account_move_line", item.id, **{column: value})
                found = self.assertFails("items", self.entry, f"{item.id}, {told}")
                self.assertEqual(found.problem_count, 1)
                self._update("account_move_line", item.id, **{column: before})
        self.assertHolds()

    def test_neither_sealed_nor_due(self):
        """An entry is posted and taken off the list of what is to be sealed."""
        entry = self._produce(1).backflush_entry_ids
        self.env.flush_all()
        self.assertHolds()
        self.env.cr.execute(
            "DELETE FROM backflush_seal_due WHERE entry_id = %s", [entry.id]
        )
        found = self.assertFails("unsealed", entry, entry.display_name)
        self.assertEqual((found.problem_count, found.seal_number), (1, 0))

    def test_seals_cut_off_everywhere(self):
        """The last seal is gone, the chain ends before it, and there is no checkpoint:
        its entry is named, since nothing waits to be sealed."""
        self._cut_off()
        self.assertFails("unsealed", self.entries[2])

    def test_earlier_verification(self):
        """Even when its entry waits for a new seal: the verification before has seen
        another last seal."""
        self.assertHolds()
        number, last = len(self.seals), self.seals[-1].hash
        self._cut_off()
        self.entries[2]._wait_for_seal()
        self.assertFails("earlier", None, f"{number} expected, not {number - 1}")
        self._rewrite(self.entry, quantity=2)
        self._seal()
        self.assertFails("earlier", None, last)

    def _cut_off(self):
        """Delete the last seal, and let the chain end with the one before it."""
        before = self.seals[-2]
        self._delete("backflush_seal", self.seals[-1].id)
        self._update(
            "backflush_chain", self.chain.id, number=before.number, head=before.hash
        )

    def test_checkpoint_deleted(self):
        """A verification compared one checkpoint; there is none any more."""
        checkpoint = self.chain._make_checkpoint("request")
        self.assertHolds()
        self._delete("backflush_checkpoint", checkpoint.id)
        self.assertFails("earlier", None, "checkpoints: 1, now 0")

    def test_checkpoint_of_nothing(self):
        """A checkpoint made one of a ledger without seals is compared with that."""
        checkpoint = self.chain._make_checkpoint("request")
        self._update("backflush_checkpoint", checkpoint.id, number=0)
        self.assertFails("checkpoint", None, "Checkpoint 0", chains.GENESIS)

    def test_journal_entry_of_no_entry(self):
        """By hand in the ledger's journal: counted, for that is allowed."""
        self.assertEqual(self.chain._verify().other_count, 0)
        move = self.entry.move_id.copy({"date": self.entry.move_id.date})
        move.action_post()
        found = self.chain._verify()
        self.assertEqual((found.result, found.other_count), ("holds", 1))

    def test_names(self):
        """What accounts were called is sealed, too."""
        key = self.entry.seal_ids.names_id
        self._update("backflush_seal_names", key, names='{"user":"Nobody"}')
        self.assertFails("hash", self.seals[0].entry_id)

    def test_names_deleted(self):
        """What accounts were called is gone: the first seal that needs it is told."""
        self._delete("backflush_seal_names", self.entry.seal_ids.names_id)
        self.assertFails("hash", self.seals[0].entry_id)

    def test_card(self):
        """The price of a card in force: 10.00 becomes 12.00."""
        line = self.card.line_ids.filtered(lambda line: line.price == 10)
        self._update("backflush_cost_card_line", line.id, price=12)
        self.assertFails("card", None, self.card.name, "price: 10, now 12")

    def test_standing_of_a_card(self):
        """A card in force becomes a draft, or one of another company."""
        self._update("backflush_cost_card", self.card.id, state="draft")
        self.assertFails("card", None, "state: in_force, now draft")
        self._update("backflush_cost_card", self.card.id, state="in_force")
        self.assertHolds()
        other = self.env["res.company"].create({"name": "Other"})
        self._update("backflush_cost_card", self.card.id, company_id=other.id)
        self.assertFails("card", None, f"company: {self.company.id}, now {other.id}")

    def test_copy_of_a_card(self):
        """The copy of a card as it took effect."""
        content = self.card.sealed_content.replace('"price":"10"', '"price":"9"')
        self._update("backflush_cost_card", self.card.id, sealed_content=content)
        self.assertFails("card", None, self.card.name)

    def test_rewritten(self):
        """The whole chain computed anew holds by itself; a checkpoint shows it."""
        self._rewrite(self.entry, quantity=2)
        self.assertHolds()

    def test_rewritten_after_a_checkpoint(self):
        checkpoint = self.chain._make_checkpoint("request")
        self._rewrite(self.entry, quantity=2)
        found = self.assertFails("checkpoint", None, checkpoint.hash, checkpoint.root)
        self.assertEqual(found.problem_count, 1)

    def test_many_problems_are_counted(self):
        """Three wrong entries: all counted, each on a line."""
        for entry in self.entries:
            self._update("backflush_entry", entry.id, quantity=9)
        found = self.assertFails("entry", self.entries[0])
        self.assertEqual(found.problem_count, 3)
        self.assertEqual(len(found.problems.splitlines()), 3)

    def test_who_verifies(self):
        """An auditor does; a worker does not, nor a controller of another company."""
        auditor = self._user("auditor", "mrp_account_backflush.group_backflush_auditor")
        self.chain.with_user(auditor).action_verify()
        found = self.env["backflush.verification"].search([], limit=1)
        self.assertEqual((found.user_id, found.result), (auditor, "holds"))
        with self.assertRaises(AccessError):
            self.chain.with_user(auditor).action_seal()
        worker = self._user("worker", "mrp.group_mrp_user")
        with self.assertRaises(AccessError):
            self.chain.with_user(worker).action_verify()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user(
            "stranger", "mrp_account_backflush.group_backflush_manager", other
        )
        chain = self.chain.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            chain.action_verify()

    def _user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            f"{login}_seal",
            f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
