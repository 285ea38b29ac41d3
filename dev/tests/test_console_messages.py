"""What the person at the terminal reads when something is wrong."""

import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

from .. import machine, main, odoo_source, postgres_owner, process
from ..problem import Problem
from ..process import Failed
from .common import FolderCase

CHECKOUT = Path(__file__).resolve().parents[2]


class TestProblems(FolderCase):
    """Each is one message that says what is wrong and what to do."""

    def test_problem_without_traceback(self):
        """A Problem ends the command with its text and exit code 1."""
        with (
            mock.patch.object(main, "dispatch", side_effect=Problem("No such thing.")),
            mock.patch.object(main, "complain") as complain,
            mock.patch("signal.signal"),
        ):
            self.assertEqual(main.main(["lint"]), 1)
        complain.assert_called_once_with("\nerror: No such thing.")

    def test_interrupt(self):
        """Ctrl-C is no error: exit code 130, and a word on going on."""
        with (
            mock.patch.object(main, "dispatch", side_effect=KeyboardInterrupt),
            mock.patch.object(main, "complain") as complain,
            mock.patch("signal.signal"),
        ):
            self.assertEqual(main.main(["lint"]), 130)
        self.assertIn("goes on where it stopped", complain.call_args.args[0])

    def test_no_network(self):
        """The tools' various words for no network give one message."""
        for words in (
            "Temporary failure resolving 'mirror'",
            "NewConnectionError('<...>: Failed to establish a new connection')",
            "fatal: unable to access: Could not resolve host: example",
            "npm error code EAI_AGAIN",
        ):
            problem = process.explain(Failed(1, f"line\n{words}\n"), "Fetching")
            self.assertIn("Fetching: no network", str(problem))

    def test_disk_full(self):
        """A write that failed for space is told from other failures."""
        failed = Failed(1, "OSError: [Errno 28] No space left on device")
        self.assertIn("the disk is full", str(process.explain(failed, "Unpacking")))

    def test_unknown_failure(self):
        """An unknown cause shows the end of the output, and the advice."""
        output = "\n".join(f"line {number}" for number in range(100))
        text = str(process.explain(Failed(2, output), "Doing", "Do that."))
        self.assertEqual(text.splitlines()[0], "Doing:")
        self.assertEqual(text.splitlines()[-2:], ["line 99", "Do that."])
        self.assertLess(len(text.splitlines()), 20)

    def test_no_space(self):
        """Free space is checked before a download; 10**9 MB are never free."""
        with self.assertRaisesRegex(Problem, "Not enough disk space for Odoo 19"):
            machine.check_space(self.folder / "missing", 10**9, "Odoo 19")

    def test_unsupported_python(self):
        """An old Python gets a message, not a SyntaxError or traceback."""
        code = (
            "import runpy, sys, shutil; sys.version_info = (3, 9, 1);"
            "shutil.which = lambda name: None;"
            f"sys.argv = ['run', 'demo']; runpy.run_path({str(CHECKOUT / 'run')!r},"
            " run_name='__main__')"
        )
        result = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True
        )
        self.assertEqual(result.returncode, 1)
        self.assertIn("Python 3.9 is not supported", result.stderr)
        self.assertNotIn("Traceback", result.stderr)


class TestPorts(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.taken = {8069, 8070}
        patch = mock.patch.object(machine, "is_free", lambda p: p not in self.taken)
        patch.start()
        self.addCleanup(patch.stop)

    def test_wanted_port_is_taken(self):
        """A port asked for by name is never silently replaced."""
        with self.assertRaisesRegex(Problem, "Port 8070 is taken.*--port"):
            machine.choose_port(8070, 8069)

    def test_default_port_is_taken(self):
        """Without --port the next free one is taken: 8069 and 8070 are not free."""
        self.assertEqual(machine.choose_port(None, 8069), 8071)

    def test_all_ports_are_taken(self):
        self.taken = set(range(8069, 8100))
        with self.assertRaisesRegex(Problem, "8069 to 8088 are all taken"):
            machine.choose_port(None, 8069)


class TestOdooHome(FolderCase):
    def write_release(self, version: str) -> None:
        (self.folder / "odoo").mkdir()
        (self.folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")

    def test_odoo_19(self):
        self.write_release("(19, 0, 0, FINAL, 0, '')")
        self.assertEqual(odoo_source.check_home(self.folder), self.folder)

    def test_other_version(self):
        self.write_release("(18, 0, 0, FINAL, 0, '')")
        with self.assertRaisesRegex(Problem, "is Odoo 18.0; Odoo 19.0 is needed"):
            odoo_source.check_home(self.folder)

    def test_no_odoo(self):
        with self.assertRaisesRegex(Problem, "has no Odoo"):
            odoo_source.check_home(self.folder)


class TestRootWithClosedFolder(FolderCase):
    def test_closed_folder(self):
        """The folder that keeps another user from the cluster is named."""
        self.folder.chmod(0o700)
        path = self.folder / "pg" / "data"
        self.assertEqual(postgres_owner.find_closed((path,)), self.folder)
