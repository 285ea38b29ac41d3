# Building cost cards from bills of materials, operations and overhead rates.
# Standard cost; the arithmetic is in costing/cards.py.

from odoo import Command, api, models
from odoo.exceptions import UserError

from ..costing import cards
from ..costing.money import exact


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @api.model
    def _build(self, products, company):
        """Return new draft cards of ``products``, computed from their bills.

        :raises UserError: lists every product that cannot be computed, and why
        """
        boms = self.env["mrp.bom"]._find_for_cards(products, company)
        built = self.create(
            [
                {
                    "product_id": product.id,
                    "company_id": company.id,
                    "bom_id": boms[product].id,
                }
                for product in products
            ]
        )
        built._compute_lines()
        return built

    def _compute_lines(self):
        """Replace the lines of the cards by those of their bills of materials."""
        problems = [problem for card in self for problem in card._get_bom_problems()]
        if problems:
            raise UserError("\n".join(problems))
        vals = self.env["backflush.cost.card.line"]._prepare_vals
        for card in self:
            lines = card._get_standard().lines
            card.line_ids = [
                Command.clear(),
                *(
                    Command.create({**vals(line), "sequence": sequence})
                    for sequence, line in enumerate(lines, 1)
                ),
            ]

    def _get_bom_problems(self):
        """Return what keeps this card from being computed, each a sentence."""
        self.ensure_one()
        name = self.product_id.display_name
        problems = []
        if not self.policy_id:
            problems.append(
                self.env._(
                    "%(product)s: its category %(category)s has no backflush policy. "
                    "Set it in Inventory > Configuration > Product Categories.",
                    product=name,
                    category=self.product_id.categ_id.display_name,
                )
            )
        elif not self.policy_id.material_element_id:
            problems.append(
                self.env._(
                    "%(product)s: policy %(policy)s has no material element. Set it in "
                    "Backflush Costing > Configuration > Policies.",
                    product=name,
                    policy=self.policy_id.name,
                )
            )
        if not self.bom_id:
            problems.append(
                self.env._(
                    "%(product)s: no bill of materials of type Manufacture. Create one "
                    "in Manufacturing > Products > Bills of Materials.",
                    product=name,
                )
            )
        elif not problems and self.bom_id._is_subcontracting():
            problems = self._get_subcontracting_problems()
        return problems or self._get_routing_problems()

    def _get_subcontracting_problems(self):
        """Return what is missing to cost the work of a subcontractor."""
        problems = []
        name = self.product_id.display_name
        if not self.policy_id.subcontracting_element_id:
            problems.append(
                self.env._(
                    "%(product)s: a subcontractor makes it, and policy %(policy)s has "
                    "no subcontracting element. Set it in Backflush Costing > "
                    "Configuration > Policies.",
                    product=name,
                    policy=self.policy_id.name,
                )
            )
        if not self._get_subcontracting_price():
            problems.append(
                self.env._(
                    "%(product)s: no subcontractor of its bill has a price for "
                    "%(quantity)s %(unit)s, the quantity of the bill. Enter a vendor "
                    "price on the product (Purchase).",
                    product=name,
                    quantity=self.bom_id.product_qty,
                    unit=self.bom_id.product_uom_id.name,
                )
            )
        return problems

    def _get_subcontracting_price(self):
        return self.bom_id._get_subcontracting_price(
            self.product_id, self.company_id, self.date_from
        )

    def _get_routing_problems(self):
        unsplit = self._get_operations().workcenter_id.filtered(
            lambda workcenter: not workcenter.backflush_rate_ids
        )
        if unsplit and not self.policy_id.conversion_element_id:
            return [
                self.env._(
                    "%(product)s: the rates of %(workcenters)s are not split into cost "
                    "elements, and policy %(policy)s has no conversion element for "
                    "them. Set one or the other.",
                    product=self.product_id.display_name,
                    workcenters=", ".join(unsplit.mapped("name")),
                    policy=self.policy_id.name,
                )
            ]
        return []

    def _get_standard(self):
        """Return the `costing.cards.Card` of one unit of the product."""
        direct = [
            *self._get_component_lines(),
            *self._get_byproduct_lines(),
            *self._get_operation_lines(),
            *self._get_subcontracting_lines(),
        ]
        return cards.with_overheads(
            direct, self.policy_id.overhead_rate_ids._to_costing()
        )

    def _get_component_lines(self):
        """Return a costing line for each component, kits exploded into theirs."""
        product, bom = self.product_id, self.bom_id
        made = self._get_bom_quantity()
        _boms, lines = bom.explode(product, 1.0, picking_type=bom.picking_type_id)
        element = self.policy_id.material_element_id.id
        result = []
        for line, data in lines:
            component = line.product_id.with_company(self.company_id)
            if component.type == "service":
                continue  # An order moves goods alone.
            quantity = line.product_uom_id._compute_quantity(
                data["qty"], component.uom_id, round=False
            )
            planned = cards.component_line(
                element,
                component.id,
                self._per_unit(quantity, made),
                exact(component.standard_price),
            )
            result.append(planned)
            if share := (line | (data["parent_line"] or line))._get_scrap_share():
                result.append(cards.scrap_line(planned, share))
        return result

    def _get_byproduct_lines(self):
        """Return a costing line for each by-product, at its own standard."""
        made = self._get_bom_quantity()
        result = []
        for line in self.bom_id.byproduct_ids:
            if line._skip_byproduct_line(self.product_id):
                continue
            product = line.product_id.with_company(self.company_id)
            quantity = line.product_uom_id._compute_quantity(
                line.product_qty, product.uom_id, round=False
            )
            result.append(
                cards.byproduct_line(
                    self.policy_id.material_element_id.id,
                    product.id,
                    self._per_unit(quantity, made),
                    exact(product.standard_price),
                )
            )
        return result

    def _get_operation_lines(self):
        """Return a costing line for each operation and cost element of its rate."""
        made = self._get_bom_quantity()
        result = []
        for operation in self._get_operations():
            timed = operation.with_context(
                product=self.product_id,
                quantity=self.bom_id.product_qty,
                unit=self.bom_id.product_uom_id,
            )
            hours = self._per_unit(timed.time_total / 60, made)
            for element, rate in operation.workcenter_id._get_element_rates(
                self.policy_id
            ):
                result.append(
                    cards.operation_line(
                        element,
                        operation.id,
                        operation.workcenter_id.id,
                        hours,
                        rate,
                    )
                )
        return result

    def _get_subcontracting_lines(self):
        """Return the costing line of a subcontractor, if one makes the product."""
        if not self.bom_id._is_subcontracting():
            return []
        element = self.policy_id.subcontracting_element_id.id
        return [cards.subcontracting_line(element, self._get_subcontracting_price())]

    def _get_operations(self):
        """Return the operations that an order of this variant goes through, those of
        kits in its bill among them; Odoo plans each for the product, not for the kit.
        A subcontractor's order has none.
        """
        if self.bom_id._is_subcontracting():
            return self.env["mrp.routing.workcenter"]
        boms, _lines = self.bom_id.explode(
            self.product_id, 1.0, picking_type=self.bom_id.picking_type_id
        )
        operations = self.env["mrp.routing.workcenter"]
        for bom, data in boms:
            operations |= bom.operation_ids.filtered(
                lambda operation, product=data["product"]: (
                    not operation._skip_operation_line(product)
                )
            )
        return operations

    def _get_bom_quantity(self):
        """Return what the bill makes, in the product's unit of measure."""
        return self.bom_id.product_uom_id._compute_quantity(
            self.bom_id.product_qty, self.product_id.uom_id, round=False
        )

    @staticmethod
    def _per_unit(quantity, made):
        """Return ``quantity`` for one unit, at the precision kept on the line."""
        return round(exact(quantity) / exact(made), 8)
