# Bills of materials: which of them a cost card follows, what a subcontractor asks.
# Standard cost; read by the building of cost cards and by the set-up.

from odoo import api, models

from ...costing import cards
from ...costing.money import exact

#: Types of bills by which a product is made: at home, by a subcontractor.
MAKING_TYPES = ["normal", "subcontract"]


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    def _is_subcontracting(self):
        """Answer whether a subcontractor makes the product of this bill; the type
        exists with the module ``mrp_subcontracting`` only."""
        return self.type == "subcontract"

    @api.model
    def _find_for_cards(self, products, company):
        """Return {product: bill that its cost card is computed from}: the one for
        making it at home, else the one for a subcontractor."""
        own = self._bom_find(products, company_id=company.id, bom_type="normal")
        others = self._find_subcontracting(products, company)
        return {product: own[product] or others[product] for product in products}

    @api.model
    def _find_subcontracting(self, products, company):
        """Return {product: bill for a subcontractor}."""
        return self._bom_find(products, company_id=company.id, bom_type="subcontract")

    def _get_subcontracting_price(self, product, company, date):
        """Return what the subcontractors of this bill ask for one unit of ``product``
        when they make the quantity of the bill, company currency; zero when none of
        them has a price on ``date``."""
        seller = product.with_company(company)._select_seller(
            quantity=self.product_qty,
            date=date,
            uom_id=self.product_uom_id,
            params={"subcontractor_ids": self.subcontractor_ids},
        )
        price = seller.currency_id._convert(
            seller.price_discounted, company.currency_id, company, date, round=False
        )
        return cards.unit_cost(exact(price))

    def _find_makes(self, company):
        """Return {product: bill} of what is made by bills like these in ``company``:
        the bill of its cost card, else the one of the kit that it is."""
        any_variant = self.filtered(lambda bom: not bom.product_id).product_tmpl_id
        products = (self.product_id | any_variant.product_variant_ids).filtered(
            lambda product: product.company_id in (company, company.browse())
        )
        makes = self._find_for_cards(products, company)
        kits = self._bom_find(products, company_id=company.id, bom_type="phantom")
        return {product: makes[product] or kits[product] for product in products}
