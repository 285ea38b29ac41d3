"""Groups of substitutable components: usage as mix and yield, at completion and after.

10 buckets of paint allow 60 kg of resin and 40 kg of oil, in the mix 6 : 4.
"""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .mixing import MixCase


class TestMixAndYield(MixCase):
    def test_mix_and_yield(self):
        """66 kg of resin and 39 kg of oil, 5 kg too much. Resin: usage 6 x 5.00 =
        30.00, yield 5 x 0.6 x 5.00 = 15.00, mix 15.00. Oil: usage -1 x 3.00, yield 5 x
        0.4 x 3.00 = 6.00, mix -9.00. Two tins too much are usage as ever: 4.00."""
        order = self._mix(10, {self.resin: 66, self.oil: 39000, self.tin: 12})
        entry = order.backflush_entry_ids
        self.assertEqual(
            self._get_variances(entry),
            {
                ("mix", self.resin): 15.0,
                ("yield", self.resin): 15.0,
                ("mix", self.oil): -9.0,
                ("yield", self.oil): 6.0,
                ("usage", self.tin): 4.0,
            },
        )
        self.assertEntry(
            entry,
            {
                ("finished_goods", "FG"): 440.0,
                ("stock", "RIP"): -(330.0 + 117.0 + 24.0),
                ("mix", "Variances"): 6.0,
                ("yield", "Variances"): 21.0,
                ("usage", "Variances"): 4.0,
            },
        )
        grouped = entry.line_ids.filtered("mix_group")
        self.assertEqual(grouped.product_id, self.resin | self.oil)
        self.assertEqual(set(grouped.mapped("mix_group")), {"Base"})

    def test_planned_mix(self):
        """A tenth more of everything: all of it is yield, 30.00 + 12.00."""
        order = self._mix(10, {self.resin: 66, self.oil: 44000})
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            {("yield", self.resin): 30.0, ("yield", self.oil): 12.0},
        )

    def test_left_out(self):
        """100 kg of resin and no oil: nothing is lost, all is mix: 40 x 5.00 - 40 x
        3.00. A member that is left out is no substitution."""
        order = self._mix(10, {self.resin: 100, self.oil: 0})
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            {("mix", self.resin): 200.0, ("mix", self.oil): -120.0},
        )

    def test_price_of_a_member(self):
        """Resin went from 5.00 to 5.10 after the card: 60 x 0.10 = 6.00 is price; mix
        and yield are at standard price."""
        self.resin.standard_price = 5.1
        order = self._mix(10, {})
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            {("price", self.resin): 6.0},
        )


class TestSubstitutes(MixCase):
    #: 2 kg of wax at 4.00 beside what is planned. Wax: mix 8.00. Resin and oil bear
    #: the 2 kg too much in their mix: yield 2 x 0.6 x 5.00 = 6.00 and 2 x 0.4 x 3.00 =
    #: 2.40, and as much less is mix. Usage 8.00 in all.
    WITH_WAX = (("wax", 8.0, 0.0), ("resin", -6.0, 6.0), ("oil", -2.4, 2.4))

    def assertWax(self, order):
        expected = {}
        for name, mixed, lost in self.WITH_WAX:
            product = getattr(self, name)
            expected |= {("mix", product): mixed, ("yield", product): lost}
        self.assertEqual(
            self._get_variances(order.backflush_entry_ids),
            {key: amount for key, amount in expected.items() if amount},
        )

    def test_allowed_by_the_card(self):
        """The bill allows wax with quantity 0, and so does the card."""
        self._allow_wax()
        card = self._renew_card(self.paint)
        self.assertEqual(card.total_cost, 44.0)
        wax = card.line_ids.filtered(lambda line: line.product_id == self.wax)
        self.assertEqual((wax.quantity, wax.price, wax.mix_group), (0, 4.0, "Base"))
        self.assertWax(self._mix(10, {self.wax: 2}))

    def test_allowed_by_the_bill(self):
        """The card is older than the line of the bill: wax joins the group at the value
        of what was used. The entry keeps that in its facts."""
        self._allow_wax()
        order = self._mix(10, {self.wax: 2})
        self.assertWax(order)
        self.assertEqual(
            order.backflush_entry_ids.facts["groups"][str(self.wax.id)], "Base"
        )

    def test_not_allowed(self):
        """Wax that no bill has in a group, or has in a group that the card does not
        know, is a substitution."""
        expected = {("substitution", self.wax): 8.0}
        order = self._mix(10, {self.wax: 2})
        self.assertEqual(self._get_variances(order.backflush_entry_ids), expected)
        self._allow_wax(backflush_mix_group="Other")
        order = self._mix(10, {self.wax: 2})
        self.assertEqual(self._get_variances(order.backflush_entry_ids), expected)

    def test_in_a_kit(self):
        """Resin and oil come in a kit whose line names the group: they are in it."""
        kit = self._create_product("Base kit", self.category_components)
        self._create_bom(kit, {self.resin: 6, self.oil: 4000}).type = "phantom"
        glaze = self._create_product("Glaze", self.category_finished)
        bom = self._create_bom(glaze, {kit: 1, self.tin: 1})
        bom.bom_line_ids[0].backflush_mix_group = "Base"
        card = self._create_card(glaze)
        grouped = card.line_ids.filtered("mix_group")
        self.assertEqual(grouped.product_id, self.resin | self.oil)


