"""Removal of the module: posted journal entries stay, the database works on.

Runs on a copy of the database, in processes of their own, as an administrator would.
"""

import shutil
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import odoo
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

USE = """
from odoo.addons.mrp_account_backflush.demo import textbook
text, ok = textbook.main(env)
assert ok, text
entries = env["backflush.entry"].search([("state", "=", "posted")])
env["backflush.chain"]._get(entries.company_id)._seal()
assert all(entries.mapped("seal_number"))
moves = entries.move_id
print("RESULT", len(moves), sum(moves.mapped("amount_total")))
env.cr.commit()
env["ir.module.module"].search(
    [("name", "=", "mrp_account_backflush")]
).button_immediate_uninstall()
"""

USE_WITHOUT = """
moves = env["account.move"].search(
    [("journal_id.code", "=", "BFL"), ("state", "=", "posted")]
)
print("RESULT", len(moves), sum(moves.mapped("amount_total")))
assert "backflush.entry" not in env
assert "backflush_policy_id" not in env["product.category"]._fields
env.cr.execute("SELECT 1 FROM pg_class WHERE relname LIKE 'backflush%'")
assert not env.cr.fetchall(), "tables are left"
env.cr.execute("SELECT 1 FROM pg_proc WHERE proname LIKE 'backflush%'")
assert not env.cr.fetchall(), "functions of triggers are left"
company = env["res.company"].search([("name", "=like", "Textbook %")], limit=1)
env = env(context={"allowed_company_ids": company.ids})
product = env["mrp.bom"].search([("company_id", "=", company.id)], limit=1)
product = product.product_tmpl_id.product_variant_id
order = env["mrp.production"].create({"product_id": product.id, "product_qty": 1})
order.action_confirm()
order.qty_producing = 1
order.with_context(skip_consumption=True).button_mark_done()
assert order.state == "done", order.state
print("PRODUCED", order.name)
"""


@tagged("post_install", "-at_install")
class TestUninstall(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = get_db_name()
        cls.database = f"{cls.source}-uninstall"
        cls.addClassCleanup(cls._drop)
        cls._drop()
        cls._run("createdb", cls.database)
        dump = subprocess.Popen(["pg_dump", "-Fc", cls.source], stdout=subprocess.PIPE)
        with dump.stdout:
            cls._run("pg_restore", "-d", cls.database, "--no-owner", stdin=dump.stdout)
        cls.assertEqual(cls(), dump.wait(), 0)
        # Files that other tests remove meanwhile are theirs: the rest is copied.
        with suppress(shutil.Error, FileNotFoundError):
            shutil.copytree(
                config.filestore(cls.source), cls._get_files(), dirs_exist_ok=True
            )

    @classmethod
    def _drop(cls):
        cls._run("dropdb", "--if-exists", "--force", cls.database)
        shutil.rmtree(cls._get_files(), ignore_errors=True)

    @classmethod
    def _get_files(cls):
        """Return the folder of the copy's files. Test processes may share those of the
        tests' own database, and name them whatever database is asked for."""
        return Path(config["data_dir"], "filestore", cls.database)

    @staticmethod
    def _run(*command, **options):
        subprocess.run(command, check=True, **options)

    def _shell(self, script):
        """Run a script in an Odoo shell on the copy; return what it printed."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "odoo",
                "shell",
                f"--database={self.database}",
                f"--addons-path={','.join(odoo.addons.__path__)}",
                f"--data-dir={config['data_dir']}",
                "--no-http",
                "--log-level=error",
            ],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertNotIn("Traceback", done.stderr, done.stderr[-3000:])
        self.assertNotIn("AssertionError", done.stdout + done.stderr)
        return done.stdout

    def _get_result(self, printed):
        return [line for line in printed.splitlines() if line.startswith("RESULT")]

    def test_uninstall(self):
        """Four textbook companies are played and the module is removed: as many posted
        journal entries with the same total as before, no table of ours is left, and an
        order is completed natively."""
        before = self._get_result(self._shell(USE))
        self.assertTrue(before)
        with closing(db_connect(self.database).cursor()) as cr:
            cr.execute(
                "SELECT state FROM ir_module_module WHERE name = %s",
                ["mrp_account_backflush"],
            )
            self.assertEqual(cr.fetchone(), ("uninstalled",))
        after = self._shell(USE_WITHOUT)
        self.assertEqual(self._get_result(after), before)
        self.assertIn("PRODUCED", after)
