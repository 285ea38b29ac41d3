"""As whom the PostgreSQL server runs: it refuses to run as root."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from . import process
from .problem import Problem
from .process import Failed

NOBODY = 65534
# In a user namespace of its own root is called nobody, and stays owner of its files.
RENAMED_ROOT = ["unshare", "--user", f"--map-user={NOBODY}"]
REAL_NOBODY = [
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
]


@dataclass(frozen=True)
class Owner:
    """The user that owns the cluster's files, and how to run a program as that."""

    uid: int
    prefix: list[str] = field(default_factory=list)

    def give(self, folder: Path) -> None:
        """Make the private folder; with all that is in it, it belongs to this user."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if folder.stat().st_uid == self.uid:
            return
        shutil.chown(folder, self.uid)
        for parent, folders, files in os.walk(folder):
            for name in folders + files:
                os.chown(Path(parent, name), self.uid, -1, follow_symlinks=False)


def get_owner(*paths: Path) -> Owner:
    """The owner for a cluster with these programs and data; raise Problem."""
    if os.geteuid() != 0:
        return Owner(os.geteuid())
    try:
        process.ask([*RENAMED_ROOT, "true"])
        return Owner(0, RENAMED_ROOT)
    except (Failed, FileNotFoundError):
        closed = find_closed(paths)
    if closed:
        raise Problem(
            f"PostgreSQL refuses to run as root, and no other user may pass {closed}.\n"
            "Work as an ordinary user; or use a checkout and a cache (XDG_CACHE_HOME) "
            "in folders that all users may pass; or select a server by PGHOST."
        )
    return Owner(NOBODY, REAL_NOBODY)


def find_closed(paths: tuple[Path, ...]) -> Path | None:
    """The first folder above these paths that other users may not pass."""
    for path in paths:
        for folder in reversed(path.parents):
            if folder.exists() and not folder.stat().st_mode & 0o001:
                return folder
    return None
