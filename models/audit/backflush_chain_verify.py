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
            for key, found, sealed, content in rows:
                if digest(content) != found:
                    yield Problem("card", 0, self._compare(sealed, content), key)
        tree, number, head, explained = merkle.Tree(), 0, GENESIS, 0
        checkpoints = self._get_checkpoints().grouped("number")
        company = self.company_id.id
        for row in self._get_checks():
            if not _holds(company, number, head, row):
                explained += 1
                yield from self._explain(number, head, row[0], explained)
            number, head = row[0], row[2]
            tree.add(merkle.seal_leaf(head))
            if number in checkpoints:
                yield from checkpoints[number]._compare_with(head, tree)
        yield from self._find_problems_at_end(number, head, checkpoints)

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
            yield Problem("head", self.number, (("", self.number, number),))
        for noted in checkpoints:
            if noted > number:
                yield Problem("checkpoint", noted, (("", noted, number),))

    @staticmethod
    def _compare(sealed, content):
        read = (json.loads(to_json(text)) for text in (sealed, content))
        return tuple(differences(*read))


def _holds(company, number, head, row):
    """Answer whether a row of `_get_checks` continues the chain as it is said to."""
    found, previous, hashed, sealed_at, names, content, balances = row
    return (
        found == number + 1
        and previous == head
        and bool(balances)
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
