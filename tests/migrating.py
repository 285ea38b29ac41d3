"""Scripts of `migrations/`, run again on what tests have made."""

import importlib.util
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "migrations"


def migrate(cr, script, version):
    """Run ``script``, a path in `migrations/`, as an upgrade from ``version`` does."""
    path = FOLDER / script
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.migrate(cr, version)
