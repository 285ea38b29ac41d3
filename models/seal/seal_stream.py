# The seals of a batch, as the database copies them in: each is hashed while it stores
# those before. Beside the sealer (backflush_chain_seal.py).

from odoo import fields
from odoo.tools.misc import split_every

from ...costing import chain

#: Takes in what a `SealStream` gives.
COPY = """
COPY backflush_seal (
    company_id, sealed_at, number, entry_id, previous_hash, hash, names_id,
    journal_hash, content
) FROM STDIN
"""
#: No value, in what is copied.
NONE = "\\N"
#: Seals that are given at a time.
SIZE = 100


class SealStream:
    """The seals of the next rows of a chain, to be read once.

    :param company: whose chain it is
    :param number, head: of the last seal before them; once read, of the last of them
    :param rows: of `seal_content.ENTRIES_TO_SEAL`, in order
    :param names: `SealNames` that looked up theirs
    """

    def __init__(self, company, number, head, rows, names):
        self.number, self.head = number, head
        self.moment = fields.Datetime.now()
        self._company = company.id
        self._names = names
        self._parts = split_every(SIZE, rows)

    def read(self, _size=None):  # pylint: disable=method-required-super
        """Return the text of some more seals; of none, when all were read."""
        return "".join(self._seal(row) for row in next(self._parts, ()))

    def _seal(self, row):
        names, content = self._names.get(row), row["content"]
        previous, self.number = self.head, self.number + 1
        self.head = chain.seal_hash(
            *(self._company, self.number, previous),
            f"{self.moment:%Y-%m-%dT%H:%M:%SZ}",
            *(chain.digest(content), names.digest),
        )
        # Canonical texts have neither tabs nor ends of lines, but backslashes.
        return (
            f"{self._company}\t{self.moment}\t{self.number}\t{row['id']}\t{previous}\t"
            f"{self.head}\t{names.id}\t{row['journal_hash'] or NONE}\t"
            + content.replace("\\", "\\\\")
            + "\n"
        )
