"""What most commands start with: Odoo, its Python, PostgreSQL, a configuration."""

from collections.abc import Iterator
from contextlib import contextmanager

from . import odoo_source, postgres, python_env
from .database import Databases
from .odoo_runner import Runner
from .places import Places


@contextmanager
def open_session(places: Places) -> Iterator[tuple[Runner, Databases]]:
    """Bring what is missing, start PostgreSQL, and give what works with Odoo."""
    places.prepare()
    odoo = odoo_source.get_odoo(places)
    env_folder = python_env.get_env(places, "odoo")
    with postgres.use_postgres(places, env_folder) as server:
        runner = Runner(places, odoo, env_folder, server)
        runner.configure()
        yield runner, Databases(runner)
