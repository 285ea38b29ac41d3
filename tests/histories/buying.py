"""Steps of a history: components are ordered, received, billed, sent back, credited."""

from odoo import Command

from .document import keep


class Buying:
    def buy(self, product, quantity, received, price):
        """Order components, for a price that is ``price`` tenths of the standard, and
        receive the first of them."""
        unit = self._get_price(product, price)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.case.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.products[product].id,
                            "product_qty": quantity,
                            "price_unit": float(unit),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self.purchases.append(
            keep(
                purchase, product=product, price=unit, unbilled=quantity, open=quantity
            )
        )
        if received:
            self.receive(self.purchases[-1], received)

    def _get_price(self, product, tenths):
        """In whole coins, as vendors quote; at least one."""
        coin = self.plan.coin
        price = self.plan.prices[product] * tenths / 10
        return max(price // coin, 1) * coin

    def for_receive(self):
        return [purchase for purchase in self.purchases if purchase["open"]]

    def receive(self, purchase, quantity):
        quantity = min(quantity, purchase["open"])
        picking = purchase.record.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
            and p.picking_type_id.code == "incoming"
        )
        self._validate(picking, quantity)
        purchase["open"] -= quantity
        self.books.move(purchase["product"], quantity)
        self.books.ahead[purchase["product"]] -= quantity
        self.receipts.append(
            keep(picking.move_ids, product=purchase["product"], left=quantity)
        )

    def for_bill(self):
        return [purchase for purchase in self.purchases if purchase["unbilled"]]

    def bill(self, purchase, quantity, price, days_ago):
        """Bill part of an order, received or not, at another price than agreed."""
        quantity = min(quantity, purchase["unbilled"])
        before = purchase.record.invoice_ids
        purchase.record.action_create_invoice()
        bill = purchase.record.invoice_ids - before
        unit = self._get_price(purchase["product"], price)
        bill.invoice_date = self._get_today(days_ago)
        bill.invoice_line_ids.write({"quantity": quantity, "price_unit": float(unit)})
        bill.action_post()
        purchase["unbilled"] -= quantity
        bill = keep(bill, product=purchase["product"], price=unit, left=quantity)
        bill.facts.update(quantity=quantity, posted=True, credited=0)
        self.bills.append(bill)
        self._record_bill(bill, bill["quantity"], bill)

    def _record_bill(self, bill, quantity, document=None):
        """The bill debits its own price, its ledger entry the rest to standard."""
        stated = bill["product"], quantity, bill["price"]
        self.books.ahead[bill["product"]] += quantity
        self.books.post(self.books.billed(*stated))
        self.record(self.books.corrected(*stated), document)

    def for_take_bill_back(self):
        return [
            bill
            for bill in self._get_open_bills()
            if not bill["credited"] and not self._is_locked(bill.record.date)
        ]

    def _get_open_bills(self):
        return [bill for bill in self.bills if bill["posted"] and not bill.closed]

    def take_bill_back(self, bill):
        """Reset a bill to draft."""
        bill.record.button_draft()
        bill["posted"] = False
        bill.changed = True
        self._record_bill(bill, -bill["quantity"])

    def for_post_bill_again(self):
        return [bill for bill in self.bills if not bill["posted"]]

    def post_bill_again(self, bill, price):
        """Post a bill that went back to draft, at another price."""
        bill["price"] = self._get_price(bill["product"], price)
        bill.record.invoice_line_ids.price_unit = float(bill["price"])
        bill.record.action_post()
        bill["posted"] = True
        self._record_bill(bill, bill["quantity"], bill)

    def for_credit_bill(self):
        return [bill for bill in self._get_open_bills() if bill["left"]]

    def credit_bill(self, bill, quantity):
        quantity = min(quantity, bill["left"])
        self._credit(bill.record, quantity)
        bill["left"] -= quantity
        bill["credited"] += quantity
        bill.changed = True
        self._record_bill(bill, -quantity)

    def for_return_to_vendor(self):
        return [receipt for receipt in self.receipts if receipt["left"]]

    def return_to_vendor(self, receipt, quantity):
        quantity = min(quantity, receipt["left"])
        self._send_back(receipt.record, quantity)
        receipt["left"] -= quantity
        self.books.move(receipt["product"], -quantity)
        self.books.ahead[receipt["product"]] += quantity
