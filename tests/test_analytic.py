"""Analytic distribution models reach the journal entries of the flush, as core's do."""

from .common import BackflushCase


class TestAnalytic(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("analytic.group_analytic_accounting")
        plan = cls.env["account.analytic.plan"].create({"name": "Departments"})
        cls.department = cls.env["account.analytic.account"].create(
            {"name": "Assembly", "plan_id": plan.id, "company_id": cls.company.id}
        )
        cls.distribution = {str(cls.department.id): 100.0}

    def _distribute(self, **values):
        self.env["account.analytic.distribution.model"].create(
            {
                "company_id": self.company.id,
                "analytic_distribution": self.distribution,
                **values,
            }
        )

    def _get_items(self, order):
        items = order.backflush_entry_ids.move_id.line_ids
        return {item.account_id: item.analytic_distribution for item in items}

    def test_by_account(self):
        """2 tables credit 2 x 10.00 of applied conversion: 20.00 for the department."""
        self._distribute(account_prefix=self.account_applied.code)
        self._stock(self.plate, 4)
        self._stock(self.screw, 10)
        items = self._get_items(self._produce(2))
        self.assertEqual(items[self.account_applied], self.distribution)
        self.assertFalse(items[self.account_rip])
        self.assertFalse(items[self.account_fg])
        lines = self.env["account.analytic.line"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(lines.general_account_id, self.account_applied)
        self.assertEqual(sum(lines.mapped("amount")), 20.0)

    def test_by_product(self):
        """Only the item of the finished product follows its product's model."""
        self._distribute(product_id=self.table.id)
        self._stock(self.plate, 2)
        self._stock(self.screw, 5)
        items = self._get_items(self._produce(1))
        self.assertEqual(items[self.account_fg], self.distribution)
        self.assertFalse(items[self.account_applied])
