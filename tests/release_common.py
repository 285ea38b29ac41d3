"""Releases of standard costs, with users who have only their own groups.

Beside the table of the small factory (32.50), a desk: a frame and 4 screws at 0.50; the
frame is 3 plates at 10.00. Frames have a card of 30.00, desks none yet.
"""

from odoo import fields
from odoo.tests import new_test_user

from .common import BackflushCase


class ReleaseCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._create_product("Frame", cls.category_finished)
        cls._create_bom(cls.frame, {cls.plate: 3})
        cls.desk = cls._create_product("Desk", cls.category_finished)
        cls._create_bom(cls.desk, {cls.frame: 1, cls.screw: 4})
        cls.frame_card = cls._create_card(cls.frame)
        cls.accountant = cls._create_user("accountant", "user")
        cls.controller = cls._create_user("controller", "manager")
        cls.other_controller = cls._create_user("second", "manager")
        cls.auditor = cls._create_user("auditor", "auditor")
        cls.today = fields.Date.today()
        cls.tomorrow = fields.Date.add(cls.today, days=1)

    @classmethod
    def _create_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"{login}_release",
            f"base.group_user,mrp_account_backflush.group_backflush_{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def _propose(self, *products, user=None, **values):
        """Roll up ``products``, or everything, as ``user``; return the proposal."""
        wizard = (
            self.env["backflush.rollup"]
            .with_user(user or self.accountant)
            .create(
                {
                    "scope": "products" if products else "all",
                    "product_ids": [(6, 0, [product.id for product in products])],
                    "date_from": self.today,
                    **values,
                }
            )
        )
        action = wizard.action_propose()
        return wizard.env["backflush.release"].browse(action["res_id"])

    def _get_card(self, release, product):
        return release.card_ids.filtered(lambda card: card.product_id == product)

    def _run_take_effect(self):
        """Run the scheduled job that puts released cards in force."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "mrp_account_backflush.ir_cron_take_effect"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
