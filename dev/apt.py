"""Debian packages without root: fetched and checked by apt, unpacked by dpkg.

apt works here with private folders and the machine's own mirror, proxy settings
and archive keys, so that neither the system nor its package lists are touched.
"""

import shutil
from pathlib import Path

from . import process
from .problem import Problem
from .process import Failed

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Clear what a machine's own configuration hooks into an update of *its* lists.
_CONFIG = """\
Dir::State "{root}/state";
Dir::State::lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
APT::Sandbox::User "";
APT::Get::List-Cleanup "true";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::AllowInsecureRepositories "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::CNF;
"""


def is_available() -> bool:
    """Whether this is a Debian-like machine with Debian's archive keys."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg")) and KEYRING.exists()


def find_mirror() -> str | None:
    """Address of the Debian archive (not the security one) in apt's own settings."""
    fields = "$(ORIGIN)|$(LABEL)|$(CODENAME)|$(SUITE)|$(COMPONENT)|$(REPO_URI)"
    listing = process.ask(["apt-get", "indextargets", "--format", fields])
    candidates = []
    for line in listing.splitlines():
        origin, label, codename, suite, component, uri = line.split("|", 5)
        # Before the machine's first `apt-get update`, origin and label are empty.
        if component == "main" and origin in ("Debian", "") and label in ("Debian", ""):
            if not any("security" in text for text in (codename, suite, uri)):
                candidates.append((not origin, uri))
    return min(candidates)[1] if candidates else None


class PrivateApt:
    """apt in a folder of ours, with the given suites of the machine's mirror."""

    def __init__(self, root: Path, suites: tuple[str, ...]) -> None:
        self.root = root
        self.suites = suites
        self.log = root / "apt.log"
        self._ready = False

    def _run(self, *arguments: str, doing: str, cwd: Path | None = None) -> None:
        process.run(
            ["apt-get", "-q", "-c", self.root / "apt.conf", *arguments],
            log=self.log,
            doing=doing,
            cwd=cwd,
        )

    def prepare(self) -> None:
        """Fetch the package lists; raise Problem if there is no mirror."""
        if self._ready:
            return
        mirror = find_mirror()
        if mirror is None:
            raise Problem("apt has no Debian archive configured on this machine.")
        for folder in ("state", "lists/partial", "cache/archives/partial"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        sources = (f"deb [signed-by={KEYRING}] {mirror} {s} main" for s in self.suites)
        (self.root / "sources.list").write_text("\n".join(sources) + "\n")
        (self.root / "apt.conf").write_text(_CONFIG.format(root=self.root))
        try:
            self._run("update", "--error-on=any", doing="package lists")
        except Failed as failed:
            raise process.explain(failed, "Fetching Debian's package lists") from failed
        self._ready = True

    def fetch(self, package: str, folder: Path) -> Path:
        """Download one package (``name`` or ``name/suite``) and return its file.

        apt checks the file against the signed lists. A file that is damaged all the
        same (a broken proxy, an interrupted write) is deleted and fetched once more.
        """
        self.prepare()
        name = package.partition("/")[0]
        folder.mkdir(parents=True, exist_ok=True)
        for attempt in (1, 2):
            try:
                self._run("download", package, doing=f"download of {name}", cwd=folder)
                [file] = folder.glob(f"{name}_*.deb")
                process.ask(["dpkg-deb", "--info", file])
                return file
            except (Failed, ValueError) as error:
                for file in folder.glob(f"{name}_*.deb*"):
                    file.unlink()
                if attempt == 2:
                    if isinstance(error, Failed):
                        raise process.explain(
                            error, f"Downloading Debian's package {name}"
                        ) from error
                    raise Problem(f"apt did not deliver {name}.") from error
        raise AssertionError("unreachable")


def unpack(file: Path, root: Path, log: Path) -> None:
    """Unpack a package file below ``root``; raise Problem for a damaged file."""
    try:
        process.run(["dpkg", "-x", file, root], log=log, doing=f"unpacking {file.name}")
    except Failed as failed:
        file.unlink(missing_ok=True)
        raise process.explain(
            failed,
            f"Unpacking {file.name}",
            "The file was damaged and is deleted; run the same command again.",
        ) from failed
