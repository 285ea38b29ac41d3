"""The plan of faults: what happens when. A seed makes it, the same each time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

#: Methods of `shaker.Shaker`, and what the report calls them.
KINDS = {
    "kill_server": "one server killed (SIGKILL)",
    "kill_servers": "all servers killed (SIGKILL)",
    "stop_database": "database stopped (immediate shutdown)",
    "stop_all": "database stopped and all servers killed",
    "cut_connections": "database connections cut",
    "force_conflicts": "conflicting transactions",
    "fill_disk": "disk full",
}
PAUSE = (3.0, 9.0)  # seconds of work before a fault
LENGTH = (1.0, 4.0)  # seconds that a fault lasts, where it lasts


@dataclass(frozen=True)
class Fault:
    """One fault: its kind, after how many seconds of work, for how many, and where.

    ``server``: number of the server; ``share``: part of the connections.
    """

    kind: str
    pause: float
    length: float
    server: int
    share: float


def plan(seed: int, kinds: list[str]) -> Iterator[Fault]:
    """Faults without end: each kind once in a shuffled round, round after round.

    >>> from itertools import islice
    >>> first, again = (list(islice(plan(7, ["a", "b"]), 4)) for _ in range(2))
    >>> first == again
    True
    >>> sorted(fault.kind for fault in first)
    ['a', 'a', 'b', 'b']
    """
    dice = random.Random(seed)
    while True:
        for kind in dice.sample(kinds, len(kinds)):
            yield Fault(
                kind,
                dice.uniform(*PAUSE),
                dice.uniform(*LENGTH),
                dice.randrange(2),
                dice.uniform(0.3, 1.0),
            )
