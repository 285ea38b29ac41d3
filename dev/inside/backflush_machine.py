"""A pytest plugin: skip what this machine cannot run, with the reason; the number of
random histories."""

import os
import shutil
import unittest

import pytest

CHROMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def pytest_addoption(parser):
    parser.addoption(
        "--histories",
        type=int,
        metavar="N",
        help="play N random histories with fresh seeds (tests/test_histories.py; "
        "default: 60 with a fixed seed)",
    )


def pytest_configure(config):
    # Where tests run without this plugin, the variable alone says it.
    if histories := config.getoption("histories"):
        os.environ["BACKFLUSH_HISTORIES"] = str(histories)


def refuse(package: str):
    """A stand-in for a method that needs a program of this package."""

    def skip(*_args, **_kwargs):
        raise unittest.SkipTest(f"{package} is not installed: apt install {package}")

    return skip


@pytest.fixture(scope="session", autouse=True)
def skip_without_programs(load_registry):
    """Skip a test at the moment when it needs a program that is missing."""
    from odoo.tests.common import ChromeBrowser

    from odoo.addons.base.models.ir_actions_report import IrActionsReport

    patch = pytest.MonkeyPatch()
    if not any(map(shutil.which, CHROMES)):
        patch.setattr(ChromeBrowser, "__init__", refuse("chromium"))
    if not shutil.which("wkhtmltopdf"):
        patch.setattr(IrActionsReport, "_run_wkhtmltopdf", refuse("wkhtmltopdf"))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def own_files(load_registry):
    """Give each of several test processes its own copy of the database's files.

    The processes share them otherwise, and Odoo's test classes remove what their own
    database does not know.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    from odoo.tests.common import get_db_name
    from odoo.tools import config

    def get_folder(database):
        return os.path.join(config["data_dir"], "filestore", database)

    shared, own = config.filestore(get_db_name()), get_folder(get_db_name())
    shutil.copytree(shared, own, dirs_exist_ok=True)
    patch = pytest.MonkeyPatch()
    patch.setattr(config, "filestore", get_folder)
    yield
    patch.undo()
    shutil.rmtree(own, ignore_errors=True)
