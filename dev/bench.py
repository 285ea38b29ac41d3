"""``./run bench``: the benchmarks, on a fresh database."""

from collections.abc import Sequence

from . import locks, process
from .console import step
from .places import Places
from .problem import Problem
from .session import open_session


def bench(places: Places, arguments: Sequence[str]) -> int:
    """Run ``benchmarks`` with the database's name in BENCH_DB; its exit code."""
    if not (places.checkout / "benchmarks" / "__main__.py").exists():
        raise Problem("This checkout has no benchmarks/__main__.py.")
    places.prepare()
    with locks.hold(places.state / "bench.lock", "measuring this checkout"):
        with open_session(places) as (runner, databases):
            databases.ensure_module()
            databases.clone("module", "bench")
            databases.run_sql("bench", "VACUUM ANALYZE")
            step("Measuring")
            env = runner.env
            env["BENCH_DB"] = runner.postgres.name("bench")
            command = [runner.python, "-m", "benchmarks", *arguments]
            return process.show(command, env=env, cwd=places.checkout)
