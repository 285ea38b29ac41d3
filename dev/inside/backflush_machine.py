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
