"""Where things are: the checkout with its ``.odoo`` folder, the cache of the user."""

import os
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

MODULE = "mrp_account_backflush"


@dataclass(frozen=True)
class Places:
    """Folders that the commands write to; nothing is written outside them.

    ``checkout``: this repository; its ``.odoo`` has databases and logs.
    ``cache``: downloads and Python environments, shared by the user's checkouts.
    """

    checkout: Path
    cache: Path

    @property
    def state(self) -> Path:
        return self.checkout / ".odoo"

    @property
    def addons(self) -> Path:
        return self.state / "addons"

    @property
    def module(self) -> Path:
        """The checkout under the name that Odoo knows the module by."""
        return self.addons / MODULE

    @property
    def conf(self) -> Path:
        return self.state / "odoo.conf"

    @property
    def data(self) -> Path:
        """Odoo's data folder: filestores and sessions."""
        return self.state / "data"

    def filestore(self, database: str) -> Path:
        return self.data / "filestore" / database

    def log(self, name: str) -> Path:
        return self.state / "logs" / f"{name}.log"

    def prepare(self) -> None:
        """Make the folders and the link; raise Problem where that is not allowed."""
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            for folder in (self.addons, self.data, self.state / "logs"):
                folder.mkdir(parents=True, exist_ok=True)
            if not self.module.is_symlink():
                self.module.symlink_to(Path("..") / "..")
        except OSError as error:
            raise Problem(
                f"Cannot write to {error.filename}: {error.strerror}.\n"
                "The checkout and the cache folder must belong to you "
                "(XDG_CACHE_HOME selects another cache)."
            ) from error


def get_places() -> Places:
    """The places of this checkout and this user."""
    checkout = Path(__file__).resolve().parent.parent
    # Odoo separates the folders of its add-ons path with commas.
    if "," in str(checkout):
        raise Problem(
            f"Odoo cannot load add-ons from a path with a comma: {checkout}\n"
            "Move or clone the checkout to another folder."
        )
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Places(checkout, Path(home).expanduser().absolute() / MODULE)
