"""Runs in Odoo's Python: play the textbook company and print its table.

Arguments: the database, and a file to write the log-ins to (as JSON). Exit code 1
if any amount differs from the book's.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

import odoo.api
import odoo.modules.registry
import odoo.tools


def get_logins(textbook) -> list[list[str]]:
    """(label, login, password) of the people to log in as."""
    logins = getattr(textbook, "LOGINS", None) or [("Administrator", "admin", "admin")]
    return [[str(text) for text in login] for login in logins if len(login) == 3]


def main(database: str, logins: str) -> int:
    odoo.tools.config.parse_config(["-d", database, "--log-level=warn"])
    registry = odoo.modules.registry.Registry(database)
    # Importable only now that the add-ons path is known.
    textbook = import_module("odoo.addons.mrp_account_backflush.demo.textbook")
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        text, agrees = textbook.main(env)
        cr.commit()  # pylint: disable=invalid-commit
    Path(logins).write_text(json.dumps(get_logins(textbook)), encoding="utf-8")
    sys.stdout.write(text.rstrip("\n") + "\n")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
