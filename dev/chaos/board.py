"""What the clients of a run share: open documents, and what was achieved."""

import json
import random
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

#: How often a document that is finished stays on the board, to be finished again.
TWICE = 0.15


@dataclass(frozen=True)
class Document:
    """An order or a transfer that is ready to be finished.

    ``kind``: completion, delivery or return; ``method`` finishes it.
    """

    kind: str
    model: str
    key: int
    method: str
    product: int


class Board:
    """Documents that any client may finish, also several at once.

    A document leaves when its end is acknowledged, so that one whose answer was lost
    is tried again: a document that is recorded twice would show.
    """

    def __init__(self, diary: Path) -> None:
        self.lock = threading.Lock()
        self.diary = diary.open("a", encoding="utf-8")
        self.open: list[Document] = []
        self.finished: set[Document] = set()
        self.made: list[int] = []
        self.delivered: list[Document] = []
        self.counts: Counter[str] = Counter()
        self.surprises: set[str] = set()

    def offer_order(self, key: int, product: int) -> None:
        """Offer a manufacturing order to whoever completes it first."""
        self._offer("completion", "mrp.production", key, "button_mark_done", product)

    def offer_transfer(self, kind: str, key: int, product: int) -> None:
        """Offer a delivery or a return."""
        self._offer(kind, "stock.picking", key, "button_validate", product)

    def _offer(self, *document) -> None:
        with self.lock:
            self.open.append(Document(*document))

    def choose(self, dice: random.Random) -> Document | None:
        """A document to finish; it stays on the board."""
        with self.lock:
            return dice.choice(self.open) if self.open else None

    def acknowledge(self, document: Document, dice: random.Random) -> None:
        """Note that a document is finished: the server said so."""
        with self.lock:
            if document in self.open and dice.random() > TWICE:
                self.open.remove(document)
            if document in self.finished:
                self.counts["finished again"] += 1
            else:
                self._record(document)

    def _record(self, document: Document) -> None:
        self.finished.add(document)
        line = {"model": document.model, "id": document.key}
        self.diary.write(json.dumps(line) + "\n")
        self.diary.flush()
        self.counts[document.kind] += 1
        if document.kind == "completion":
            self.made.append(document.product)
        elif document.kind == "delivery":
            self.delivered.append(document)

    def drop(self, document: Document) -> None:
        """Forget a document that the server does not accept."""
        with self.lock:
            if document in self.open:
                self.open.remove(document)

    def take(self, things: list, dice: random.Random):
        """One of the things, for one client alone; None if there is none."""
        with self.lock:
            return things.pop(dice.randrange(len(things))) if things else None

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1
