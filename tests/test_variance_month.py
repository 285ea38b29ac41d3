"""A month with every kind of variance: what the pivot shows is what the books have.

The month, and what a table costs, is in variance_month.
"""

from ..models.configuration.backflush_cost_element import VARIANCE_KINDS
from .test_order_statement import StatementCase
from .variance_month import OCTOBER, MonthCase

#: {kind: amount} of the month, worked out in the docstrings of its documents.
EXPECTED = {
    "price": 20.0,
    "exchange": 50.0,
    "usage": 19.0,
    "mix": 0.5,
    "yield": 33.5,
    "substitution": 6.0,
    "scrap": 19.0,
    "rate": 14.0,
    "efficiency": 42.0,
    "lot_size": 20.0,
    "spending": 10.0,
    "volume_capacity": 2.0,
    "revaluation": -10.0,
    "rounding": -0.01,
}
TOTAL = 225.99
#: Kinds that another policy posts: conversion that is flushed at sale and unsold, and
#: overhead that is applied for standard output.
ELSEWHERE = {"volume", "volume_efficiency"}


class TestVarianceMonth(MonthCase, StatementCase):
    def _get_domain(self):
        """Return the domain of the pivot of variances, filtered by the month."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_entry_line_action_variance"
        )
        self.assertEqual(action["domain"], "[('role', '=', 'variance')]")
        return [
            ("role", "=", "variance"),
            ("company_id", "=", self.company.id),
            ("accounting_date", ">=", OCTOBER[0]),
            ("accounting_date", "<=", OCTOBER[1]),
        ]

    def _group(self, *names):
        found = self.env["backflush.entry.line"]._read_group(
            self._get_domain(), names, ["amount:sum"]
        )
        return {key[0]: round(key[-1], 2) for key in found}

    def _get_variance_accounts(self):
        elements = self.env["backflush.cost.element"].search(
            [("company_id", "=", self.company.id)]
        )
        policies = self.env["backflush.policy"].search(
            [("company_id", "=", self.company.id)]
        )
        return (
            elements.variance_account_id
            | elements.variance_account_ids.account_id
            | policies.rounding_account_id
            | policies.revaluation_account_id
        )

    def test_every_kind(self):
        """The month has all kinds that there are, but those of other policies."""
        kinds = dict(VARIANCE_KINDS)
        self.assertEqual(EXPECTED.keys() | ELSEWHERE, kinds.keys())
        self.assertAlmostEqual(sum(EXPECTED.values()), TOTAL)

    def test_pivot_equals_accounts(self):
        """Each kind is what its document made it, and the pivot's total is, account by
        account, what the general ledger has of the month on variance accounts."""
        self._make_month()
        self.assertEqual(self._group("variance_kind"), EXPECTED)
        accounts = self._group("account_id")
        self.assertEqual(accounts, self._get_books())
        self.assertEqual(round(sum(accounts.values()), 2), TOTAL)

    def test_every_dimension_has_all_of_it(self):
        """Whatever the pivot is grouped by, nothing is left out, and what a dimension
        is for is filled in."""
        orders = self._make_month()
        total = sum(EXPECTED.values())
        for name in (
            "variance_kind",
            "element_id",
            "finished_product_id",
            "category_id",
            "workcenter_id",
            "operation_id",
            "product_id",
            "vendor_id",
            "responsible_id",
            "accounting_date:month",
            "production_id",
            "policy_id",
        ):
            with self.subTest(name=name):
                self.assertAlmostEqual(sum(self._group(name).values()), total)
        none = self.env["res.partner"]
        self.assertEqual(self._group("vendor_id")[self.vendor], 70.0)
        self.assertEqual(self._group("vendor_id").keys(), {self.vendor, none})
        self.assertEqual(self._group("responsible_id"), {self.env.user: TOTAL})
        nothing = self.env["mrp.production"]
        self.assertEqual(self._group("production_id").keys(), {*orders, nothing})

    def test_statements_of_its_orders(self):
        """Each order's statement has what the ledger has of it."""
        for order in self._make_month():
            with self.subTest(order=order.product_id.name):
                found = order._get_backflush_statement()
                self.assertOrderExplained(order, found)
                self.assertActualIsCredited(order, found)

    def _get_books(self):
        """Return {account: what the general ledger has of the month}."""
        found = self.env["account.move.line"]._read_group(
            [
                ("account_id", "in", self._get_variance_accounts().ids),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("date", ">=", OCTOBER[0]),
                ("date", "<=", OCTOBER[1]),
            ],
            ["account_id"],
            ["balance:sum"],
        )
        return {account: round(balance, 2) for account, balance in found}
