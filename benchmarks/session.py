"""The database of a benchmark, and what a benchmark says while it works.

The database is named by BENCH_DB and must have the module installed; the configuration
file is named by ODOO_RC.
"""

# What a command prints is its result, not its log.
# pylint: disable=print-used

import logging
import os
import sys
from contextlib import contextmanager

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config


@contextmanager
def open_env():
    """Give the superuser's environment in the database of the benchmark."""
    database = os.environ.get("BENCH_DB")
    if not database:
        sys.exit("no database: set BENCH_DB")
    config.parse_config(["--database", database], setup_logging=False)
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with Registry(database).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})


def say(text):
    print(text, file=sys.stderr, flush=True)
