# The template holds every term of the module, and each translation all of the template.

import re

import polib

from odoo.tests import TransactionCase, tagged

from ..dev.inside.export_terms import FOLDER, MODULE, get_reader

#: ``%(name)s``, ``%s`` and the like; a percent sign of its own is written ``%%``.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdfgirx%]")
MARKUP = re.compile(r"<[^>]*>")
#: Text inside a tag, which a reader sees or hears, too.
TEXT_IN_TAG = re.compile(r'(?<= )(aria-label|title|alt|placeholder)="[^"]*"')


def get_markup(text):
    """The tags of a term, without the words that stand in them."""
    return {TEXT_IN_TAG.sub(r"\1", tag) for tag in MARKUP.findall(text)}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def _get_terms(self):
        """Return the terms of the module that Odoo's exporter finds now."""
        reader = get_reader(self.env.cr)
        return {source for _module, _type, _name, _res_id, source, *_rest in reader}

    def _get_template(self):
        return polib.pofile(str(FOLDER / f"{MODULE}.pot"))

    def _get_translations(self):
        """Yield (file name, entry) of all translations of this module."""
        for path in sorted(FOLDER.glob("*.po")):
            for entry in polib.pofile(str(path)):
                yield path.name, entry

    def test_template_is_complete(self):
        """A term in the code and not in the template, or the reverse: export again.

        ``./run terms`` does.
        """
        exported = self._get_terms()
        held = {entry.msgid for entry in self._get_template()}
        self.assertFalse(exported - held, "Terms that the template does not have")
        self.assertFalse(held - exported, "Terms that nothing uses any more")

    def test_translations_follow_template(self):
        held = {entry.msgid for entry in self._get_template()}
        for path in FOLDER.glob("*.po"):
            translated = {entry.msgid for entry in polib.pofile(str(path))}
            self.assertEqual(translated, held, path.name)

    def test_norwegian_is_complete(self):
        left = [
            entry.msgid
            for entry in polib.pofile(str(FOLDER / "nb.po"))
            if entry.fuzzy or entry.obsolete or not entry.translated()
        ]
        self.assertFalse(left)

    def test_placeholders(self):
        """The values that the code fills in, and the markup, are in each translation:
        a wrong name would be an error that only its readers meet."""
        for name, entry in self._get_translations():
            if not entry.msgstr:
                continue
            with self.subTest(file=name, term=entry.msgid):
                self.assertEqual(
                    sorted(PLACEHOLDER.findall(entry.msgstr)),
                    sorted(PLACEHOLDER.findall(entry.msgid)),
                )
                # One word may stand for two, each in a tag of its own.
                self.assertEqual(get_markup(entry.msgstr), get_markup(entry.msgid))

    def test_norwegian_is_shown(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        module = self.env["ir.module.module"].search([("name", "=", MODULE)])
        module._update_translations("nb_NO", overwrite=True)
        found = {e.msgid: e.msgstr for e in polib.pofile(str(FOLDER / "nb.po"))}
        env = self.env(context={"lang": "nb_NO"})
        menu = env.ref(f"{MODULE}.menu_backflush_root")
        self.assertEqual(menu.name, found["Backflush Costing"])
        for model in ("backflush.policy", "backflush.setup"):
            choices = dict(env[model].fields_get(["posting"])["posting"]["selection"])
            self.assertEqual(choices["day"], found["One journal entry per day"])

    def test_menu_paths(self):
        """A path such as *A > B* names the menus as the same file translates them."""
        menus = {"Backflush Costing", "Standard Cost", "Cost Cards", "Configuration"}
        menus |= {"Policies", "Cost Elements", "Product Categories", "Work Centers"}
        for path in FOLDER.glob("*.po"):
            found = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
            for term, translation in found.items():
                steps = re.findall(r"(?<=> )[\w\s]+|[\w\s]+(?= >)", term)
                for step in {step.strip() for step in steps} & menus:
                    with self.subTest(file=path.name, term=term):
                        self.assertIn(found[step], translation)
