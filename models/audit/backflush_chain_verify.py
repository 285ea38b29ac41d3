# Verification of a chain: everything that seals cover is read again and compared.
# After the seal; the result is kept as a `backflush.verification`.

import json
import time

from odoo import api, models

from ...costing import merkle
from ...costing.chain import GENESIS, Chain, Problem, differences, digest, seal_hash
from ..seal.backflush_chain_record import to_json
from ..seal.read_ahead import own_session

#: Problems that a verification describes; it counts them all.
DESCRIBED = 20


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    def action_verify(self):
        """Verify the whole chain and show the result."""
        self.ensure_one()
        self.check_access("read")
        return self.exists()._verify().get_formview_action()

    @api.model
    def _cron_verify(self):
        """Verify the chains of all companies, and make checkpoints of what is new."""
        cron = self.env["ir.cron"]
        chains = self._get_all()
        cron._commit_progress(remaining=len(chains))
        for record in chains:
            verification = record._verify(scheduled=True)
            checkpoints = record._get_checkpoints()
            if verification.result == "holds" and (
                record.sudo().number > max(checkpoints.mapped("number"), default=0)
            ):
                record._make_checkpoint("schedule")
            if not cron._commit_progress(1):
                break

    @api.private
    def _verify(self, scheduled=False):
        """Verify this chain; return the verification, which is kept."""
        self.ensure_one()
        start = time.monotonic()
        # Who may read the chain may have all of it checked.
        chain = self.sudo()
        with own_session(chain.env) as env:
            reading = chain.with_env(env)
            problems = [*reading._find_problems()]
            extent = reading._get_extent()
        seconds = time.monotonic() - start
        return chain._keep_verification(problems, extent, seconds, scheduled)

    def _find_problems(self):
        """Yield what does not hold: of cards, of seals, and of checkpoints."""
        for rows in self._get_card_batches():
            for key, found, sealed, content, state in rows:
                if digest(content) != found or content != sealed:
                    yield Problem("card", 0, self._compare(sealed, content), key)
                elif state:
                    yield Problem("card", 0, (("state", "in_force", state),), key)
        for period, noted, now in self._get_closed_figures():
            if changes := tuple(differences(noted, now)):
                yield Problem("period", 0, changes, period.id, period.name)
        tree, number, head, explained = merkle.Tree(), 0, GENESIS, 0
        checkpoints = self._get_checkpoints().grouped("number")
        earlier = self._get_earlier()
        company = self.company_id.id
        for noted in [noted for noted in checkpoints if noted < 1]:
            yield from checkpoints.pop(noted)._compare_with(head, tree)
        for row in self._get_checks():
            if not _holds(company, number, head, row):
                explained += 1
                yield from self._explain(number, head, row[0], explained)
            number, head = row[0], row[2]
            tree.add(merkle.seal_leaf(head))
            if number in checkpoints:
                yield from checkpoints[number]._compare_with(head, tree)
            if number in earlier and (found := earlier[number]) != head:
                yield Problem("earlier", number, (("", found, head),))
        yield from self._find_problems_at_end(number, head, checkpoints)
        yield from self._find_less_than_earlier(number, earlier)
        for key, origin in self._get_unsealed():
            yield Problem("unsealed", 0, (), key, origin)

    def _explain(self, number, head, wrong, explained):
        """Yield what is wrong with a seal.

        :param number, head: of the seal before it
        :param explained: how many were explained by now; the first ones are read anew
        """
        problems = []
        if explained <= DESCRIBED:
            for ids in self._get_batches(wrong, wrong):
                for record in self._get_records(ids):
                    problems += Chain(number, head).check(record)
        yield from problems or [Problem("hash", wrong)]

    def _find_problems_at_end(self, number, head, checkpoints):
        if (number, head) != (self.number, self.head):
            same = number == self.number
            said, found = (self.head, head) if same else (self.number, number)
            yield Problem("head", self.number, (("", said, found),))
        for noted in checkpoints:
            if noted > number:
                yield Problem("checkpoint", noted, (("", noted, number),))

    def _get_earlier(self):
        """Return {number: hash} of the last seals of verifications that held."""
        return dict(
            self.env["backflush.verification"]._read_group(
                [*self._get_held_domain(), ("last_number", ">", 0)],
                ["last_number", "hash"],
            )
        )

    def _get_held_domain(self):
        return [("company_id", "=", self.company_id.id), ("result", "=", "holds")]

    def _find_less_than_earlier(self, number, earlier):
        """Yield what verifications that held have seen and what is not there now."""
        if (last := max(earlier, default=0)) > number:
            yield Problem("earlier", last, (("", last, number),))
        [(seen,)] = self.env["backflush.verification"]._read_group(
            self._get_held_domain(), aggregates=["checkpoint_count:max"]
        )
        found = len(self._get_checkpoints())
        if (seen or 0) > found:
            yield Problem("earlier", number, (("checkpoints", seen, found),))

    @staticmethod
    def _compare(sealed, content):
        read = (json.loads(to_json(text)) for text in (sealed, content))
        return tuple(differences(*read))


def _holds(company, number, head, row):
    """Answer whether a row of `_get_checks` continues the chain as it is said to."""
    found, previous, hashed, sealed_at, names, content, sound = row
    return (
        found == number + 1
        and previous == head
        and bool(sound)
        and hashed == seal_hash(company, found, previous, sealed_at, content, names)
    )


class BackflushCheckpoint(models.Model):
    _inherit = "backflush.checkpoint"

    def _compare_with(self, head, tree):
        """Yield what differs between these checkpoints and the chain as it is now."""
        root = tree.root().hex()
        for checkpoint in self:
            found = {"hash": head, "root": root}
            noted = {"hash": checkpoint.hash, "root": checkpoint.root}
            if changes := tuple(differences(noted, found)):
                yield Problem("checkpoint", checkpoint.number, changes)
