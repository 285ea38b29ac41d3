"""Runs in Odoo's Python: write the template of translations and bring each translation
up to it.

Argument: a database with the module and without demo data. Terms that a translation
lacks are left empty, those that nothing uses any more are taken out. Prints how many
are still to be translated; exit code 1 if there are any.
"""

import os
import sys
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import polib

import odoo.api
import odoo.modules.registry
import odoo.tools
from odoo.tools.translate import TranslationFileWriter, TranslationModuleReader

MODULE = "mrp_account_backflush"
FOLDER = Path(__file__).parents[2] / "i18n"

walk = os.walk


def walk_shown(top, **options):
    """Walk like ``os.walk``, outside tests, whose terms nobody sees, and outside
    hidden folders: the add-ons link that the developer commands keep in ``.odoo``
    leads back to the checkout, without end."""
    for root, folders, files in walk(top, **options):
        folders[:] = [
            folder
            for folder in folders
            if folder != "tests" and not folder.startswith(".")
        ]
        yield root, folders, files


def get_reader(cr):
    """The terms of the module, as Odoo's exporter finds them."""
    with patch.object(os, "walk", walk_shown):
        return TranslationModuleReader(cr, modules=[MODULE])


def export(cr) -> polib.POFile:
    """Write the template; return it."""
    buffer = BytesIO()
    writer = TranslationFileWriter(buffer, fileformat="po", lang=None)
    writer.write_rows(get_reader(cr))
    path = FOLDER / f"{MODULE}.pot"
    path.write_bytes(buffer.getvalue())
    return polib.pofile(str(path))


def merge(path: Path, template: polib.POFile) -> list[str]:
    """Bring the translation up to the template; return what it lacks."""
    translation = polib.pofile(str(path))
    known = {entry.msgid: entry.msgstr for entry in translation}
    merged = polib.POFile()
    merged.metadata = translation.metadata
    merged.header = translation.header
    for entry in template:
        entry.msgstr = known.get(entry.msgid, "")
        merged.append(entry)
    merged.save(str(path))
    return [entry.msgid for entry in merged if not entry.msgstr]


def main(database: str) -> int:
    odoo.tools.config.parse_config(["-d", database, "--log-level=warn"])
    with odoo.modules.registry.Registry(database).cursor() as cr:
        template = export(cr)
    lacking = {path: merge(path, template) for path in sorted(FOLDER.glob("*.po"))}
    for path, terms in lacking.items():
        sys.stdout.write(f"{path.name}: {len(terms)} to translate\n")
    return 1 if any(lacking.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
