"""Transactions in each other's way: which statements failed, and how often."""

import re
from collections import Counter

CONFLICT = re.compile(
    r"ERROR:  (could not serialize access|deadlock detected|could not obtain lock)"
)
STATEMENT = "STATEMENT:  "
#: Lines after an error in which its statement is found, others between them.
NEAR = 40


def count_conflicts(log: str) -> Counter[str]:
    """Conflicts in a log of PostgreSQL.

    >>> line = "2026-01-01 10:00:00 UTC [7] "
    >>> log = f'''{line}ERROR:  could not serialize access due to concurrent update
    ... {line}STATEMENT:  UPDATE "stock_quant"
    ... \\tSET "quantity" = 1
    ... '''
    >>> count_conflicts(log)
    Counter({'UPDATE stock_quant': 1})
    """
    lines = log.splitlines()
    return Counter(
        _find_statement(lines, number)
        for number, line in enumerate(lines)
        if CONFLICT.search(line)
    )


def _find_statement(lines: list[str], number: int) -> str:
    """Name the statement whose error is in line ``number``."""
    process = re.search(r"\[\d+\]", lines[number])
    for start in range(number + 1, min(number + NEAR, len(lines))):
        if STATEMENT in lines[start] and (not process or process[0] in lines[start]):
            break
    else:
        return "COMMIT"
    end = start + 1
    while end < len(lines) and lines[end].startswith("\t"):
        end += 1
    text = "\n".join(lines[start:end])
    return name_statement(text.split(STATEMENT, 1)[1])


def name_statement(sql: str) -> str:
    """Verb and first table of an SQL statement.

    >>> name_statement('SELECT "id" FROM "stock_quant" FOR UPDATE')
    'SELECT stock_quant'
    >>> name_statement("INSERT INTO backflush_entry (id) VALUES (1)")
    'INSERT backflush_entry'
    """
    verb = re.match(r"\s*(\w+)", sql)
    table = re.search(
        r"\b(?:FROM|INTO|UPDATE|TABLE|COPY)\s+(?:ONLY\s+)?\"?(\w+)", sql, re.I
    )
    return f"{verb[1].upper() if verb else '?'} {table[1] if table else '?'}"
