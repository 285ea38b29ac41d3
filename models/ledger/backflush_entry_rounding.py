# Rounding: what is less than a coin is carried from one posting of a product to the
# next. Between flush and post; the arithmetic is in costing/rounding.py.

from collections import defaultdict

from odoo import models

from ...costing import rounding
from ...costing.money import exact


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _settle_rounding(self, postings):
        """Return {entry: postings} whose stock amounts settle earlier remainders.

        Entries posted at the same time by others are not seen; what they leave over
        is settled by the next posting. Nothing is read when no amount is a fraction.
        """
        uneven = [
            entry for entry, mine in postings.items() if rounding.needs_settling(mine)
        ]
        if not uneven:
            return postings
        carried = self._get_remainders(
            {
                (entry.company_id.id, posting.product or entry.product_id.id)
                for entry in uneven
                for posting in postings[entry]
                if rounding.is_stock(posting)
            }
        )
        rules = {policy: policy._to_rules() for policy in self.policy_id}
        return {
            entry: rounding.settle(
                mine,
                carried[entry.company_id.id],
                entry.product_id.id,
                rules[entry.policy_id],
            )
            if rounding.needs_settling(mine)
            else mine
            for entry, mine in postings.items()
        }

    def _get_remainders(self, keys):
        """Return {company: {product: what posted entries left over}}.

        :param keys: {(company, product)}
        """
        companies = {company for company, _product in keys}
        products = {product for _company, product in keys}
        found = self.env["backflush.entry.line"]._read_group(
            [
                ("company_id", "in", list(companies)),
                ("remainder_product_id", "in", list(products)),
            ],
            ["company_id", "remainder_product_id"],
            ["remainder:sum"],
        )
        remainders = defaultdict(dict)
        for company, product, remainder in found:
            remainders[company.id][product.id] = exact(remainder)
        return remainders

    def _prepare_remainder_vals(self, posting):
        """Return what an entry line keeps of the rounding of its posting."""
        left = rounding.remainder(posting)
        if not left:
            return {"remainder": 0.0, "remainder_product_id": False}
        return {
            "remainder": float(left),
            "remainder_product_id": posting.product or self.product_id.id,
        }
