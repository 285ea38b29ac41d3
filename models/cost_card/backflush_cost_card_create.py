# Creating draft cost cards from a roll-up: many products, and their lines, at once.
# Standard cost; after the roll-up, before the release.

from itertools import islice

from odoo import api, fields, models
from odoo.tools import SQL

#: Rows of one INSERT.
ROWS = 10_000

LINE_COLUMNS = {
    "card_id": "int",
    "company_id": "int",
    "card_product_id": "int",
    "sequence": "int",
    "kind": "varchar",
    "element_id": "int",
    "product_id": "int",
    "component_card_id": "int",
    "operation_id": "int",
    "workcenter_id": "int",
    "driver": "varchar",
    "mix_group": "varchar",
    "quantity": "numeric",
    "price": "numeric",
    "amount": "numeric",
}
ELEMENT_COLUMNS = {
    "card_id": "int",
    "company_id": "int",
    "element_id": "int",
    "own_amount": "numeric",
    "below_amount": "numeric",
    "amount": "numeric",
}
#: What `_compute_costs` stores; the INSERT below sets it with the lines.
COST_FIELDS = ("material_cost", "conversion_cost", "total_cost")


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @api.model
    def _create_from(self, found, company, date, release=None):
        """Return new draft cards of a roll-up, lowest level first.

        :param found: `costing.rollup.RollUp`; products with problems get no card
        :param date: day from which the cards are valid
        :param release: the release that will put them in force
        """
        self._read_names_of(self.env["product.product"].browse(found.cards))
        cards = self.with_context(tracking_disable=True).create(
            [
                {
                    "product_id": product,
                    "company_id": company.id,
                    "basis": found.recipes[product].basis,
                    "bom_id": found.recipes[product].bill,
                    "date_from": date,
                    "release_id": release and release.id,
                }
                for product in found.cards
            ]
        )
        cards = self.browse(cards.ids)
        cards._set_figures(found)
        return cards

    def _check_company(self, fnames=None):
        """Check the cards of a company together. Core looks at one after the other,
        which takes longer than all the rest of many cards; it names those in error."""
        names = self._fields if not fnames or "company_id" in fnames else fnames
        fields_ = [self._fields[name] for name in names]
        checked = [
            field.name for field in fields_ if field.relational and field.check_company
        ]
        for company, cards in self.sudo().grouped("company_id").items():
            for name in checked:
                others = cards[name].with_context(active_test=False)
                domain = others._check_company_domain(company)
                if others.filtered_domain(domain) != others:
                    return super()._check_company(fnames)
        return None

    @api.model
    def _read_names_of(self, products):
        """Read all that the names of cards are made of at once."""
        products.fetch(["default_code", "product_template_attribute_value_ids"])
        products.product_tmpl_id.fetch(["name", "company_id"])

    def _set_figures(self, found):
        """Replace the lines, elements, costs and lot sizes of these draft cards, one
        for each product, by those of a roll-up."""
        self._check_not_frozen()
        self.line_ids.unlink()
        self.element_ids.unlink()
        for name in COST_FIELDS:
            self.env.remove_to_compute(self._fields[name], self)
        self.flush_recordset()
        cards = {card.product_id.id: card for card in self}
        self._insert(
            "backflush.cost.card.line",
            LINE_COLUMNS,
            self._get_line_rows(cards, found),
        )
        self._insert(
            "backflush.cost.card.element",
            ELEMENT_COLUMNS,
            self._get_element_rows(cards, found),
        )
        self._update_costs(cards, found)
        # What else is computed from lines, elements and costs follows them.
        names = [*COST_FIELDS, "line_ids", "element_ids", "lot_size", "level"]
        self.invalidate_recordset(names)
        protected = [self._fields[name] for name in COST_FIELDS]
        with self.env.protecting(protected, self):
            self.modified(names)

    @api.model
    def _get_line_rows(self, cards, found):
        """Yield a row of LINE_COLUMNS for each line of the roll-up's cards."""
        companies = next(iter(cards.values())).company_id if cards else self.env.company
        known = self._get_component_cards(cards, found, companies)
        for product, card in cards.items():
            for sequence, line in enumerate(found.cards[product].lines, 1):
                yield (
                    card.id,
                    companies.id,
                    product,
                    sequence,
                    line.kind,
                    line.element,
                    line.product,
                    known.get(line.product) if line.product != product else None,
                    line.operation,
                    line.workcenter,
                    line.driver,
                    line.group,
                    line.quantity,
                    line.price,
                    line.amount,
                )

    @api.model
    def _get_component_cards(self, cards, found, company):
        """Return {component id: id of the card that gave its price}: the draft of the
        same roll-up, else of the same release, else the card in force."""
        components = {
            line.product
            for product in cards
            for line in found.cards[product].lines
            if line.product
        }
        some = self.browse(card.id for card in cards.values())
        date = some[:1].date_from or fields.Date.context_today(self)
        in_force = self._get_in_force(
            self.env["product.product"].browse(sorted(components)), company, date
        )
        drafts = some.release_id.card_ids.filtered(lambda card: card.state == "draft")
        return {
            **{product.id: card.id for product, card in in_force.items()},
            **{card.product_id.id: card.id for card in drafts},
            **{product: card.id for product, card in cards.items()},
        }

    @api.model
    def _get_element_rows(self, cards, found):
        """Yield a row of ELEMENT_COLUMNS for each element of the roll-up's cards."""
        for product, card in cards.items():
            company = card.company_id.id
            for element, (own, below) in found.splits[product].items():
                yield card.id, company, element, own, below, own + below

    # Bulk writing --------------------------------------------------------------------
    # A roll-up of everything makes more than a hundred thousand lines, which take the
    # ORM ten times as long to create as all the rest. Cards are the ORM's; their lines
    # and elements have no logic of their own beyond what stands here: the check that
    # the card is not frozen is made above, and every stored computed value is among the
    # columns.

    @api.model
    def _insert(self, model, columns, rows):
        """Insert ``rows``, each a value for each of ``columns``, {name: SQL type}."""
        model = self.env[model]
        model.check_access("create")
        now, user = self.env.cr.now(), self.env.uid
        names = [*columns, "create_uid", "write_uid", "create_date", "write_date"]
        rows = iter(rows)
        while chunk := list(islice(rows, ROWS)):
            arrays = zip(columns.values(), zip(*chunk, strict=True), strict=True)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s) SELECT *, %s, %s, %s, %s FROM unnest(%s)",
                    SQL.identifier(model._table),
                    SQL(", ").join(SQL.identifier(name) for name in names),
                    user,
                    user,
                    now,
                    now,
                    SQL(", ").join(self._to_array(*array) for array in arrays),
                )
            )
        model.invalidate_model()

    @api.model
    def _to_array(self, kind, values):
        """Return the SQL array of ``values``, numbers or texts. One literal: PostgreSQL
        would parse each element of a list by itself."""
        show = self._quote if kind == "varchar" else str
        items = ("NULL" if value is None else show(value) for value in values)
        return SQL("%s::%s[]", f"{{{','.join(items)}}}", SQL(kind))

    @staticmethod
    def _quote(text):
        """Return ``text`` as an element of the literal of an array."""
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    @api.model
    def _update_costs(self, cards, found):
        """Store the costs, the lot size and the level of cards."""
        rows = [
            (
                card.id,
                sum(line.amount for line in found.cards[product].materials),
                sum(line.amount for line in found.cards[product].conversions),
                found.cards[product].total,
                found.recipes[product].lot_size,
                found.levels[product],
            )
            for product, card in cards.items()
        ]
        kinds = ("int", "numeric", "numeric", "numeric", "numeric", "int")
        for start in range(0, len(rows), ROWS):
            columns = zip(*rows[start : start + ROWS], strict=True)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE backflush_cost_card card
                       SET material_cost = new.material,
                           conversion_cost = new.conversion,
                           total_cost = new.total,
                           lot_size = new.lot,
                           level = new.level
                      FROM unnest(%s)
                           AS new(id, material, conversion, total, lot, level)
                     WHERE card.id = new.id
                    """,
                    SQL(", ").join(map(self._to_array, kinds, columns)),
                )
            )
