"""Checkpoints: made at a close, weekly and on request; sent to the auditor; proofs that
lead from an entry to one of them, and from one to the next."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..costing import chain as chains
from ..costing import merkle
from ..models.seal import seal_guard
from .close_common import CloseCase
from .seal_common import SealCase

AUDITOR = "mrp_account_backflush.group_backflush_auditor"


def to_bytes(steps):
    return [bytes.fromhex(step) for step in steps]


class TestCheckpoints(SealCase):
    def test_on_request(self):
        """Seals what is posted, and notes number, hash and root of the tree."""
        self._produce(1)
        checkpoint = self.chain._make_checkpoint("request")
        seals = self._get_seals()
        self.assertEqual(
            (checkpoint.number, checkpoint.hash), (len(seals), seals[-1].hash)
        )
        leaves = [merkle.leaf_hash(bytes.fromhex(seal.hash)) for seal in seals]
        self.assertEqual(checkpoint.root, merkle.Tree(leaves).root().hex())
        self.assertEqual(self.chain.last_checkpoint_id, checkpoint)

    def test_weekly(self):
        """The job verifies; a checkpoint is made when something was sealed since."""
        self._produce(1)
        self._seal()
        for _week in range(2):
            self._run_weekly()
        found = self._get_checkpoints()
        self.assertEqual(found.mapped("reason"), ["schedule"])
        verifications = self.env["backflush.verification"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(verifications.mapped("scheduled"), [True, True])

    def _run_weekly(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_verify"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _get_checkpoints(self):
        return self.env["backflush.checkpoint"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_mail(self):
        """Sent where an address is set: with number, hash and root."""
        self._produce(1)
        before = self.env["mail.mail"].search([])
        self.chain._make_checkpoint("request")
        self.assertFalse(self.env["mail.mail"].search([]) - before)
        self.company.backflush_auditor_email = "auditor@example.com"
        checkpoint = self.chain._make_checkpoint("request")
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.email_to, "auditor@example.com")
        for text in (checkpoint.hash, checkpoint.root, f"{checkpoint.number}"):
            self.assertIn(text, mail.body_html)

    def test_inclusion(self):
        """Each of 5 entries leads to the checkpoint, with at most 3 steps
        (2 to the power of 3 is 8), and not with the record of another."""
        entries = [self._produce(1).backflush_entry_ids for _number in range(5)]
        with self.assertRaisesRegex(UserError, "no checkpoint"):
            entries[0].action_prove()
        checkpoint = self.chain._make_checkpoint("request")
        root = bytes.fromhex(checkpoint.root)
        for entry in entries:
            proof = entry._prove()
            record = proof["record"]
            self.assertEqual(chains.hash_record(record), record["hash"])
            leaf = merkle.leaf_hash(bytes.fromhex(record["hash"]))
            steps = to_bytes(proof["proof"])
            self.assertLessEqual(len(steps), 3)
            where = (entry.seal_number - 1, checkpoint.number, steps, root)
            self.assertTrue(merkle.includes(leaf, *where))
            self.assertFalse(merkle.includes(merkle.leaf_hash(b""), *where))

    def test_consistency(self):
        """The ledger of 1 entry is the beginning of that of 3."""
        self._produce(1)
        first = self.chain._make_checkpoint("request")
        self._produce(1)
        self._produce(1)
        second = self.chain._make_checkpoint("request")
        proof = (first | second)._prove_consistency()
        self.assertTrue(
            merkle.extends(
                first.number,
                bytes.fromhex(first.root),
                second.number,
                bytes.fromhex(second.root),
                to_bytes(proof["proof"]),
            )
        )
        action = (second | first).action_prove_consistency()
        self.assertIn(f"/{first.id}/{second.id}", action["url"])
        with self.assertRaisesRegex(UserError, "two checkpoints"):
            first.action_prove_consistency()

    def test_no_proof_between_companies(self):
        """One entry is not the beginning of another company's ledger of 9."""
        self._produce(1)
        first = self.chain._make_checkpoint("request")
        other = first.copy(
            {
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
                "number": 9,
            }
        )
        with self.assertRaisesRegex(UserError, "two checkpoints of one company"):
            (first | other)._prove_consistency()

    def test_who_makes_one(self):
        user = new_test_user(
            self.env,
            "auditor_checkpoint",
            f"base.group_user,{AUDITOR}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.chain.with_user(user).action_checkpoint()


class TestClose(CloseCase):
    def test_close(self):
        """Posting a close seals its entries at once and notes where the ledger stands;
        closing it notes it once more."""
        self._make_and_sell()
        period = self._post_period()
        self.assertTrue(all(period.entry_ids.mapped("seal_number")))
        checkpoint = period.checkpoint_ids
        self.assertEqual(checkpoint.reason, "close")
        self.assertEqual(checkpoint.number, max(period.entry_ids.mapped("seal_number")))
        unsealed = period.check_ids.filtered(lambda check: check.code == "unsealed")
        self.assertEqual(unsealed.count, 0)
        period.action_close()
        self.assertEqual(len(period.checkpoint_ids), 2)

    def test_figures_of_a_closed_period(self):
        """1,260.00 were spent: the checkpoint of the close holds that, and so do both
        verifications, until it is 1,250.00."""
        self._make_and_sell()
        period = self._post_period()
        period.action_close()
        chain = self.env["backflush.chain"]._get(self.company)
        self.assertEqual(chain._verify().result, "holds")
        text = "".join(chain._export())
        self.assertIn('"type":"period"', text)
        [noted] = period.checkpoint_ids.filtered("figures")
        self.assertIn(chains.digest(noted.figures), text)
        line = period.line_ids.filtered(lambda line: line.control == 1260.0)
        self.env.flush_all()
        with seal_guard.suspended(self.env.cr, "backflush_period_line"):
            self.env.cr.execute(
                "UPDATE backflush_period_line SET control = 1250 WHERE id = %s",
                [line.id],
            )
        self.env.invalidate_all()
        found = chain._verify()
        self.assertEqual((found.result, found.kind), ("fails", "period"))
        told = f"backflush_period_line.{line.id}.control: "
        self.assertIn(told, found.problems)
        self.assertIn(period.name, found.problems)
        records = map(json.loads, "".join(chain._export()).splitlines())
        [record] = [record for record in records if record["type"] == "period"]
        self.assertNotEqual(
            chains.digest(chains.canonical(record["figures"])), record["hash"]
        )
        self.assertEqual(
            chains.digest(chains.canonical(record["sealed"])), record["hash"]
        )


@tagged("post_install", "-at_install")
class TestDownloads(SealCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.auditor = new_test_user(
            self.env,
            "auditor_download",
            f"base.group_user,{AUDITOR}",
            password="auditor_download",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.worker = new_test_user(
            self.env,
            "worker_download",
            "base.group_user,mrp.group_mrp_user",
            password="worker_download",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.entry = self._produce(1).backflush_entry_ids
        self.first = self.chain._make_checkpoint("request")
        self._produce(1)
        self.second = self.chain._make_checkpoint("request")
        self.env.flush_all()
        self.urls = {
            f"/backflush/ledger/{self.chain.id}": '"type":"end"',
            f"/backflush/proof/{self.entry.id}": '"type":"inclusion"',
            f"/backflush/checkpoint/{self.first.id}": self.first.root,
            f"/backflush/consistency/{self.first.id}/{self.second.id}": '"second"',
            "/backflush/verifier": "def includes(",
        }

    def test_auditor(self):
        self.authenticate("auditor_download", "auditor_download")
        for url, text in self.urls.items():
            response = self.url_open(url)
            self.assertEqual(response.status_code, 200, url)
            self.assertIn(text, response.text, url)
            self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_other_checkpoints(self):
        """Who types the address the other way round gets the same proof. Checkpoints of
        two ledgers prove nothing of each other, and that is said."""
        other = self.env["res.company"].create({"name": "Other"})
        self.auditor.company_ids |= other
        foreign = self.env["backflush.chain"]._get(other)._make_checkpoint("request")
        self.env.flush_all()
        self.authenticate("auditor_download", "auditor_download")
        first, second = self.first.id, self.second.id
        proofs = {
            self.url_open(f"/backflush/consistency/{pair}").text
            for pair in (f"{first}/{second}", f"{second}/{first}")
        }
        self.assertEqual(len(proofs), 1)
        response = self.url_open(f"/backflush/consistency/{first}/{foreign.id}")
        self.assertEqual(response.status_code, 422)
        self.assertIn("two checkpoints", response.text)

    def test_addresses_that_make_no_sense(self):
        """Refused in words, not by an error of the server."""
        self.authenticate("auditor_download", "auditor_download")
        first, second = self.first.id, self.second.id
        for url, status in (
            (f"/backflush/consistency/{first}/{first}", 422),
            (f"/backflush/consistency/{first}/{second + 1000}", 404),
            (f"/backflush/checkpoint/{2**40}", 404),
            (f"/backflush/proof/{self.entry.id + 1000}", 404),
            (f"/backflush/ledger/{self.chain.id}?first=abc", 422),
            (f"/backflush/ledger/{self.chain.id}?first=-1&last=1e9", 422),
        ):
            with mute_logger("odoo.http"):
                response = self.url_open(url)
            self.assertEqual(response.status_code, status, url)

    def test_others(self):
        """Neither a worker nor somebody who is not logged in."""
        for url, text in self.urls.items():
            self.authenticate("worker_download", "worker_download")
            response = self.url_open(url)
            self.assertNotEqual(response.status_code, 200, url)
            self.assertNotIn(text, response.text, url)
            self.authenticate(None, None)
            self.assertNotIn(text, self.url_open(url).text, url)
