"""Arguments of the commands, and how ``./run test`` hands them to pytest."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from .. import main, odoo_tests, testing
from .common import FolderCase

LINK = Path("/addons/mrp_account_backflush")


class TestCommandLine(FolderCase):
    def test_own_options(self):
        options, rest = main.parse(["demo", "--no-serve", "--port", "8171"])
        self.assertEqual((options.command, options.no_serve), ("demo", True))
        self.assertEqual((options.port, rest), (8171, []))

    def test_passed_on(self):
        """What follows ``test`` is pytest's, even options that ``run`` has, too."""
        options, rest = main.parse(["test", "-k", "sale", "--help", "--histories=9"])
        self.assertEqual(options.command, "test")
        self.assertEqual(rest, ["-k", "sale", "--help", "--histories=9"])

    def test_help_names_every_command(self):
        with redirect_stdout(io.StringIO()) as output, self.assertRaises(SystemExit):
            main.parse(["--help"])
        for command in (
            "demo",
            "test",
            "lint",
            "shell",
            "bench",
            "chaos",
            "stop",
            "clean",
        ):
            self.assertIn(f"    {command} ", output.getvalue())

    def test_unknown_command(self):
        with redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as caught:
            main.parse(["demos"])
        self.assertEqual(caught.exception.code, 2)

    def test_modules_of_odoo_tests(self):
        """A name is a module, unless it is an option's value."""
        self.assertEqual(
            odoo_tests.split(["mrp", "-k", "kit", "-x"]), (["mrp"], ["-k", "kit", "-x"])
        )
        self.assertEqual(odoo_tests.split(["-x"])[0], list(odoo_tests.DEFAULT_MODULES))


class TestPaths(FolderCase):
    """Paths of the checkout become paths below the add-ons link."""

    def setUp(self):
        super().setUp()
        (self.folder / "tests").mkdir()
        (self.folder / "tests" / "test_sale.py").touch()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def map(self, *arguments: str) -> tuple[list[str], bool]:
        return testing.map_paths(arguments, self.folder, LINK)

    def test_file(self):
        mapped, named = self.map("-x", "tests/test_sale.py")
        self.assertEqual(mapped, ["-x", f"{LINK}/tests/test_sale.py"])
        self.assertTrue(named)

    def test_one_test(self):
        mapped, _named = self.map("tests/test_sale.py::TestSale::test_a")
        self.assertEqual(mapped, [f"{LINK}/tests/test_sale.py::TestSale::test_a"])

    def test_from_another_folder(self):
        """Relative to the folder where the command is typed, too."""
        os.chdir(self.folder / "tests")
        self.assertEqual(self.map("test_sale.py")[0], [f"{LINK}/tests/test_sale.py"])

    def test_value_is_no_path(self):
        """``-k tests`` selects by name, although there is a folder ``tests``."""
        self.assertEqual(self.map("-k", "tests"), (["-k", "tests"], False))

    def test_unknown_arguments_untouched(self):
        arguments = ["--histories", "200", "--maxfail=1", "missing.py"]
        self.assertEqual(self.map(*arguments), (arguments, False))


class TestSpread(FolderCase):
    """Two processes by default, one where a person looks or chose otherwise."""

    def test_alone(self):
        for arguments in (["--pdb"], ["-n0"], ["-n", "4"], ["tests/a.py::B"], ["-s"]):
            self.assertEqual(testing.get_spread(arguments), [], arguments)

    def test_two(self):
        expected = [] if (os.cpu_count() or 1) < 2 else ["-n", "2"]
        self.assertEqual(testing.get_spread(["-k", "x"])[:2], expected)
