# Cards imported from a file, for standards that are computed elsewhere.
# Standard cost; imported cards are drafts, which are released like those of a roll-up.

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...costing import cards

#: Context key: cards are read from a file.
IMPORT = "backflush_import"
HOURLY = (cards.OPERATION, cards.SETUP)


class BackflushCostElement(models.Model):
    _inherit = "backflush.cost.element"
    _rec_names_search = ["name", "code"]

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """A file means the elements of the company it is imported into."""
        if self.env.context.get(IMPORT):
            domain = Domain(domain or Domain.TRUE) & Domain(
                "company_id", "=", self.env.company.id
            )
        return super().name_search(name, domain, operator, limit)


class BackflushCostCard(models.Model):
    _inherit = "backflush.cost.card"

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Cost Cards"),
                "template": "/mrp_account_backflush/static/csv/cost_cards.csv",
            }
        ]

    @api.model
    def load(self, fields, data):
        """Import cards of the current company, and check what their lines mean."""
        return super(BackflushCostCard, self.with_context(**{IMPORT: True})).load(
            fields, data
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.context.get(IMPORT):
            return super().create(vals_list)
        created = super().create([self._complete_vals(vals) for vals in vals_list])
        created._check_coherent()
        return created

    def write(self, vals):
        result = super().write(vals)
        if self.env.context.get(IMPORT) and "line_ids" in vals:
            self._check_coherent()
        return result

    @api.model
    def _complete_vals(self, vals):
        """Return the values of an imported card with what a file need not say: the
        product of a purchase price, and that operations are paid by the hour."""
        lines = []
        for line in vals.get("line_ids", ()):
            if line[0] == Command.CREATE:
                values = dict(line[2])
                if values.get("kind") == cards.PURCHASE and not values.get(
                    "product_id"
                ):
                    values["product_id"] = vals.get("product_id")
                if not values.get("driver"):
                    hourly = values.get("kind") in HOURLY
                    values["driver"] = cards.PER_HOUR if hourly else cards.PER_QUANTITY
                line = Command.create(values)
            lines.append(line)
        return {**vals, "line_ids": lines}

    # What lines mean -----------------------------------------------------------------

    def _check_coherent(self):
        """Raise when a card has no lines, or lines that mean nothing."""
        problems = self._get_missing_lines() + self._get_incoherences()
        if problems:
            raise ValidationError("\n".join(problems))

    def _get_missing_lines(self):
        found = self.env["backflush.cost.card.line"]._read_group(
            [("card_id", "in", self.ids)], ["card_id"]
        )
        return [
            self.env._(
                "%(card)s has no lines: compute it from a bill of materials, or enter "
                "or import them.",
                card=card.name,
            )
            for card in self - self.browse().union(*(card for (card,) in found))
        ]

    def _get_incoherences(self):
        """Return what lines of these cards contradict, each a sentence."""
        problems = []
        for card in self._filter_incoherent():
            for number, line in enumerate(card.line_ids, 1):
                if problem := line._get_incoherence():
                    problems.append(
                        self.env._(
                            "%(card)s, line %(number)s (%(kind)s): %(problem)s",
                            card=card.name,
                            number=number,
                            kind=line._get_kind_label(),
                            problem=problem,
                        )
                    )
            problems += card._get_purchase_incoherences()
            problems += card._get_hour_incoherences()
        return problems

    def _filter_incoherent(self):
        """Return those of these cards that have lines which contradict something; one
        query for all, whose conditions are explained card by card below."""
        self.env["backflush.cost.card.line"].flush_model()
        self.flush_recordset(["basis", "product_id"])
        query = SQL(
            """
            WITH line AS (
                SELECT line.*, card.basis, card.product_id AS own_id,
                       element.kind = 'material' AS is_material
                  FROM backflush_cost_card_line line
                  JOIN backflush_cost_card card ON card.id = line.card_id
                  JOIN backflush_cost_element element ON element.id = line.element_id
                 WHERE line.card_id = ANY(%(cards)s)
            )
            SELECT card_id FROM line
             WHERE (kind = ANY(%(material)s)) <> is_material
                OR (kind = ANY(%(material)s) AND product_id IS NULL)
                OR (kind = %(byproduct)s AND quantity > 0)
                OR (kind <> %(byproduct)s AND quantity < 0)
                OR (kind = %(purchase)s) <> (basis = 'bought')
                OR (kind = %(purchase)s AND product_id <> own_id)
             UNION
            SELECT card_id FROM line WHERE kind = %(purchase)s
             GROUP BY card_id HAVING COUNT(*) > 1
             UNION
            SELECT card_id FROM line WHERE kind = ANY(%(hourly)s)
             GROUP BY card_id, kind, operation_id, workcenter_id
            HAVING MIN(quantity) <> MAX(quantity)
            """,
            cards=self.ids,
            material=list(cards.MATERIAL_KINDS),
            hourly=list(HOURLY),
            byproduct=cards.BYPRODUCT,
            purchase=cards.PURCHASE,
        )
        return self.browse(card for (card,) in self.env.execute_query(query))

    def _get_purchase_incoherences(self):
        """A bought card is one purchase price; a made card has none."""
        purchases = self.line_ids.filtered(lambda line: line.kind == cards.PURCHASE)
        is_bought = self.basis == "bought"
        alone = len(purchases) == 1 and purchases == self.line_ids
        if alone if is_bought else not purchases:
            return []
        return [
            self.env._(
                "%(card)s: a card with the basis Bought has one line, of the kind "
                "Purchase Price; a card with the basis Made has no such line.",
                card=self.name,
            )
        ]

    def _get_hour_incoherences(self):
        """Lines of one operation at one work centre share its hours between elements;
        they say the same hours."""
        hours = {}
        for line in self.line_ids.filtered(lambda line: line.kind in HOURLY):
            key = (line.kind, line.operation_id, line.workcenter_id)
            if hours.setdefault(key, line.quantity) != line.quantity:
                return [
                    self.env._(
                        "%(card)s: lines of the same operation have different hours. "
                        "Name the operation or the work center of each, so that they "
                        "can be told apart.",
                        card=self.name,
                    )
                ]
        return []


class BackflushCostCardLine(models.Model):
    _inherit = "backflush.cost.card.line"

    def _get_kind_label(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return labels[self.kind]

    def _get_incoherence(self):
        """Return why this line means nothing, a sentence, or None."""
        self.ensure_one()
        is_material = self.element_id.kind == "material"
        if self.kind in cards.MATERIAL_KINDS and not self.product_id:
            return self.env._("name its component.")
        if self.kind == cards.PURCHASE and self.product_id != self.card_id.product_id:
            return self.env._("its component is the product of the card itself.")
        if (self.kind in cards.MATERIAL_KINDS) != is_material:
            return self.env._(
                "cost element %(element)s is of the kind %(kind)s; material lines take "
                "an element of the kind Material, others one of another kind.",
                element=self.element_id.name,
                kind=self.element_id.kind,
            )
        if self.kind == cards.BYPRODUCT and self.quantity > 0:
            return self.env._("its quantity is negative: a by-product comes back.")
        if self.kind != cards.BYPRODUCT and self.quantity < 0:
            return self.env._("its quantity is not negative.")
        return None
