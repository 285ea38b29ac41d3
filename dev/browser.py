"""Chromium and wkhtmltopdf for the browser and PDF tests, from the distribution."""

import os
import shutil

from . import process
from .console import say, step
from .places import Places
from .process import Failed

# Debian's package -> (the programs that will do, the tests that need one)
TOOLS = {
    "chromium": (
        ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable"),
        "browser tests",
    ),
    "wkhtmltopdf": (("wkhtmltopdf",), "PDF tests"),
}


def find_missing() -> list[str]:
    """Packages whose programs this machine lacks."""
    return [
        package
        for package, (programs, _tests) in TOOLS.items()
        if not any(map(shutil.which, programs))
    ]


def ensure_tools(places: Places) -> None:
    """Install what is missing where that is allowed; else say what is left out."""
    missing = find_missing()
    if missing and (become_root := get_root_command()) is not None:
        install(places, missing, become_root)
        missing = find_missing()
    for package in missing:
        say(
            f"    Left out: {TOOLS[package][1]}, because {package} is not installed. "
            f"To run them: sudo apt install {package}"
        )


def get_root_command() -> list[str] | None:
    """What to put before a command so that root runs it; None if not allowed."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    try:
        process.ask(["sudo", "-n", "true"])
    except (Failed, FileNotFoundError):
        return None
    return ["sudo", "-n"]


def install(places: Places, packages: list[str], become_root: list[str]) -> None:
    """Install packages of the distribution; a failure only leaves tests out."""
    step(f"Installing {' and '.join(packages)} for the browser and PDF tests")
    quiet = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy"]
    log = places.log("apt-get")
    try:
        process.run([*quiet, "update"], log=log, doing="package lists")
        for package in packages:
            command = [*quiet, "install", "--no-install-recommends", package]
            process.run(command, log=log, doing=f"install of {package}")
    except Failed as failed:
        say(f"    That failed: {failed.tail(2)}\n    (all of it: {log})")
