"""What a run did and found, for the terminal."""

from collections import Counter

from ..console import say
from .checks import get_counts
from .faults import KINDS
from .shaker import Shaker


def print_report(shaker: Shaker) -> None:
    """Print all counts, then what does not hold."""
    counts = dict(shaker.counts)
    faults = {label: counts.pop(f"fault: {kind}", 0) for kind, label in KINDS.items()}
    conflicts = shaker.database.get_conflicts()
    retries = sum((server.get_retries() for server in shaker.servers), Counter())
    print_table("Faults", faults)
    print_table("What happened", dict(sorted(counts.items())))
    print_table("Conflicts of transactions, by statement", conflicts)
    print_table("What Odoo did about them", retries)
    print_table("In the database at the end", get_counts(shaker.database))
    say()
    for line in shaker.surprises:
        say(f"unexpected answer: {line}")
    for line in shaker.violations:
        say(f"DOES NOT HOLD: {line}")
    number = len(shaker.violations)
    say(f"{counts['checks']} checks, {number or 'no'} violations")


def print_table(title: str, rows: dict[str, int]) -> None:
    say(f"\n{title}")
    for label, number in rows.items():
        say(f"  {label:56}{number:9,}")
