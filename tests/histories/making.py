"""Steps of a history: tables are made, taken apart, scrapped, counted, corrected."""

from decimal import Decimal

from odoo import Command

from .books import TABLE
from .document import keep


class Making:
    def produce(self, quantity, more, **numbers):
        """Order tables and complete ``quantity`` of them, see `complete`."""
        order = self.env["mrp.production"].create(
            {
                "product_id": self.products[TABLE].id,
                "product_qty": quantity + more,
                "company_id": self.company.id,
            }
        )
        order.action_confirm()
        self._add_order(order, quantity + more)
        self.complete(self.orders[-1], quantity, **numbers)

    def _add_order(self, record, quantity):
        order = keep(record, open=quantity, left=0, used={}, standing={})
        order["hours"] = order["worked"] = Decimal(0)
        self.orders.append(order)
        return order

    def for_complete(self):
        return [order for order in self.orders if order["open"]]

    def complete(self, order, quantity, plates, steel, minutes, days_ago, backorder):
        """Complete an order with ``plates`` more than planned, ``steel`` that the card
        does not have and ``minutes`` of work; the rest goes to a backorder or away."""
        record = order.record
        self._state(order, quantity, plates, steel, minutes)
        more = backorder and quantity < order["open"]
        siblings = record.production_group_id.production_ids
        context = {"skip_consumption": True, "skip_backorder": True}
        if more:
            context["mo_ids_to_backorder"] = record.ids
        self._dated(record, days_ago).with_context(**context).button_mark_done()
        assert record.state == "done", record.state
        if more:
            rest = record.production_group_id.production_ids - siblings
            self._add_order(rest, order["open"] - quantity)
        order["open"] = 0
        order["then"] = self._get_plan(days_ago)
        self._record_made(order, quantity, order["used"], order["worked"])

    def for_complete_all(self):
        return [None] if len(self.for_complete()) > 1 else []

    def complete_all(self, minutes):
        """Complete all open orders in one call."""
        orders = self.for_complete()
        for order in orders:
            self._state(order, order["open"], 0, 0, minutes)
            order["open"] = 0
        records = self.env["mrp.production"].union(*(o.record for o in orders))
        records.with_context(skip_consumption=True).button_mark_done()
        for order in orders:
            order["then"] = self.plan
            self._record_made(order, order["left"], order["used"], order["worked"])

    def _state(self, order, quantity, plates, steel, minutes):
        """Fill in what was made, used and worked."""
        record = order.record
        used = {
            name: Decimal(units * quantity) for name, units in self.plan.needs.items()
        }
        used["plate"] = max(used["plate"] + plates, Decimal(0))
        if steel and not self._get_move(record, "steel"):
            self._add_steel(record, product_uom_qty=steel)
        if self._get_move(record, "steel"):
            # A backorder plans what its order took.
            used["steel"] = Decimal(steel)
        record.qty_producing = quantity
        record._set_qty_producing()
        for name, units in used.items():
            move = self._get_move(record, name)
            move.quantity = float(units)
            move.picked = True
        if self.plan.timed:
            record.workorder_ids.duration = minutes
            order["worked"] = Decimal(minutes) / 60
        order.facts.update(left=quantity, used=used)

    def _add_steel(self, record, **values):
        raw = record.move_raw_ids[0]
        record.move_raw_ids = [
            Command.create(
                {
                    "product_id": self.products["steel"].id,
                    "location_id": raw.location_id.id,
                    "location_dest_id": raw.location_dest_id.id,
                    **values,
                }
            )
        ]

    def _get_move(self, record, name):
        product = self.products[name]
        return record.move_raw_ids.filtered(
            lambda m: m.product_id == product and m.state != "cancel"
        )

    def _record_made(self, order, quantity, used, hours, late=False):
        """Tell the oracle what was made, or what a correction (``late``) adds to it."""
        self.books.move(TABLE, quantity)
        for name, units in used.items():
            self.books.move(name, -units)
        order["hours"] += hours
        for name, units in used.items():
            order["standing"][name] = order["standing"].get(name, 0) + units
        effect = self.books.made(quantity, used, hours, order["then"], late)
        self.record(effect, order)

    # Taken apart ---------------------------------------------------------------------

    def _get_done_orders(self):
        return [
            order
            for order in self.orders
            if order.record.state == "done" and not order.closed
        ]

    def for_unbuild(self):
        return [order for order in self._get_done_orders() if order["left"]]

    def unbuild(self, order, quantity):
        """Take tables of an order apart; their share of all that was used and worked is
        taken back."""
        quantity = min(quantity, order["left"])
        share = Decimal(quantity) / order["left"]
        used = {name: units * share for name, units in order["standing"].items()}
        hours = order["hours"] * share
        for name, units in used.items():
            order["standing"][name] -= units
        order["left"] -= quantity
        order["hours"] -= hours
        order.changed = True
        self._take_apart(quantity, used, hours, order["then"], order.record)

    def for_unbuild_any(self):
        return [None] if self.books.shelf[TABLE] > 0 else []

    def unbuild_any(self, quantity):
        """Take tables of no particular order apart, as the card plans."""
        used = {name: quantity * units for name, units in self.plan.needs.items()}
        self._take_apart(quantity, used, quantity * self.plan.hours, self.plan)

    def _take_apart(self, quantity, used, hours, then, order=None):
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": self.products[TABLE].id,
                "bom_id": self.case.bom.id,
                "mo_id": order.id if order else False,
                "product_qty": quantity,
                "company_id": self.company.id,
                "location_id": self.case.warehouse.lot_stock_id.id,
                "location_dest_id": self.case.warehouse.lot_stock_id.id,
            }
        )
        unbuild.action_unbuild()
        back = {name: self._get_back(unbuild, name) for name in used}
        for name, units in back.items():
            self.books.move(name, units)
        self.books.move(TABLE, -quantity)
        taken = {name: -units for name, units in back.items()}
        effect = self.books.made(-quantity, taken, -hours, then, late=True)
        self.record({**effect, **self.books.revalued(used, back)})

    def _get_back(self, unbuild, name):
        """Units that Odoo put back on the shelf, in hundredths."""
        product = self.products[name]
        moves = unbuild.produce_line_ids.filtered(lambda m: m.product_id == product)
        return Decimal(str(round(sum(moves.mapped("quantity")), 2)))

    # Lost and found ------------------------------------------------------------------

    def scrap(self, product, quantity):
        self.env["stock.scrap"].create(
            {
                "product_id": self.products[product].id,
                "scrap_qty": quantity,
                "company_id": self.company.id,
                "location_id": self.case.warehouse.lot_stock_id.id,
            }
        ).do_scrap()
        self._record_found(product, -quantity)

    def count(self, product, quantity):
        """Count ``quantity`` more than the shelf has."""
        location = self.case.warehouse.lot_stock_id
        Quant = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = Quant.search(
            [
                ("product_id", "=", self.products[product].id),
                ("location_id", "=", location.id),
            ]
        )
        if not quant:
            quant = Quant.create(
                {
                    "product_id": self.products[product].id,
                    "location_id": location.id,
                }
            )
        quant.inventory_quantity = quant.quantity + float(quantity)
        quant.action_apply_inventory()
        self._record_found(product, quantity)

    def _record_found(self, product, quantity):
        self.books.move(product, quantity)
        self.record(self.books.found(product, quantity))

    # Corrected -----------------------------------------------------------------------

    for_correct_made = for_add_steel = _get_done_orders

    def for_correct_used(self):
        """Odoo cancels the move of what was not used at all."""
        orders = self._get_done_orders()
        return [o for o in orders if self._get_move(o.record, "plate").move_line_ids]

    def correct_used(self, order, quantity):
        """Another number of plates was used than the done order says."""
        change = self._edit(self._get_move(order.record, "plate"), quantity)
        self._correct(order, 0, {"plate": change})

    def correct_made(self, order, quantity):
        """Another number of tables was made than the done order says; one is left."""
        quantity = max(quantity, 1 - order["left"])
        change = self._edit(order.record.move_finished_ids, quantity)
        order["left"] += change
        self._correct(order, change, {})

    def add_steel(self, order, quantity):
        """Steel was used, too; its move is added to the done order."""
        if move := self._get_move(order.record, "steel"):
            self._edit(move, quantity)
        else:
            # As the form does it in a done order.
            done = {"state": "done", "additional": True, "product_uom_qty": 0}
            self._add_steel(order.record, quantity=quantity, **done)
        self._correct(order, 0, {"steel": Decimal(quantity)})

    def for_add_time(self):
        return self._get_done_orders() if self.plan.timed else []

    def add_time(self, order, minutes):
        """Work is recorded after completion."""
        order.record.workorder_ids.duration += minutes
        self._correct(order, 0, {}, Decimal(minutes) / 60)

    def _correct(self, order, quantity, used, hours=Decimal(0)):
        order.changed = True
        self._record_made(order, quantity, used, hours, late=True)
