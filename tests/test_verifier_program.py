"""The auditor's program: one file, Python's standard library, no Odoo."""

import json
import re
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

from ..costing import chain as chains
from .seal_common import SealCase

VERIFIER = Path(__file__).resolve().parents[1] / "verifier"
PROGRAM = VERIFIER / "backflush_verify.py"


class ProgramCase(SealCase):
    """Three sealed entries, and the program run on their export."""

    tampers = True

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.entries = [self._produce(1).backflush_entry_ids for _number in range(3)]
        self.entry = self.entries[1]
        self._seal()

    def _write(self, name, text):
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def _export(self, first=1, last=None):
        self.env.flush_all()
        text = "".join(self.chain._export(first, last))
        return self._write("ledger.jsonl", text)

    def _run(self, *arguments):
        """Run the program as on another machine; return (exit code, what it says)."""
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": "", "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        self.assertNotIn("Traceback", done.stderr)
        return done.returncode, done.stdout + done.stderr

    def assertNamed(self, *told, files=()):
        code, said = self._run(*(files or (self._export(),)))
        self.assertEqual(code, 1, said)
        for text in told:
            self.assertIn(text, said)


class TestProgram(ProgramCase):
    def test_is_assembled(self):
        """The file consists of what Odoo computes with: `python3 verifier` made it."""
        assemble = runpy.run_path(str(VERIFIER / "__main__.py"))["assemble"]
        self.assertEqual(PROGRAM.read_text(encoding="utf-8"), assemble())

    def test_holds(self):
        """Three tables at 32.50: 97.50 in finished goods, and the sum of all is 0."""
        self.chain._make_checkpoint("request")
        code, said = self._run(self._export())
        self.assertEqual(code, 0, said)
        self.assertIn("HOLDS", said)
        self.assertIn("1 checkpoints compared", said)
        self.assertRegex(said, rf"{self.account_fg.display_name} +97\.5\n")
        self.assertRegex(said, r"sum +0\n")

    def test_part(self):
        """The second and third seal alone."""
        code, said = self._run(self._export(2))
        self.assertEqual(code, 0, said)
        self.assertIn("seals 2 to", said)

    def test_changed_row(self):
        """A line changed by SQL is named, with both values."""
        line = self.entry.line_ids.filtered(lambda line: line.amount == 32.5)
        self._update("backflush_entry_line", line.id, amount=33.5)
        number = self.entry.seal_number
        self.assertNamed(f"Seal {number} (entry {self.entry.id})", "32.5, now 33.5")

    def test_changed_export(self):
        """So is a change of the file, and a line left out."""
        file = self._export()
        text = file.read_text(encoding="utf-8")
        self._write(
            "changed.jsonl", text.replace('"amount":"32.5"', '"amount":"31"', 1)
        )
        self.assertNamed("DOES NOT HOLD", files=["changed.jsonl"])
        lines = text.splitlines(keepends=True)
        seals = [n for n, line in enumerate(lines) if '"type":"seal"' in line]
        del lines[seals[1]]
        self._write("short.jsonl", "".join(lines))
        self.assertNamed("not consecutive", files=["short.jsonl"])

    def test_cut_off(self):
        """An export that ends too early."""
        lines = self._export().read_text(encoding="utf-8").splitlines(keepends=True)
        self._write("cut.jsonl", "".join(lines[:-2]))
        self.assertNamed("seals are missing", files=["cut.jsonl"])

    def test_card(self):
        """A price of a card in force."""
        line = self.card.line_ids.filtered(lambda line: line.price == 10)
        self._update("backflush_cost_card_line", line.id, price=12)
        self.assertNamed(f"Cost card {self.card.id}", "price: 10, now 12")

    def test_rewritten(self):
        """A chain computed anew holds by itself. The checkpoint that was mailed shows
        it, even when that in the database was made anew, too."""
        checkpoint = self.chain._make_checkpoint("request")
        kept = self._write("kept.json", chains.canonical(checkpoint._to_export()))
        self._rewrite(self.entry, quantity=2)
        self._update(
            "backflush_checkpoint",
            checkpoint.id,
            hash=self.chain.head,
            root=self.chain._get_root(checkpoint.number),
        )
        self.assertHolds()
        file = self._export()
        self.assertEqual(self._run(file)[0], 0)
        self.assertNamed("rewritten", files=[file, "--checkpoint", kept])

    def test_end_of_the_books(self):
        """The export says by what hash the books say that the ledger ends."""
        self._update("backflush_chain", self.chain.id, head="0" * 64)
        self.assertNamed("ends elsewhere", "0" * 64 + " expected")

    def test_empty(self):
        """A ledger without seals is one."""
        company = self.env["res.company"].create({"name": "New"})
        chain = self.env["backflush.chain"]._get(company)
        file = self._write("new.jsonl", "".join(chain._export()))
        code, said = self._run(file)
        self.assertEqual(code, 0, said)
        self._write("cut.jsonl", file.read_text().splitlines()[0])
        self.assertNamed("seals are missing", files=["cut.jsonl"])

    def test_unsealed(self):
        """Posted and not on the list: the export has it."""
        entry = self._produce(1).backflush_entry_ids
        self.assertEqual(self._run(self._export())[0], 0)
        self.env.cr.execute(
            "DELETE FROM backflush_seal_due WHERE entry_id = %s", [entry.id]
        )
        self.assertNamed(f"Entry {entry.id}, {entry.origin}: it is posted")

    def test_journal_item_contradicts(self):
        item = self.entry.move_id.line_ids[0]
        self._update("account_move_line", item.id, parent_state="draft")
        self.assertNamed(f"journal item {item.id}, state: posted, now draft")

    def test_copy_in_the_seal(self):
        """Replaced by something that is no JSON, with an end of a line in it."""
        self._update("backflush_seal", self.entry.seal_ids.id, content="no\ncontent")
        self._update("backflush_seal", self.entry.seal_ids.id, journal_hash='"')
        self.assertNamed(f"Seal {self.entry.seal_number}", "copy of it in the seal")

    def test_card_left_out(self):
        """An entry rests on a card that the export does not have."""
        lines = self._export().read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if '"type":"card"' not in line]
        self._write("bare.jsonl", "".join(kept))
        self.assertNamed(f"Cost card {self.card.id}", "now –", files=["bare.jsonl"])
        self._update("backflush_cost_card", self.card.id, state="draft")
        self.assertNamed("state: in_force, now draft")

    def test_kept_checkpoints(self):
        """One that the books do not have any more; one of another company, whose
        numbers are others."""
        checkpoint = self.chain._make_checkpoint("request")
        kept = self._write("kept.json", chains.canonical(checkpoint._to_export()))
        other = {**checkpoint._to_export(), "company": 0, "hash": "1", "root": "2"}
        other = self._write("other.json", chains.canonical(other))
        files = [self._export(), "--checkpoint", kept, "--checkpoint", other]
        code, said = self._run(*files)
        self.assertEqual(code, 0, said)
        self._delete("backflush_checkpoint", checkpoint.id)
        self._export()
        self.assertNamed("deleted or changed", files=files)

    def test_amount_that_is_none(self):
        text = self._export().read_text(encoding="utf-8")
        for amount in ("abc", "NaN", "sNaN", "1e999999999"):
            self._write(
                "odd.jsonl", text.replace('"amount":"32.5"', f'"amount":"{amount}"')
            )
            self.assertNamed("DOES NOT HOLD", files=["odd.jsonl"])

    def test_proof_against_what_was_kept(self):
        """Proofs against a later checkpoint than the kept one hold once it is proven
        that the later one continues it."""
        first = self.chain._make_checkpoint("request")
        kept = self._write("kept.json", chains.canonical(first._to_export()))
        self._produce(1)
        second = self.chain._make_checkpoint("request")
        entry = self._write(
            "entry.json", chains.canonical(second._prove_inclusion(self.entry))
        )
        both = self._write(
            "both.json", chains.canonical((first | second)._prove_consistency())
        )
        self.assertEqual(self._run(entry)[0], 0)
        self.assertNamed(
            "none of those that were kept", files=[entry, "--checkpoint", kept]
        )
        code, said = self._run(entry, both, "--checkpoint", kept)
        self.assertEqual(code, 0, said)
        self.assertIn(second.root, said)

    def test_proofs_with_one_other_digit(self):
        """Each hash in a proof, and each number of a checkpoint or seal."""
        first = self.chain._make_checkpoint("request")
        self._produce(1)
        second = self.chain._make_checkpoint("request")
        for proof in (
            first._prove_inclusion(self.entry),
            (first | second)._prove_consistency(),
        ):
            text = chains.canonical(proof)
            found = re.finditer(r'"([0-9a-f]{64})"|"number":(\d+)', text)
            for match in found:
                start = match.start(match.lastindex)
                other = "1" if text[start] != "1" else "2"
                changed = text[:start] + other + text[start + 1 :]
                self._write("changed.json", changed)
                with self.subTest(match[0], start=start):
                    self.assertNamed("DOES NOT HOLD", files=["changed.json"])

    def test_proofs(self):
        """Of an entry against a checkpoint, and from one checkpoint to the next; a
        changed one does not hold, nor one against another checkpoint than was kept."""
        first = self.chain._make_checkpoint("request")
        kept = self._write("kept.json", chains.canonical(first._to_export()))
        self._produce(1)
        second = self.chain._make_checkpoint("request")
        entry = first._prove_inclusion(self.entry)
        both = (first | second)._prove_consistency()
        files = [
            self._write(f"{name}.json", chains.canonical(proof))
            for name, proof in (("entry", entry), ("both", both))
        ]
        code, said = self._run(*files, "--checkpoint", kept)
        self.assertEqual(code, 0, said)
        entry["record"]["entry"]["quantity"] = "2"
        self._write("changed.json", json.dumps(entry))
        self.assertNamed("not that of the content", files=["changed.json"])
        both["second"]["root"] = first.root
        self._write("other.json", json.dumps(both))
        self.assertNamed("does not lead", files=["other.json"])
        other = {**first._to_export(), "root": second.root}
        self._write("other.json", json.dumps(other))
        self.assertNamed("was kept", files=[files[0], "--checkpoint", "other.json"])

    def test_no_ledger(self):
        """Something else: a message, and another exit code."""
        for name, text in (
            ("a", "{"),
            ("b", ""),
            ("c", '{"type":"seal"}'),
            ("d", "[]"),
            ("e", '{"type":"other"}'),
            ("f", '{"type":"end","number":1,"hash":[]}\n7'),
        ):
            self._write(name, text)
            code, said = self._run(name)
            self.assertEqual(code, 2, said)
            self.assertIn("cannot be read", said)
