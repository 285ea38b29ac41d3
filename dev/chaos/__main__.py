"""The process of the clients: ``python -m dev.chaos JOB``.

It ends at SIGINT and leaves what was acknowledged in the job's diary, what happened in
the job's counts.
"""

import json
import signal
import sys
from pathlib import Path

from .clients import work

if __name__ == "__main__":
    # Before the threads start: they would get the signal instead.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    work(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
