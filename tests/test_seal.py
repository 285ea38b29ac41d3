"""Sealing: numbers without gaps, one chain a company, one sealer at a time."""

import json
import unicodedata
from contextlib import closing

from odoo import Command
from odoo.api import SUPERUSER_ID, Environment
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

from ..costing import chain as chains
from .seal_common import SealCase


class TestSeal(SealCase):
    def test_numbers_and_chain(self):
        """Two orders are entries 1 and 2; each seal holds the hash of the one before,
        the first one the start of all chains."""
        orders = self._produce(2) | self._produce(1)
        seals = self._seal()
        self.assertEqual(seals.mapped("number"), list(range(1, len(seals) + 1)))
        self.assertLessEqual(orders.backflush_entry_ids, seals.entry_id)
        before = [chains.GENESIS, *seals.mapped("hash")[:-1]]
        self.assertEqual(seals.mapped("previous_hash"), before)
        self.assertEqual(self.chain.number, len(seals))
        self.assertEqual(self.chain.head, seals[-1].hash)
        entry = orders[0].backflush_entry_ids
        self.assertEqual(entry.seal_hash, seals.filtered("entry_id")[0].hash)

    def test_sealed_once(self):
        """Sealing again seals what is new, and that alone."""
        self._produce(1)
        first = self._seal()
        self.assertEqual(self._seal(), first)
        self.assertEqual(self.chain._seal(), 0)
        self._produce(1)
        self.assertEqual(self.chain._seal(), 1)

    def test_listed_though_sealed(self):
        """Entry 1 is sealed and put on the list again by SQL: entry 2 is sealed as
        number 2 all the same, entry 1 keeps its one seal, and the list shows it."""
        entry = self._produce(1).backflush_entry_ids
        self._seal()
        entry._wait_for_seal()
        other = self._produce(1).backflush_entry_ids
        self.assertEqual(self.chain._seal(), 1)
        self.assertEqual((entry.seal_number, other.seal_number), (1, 2))
        self.chain.invalidate_recordset()
        self.assertEqual(self.chain.unsealed_count, 1)
        self.assertEqual(self.chain._verify().result, "holds")

    def test_pending_is_not_sealed(self):
        """An entry that waits for its journal is sealed once it is posted."""
        self.policy.on_error = "queue"
        self.journal.active = False
        entry = self._produce(1).backflush_entry_ids
        self._seal()
        self.assertFalse(entry.seal_number)
        self.journal.active = True
        entry.action_post()
        self.assertEqual(self.chain.unsealed_count, 1)
        self._seal()
        self.assertTrue(entry.seal_number)

    def test_unsealed_is_counted(self):
        """Two posted entries wait, and for how long; none once they are sealed."""
        self._seal()
        self._produce(1)
        self._produce(1)
        self.chain.invalidate_recordset()
        self.assertEqual(self.chain.unsealed_count, 2)
        self.assertTrue(self.chain.oldest_unsealed)
        self.assertRegex(self.chain.oldest_age, r"^\d\d:\d\d$")
        waiting = self.env["backflush.entry"].search(
            [("due_ids", "!=", False), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(waiting), 2)
        self._seal()
        self.chain.invalidate_recordset()
        self.assertEqual((self.chain.unsealed_count, self.chain.oldest_age), (0, False))

    def test_scheduled_job(self):
        """The job seals the ledgers of all companies."""
        entry = self._produce(1).backflush_entry_ids
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_seal"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(entry.seal_number)

    def test_companies_have_their_own_chains(self):
        """Another company's ledger starts at 1 too, and holds nothing of this one."""
        self._produce(1)
        self._seal()
        other = self.env["res.company"].create({"name": "Other"})
        chain = self.env["backflush.chain"]._get(other)
        self.assertEqual((chain.number, chain.head), (0, chains.GENESIS))
        self.assertEqual(chain._seal(), 0)


class TestContent(SealCase):
    def _get_record(self, entry):
        return self.chain._get_records(entry.ids)[0]

    def test_is_canonical(self):
        """What the database writes is what `costing.chain` calls canonical, and its
        hash that of the seal."""
        self._produce(2, {self.plate: 5})
        self._deliver(1)
        for seal in self._seal():
            for text in (seal.content, seal.names):
                self.assertEqual(chains.canonical(json.loads(text)), text)
            record = self._get_record(seal.entry_id)
            self.assertEqual(chains.hash_record(record), seal.hash)
            self.assertNotIn("sealed", record)

    def test_any_text_is_canonical(self):
        """Quotes, backslashes, ends of lines, other scripts and decomposed letters."""
        odd = 'A"b\\c\nd\te A\u030a é 漢字 \u202e \U0001f9ee \x01'
        order = self._order(1)
        order.name = odd
        self._set_produced(order, 1)
        order.button_mark_done()
        entry = order.backflush_entry_ids
        self._seal()
        content = entry.seal_ids.content
        self.assertEqual(chains.canonical(json.loads(content)), content)
        self.assertEqual(
            json.loads(content)["document"], unicodedata.normalize("NFC", odd)
        )
        self.assertHolds()

    def test_holds_all_that_an_entry_rests_on(self):
        """1 table: the document, its card with its hash, each line with quantities and
        prices, the journal entry with its items, who and when; what they are called."""
        entry = self._produce(1).backflush_entry_ids
        self._seal()
        record = self._get_record(entry)
        sealed = record["entry"]
        self.assertEqual(sealed["document"], entry.origin)
        self.assertEqual(sealed["card"]["hash"], self.card.hash)
        self.assertEqual(sealed["journal_entry"]["name"], entry.move_id.name)
        self.assertEqual(sealed["journal_entry"]["items"], len(entry.move_id.line_ids))
        self.assertEqual(sealed["journal_entry"]["debits"], "32.5")
        self.assertEqual(sealed["user"], entry.user_id.id)
        self.assertEqual(json.loads(sealed["facts"])["quantity"], 1.0)
        plate = next(
            line
            for line in sealed["lines"]
            if line.get("component") == self.plate.id and line["role"] == "stock"
        )
        self.assertEqual(
            (plate["amount"], plate["standard_quantity"], plate["standard_price"]),
            ("-20", "2", "10"),
        )
        self.assertEqual(plate["item"]["balance"], "-22.5")
        names = record["names"]
        self.assertEqual(names["products"][str(self.plate.id)], "Plate")
        account = str(self.account_fg.id)
        self.assertEqual(names["accounts"][account], self.account_fg.display_name)

    def test_names_may_change(self):
        """A product and an account are renamed: the seal holds, and says what they
        were called."""
        entry = self._produce(1).backflush_entry_ids
        self._seal()
        self.plate.name, self.account_fg.code = "Steel Plate", "110799"
        self.assertHolds()
        names = self._get_record(entry)["names"]
        self.assertEqual(names["products"][str(self.plate.id)], "Plate")

    def test_hash_of_the_journal_entry(self):
        """Odoo's own hash is part of the seal where the journal secures its entries;
        where somebody secures them later, the seal holds all the same."""
        entry = self._produce(1).backflush_entry_ids
        self._seal()
        self.assertFalse(entry.seal_ids.journal_hash)
        self.journal.restrict_mode_hash_table = True
        secured = self._produce(1).backflush_entry_ids
        self._seal()
        move_hash = secured.move_id.inalterable_hash
        self.assertTrue(move_hash)
        self.assertEqual(secured.seal_ids.journal_hash, move_hash)
        record = self._get_record(secured)
        self.assertEqual(record["entry"]["journal_entry"]["hash"], move_hash)
        self.assertHolds()

    def test_deleted_operation(self):
        """The operation of a sealed line may be deleted: the line loses it, the facts
        keep it, the seal holds."""
        order = self._produce(1)
        entry = order.backflush_entry_ids
        operation = self.bom.operation_ids
        self._seal()
        facts = entry.facts
        order.workorder_ids.operation_id = False
        self.bom.operation_ids = [Command.delete(operation.id)]
        self.env.flush_all()
        self.assertFalse(operation.exists())
        self.assertEqual(entry.facts, facts)
        self.assertHolds()


@tagged("post_install", "-at_install")
class TestOneSealer(BaseCase):
    """Two sessions of the database at once, as two servers have."""

    def setUp(self):
        super().setUp()
        self.database = db_connect(get_db_name())
        with closing(self.database.cursor()) as cr:
            cr.execute("SELECT min(id) FROM res_company")
            self.company_id = cr.fetchone()[0]

    def _chain(self, cr):
        env = Environment(cr, SUPERUSER_ID, {})
        return env["backflush.chain"]._get(env["res.company"].browse(self.company_id))

    def test_others_do_not_wait(self):
        """While one session seals, the scheduled job of another leaves the company."""
        with closing(self.database.cursor()) as cr:
            self._chain(cr)
            # For the other sessions.
            cr.commit()  # pylint: disable=invalid-commit
        with (
            closing(self.database.cursor()) as first,
            closing(self.database.cursor()) as second,
        ):
            self.assertTrue(self._chain(first)._lock(wait=False))
            self.assertFalse(self._chain(second)._lock(wait=False))
            first.rollback()
            self.assertTrue(self._chain(second)._lock(wait=False))
            second.execute(
                SQL("SELECT 1 FROM res_company WHERE id = %s", self.company_id)
            )
