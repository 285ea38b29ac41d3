"""Steps of a history: tables are sold, delivered, invoiced, returned, credited."""

from odoo import Command

from .books import TABLE
from .document import keep


class Selling:
    def sell(self, quantity, more, days_ago):
        """Sell tables and deliver ``quantity`` of them at once, in stock or not."""
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.case.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.products[TABLE].id,
                            "product_uom_qty": quantity + more,
                            "price_unit": 100.0,
                        }
                    )
                ],
            }
        )
        sale.action_confirm()
        self.sales.append(keep(sale, open=quantity + more))
        if quantity:
            self.deliver(self.sales[-1], quantity, days_ago)

    def for_deliver(self):
        return [sale for sale in self.sales if sale["open"]]

    def deliver(self, sale, quantity, days_ago):
        """Deliver more of an order."""
        quantity = min(quantity, sale["open"])
        picking = self._get_open_picking(sale)
        self._validate(self._dated(picking, days_ago), quantity)
        sale["open"] -= quantity
        then = self._get_plan(days_ago)
        delivery = keep(picking.move_ids, left=quantity, then=then)
        self.deliveries.append(delivery)
        self._record_sold(quantity, then, delivery)

    def for_deliver_all(self):
        return [None] if len(self.for_deliver()) > 1 else []

    def deliver_all(self):
        """Deliver all that is open, in one call."""
        pickings, sales = self.env["stock.picking"], self.for_deliver()
        for sale in sales:
            picking = self._get_open_picking(sale)
            picking.move_ids.write({"quantity": sale["open"], "picked": True})
            pickings |= picking
            self.deliveries.append(
                keep(picking.move_ids, left=sale["open"], then=self.plan)
            )
        pickings.button_validate()
        for sale, delivery in zip(sales, self.deliveries[-len(sales) :], strict=True):
            sale["open"] = 0
            self._record_sold(delivery["left"], delivery["then"], delivery)

    def _get_open_picking(self, sale):
        return sale.record.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
            and p.picking_type_id.code == "outgoing"
        )

    def _record_sold(self, quantity, then, delivery=None):
        """Tell the oracle what was sold; without ``delivery`` it is a change."""
        self.books.move(TABLE, -quantity)
        effect = self.books.sold(quantity, then, late=not delivery)
        self.record(effect, delivery)

    def for_give_back(self):
        return [d for d in self.deliveries if d["left"] and not d.closed]

    def give_back(self, delivery, quantity):
        """The customer returns part of a delivery."""
        quantity = min(quantity, delivery["left"])
        self._send_back(delivery.record, quantity)
        delivery["left"] -= quantity
        delivery.changed = True
        self._record_sold(-quantity, delivery["then"])

    for_correct_delivered = for_give_back

    def correct_delivered(self, delivery, quantity):
        """Another number of tables was delivered than the done transfer says."""
        quantity = max(quantity, 1 - delivery["left"])
        quantity = self._edit(delivery.record, quantity)
        delivery["left"] += quantity
        delivery.changed = True
        self._record_sold(quantity, delivery["then"])

    # Invoices ------------------------------------------------------------------------

    def for_invoice(self):
        return [s for s in self.sales if s.record.order_line.qty_to_invoice > 0]

    def invoice(self, sale, quantity):
        """Invoice part of an order: nothing but revenue is posted."""
        invoice = sale.record._create_invoices()
        line = invoice.invoice_line_ids
        quantity = line.quantity = min(quantity, line.quantity)
        invoice.action_post()
        self.invoices.append(keep(invoice, left=quantity))

    def for_credit_invoice(self):
        return [invoice for invoice in self.invoices if invoice["left"]]

    def credit_invoice(self, invoice, quantity):
        quantity = min(quantity, invoice["left"])
        self._credit(invoice.record, quantity)
        invoice["left"] -= quantity
