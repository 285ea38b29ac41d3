"""Odoo 19 itself: $ODOO_HOME, an importable one, Debian's package, or upstream."""

import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import apt, links, locks, machine, process
from .console import say, step
from .places import Places
from .problem import Problem
from .process import Failed

PACKAGE = "odoo-19"
# Debian's unstable suite has Odoo; an older one has the fonts that Odoo links to.
SUITE, LINKS_SUITE = "sid", "bookworm"
UPSTREAM = "https://github.com/odoo/odoo"
BRANCH = "19.0"
MEGABYTES = 1700  # download and unpacked tree


@dataclass(frozen=True)
class Odoo:
    """An Odoo 19: the folder with the package ``odoo``, and where it came from."""

    home: Path
    origin: str

    @property
    def addons(self) -> Path:
        """The folder with the standard add-ons (it depends on the distribution)."""
        for folder in (self.home / "addons", self.home / "odoo" / "addons"):
            if (folder / "web" / "static").is_dir():
                return folder
        raise Problem(f"{self.home} has no standard add-ons (web, mrp_account, …).")

    @property
    def identity(self) -> str:
        """Changes when this Odoo is another version than before."""
        release = (self.home / "odoo" / "release.py").read_text(encoding="utf-8")
        return f"{self.origin}\n{release}"


def get_odoo(places: Places) -> Odoo:
    """Find an Odoo 19, or bring one into the cache."""
    if home := os.environ.get("ODOO_HOME"):
        return Odoo(check_home(Path(home).expanduser().absolute()), "ODOO_HOME")
    if home := find_importable():
        return Odoo(home, "importable")
    with locks.hold(places.cache / "odoo.lock", "fetching Odoo"):
        return bring(places)


def check_home(home: Path) -> Path:
    """The folder above the package ``odoo``; raise Problem if it is not Odoo 19."""
    if not (home / "odoo" / "release.py").exists():
        raise Problem(
            f"ODOO_HOME={home} has no Odoo: it must be the folder that contains "
            "odoo-bin and the package odoo/."
        )
    version = read_version(home)
    if version != (19, 0):
        found = ".".join(map(str, version)) or "unknown"
        raise Problem(f"ODOO_HOME={home} is Odoo {found}; Odoo 19.0 is needed.")
    return home


def read_version(home: Path) -> tuple[int, ...]:
    """Major and minor version of the Odoo in this folder; empty if unreadable."""
    try:
        text = (home / "odoo" / "release.py").read_text(encoding="utf-8")
    except OSError:
        return ()
    found = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return tuple(map(int, found.groups())) if found else ()


def find_importable() -> Path | None:
    """Folder of an Odoo 19 that this Python can import."""
    try:
        spec = importlib.util.find_spec("odoo")
    except (ImportError, ValueError):
        return None
    for package in (spec and spec.submodule_search_locations) or ():
        home = Path(package).parent
        if read_version(home) == (19, 0):
            return home
    return None


def bring(places: Places) -> Odoo:
    """Odoo in the cache: as fetched before, or from Debian, or from upstream."""
    home = places.cache / "odoo"
    ready = home / "ready"
    if not ready.exists():
        for rest in (home, *places.cache.glob("odoo.part-*")):
            shutil.rmtree(rest, ignore_errors=True)
        step("Fetching Odoo 19 (once; about 130 MB to download)")
        machine.check_space(places.cache, MEGABYTES, "Odoo 19")
        # A new name each time: a killed run's tools may still write to its own.
        part = Path(tempfile.mkdtemp(prefix="odoo.part-", dir=places.cache))
        (part / "ready").write_text(bring_any(places, part), encoding="utf-8")
        part.chmod(0o755)
        part.rename(home)
    return Odoo(home / "tree", ready.read_text(encoding="utf-8"))


def bring_any(places: Places, part: Path) -> str:
    """Bring Odoo to ``part/tree`` and return where it came from."""
    reasons = []
    for bring_one in (bring_debian, clone_upstream):
        for rest in ("root", "tree"):
            shutil.rmtree(part / rest, ignore_errors=True)
        try:
            return bring_one(places, part)
        except Problem as problem:
            reasons.append(str(problem))
    if all(process.NO_NETWORK in reason for reason in reasons):
        raise Problem(f"Fetching Odoo 19: {process.NO_NETWORK}")
    raise Problem(
        "Odoo 19 could not be fetched, neither from Debian nor from upstream.\n"
        + "\n".join(f"- {reason}" for reason in reasons)
        + "\n"
        "With an Odoo 19 of your own, set ODOO_HOME to its folder."
    )


def bring_debian(places: Places, part: Path) -> str:
    """Unpack Debian's package of Odoo 19, and what its links lead to."""
    if not apt.is_available():
        raise Problem("This machine has no apt with Debian's archive keys.")
    private = apt.PrivateApt(places.cache / "apt", (SUITE, LINKS_SUITE))
    downloads = places.cache / "debs"
    root = part / "root"
    file = private.fetch(f"{PACKAGE}/{SUITE}", downloads)
    step("Unpacking Odoo 19")
    apt.unpack(file, root, private.log)
    tree = root / "usr" / "lib" / "python3" / "dist-packages"
    # Besides odoo/addons the package has a copy of it without any data files.
    shutil.rmtree(tree / "addons", ignore_errors=True)
    for package in links.get_packages(links.find_dangling(root)):
        fetched = private.fetch(f"{package}/{LINKS_SUITE}", downloads)
        apt.unpack(fetched, root, private.log)
    links.make_absolute_local(root)
    links.add_stripped_files(tree / "odoo" / "addons")
    for path in links.find_dangling(root):
        say(f"    warning: {path.relative_to(root)} leads nowhere")
    (part / "tree").symlink_to(tree.relative_to(part))
    shutil.rmtree(downloads)
    return file.name


def clone_upstream(places: Places, part: Path) -> str:
    """Clone the newest commit of upstream's branch."""
    say(f"    Not from Debian: cloning {UPSTREAM}, branch {BRANCH} (about 800 MB)")
    tree = part / "tree"
    try:
        process.run(
            ["git", "clone", "--depth=1", f"--branch={BRANCH}", UPSTREAM, tree],
            log=places.cache / "git.log",
            doing="git clone",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
        commit = process.ask(["git", "-C", tree, "rev-parse", "HEAD"]).strip()
    except Failed as failed:
        raise process.explain(failed, "Cloning Odoo") from failed
    except FileNotFoundError as error:
        raise Problem("git is not installed (Debian: apt install git).") from error
    shutil.rmtree(tree / ".git")
    return f"upstream {commit}"
