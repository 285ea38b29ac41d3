"""Products of several levels, made of each other, in a company of their own.

``build`` makes them in bulk: one product, bill, line and operation is created by Odoo,
the others are copies of its row. Every product has as many components; up to three of
them are made here, one on the level below and the others anywhere below, so that they
are shared by many.
"""

from dataclasses import dataclass
from random import Random

from odoo.tools import SQL

from .factory import Builder, Contender

#: Sub-assemblies among the components of a product.
MADE = 3
OPERATIONS = 2


@dataclass
class Structure:
    """What was built.

    :param company_id: its company, under a policy that is still a draft
    :param part_ids: bought products
    :param level_ids: made products, [[level 1], [level 2], …]
    :param lines: number of component lines
    """

    company_id: int
    policy_id: int
    part_ids: list
    level_ids: list
    lines: int

    @property
    def product_ids(self):
        """All made products, lowest level first."""
        return [product for level in self.level_ids for product in level]

    def get_env(self, env):
        """Return ``env`` in this company."""
        return env(context={**env.context, "allowed_company_ids": [self.company_id]})


def build(env, products=10_000, levels=8, components=10):
    """Create ``products`` made products on ``levels`` levels, ``components`` lines
    each, in the database of ``env``; return the `Structure`."""
    return _StructureBuilder(env).build(products, levels, components)


class _StructureBuilder(Builder):
    """Sets up the company of a structure."""

    def __init__(self, env):
        super().__init__(env, Contender("structure", "standard cost"))
        self.random = Random(19)

    def build(self, products, levels, components):
        self._create_products()
        self._configure_native()
        policy = self._create_policy()
        self._create_bills()
        self.bills.operation_ids.workcenter_id.time_start = 6
        parts = self._copy_products(self.components[:1], max(products // 5, 50))
        made = self._copy_products(self.products[:1], products)
        size = -(-products // levels)
        level_ids = [made[start : start + size] for start in range(0, products, size)]
        boms = self._copy_bills(made)
        self._copy_operations(boms)
        self._copy_lines(boms, level_ids, parts, components)
        self._set_prices(parts)
        (self.components | self.products).active = False
        self.env.flush_all()
        self.env.invalidate_all()
        self._analyze()
        return Structure(
            self.company.id, policy.id, parts, level_ids, products * components
        )

    def _copy_products(self, product, number):
        """Return the ids of ``number`` copies of a product."""
        template = product.product_tmpl_id
        templates = self._copy(template, number, name="jsonb_build_object('en_US', %s)")
        return self._copy(product, number, product_tmpl_id=templates)

    def _copy_bills(self, products):
        """Return {product id: id of its bill}."""
        found = self.env["product.product"].browse(products)
        templates = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, product_tmpl_id FROM product_product WHERE id IN %s",
                    tuple(found.ids),
                )
            )
        )
        boms = self._copy(
            self.bills[:1],
            len(products),
            product_id=products,
            product_tmpl_id=[templates[product] for product in products],
        )
        return dict(zip(products, boms, strict=True))

    def _copy_operations(self, boms):
        operation = self.bills[:1].operation_ids
        self._copy(
            operation, len(boms) * OPERATIONS, bom_id=[*boms.values()] * OPERATIONS
        )

    def _copy_lines(self, boms, level_ids, parts, components):
        """Give each bill ``components`` lines, with made products from below."""
        owners, products, below = [], [], []
        for number, level in enumerate(level_ids):
            for product in level:
                made = set()
                if number:
                    made = {self.random.choice(level_ids[number - 1])}
                    made |= set(self.random.sample(below, MADE - 1))
                bought = self.random.sample(parts, components - len(made))
                owners += [boms[product]] * components
                products += [*made, *bought]
            below += level
        templates = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, product_tmpl_id FROM product_product WHERE id IN %s",
                    tuple({*products}),
                )
            )
        )
        self._copy(
            self.bills[:1].bom_line_ids[:1],
            len(owners),
            bom_id=owners,
            product_id=products,
            product_tmpl_id=[templates[product] for product in products],
        )

    def _set_prices(self, parts):
        """Let the parts cost 0.10 to 20.00."""
        prices = [self.random.randint(10, 2000) / 100 for _part in parts]
        self.env.cr.execute(
            SQL(
                """
                UPDATE product_product product
                   SET standard_price = jsonb_build_object(%s, new.price)
                  FROM unnest(%s::int[], %s::float[]) AS new(id, price)
                 WHERE product.id = new.id
                """,
                str(self.company.id),
                parts,
                prices,
            )
        )

    def _copy(self, record, number, **columns):
        """Insert ``number`` copies of the row of ``record``; return their ids.

        :param columns: {column: list of its values, or SQL of the name of the copy}
        """
        self.env.flush_all()
        kinds = dict(
            self.env.execute_query(
                SQL(
                    "SELECT column_name, udt_name FROM information_schema.columns "
                    "WHERE table_name = %s AND column_name != 'id'",
                    record._table,
                )
            )
        )
        lists = {name for name, values in columns.items() if isinstance(values, list)}
        new = [
            SQL("unnest(%s::%s[])", columns[name], SQL(kinds[name])) for name in lists
        ]
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s old, ROWS FROM (%s) AS new(%s) "
                "WHERE old.id = %s ORDER BY n RETURNING id",
                SQL.identifier(record._table),
                SQL(", ").join(SQL.identifier(name) for name in kinds),
                SQL(", ").join(
                    SQL(columns[name], SQL("'Product ' || n"))
                    if name in columns.keys() - lists
                    else SQL.identifier("new" if name in lists else "old", name)
                    for name in kinds
                ),
                SQL.identifier(record._table),
                SQL(", ").join([*new, SQL("generate_series(1, %s)", number)]),
                SQL(", ").join(SQL.identifier(name) for name in (*lists, "n")),
                record.id,
            )
        )
        self.env.invalidate_all()
        return [row for (row,) in rows]

    def _analyze(self):
        """Let PostgreSQL know how many rows there are now."""
        for model in ("product.product", "product.template", "mrp.bom", "mrp.bom.line"):
            table = self.env[model]._table
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
