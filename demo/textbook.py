"""The textbook company: the four variants of one example beside the book's figures.

``main`` is what ``./run demo`` calls; the steps are ``book``, ``play``, ``comparison``
and ``table``.
"""

from pathlib import Path

from . import audit, book, comparison, table
from .company import get_company_env
from .people import PEOPLE, get_people
from .play import play

DATA = Path(__file__).parents[1] / "tests" / "data" / "backflush.json"
FAMILY = "trigger_point"

#: (label, login, password) of the people who may see all demo companies.
LOGINS = [(label, login, login) for label, login, _groups in PEOPLE]


def main(env):
    """Play the first example of each variant, unless its company is there already.

    :return: (the table as text, whether every amount is the book's)
    """
    found = []
    for case in get_examples():
        name = f"Textbook {case.variant}"
        company = env["res.company"].search([("name", "=", name)], limit=1)
        if company:
            company_env = get_company_env(company)
        else:
            company_env = play(env, case, name, bridged=True)
            get_people(env, company_env.company)
            audit.verify(company_env)
        found.append(comparison.compare(company_env, case))
    return table.render(found)


def get_examples():
    """Return the first case of the data for each set of trigger points."""
    examples = {}
    for data in book.load(DATA):
        triggers = tuple(data["triggers"])
        if data["family"] == FAMILY and triggers not in examples:
            examples[triggers] = book.read(data)
    return list(examples.values())
