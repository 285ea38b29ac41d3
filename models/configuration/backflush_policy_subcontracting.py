# Subcontracting: the element under which a policy keeps the work of subcontractors.
# Configuration; read by cost cards and by the bills of subcontractors.

from odoo import fields, models


class BackflushPolicy(models.Model):
    _inherit = "backflush.policy"

    subcontracting_element_id = fields.Many2one(
        "backflush.cost.element",
        "Subcontracting Element",
        check_company=True,
        domain=[("kind", "=", "subcontracting")],
        tracking=True,
        help="For products that subcontractors make: applied at the vendor's price of "
        "the cost card, while their bills debit its conversion control account.",
    )

    def _get_elements(self):
        """Let activation check the accounts of this element too."""
        return super()._get_elements() | self.subcontracting_element_id

    def _get_problems(self):
        return [*super()._get_problems(), *self._get_subcontracting_problems()]

    def _get_subcontracting_problems(self):
        """The bills of subcontractors need an account that is not stock."""
        if self.subcontracting_element_id:
            return []
        products = self._get_products()
        boms = self.env["mrp.bom"]._find_subcontracting(products, self.company_id)
        made = products.filtered(lambda product: boms[product])
        if not made:
            return []
        return [
            self.env._(
                "Subcontracting element: none is set, and subcontractors make "
                "%(products)s. Choose one on the policy.",
                products=", ".join(made[:10].mapped("display_name"))
                + ("…" if len(made) > 10 else ""),
            )
        ]
