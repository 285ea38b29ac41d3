# What the roll-up reads from the database: bills, kits, operations, units, times.
# Standard cost; a fixed number of queries, whatever the number of products.

from collections import defaultdict
from math import ceil

from odoo.tools import SQL

from ...costing.money import exact

LINE_FIELDS = [
    "bom_id",
    "product_id",
    "product_qty",
    "product_uom_id",
    "bom_product_template_attribute_value_ids",
]
COMPONENT_FIELDS = ["backflush_scrap", "backflush_mix_group"]
BILL_FIELDS = [
    "product_tmpl_id",
    "product_id",
    "company_id",
    "product_qty",
    "product_uom_id",
    "type",
    "picking_type_id",
    "enable_batch_size",
    "batch_size",
]
OPERATION_FIELDS = [
    "bom_id",
    "active",
    "workcenter_id",
    "time_mode",
    "time_mode_batch",
    "time_cycle_manual",
    "bom_product_template_attribute_value_ids",
]
WORKCENTER_FIELDS = ["time_start", "time_stop", "time_efficiency", "costs_hour"]
TEMPLATE_FIELDS = ["type", "uom_id", "categ_id", "backflush_free"]


class BillSource:
    """Bills of products and of the kits in them, by bill.

    Reads whole sets at once: a prefetch would send a query for each thousand records.

    :param company: whose bills and costs
    :param bills: {product: bill} instead of the first of the product
    """

    def __init__(self, company, bills=None):
        self.company = company.with_company(company)
        self.env = self.company.env
        self.bills = dict(bills or {})
        self.lines = {}
        self.byproducts = {}
        self.operations = {}
        self.kits = {}  # {operation type: {product: bill of the kit}}
        self.cycles = {}
        self.parts = {}  # {bill id: ids of its components}
        self.services = set()
        self.units = {}
        self.factors = {}

    def load(self, products):
        """Read the bills of ``products``, kits in them, operations and components."""
        products = products.with_env(self.env)
        self.load_products(products)
        products.fetch(["product_template_attribute_value_ids"])
        templates = products.product_tmpl_id
        templates.fetch(["product_variant_ids", "seller_ids"])
        # All at once what the search for bills of Odoo would read piece by piece.
        self.env["mrp.bom"].search_fetch(
            [("product_tmpl_id", "in", templates.ids)], BILL_FIELDS
        )
        others = products.filtered(lambda product: product not in self.bills)
        self.bills |= self.env["mrp.bom"]._find_for_cards(others, self.company)
        bills = self.env["mrp.bom"].union(
            *(self.bills[product] for product in products)
        )
        self._load_bills(bills)
        self._load_kits(bills)
        self._load_workcenters()

    def load_products(self, products):
        """Read cost, type, unit and category of products."""
        products.fetch(["product_tmpl_id", "standard_price"])
        products.product_tmpl_id.fetch(TEMPLATE_FIELDS)
        for product in products:
            template = product.product_tmpl_id
            self.units[product.id] = template.uom_id
            if template.type == "service":
                self.services.add(product.id)

    def convert(self, quantity, unit, product):
        """Return ``quantity`` in the unit of the product of key ``product``, exactly;
        None when the units have nothing in common."""
        key = (unit.id, product)
        if key not in self.factors:
            self.factors[key] = self._get_factor(unit, self.units[product])
        factor = self.factors[key]
        return None if factor is None else exact(quantity) * factor

    def _get_factor(self, unit, other):
        if unit == other:
            return exact(1)
        if not unit._has_common_reference(other):
            return None
        return exact(unit.factor) / exact(other.factor)

    # Bills ---------------------------------------------------------------------------

    def _load_bills(self, bills):
        """Read the lines, by-products and operations of bills not read before."""
        bills = bills.filtered(lambda bill: bill.id not in self.lines)
        bills.fetch(BILL_FIELDS)
        for model, names, found in (
            ("mrp.bom.line", [*LINE_FIELDS, *COMPONENT_FIELDS], self.lines),
            ("mrp.bom.byproduct", LINE_FIELDS, self.byproducts),
            ("mrp.routing.workcenter", OPERATION_FIELDS, self.operations),
        ):
            found.update({bill_id: [] for bill_id in bills.ids})
            records = self.env[model].search_fetch(
                [("bom_id", "in", bills.ids)], names, order="sequence, id"
            )
            for record in records:
                found[record.bom_id.id].append(record)
        for bill in bills.ids:
            self.parts[bill] = {line.product_id.id for line in self.lines[bill]}
        byproducts = {
            line.product_id.id for bill in bills.ids for line in self.byproducts[bill]
        }
        components = self._get_components(bills)
        self.load_products(components | components.browse(sorted(byproducts)))

    def _get_components(self, bills):
        found = set().union(*(self.parts[bill] for bill in bills.ids))
        return self.env["product.product"].browse(sorted(found))

    def _load_kits(self, bills):
        """Find the kits among the components, and those in kits, as an order of the
        bill's operation type does."""
        for operation_type, mine in bills.grouped("picking_type_id").items():
            known = self.kits.setdefault(operation_type, {})
            seen = self.env["product.product"]
            while components := self._get_components(mine) - seen:
                seen |= components
                found = self.env["mrp.bom"]._bom_find(
                    components,
                    picking_type=operation_type,
                    company_id=self.company.id,
                    bom_type="phantom",
                )
                known.update(
                    (product, found[product])
                    for product in components
                    if found[product]
                )
                mine = self.env["mrp.bom"].union(*found.values())
                self._load_bills(mine)

    # Operations ----------------------------------------------------------------------

    def _load_workcenters(self):
        operations = [o for mine in self.operations.values() for o in mine]
        everyone = self.env["mrp.routing.workcenter"].browse(o.id for o in operations)
        workcenters = everyone.workcenter_id
        workcenters.fetch([*WORKCENTER_FIELDS, "capacity_ids", "backflush_rate_ids"])
        workcenters.capacity_ids.fetch(["product_id", "product_uom_id", "capacity"])
        workcenters.backflush_rate_ids.fetch(["element_id", "rate"])
        auto = everyone.filtered(
            lambda operation: (
                operation.time_mode != "manual" and operation.id not in self.cycles
            )
        )
        self.cycles |= self._get_recorded_cycles(auto)

    def get_cycle(self, operation):
        """Return minutes of one cycle: as entered, or as the last orders took."""
        return self.cycles.get(operation.id) or operation.time_cycle_manual

    def _get_recorded_cycles(self, operations):
        """Return {operation id: minutes of one cycle} of the last work orders; see
        ``_compute_time_cycle`` in module ``mrp``, which asks for each operation."""
        minutes, cycles = defaultdict(float), defaultdict(float)
        orders = self._find_last_workorders(operations)
        quantities = {
            operation.id: operation.bom_id.product_qty or 1 for operation in operations
        }
        for order in orders:
            operation = order.operation_id.id
            capacity, _setup, _cleanup = order.workcenter_id._get_capacity(
                order.product_id, order.product_uom_id, quantities[operation]
            )
            minutes[operation] += order.duration
            number = round(exact(order.qty_produced) / exact(capacity), 8)
            cycles[operation] += ceil(number)
        return {
            operation: minutes[operation] / number
            for operation, number in cycles.items()
            if number
        }

    def _find_last_workorders(self, operations):
        """Return the work orders whose times count, in one query."""
        model = self.env["mrp.workorder"]
        if not operations:
            return model
        model.flush_model(["operation_id", "qty_produced", "state", "date_finished"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT last.id
                  FROM mrp_routing_workcenter operation
                  JOIN LATERAL (
                       SELECT workorder.id
                         FROM mrp_workorder workorder
                         JOIN mrp_production production
                           ON production.id = workorder.production_id
                        WHERE workorder.operation_id = operation.id
                          AND production.company_id = %s
                          AND workorder.qty_produced > 0
                          AND workorder.state = 'done'
                        ORDER BY workorder.date_finished DESC, workorder.id DESC
                        LIMIT operation.time_mode_batch
                       ) last ON TRUE
                 WHERE operation.id IN %s
                """,
                self.company.id,
                tuple(operations.ids),
            )
        )
        orders = model.browse(workorder for (workorder,) in rows)
        orders.fetch(["operation_id", "workcenter_id", "duration", "qty_produced"])
        orders.production_id.fetch(["product_id", "product_uom_id"])
        return orders
