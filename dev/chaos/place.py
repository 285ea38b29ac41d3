"""Where a chaos run works: a temporary folder, and in it a small disk of its own."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..places import Places

MEGABYTES = 640  # the small disk is in memory: a database and its log, then no more
NEW_NAMESPACES = 0x10000000 | 0x00020000  # CLONE_NEWUSER | CLONE_NEWNS
BALLAST = "ballast"


@dataclass(frozen=True)
class Stage(Places):
    """Places with their state elsewhere; logs stay with the checkout's."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder

    @property
    def addons(self) -> Path:
        return Places(self.checkout, self.cache).addons

    def log(self, name: str) -> Path:
        return Places(self.checkout, self.cache).log(f"chaos-{name}")


@contextmanager
def make_folder() -> Iterator[Path]:
    """A temporary folder that the user of the database may pass."""
    folder = Path(tempfile.mkdtemp(prefix="backflush-chaos-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class SmallDisk:
    """A disk in memory, seen by this process and its children alone."""

    folder: Path

    @contextmanager
    def mounted(self) -> Iterator[bool]:
        """Mount it, without rights of an administrator; give whether that worked.

        This process stays in a user namespace of its own, so it must have no threads.
        """
        self.folder.mkdir()
        is_mounted = enter_namespaces() and self._mount()
        try:
            yield is_mounted
        finally:
            if is_mounted:
                subprocess.run(["umount", "--lazy", self.folder])

    def _mount(self) -> bool:
        options = f"size={MEGABYTES}m,mode=711"
        command = ["mount", "-t", "tmpfs", "-o", options, "backflush", self.folder]
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0

    def fill(self) -> None:
        """Take all space that is left."""
        free = shutil.disk_usage(self.folder).free
        with (self.folder / BALLAST).open("wb") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, free)
            except OSError:
                # Somebody was faster with the last pages; take what is left now.
                self._fill_up(file.fileno())

    def _fill_up(self, file: int) -> None:
        block = bytes(1 << 16)
        try:
            while os.write(file, block):
                pass
        except OSError:
            return

    def free(self) -> None:
        """Give the space back."""
        (self.folder / BALLAST).unlink(missing_ok=True)


def enter_namespaces() -> bool:
    """Make this process root in a user namespace, with mounts of its own."""
    user, group = os.geteuid(), os.getegid()
    try:
        if ctypes.CDLL(None).unshare(NEW_NAMESPACES):
            return False
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    except (OSError, AttributeError):
        return False
    return True
