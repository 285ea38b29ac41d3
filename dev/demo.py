"""``./run demo``: the demo factory, the textbook table, the web client."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import locks, machine, process
from .console import say, step
from .odoo_runner import Runner
from .places import Places
from .problem import Problem
from .session import open_session

PORT = 8069
START_SECONDS = 120


def get_lock(places: Places) -> Path:
    """Locked as long as the demo database is in use by ``./run demo``."""
    return places.state / "demo.lock"


def demo(places: Places, serve: bool, port: int | None) -> int:
    """Print the textbook table, then serve; return the exit code."""
    places.prepare()
    with locks.open_lock(get_lock(places)) as lock:
        if not locks.try_lock(lock):
            raise Problem(
                "The demo of this checkout is already running "
                f"(process {locks.get_holder(get_lock(places))}).\n"
                "Use it, or end it first: ./run stop"
            )
        if serve:
            port = machine.choose_port(port, PORT)
        with open_session(places) as (runner, databases):
            databases.ensure_demo()
            logins = places.state / "logins.json"
            code = runner.run_inside(
                "textbook_table", runner.postgres.name("demo"), str(logins)
            )
            if code == 0 and serve:
                serve_demo(runner, port, logins)
            return code


def serve_demo(runner: Runner, port: int, logins: Path) -> None:
    """Run the web server until Ctrl-C or ``./run stop``."""
    if not machine.is_free(port):
        port = machine.choose_port(None, port + 1)
    if port != PORT:
        say(f"Serving on port {port}.")
    log = runner.places.log("demo-server")
    name = runner.postgres.name("demo")
    with log.open("w", encoding="utf-8") as file:
        server = process.Child(
            runner.command(
                *("-d", name, "--db-filter", f"^{name}$"),
                *("--http-port", str(port), "--max-cron-threads", "1"),
            ),
            apart=True,
            env=runner.env,
            cwd=runner.places.state,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_up(server, port, log)
        show_address(port, logins)
        code = server.wait()
    except BaseException as error:
        say("\nStopping.")
        server.finish(typed=False)
        if isinstance(error, KeyboardInterrupt):
            return
        raise
    if code:
        raise Problem(f"The server ended unexpectedly. Its log: {log}")


def wait_until_up(server: process.Child, port: int, log: Path) -> None:
    """Return when the web server answers; raise Problem if it does not start."""
    url = f"http://{machine.LOOPBACK}:{port}/web/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(START_SECONDS * 2):
        if server.poll() is not None:
            break
        try:
            opener.open(url, timeout=10).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise Problem(f"The web server does not start. Its log: {log}")


def show_address(port: int, logins: Path) -> None:
    """Print where to log in, and as whom."""
    say()
    step(f"Backflush Costing runs at http://{machine.LOOPBACK}:{port}")
    people = json.loads(logins.read_text(encoding="utf-8"))
    width = max((len(str(label)) for label, _login, _password in people), default=0)
    for label, login, password in people:
        say(f"    {label!s:{width}}   log-in {login}   password {password}")
    say("    Ctrl-C here, or ./run stop in another terminal, ends it.")


def stop(places: Places) -> bool:
    """End a running demo of this checkout; whether there was one."""
    pid = locks.get_holder(get_lock(places))
    if not pid:
        return False
    os.kill(pid, signal.SIGTERM)
    while locks.get_holder(get_lock(places)) == pid:
        time.sleep(0.2)
    return True
