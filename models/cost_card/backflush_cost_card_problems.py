# What keeps products from being rolled up, in words: which, why, where to set it.
# Standard cost; a release keeps the list, the building of single cards raises it.

from odoo import api, models

from ...costing import recipes


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @api.model
    def _describe_problems(self, found, company=None):
        """Return the problems of a roll-up, lowest level first, each a dictionary of
        the values of `backflush.release.problem`.

        :param found: `costing.rollup.RollUp`
        :param company: whose roll-up it is; the current one by default
        """
        cards = self.with_company(company or self.env.company)
        cards._read_names(found.problems)
        return [
            {
                "product_id": problem.product,
                "level": problem.level,
                "message": getattr(cards, f"_describe_{problem.kind}")(
                    problem, found.recipes[problem.product]
                ),
            }
            for problem in found.problems
        ]

    @api.model
    def _read_names(self, problems):
        """Read the names of all products concerned, at once."""
        keys = {problem.product for problem in problems}
        for problem in problems:
            if problem.kind != recipes.CONVERSION_ELEMENT:
                keys |= {*problem.path, *problem.subject}
        self.env["product.product"].browse(keys).mapped("display_name")

    @api.model
    def _name_products(self, keys):
        products = self.env["product.product"].browse(keys)
        return ", ".join(products.mapped("display_name"))

    @api.model
    def _name_product(self, problem):
        return self._name_products([problem.product])

    @api.model
    def _name_policy(self, problem):
        """Return the name of the policy of a problem's product."""
        product = self.env["product.product"].browse(problem.product)
        return product._get_backflush_policy(self.env.company).name

    # One method a kind of problem ----------------------------------------------------

    @api.model
    def _describe_cycle(self, problem, _recipe):
        products = self.env["product.product"].browse(problem.path)
        return self.env._(
            "%(product)s is made of itself: %(path)s. Correct one of these bills in "
            "Manufacturing > Products > Bills of Materials.",
            product=self._name_product(problem),
            path=" → ".join(product.display_name for product in products),
        )

    @api.model
    def _describe_price(self, problem, recipe):
        if recipe.basis == recipes.BOUGHT:
            return self.env._(
                "%(product)s has no cost. Enter it on the product, or tick Free of "
                "Charge there.",
                product=self._name_product(problem),
            )
        return self.env._(
            "%(product)s: %(components)s cost nothing so far. Enter the cost on the "
            "product, or tick Free of Charge there; a product made here needs a cost "
            "card.",
            product=self._name_product(problem),
            components=self._name_products(problem.subject),
        )

    @api.model
    def _describe_unit(self, problem, _recipe):
        return self.env._(
            "%(product)s: its bill of materials counts %(components)s in a unit that "
            "cannot be converted into the unit of the product. Correct it in "
            "Manufacturing > Products > Bills of Materials.",
            product=self._name_product(problem),
            components=self._name_products(problem.subject),
        )

    @api.model
    def _describe_group(self, problem, _recipe):
        return self.env._(
            "%(product)s: mix and yield of %(components)s cannot be measured. The "
            "components of a mix group need units of measure that can be converted "
            "into each other, and a component belongs to one group. Correct its bill "
            "of materials (Manufacturing > Products > Bills of Materials).",
            product=self._name_product(problem),
            components=self._name_products(problem.subject),
        )

    @api.model
    def _describe_policy(self, problem, recipe):
        product = self.env["product.product"].browse(problem.product)
        if recipe.basis == recipes.BOUGHT:
            return self.env._(
                "%(product)s is bought, and no backflush policy says which cost "
                "element its price belongs to. Create one in Backflush Costing > "
                "Configuration > Policies.",
                product=product.display_name,
            )
        return self.env._(
            "%(product)s: its category %(category)s has no backflush policy. "
            "Set it in Inventory > Configuration > Product Categories.",
            product=product.display_name,
            category=product.categ_id.display_name,
        )

    @api.model
    def _describe_material_element(self, problem, _recipe):
        return self.env._(
            "%(product)s: policy %(policy)s has no material element. Set it in "
            "Backflush Costing > Configuration > Policies.",
            product=self._name_product(problem),
            policy=self._name_policy(problem),
        )

    @api.model
    def _describe_bill(self, problem, _recipe):
        return self.env._(
            "%(product)s: no bill of materials of type Manufacture. Create one "
            "in Manufacturing > Products > Bills of Materials.",
            product=self._name_product(problem),
        )

    @api.model
    def _describe_subcontracting_element(self, problem, _recipe):
        return self.env._(
            "%(product)s: a subcontractor makes it, and policy %(policy)s has "
            "no subcontracting element. Set it in Backflush Costing > "
            "Configuration > Policies.",
            product=self._name_product(problem),
            policy=self._name_policy(problem),
        )

    @api.model
    def _describe_subcontracting_price(self, problem, recipe):
        bill = self.env["mrp.bom"].browse(recipe.bill)
        return self.env._(
            "%(product)s: no subcontractor of its bill has a price for "
            "%(quantity)s %(unit)s, the quantity of the bill. Enter a vendor "
            "price on the product (Purchase).",
            product=self._name_product(problem),
            quantity=bill.product_qty,
            unit=bill.product_uom_id.name,
        )

    @api.model
    def _describe_conversion_element(self, problem, _recipe):
        workcenters = self.env["mrp.workcenter"].browse(problem.subject)
        return self.env._(
            "%(product)s: the rates of %(workcenters)s are not split into cost "
            "elements, and policy %(policy)s has no conversion element for "
            "them. Set one or the other.",
            product=self._name_product(problem),
            workcenters=", ".join(workcenters.mapped("name")),
            policy=self._name_policy(problem),
        )
