# Capture: bills of subcontractors are conversion spent, not goods bought.
# First step; the goods enter finished goods when the subcontracted order is completed,
# so what a bill costs meets what was applied then, in conversion control.

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Book subcontracting on conversion control, also on bills that were drafted
        when it was not due there yet."""
        bills = self.filtered(lambda move: move._is_bill())
        bills.invoice_line_ids._debit_conversion_control()
        return super()._post(soft)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _compute_account_id(self):
        """Propose conversion control for the work of subcontractors."""
        result = super()._compute_account_id()
        for line in self.filtered(lambda line: line._is_subcontracting()):
            line.account_id = line._get_conversion_control() or line.account_id
        return result

    def _eligible_for_stock_account(self):
        """Keep core's stock account and price difference away from subcontracting."""
        return super()._eligible_for_stock_account() and not self._is_subcontracting()

    def _debit_conversion_control(self):
        """Take subcontracting off the accounts that core proposes; an account that a
        user has chosen stays.

        :raises UserError: the policy has no account for it
        """
        for line in self.filtered(lambda line: line._is_subcontracting()):
            if line.account_id not in line._get_native_accounts():
                continue
            account = line._get_conversion_control()
            if not account:
                raise UserError(line._describe_missing_control())
            line.account_id = account

    def _is_subcontracting(self):
        """Answer whether this bill line pays a subcontractor for his work."""
        return bool(self._get_subcontracting_policy())

    def _get_subcontracting_policy(self):
        """Return the policy under which this bill line pays for work: its purchase
        order was subcontracted or, without an order, the vendor is on a bill of
        materials of the product."""
        self.ensure_one()
        nothing = self.env["backflush.policy"]
        if (
            self.display_type != "product"
            or not self.product_id.is_storable
            or not self.move_id._is_bill()
        ):
            return nothing
        # Who posts bills need not see purchase orders nor bills of materials.
        if order_line := self.sudo().purchase_line_id:
            return order_line._get_subcontracting_policy(self.move_id.date)
        running = self.product_id._get_running_policy(
            self.company_id, self.move_id.date
        )
        return running if running and self._find_subcontracting_bom() else nothing

    def _find_subcontracting_bom(self):
        """Return the bill of materials by which this vendor makes the product."""
        boms = self.env["mrp.bom"].sudo()
        if "subcontractor_ids" not in boms._fields:
            return boms
        return boms._bom_subcontract_find(
            self.product_id,
            company_id=self.company_id.id,
            subcontractor=self.move_id.partner_id,
        )

    def _get_native_accounts(self):
        """Return the accounts that core proposes for goods on a bill."""
        template = self.product_id.with_company(self.company_id).product_tmpl_id
        accounts = template.get_product_accounts()
        return accounts["stock_valuation"] | accounts["expense"]

    def _get_conversion_control(self):
        """Return the account that subcontracting is debited to, empty if not set."""
        policy = self._get_subcontracting_policy().sudo()
        return policy.subcontracting_element_id.control_account_id

    def _describe_missing_control(self):
        return self.env._(
            "%(bill)s pays a subcontractor for %(product)s, and policy %(policy)s has "
            "no subcontracting element with a conversion control account for it. Set "
            "it in Backflush Costing > Configuration > Policies, or choose another "
            "account on the line.",
            bill=self.move_id.display_name,
            product=self.product_id.display_name,
            policy=self._get_subcontracting_policy().name,
        )
