"""Run a benchmark by its name, or all of them.

``./run bench [NAME]``: completion, standard-cost, release, close, seal, reports,
parallel. Options after the name are the benchmark's own (``--help``); without a name
all take ``--quick``. Each runs in a process of its own, so that its memory is its own
too.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import subprocess
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

NAMES = {
    "completion": "completion",
    "standard-cost": "standard_cost",
    "release": "release",
    "close": "close",
    "seal": "seal",
    "reports": "reports",
    "parallel": "parallel",
}


def main(arguments):
    """Run what ``arguments`` ask for; return the exit code."""
    if arguments and arguments[0] in NAMES:
        import_module(f"benchmarks.{NAMES[arguments[0]]}").main(arguments[1:])
        return 0
    if others := set(arguments) - {"--quick"}:
        print(__doc__, file=sys.stderr)
        return 0 if others <= {"-h", "--help"} else 2
    for name in NAMES:
        command = [sys.executable, "-m", "benchmarks", name, *arguments]
        if code := subprocess.call(command):
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
