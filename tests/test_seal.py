"""Sealing: numbers without gaps, one chain a company, one sealer at a time."""

from ..costing import chain as chains
from .common import BackflushCase


class SealCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chain = cls.env["backflush.chain"]._get(cls.company)

    def _get_seals(self):
        return self.env["backflush.seal"].search(
            [("company_id", "=", self.company.id)], order="number"
        )


class TestSeal(SealCase):
    def test_numbers_and_chain(self):
        """Two orders are entries 1 and 2; each seal holds the hash of the one before,
        the first one the start of all chains."""
        orders = self._produce(2) | self._produce(1)
        self.chain._seal()
        seals = self._get_seals()
        self.assertEqual(seals.mapped("number"), list(range(1, len(seals) + 1)))
        self.assertLessEqual(orders.backflush_entry_ids, seals.entry_id)
        before = [chains.GENESIS, *seals.mapped("hash")[:-1]]
        self.assertEqual(seals.mapped("previous_hash"), before)
        self.assertEqual(self.chain.number, len(seals))
        self.assertEqual(self.chain.head, seals[-1].hash)
