"""Links of Debian's Odoo into other packages: brought along, and checked.

Debian replaces fonts and old JavaScript libraries of Odoo by links into packages
of their own. Unpacked below the same root, the relative links resolve.
"""

from collections.abc import Iterable
from pathlib import Path

# Part of a link's target -> the package that has it.
PACKAGES = {
    "/fonts-font-awesome/": "fonts-font-awesome",
    "/truetype/roboto/": "fonts-roboto-unhinted",
    "/truetype/inconsolata/": "fonts-inconsolata",
    "/opentype/ocr-b/": "fonts-ocr-b",
    "/javascript/jquery/": "libjs-jquery",
    "/javascript/jquery-form/": "libjs-jquery-form",
    "/javascript/underscore/": "libjs-underscore",
}
# 11 MB of a font that only some website themes use.
LEFT_DANGLING = ("/montserrat/",)
# Debian drops this file for its licence; without it every page logs an error.
STRIPPED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def find_dangling(root: Path) -> list[Path]:
    """Links below ``root`` that lead nowhere, except those left so on purpose."""
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_symlink()
        and not path.exists()
        and not any(part in str(path.readlink()) for part in LEFT_DANGLING)
    ]


def get_packages(links: Iterable[Path]) -> list[str]:
    """Packages that have the targets of these links."""
    targets = [str(link.readlink()) for link in links]
    return [
        package
        for part, package in PACKAGES.items()
        if any(part in target for target in targets)
    ]


def make_absolute_local(root: Path) -> None:
    """Let absolute links below ``root`` lead to the same place below ``root``."""
    for path in filter(Path.is_symlink, sorted(root.rglob("*"))):
        target = path.readlink()
        if target.is_absolute() and (root / target.relative_to("/")).exists():
            path.unlink()
            path.symlink_to(root / target.relative_to("/"))


def add_stripped_files(addons: Path) -> None:
    """Put an empty file where Debian dropped one that every page asks for."""
    file = addons / STRIPPED
    if (addons / "mail").is_dir() and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
