# Reads the bills of many products, and all that their cost depends on, in bulk.
# Standard cost; makes the recipes of costing/recipes.py, which the roll-up prices.

from dataclasses import replace

from ...costing import recipes
from ...costing.money import ZERO, exact
from .bill_source import BillSource
from .mix_group import find_unfit

MINUTES = 60


class BillReader:
    """Turns bills of materials into recipes.

    The number of queries does not depend on how many products are read; see
    `BillSource`, which sends them.

    :param company: whose bills, policies and prices
    :param date: day on which the prices of subcontractors are taken
    :param bills: {product: bill} that cards have chosen
    :param lots: {product id: product units of a lot} that cards have chosen
    :param bought: whether products without a bill may be bought ones
    """

    def __init__(self, company, date, bills=None, lots=None, bought=True):
        self.source = BillSource(company, bills)
        self.company = self.source.company
        self.date = date
        self.lots = lots or {}
        self.bought = bought
        self.sheets = {}
        self.kits = {}
        self.recipes = {}

    def add(self, products):
        """Read recipes of ``products`` into ``recipes``; those of bought products that
        are not at standard cost are left out."""
        self.source.load(products)
        bought = products.browse()
        for product in products.with_env(self.source.env):
            bill = self.source.bills[product]
            if bill or not self._is_bought(product):
                self.recipes[product.id] = self._get_recipe(product, bill)
            elif product.cost_method == "standard":
                bought |= product
        self.add_bought(bought)

    def get_components(self):
        """Return the components and by-products of what was read that are not read
        themselves."""
        found = {
            line.product
            for recipe in self.recipes.values()
            for line in (*recipe.materials, *recipe.byproducts)
        }
        return self.source.env["product.product"].browse(
            sorted(found - self.recipes.keys())
        )

    def get_products(self):
        """Return the products read and all their components."""
        components = self.get_components()
        return components.browse([*self.recipes, *components.ids])

    # Bought products -----------------------------------------------------------------

    def _is_bought(self, product):
        """Answer whether a product without a bill is bought: it has vendors, or follows
        no policy, so that nothing says that it is made here."""
        vendors = product.product_tmpl_id.seller_ids
        return self.bought and bool(vendors or not self._get_policy(product))

    def add_bought(self, products):
        """Read recipes of bought ``products``: their price, in the material element of
        their policy, else of the one whose cards use them."""
        products = products.with_env(self.source.env)
        strays = products.filtered(lambda product: not self._get_policy(product))
        other = self.source.env["backflush.policy"]
        if strays:
            other = other._get_for_components(strays, self.company) or other.search(
                [("company_id", "=", self.company.id)], limit=1
            )
        for product in products:
            policy = self._get_policy(product) or other
            self.recipes[product.id] = recipes.Recipe(
                product.id,
                self._get_sheet(policy),
                recipes.BOUGHT,
                problems=self._get_policy_problems(policy),
            )

    @staticmethod
    def _get_policy(product):
        return product.product_tmpl_id.categ_id.backflush_policy_id

    # Made products -------------------------------------------------------------------

    def _get_recipe(self, product, bill):
        """Return the recipe of a product that ``bill``, which may be none, makes."""
        policy = self._get_policy(product)
        sheet = self._get_sheet(policy)
        problems = self._get_policy_problems(policy)
        if not bill:
            problems += ((recipes.BILL, ()),)
            return recipes.Recipe(product.id, sheet, problems=problems)
        read = recipes.explode(
            product.id, self._read_bill(product, bill), self._get_kits(bill)
        )
        byproducts, unusable = self._get_byproducts(product, bill)
        problems += read.problems + unusable + self._get_group_problems(read.materials)
        add_work = (
            self._add_subcontracting if bill._is_subcontracting() else self._add_routing
        )
        return add_work(
            recipes.Recipe(
                product.id,
                sheet,
                quantity=read.quantity,
                lot_size=self._get_lot(product, bill, read.quantity),
                materials=read.materials,
                byproducts=byproducts,
                bill=bill.id,
                problems=problems,
            ),
            product,
            bill,
            read.operations,
        )

    def _add_subcontracting(self, recipe, product, bill, _operations):
        """Return ``recipe`` with what a subcontractor asks; his order has no
        operations."""
        fee = bill._get_subcontracting_price(product, self.company, self.date)
        problems = recipe.problems
        if not problems and not recipe.sheet.subcontracting:
            problems += ((recipes.SUBCONTRACTING_ELEMENT, ()),)
        if not fee and not recipe.problems:
            problems += ((recipes.SUBCONTRACTING_PRICE, ()),)
        return replace(recipe, fee=fee, problems=problems)

    def _add_routing(self, recipe, product, bill, operations):
        """Return ``recipe`` with its operations; note the rates of their work centres
        on its costing sheet."""
        problems, sheet = recipe.problems, recipe.sheet
        if not problems and not sheet.conversion:
            unsplit = dict.fromkeys(
                operation.workcenter_id.id
                for operation in operations
                if not operation.workcenter_id.backflush_rate_ids
            )
            problems = ((recipes.CONVERSION_ELEMENT, tuple(unsplit)),) * bool(unsplit)
        if sheet:
            self._add_rates(sheet, product, operations)
        return replace(
            recipe,
            operations=tuple(
                self._get_operations(operations, product, bill, recipe.quantity)
            ),
            problems=problems,
        )

    def _get_lot(self, product, bill, quantity):
        """Return the lot size that the card says, else the size that orders of the bill
        get, else the quantity of the bill; product units."""
        if lot := self.lots.get(product.id):
            return exact(lot)
        if bill.enable_batch_size and bill.batch_size > 0:
            unit = bill.product_uom_id
            return self.source.convert(bill.batch_size, unit, product.id) or quantity
        return quantity

    def _read_bill(self, product, bill):
        """Return the `recipes.Bill` of one variant, lines that it skips left out."""
        problems, materials = [], []
        quantity = self.source.convert(
            bill.product_qty, bill.product_uom_id, product.id
        )
        if not quantity:
            problems.append((recipes.UNIT, (product.id,)))
        for line in self.source.lines[bill.id]:
            component = line.product_id.id
            if component in self.source.services or line._skip_bom_line(product):
                continue  # An order moves goods alone.
            needed = self.source.convert(
                line.product_qty, line.product_uom_id, component
            )
            if needed is None:
                problems.append((recipes.UNIT, (component,)))
                continue
            scrap = line._get_scrap_share() if line.backflush_scrap else ZERO
            group = line.backflush_mix_group or None
            materials.append(recipes.Material(component, needed, scrap, group))
        return recipes.Bill(
            quantity or recipes.ONE,
            tuple(materials),
            tuple(
                operation
                for operation in self.source.operations[bill.id]
                if not operation._skip_operation_line(product)
            ),
            tuple(problems),
        )

    def _get_kits(self, bill):
        """Return {product id: `recipes.Bill`} of the kits that orders of ``bill``
        explode."""
        operation_type = bill.picking_type_id
        known = self.kits.setdefault(operation_type, {})
        for product, kit in self.source.kits.get(operation_type, {}).items():
            if product.id not in known:
                known[product.id] = self._read_bill(product, kit)
        return known

    def _get_byproducts(self, product, bill):
        """Return the by-products of one variant, and problems with their units."""
        found, problems = [], []
        for line in self.source.byproducts[bill.id]:
            if line._skip_byproduct_line(product):
                continue
            byproduct, unit = line.product_id.id, line.product_uom_id
            quantity = self.source.convert(line.product_qty, unit, byproduct)
            if quantity is None:
                problems.append((recipes.UNIT, (byproduct,)))
            else:
                found.append(recipes.Material(byproduct, quantity))
        return tuple(found), tuple(problems)

    def _get_group_problems(self, materials):
        """Return the problem of components that cannot be members of their group."""
        grouped = [material for material in materials if material.group]
        products = self.source.env["product.product"].browse(
            material.product for material in grouped
        )
        groups = [material.group for material in grouped]
        unfit = find_unfit(list(zip(products, groups, strict=True)))
        keys = tuple(dict.fromkeys(product.id for product in unfit))
        return ((recipes.GROUP, keys),) if keys else ()

    # Operations ----------------------------------------------------------------------

    def _get_operations(self, operations, product, bill, quantity):
        """Yield the operations of an order, those of kits too: Odoo plans each for the
        product and the quantity of its bill, not for the kit."""
        unit = bill.product_uom_id
        per_unit = quantity / exact(bill.product_qty)
        for operation in operations:
            workcenter = operation.workcenter_id
            capacity, setup, cleanup = workcenter._get_capacity(
                product, unit, bill.product_qty or 1
            )
            minutes = exact(self.source.get_cycle(operation))
            efficiency = exact(workcenter.time_efficiency or 100.0) / 100
            yield recipes.Operation(
                operation.id,
                workcenter.id,
                (exact(setup) + exact(cleanup)) / MINUTES,
                minutes / efficiency / MINUTES,
                exact(capacity or bill.product_qty) * per_unit,
            )

    def _get_sheet(self, policy):
        """Return the costing sheet of a policy, None without one."""
        if policy and policy not in self.sheets:
            rates = policy.overhead_rate_ids
            self.sheets[policy] = recipes.CostingSheet(
                policy.material_element_id.id or None,
                policy.conversion_element_id.id or None,
                policy.subcontracting_element_id.id or None,
                tuple(zip(rates.ids, rates._to_costing(), strict=True)),
            )
        return self.sheets.get(policy)

    def _add_rates(self, sheet, product, operations):
        """Add the rates of the operations' work centres to a costing sheet."""
        policy = self._get_policy(product)
        for operation in operations:
            workcenter = operation.workcenter_id
            if workcenter.id not in sheet.rates:
                sheet.rates[workcenter.id] = tuple(
                    workcenter._get_element_rates(policy)
                )

    def _get_policy_problems(self, policy):
        if not policy:
            return ((recipes.POLICY, ()),)
        if not policy.material_element_id:
            return ((recipes.MATERIAL_ELEMENT, ()),)
        return ()
