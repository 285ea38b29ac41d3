"""``./run terms``: the template of translations, and each translation up to it."""

from . import locks
from .console import step
from .places import Places
from .session import open_session


def terms(places: Places) -> int:
    """Export what the tests' database shows; 1 if any term is to be translated."""
    places.prepare()
    with locks.hold(places.state / "terms.lock", "exporting terms"):
        with open_session(places) as (runner, databases):
            databases.ensure_tested()
            step("Exporting terms")
            return runner.run_inside("export_terms", runner.postgres.name("tested"))