class TestMixGroups(MixCase):
    """Where groups are entered, and what keeps components from being compared."""

    def test_carried_to_the_card(self):
        """From the bill's form to the card, frozen with it, and to a copy."""
        with Form(self.bom_paint) as form, form.bom_line_ids.edit(2) as line:
            line.backflush_mix_group = 'Tins, "small" \\ {new}'
        card = self._renew_card(self.paint)
        groups = {line.product_id: line.mix_group for line in card.line_ids}
        self.assertEqual(
            groups,
            {
                self.resin: "Base",
                self.oil: "Base",
                self.tin: 'Tins, "small" \\ {new}',
            },
        )
        self.assertEqual(
            card.copy().line_ids.mapped("mix_group"),
            card.line_ids.mapped("mix_group"),
        )

    def test_units_that_cannot_be_compared(self):
        """Tins are counted, resin is weighed: refused on the bill and on the card."""
        line = self.bom_paint.bom_line_ids.filtered(
            lambda line: line.product_id == self.tin
        )
        with self.assertRaisesRegex(ValidationError, "Paint.*Tin.*converted"):
            line.backflush_mix_group = "Base"
        card = self.card_paint.copy()
        line = card.line_ids.filtered(lambda line: line.product_id == self.tin)
        with self.assertRaisesRegex(ValidationError, "Paint.*Tin.*converted"):
            line.mix_group = "Base"

    def test_one_group_a_component(self):
        """Resin twice, in two groups: refused, an order does not tell them apart."""
        with self.assertRaisesRegex(ValidationError, "Resin.*one group"):
            self._allow_wax(product_id=self.resin.id, backflush_mix_group="Other")

    def test_groups_of_a_kit(self):
        """A kit counts tins in the group Base: the card cannot be computed, and the
        reason names product and component."""
        kit = self._create_product("Tin kit", self.category_components)
        kit_bom = self._create_bom(kit, {self.tin: 1})
        kit_bom.type = "phantom"
        kit_bom.bom_line_ids.backflush_mix_group = "Base"
        self.bom_paint.bom_line_ids.filtered(
            lambda line: line.product_id == self.tin
        ).product_id = kit
        Card = self.env["backflush.cost.card"]
        with self.assertRaisesRegex(UserError, "Paint.*Tin.*converted"):
            Card._build(self.paint, self.company)

    def test_components_only(self):
        """A by-product cannot be in a group: the message names card and kind."""
        card = self.card_paint.copy()
        with self.assertRaisesRegex(ValidationError, "By-product.*Base"):
            card.line_ids[0].write({"kind": "byproduct", "quantity": -6})


class TestMixAtSale(MixCase):
    flush_point = "sale"

    def test_mix_and_yield(self):
        """The same at completion with flush at sale: the variances alone leave RIP,
        27.00 of mix and yield."""
        order = self._mix(10, {self.resin: 66, self.oil: 39000})
        self.assertEntry(
            order.backflush_entry_ids,
            {
                ("stock", "RIP"): -27.0,
                ("mix", "Variances"): 6.0,
                ("yield", "Variances"): 21.0,
            },
        )
