"""Locks, children, links, keys: the parts that must work when a run is cut off."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .. import database, links, locks, odoo_runner, places, process, python_env
from .common import FolderCase


class TestLocks(FolderCase):
    def test_one_holder(self):
        """A second opening of the file cannot lock it, and learns who holds it."""
        path = self.folder / "lock"
        with locks.open_lock(path) as first, locks.open_lock(path) as second:
            self.assertTrue(locks.try_lock(first))
            self.assertFalse(locks.try_lock(second))
            self.assertEqual(locks.get_holder(path), os.getpid())

    def test_free_again(self):
        """Closed, or never taken: nobody holds it, whatever the file says."""
        path = self.folder / "lock"
        self.assertIsNone(locks.get_holder(path))
        with locks.hold(path, "testing"):
            pass
        self.assertTrue(path.read_text())
        self.assertIsNone(locks.get_holder(path))


class TestChildren(FolderCase):
    def test_failure_has_output(self):
        log = self.folder / "log"
        command = [sys.executable, "-c", "print('oh'); raise SystemExit(3)"]
        with self.assertRaises(process.Failed) as caught:
            process.run(command, log=log, doing="test")
        self.assertEqual(caught.exception.code, 3)
        self.assertEqual(caught.exception.tail(), "oh")

    def test_interrupted_with_its_own_children(self):
        """A tool that runs apart goes with the programs that it has started."""
        code = "import subprocess as s; s.run(['sleep', '60'])"
        child = process.Child(
            [sys.executable, "-c", code], apart=True, stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        child.finish(typed=False)
        self.assertIsNotNone(child.returncode)
        with self.assertRaises(ProcessLookupError):
            os.killpg(child.pid, 0)

    def test_dies_with_a_killed_parent(self):
        """Even SIGKILL of the parent leaves no child (Linux)."""
        root = Path(__file__).resolve().parents[2]
        code = (
            f"import sys; sys.path.insert(0, {str(root)!r});"
            "from dev import process;"
            "child = process.Child(['sleep', '60'], apart=True);"
            "print(child.pid, flush=True); child.wait()"
        )
        command = [sys.executable, "-c", code]
        parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        with parent:
            pid = int(parent.stdout.readline())
            parent.send_signal(signal.SIGKILL)
        for _ in range(50):
            if not is_running(pid):
                return
            time.sleep(0.1)
        self.fail(f"process {pid} still runs")


def is_running(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


class TestLinks(FolderCase):
    def link(self, name: str, target: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        return path

    def test_dangling(self):
        """Only links that lead nowhere count, without those left so on purpose."""
        awesome = self.link("web/a.ttf", "../share/fonts-font-awesome/fonts/a.ttf")
        self.link("web/m.ttf", "../share/fonts/truetype/montserrat/m.ttf")
        (self.folder / "there").touch()
        self.link("web/ok", "../there")
        self.assertEqual(links.find_dangling(self.folder), [awesome])
        self.assertEqual(links.get_packages([awesome]), ["fonts-font-awesome"])

    def test_absolute_link(self):
        """An absolute link leads to the same place below the root."""
        path = self.link("web/jquery.js", "/usr/share/javascript/jquery/jquery.js")
        target = self.folder / "usr/share/javascript/jquery/jquery.js"
        target.parent.mkdir(parents=True)
        target.write_text("jquery")
        links.make_absolute_local(self.folder)
        self.assertEqual(path.read_text(), "jquery")

    def test_stripped_file(self):
        (self.folder / "mail").mkdir()
        links.add_stripped_files(self.folder)
        self.assertEqual((self.folder / links.STRIPPED).read_text(), "")


class TestKeys(FolderCase):
    def put(self, name: str, text: str = "") -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def test_sources(self):
        """A changed view needs a new install; a test, a stylesheet or .odoo do not."""
        self.put("views/a.xml")
        key = database.hash_sources(self.folder)
        for name in ("tests/test_a.py", "static/src/a.xml", ".odoo/b.py", "a.txt"):
            self.put(name)
        self.assertEqual(database.hash_sources(self.folder), key)
        self.put("views/a.xml", "<odoo/>")
        self.assertNotEqual(database.hash_sources(self.folder), key)

    def test_demo_sources(self):
        """Demo files count for the demo database only."""
        self.put("models/a.py")
        plain = database.hash_sources(self.folder)
        demo = database.hash_sources(self.folder, demo=True)
        self.put("demo/demo.xml")
        self.assertEqual(database.hash_sources(self.folder), plain)
        self.assertNotEqual(database.hash_sources(self.folder, demo=True), demo)

    def test_lock_file(self):
        """A changed lock file means another environment."""
        self.put("a.lock", "x==1")
        key = python_env.get_key(self.folder / "a.lock")
        self.put("a.lock", "x==2")
        self.assertNotEqual(python_env.get_key(self.folder / "a.lock"), key)

    def test_lock_files_name_no_host(self):
        """Pins and checksums only: where packages come from is the machine's choice."""
        dev = Path(__file__).resolve().parents[1]
        for name in ("odoo.lock", "lint.lock", "package-lock.json"):
            text = (dev / name).read_text(encoding="utf-8")
            self.assertNotIn("resolved", text)
            self.assertNotIn("index-url", text)
            if name.endswith(".lock"):
                self.assertNotIn("://", text)
        packages = json.loads((dev / "package-lock.json").read_text())["packages"]
        self.assertTrue(all("integrity" in v for k, v in packages.items() if k))


class TestPlaces(FolderCase):
    def test_link_survives_a_move(self):
        """The add-ons link is relative, so the checkout may be moved."""
        checkout = self.folder / "a checkout"
        checkout.mkdir()
        (checkout / "__manifest__.py").touch()
        places.Places(checkout, self.folder / "cache").prepare()
        moved = checkout.rename(self.folder / "moved")
        link = moved / ".odoo" / "addons" / places.MODULE
        self.assertTrue((link / "__manifest__.py").exists())


class TestLastError(FolderCase):
    LOG = (
        "2026-01-01 10:00:00,000 1 INFO d odoo: fine\n"
        "2026-01-01 10:00:00,000 1 ERROR d odoo: bad\n"
        "Traceback (most recent call last):\n"
        "ValueError: no\n"
        "2026-01-01 10:00:00,000 1 INFO d odoo: bye\n"
    )

    def test_error_with_traceback(self):
        text = odoo_runner.get_last_error(self.LOG)
        self.assertTrue(text.startswith("2026-01-01 10:00:00,000 1 ERROR"))
        self.assertTrue(text.endswith("ValueError: no"))

    def test_message_by_its_words(self):
        self.assertIn("bye", odoo_runner.get_last_error(self.LOG, mark="bye"))
