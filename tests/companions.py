"""Optional modules of Odoo that ours works with; ``./run test`` installs them."""

from unittest import SkipTest


def require(case, module):
    """Skip the tests of ``case`` in a database without ``module``."""
    if case.env["ir.module.module"]._get(module).state != "installed":
        raise SkipTest(f"{module} is not installed in this database")
