"""Virtual environments in the cache, each from a lock file with pinned wheels."""

import hashlib
import os
import platform
import shutil
import sys
from pathlib import Path

from . import apt, locks, machine, process
from .console import say, step
from .places import Places
from .problem import Problem
from .process import Failed

MEGABYTES = 900
PIP_PACKAGE = "python3-pip-whl"  # Debian's pip as a wheel, without ensurepip


def get_env(places: Places, name: str) -> Path:
    """Folder of the environment for ``dev/<name>.lock``, made if it is missing.

    Its key is the lock file's content and the Python, so a changed lock makes a
    new one; pip's own cache makes that quick.
    """
    lock_file = places.checkout / "dev" / f"{name}.lock"
    folder = places.cache / "env" / f"{name}-{get_key(lock_file)}"
    if is_ready(folder):
        return folder
    with locks.hold(places.cache / "env.lock", "installing Python packages"):
        if not is_ready(folder):
            step(f"Installing Python packages ({lock_file.name})")
            machine.check_space(places.cache, MEGABYTES, "the Python packages")
            build(places, lock_file, folder)
    return folder


def get_key(lock_file: Path) -> str:
    """What an environment depends on, as a short text for a folder name."""
    digest = hashlib.sha256(lock_file.read_bytes())
    digest.update(f"{sys.version_info[:2]} {platform.machine()}".encode())
    return f"py{sys.version_info[0]}{sys.version_info[1]}-{digest.hexdigest()[:12]}"


def is_ready(folder: Path) -> bool:
    """Whether an environment is complete and its Python still there."""
    return (folder / "ready").exists() and get_python(folder).exists()


def get_python(folder: Path) -> Path:
    return folder / "bin" / "python"


def build(places: Places, lock_file: Path, folder: Path) -> None:
    """Make the environment; its file ``ready`` comes last."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = places.cache / "env.log"
    try:
        process.run(
            [sys.executable, "-m", "venv", "--without-pip", folder],
            log=log,
            doing="virtual environment",
        )
    except Failed as failed:
        raise process.explain(
            failed,
            "Python could not make a virtual environment",
            f"On Debian: apt install python3.{sys.version_info[1]}-venv",
        ) from failed
    pip = get_pip(places, folder)
    install(pip, places, lock_file, log)
    (folder / "ready").touch()


def get_pip(places: Places, folder: Path) -> list[str]:
    """Command of a pip that installs into the environment.

    Debian's Python lacks ensurepip unless its venv package is installed; then the
    wheel of pip comes from Debian's archive, unpacked in the cache.
    """
    python = str(get_python(folder))
    log = places.cache / "env.log"
    try:
        process.run([python, "-m", "ensurepip"], log=log, doing="pip")
        return [python, "-m", "pip"]
    except Failed:
        say("    This Python has no ensurepip; taking pip from Debian's archive")
    if not apt.is_available():
        raise Problem(
            "This Python cannot install packages: it has no ensurepip.\n"
            f"On Debian: apt install python3.{sys.version_info[1]}-venv"
        )
    return [python, str(bring_pip_wheel(places) / "pip")]


def bring_pip_wheel(places: Places) -> Path:
    """Path of the pip wheel, fetched from Debian's archive if it is missing."""
    root = places.cache / "pip-wheel"
    wheels = root / "usr" / "share" / "python-wheels"
    if not list(wheels.glob("pip-*.whl")):
        private = apt.PrivateApt(places.cache / "apt", ("sid", "bookworm"))
        file = private.fetch(f"{PIP_PACKAGE}/bookworm", places.cache / "debs")
        apt.unpack(file, root, private.log)
        file.unlink()
    return next(wheels.glob("pip-*.whl"))


def install(pip: list[str], places: Places, lock_file: Path, log: Path) -> None:
    """Install exactly what the lock file says; a bare machine cannot compile."""
    scratch = places.cache / "tmp"
    scratch.mkdir(exist_ok=True)
    env = {
        **os.environ,
        "PIP_CACHE_DIR": str(places.cache / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_USER": "0",
        "TMPDIR": str(scratch),
    }
    options = ["--no-deps", "--only-binary=:all:", "--retries=2", "--no-input"]
    try:
        process.run(
            [*pip, "install", *options, "-r", lock_file],
            log=log,
            doing="pip install",
            env=env,
        )
    except Failed as failed:
        raise process.explain(failed, "Installing the Python packages") from failed
