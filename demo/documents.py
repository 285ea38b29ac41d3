"""Documents of a company, as its people make them: purchases, orders, deliveries.

``env`` is that of the company (see ``company``); amounts in its currency. Nothing here
knows of backflush costing: what a policy posts, it posts by itself.
"""

from odoo import Command, fields

from .company import get_warehouse


def buy(env, vendor, product, quantity, price):
    """Order, receive and bill a component; return the vendor bill."""
    order = env["purchase.order"].create(
        {
            "partner_id": vendor.id,
            "currency_id": env.company.currency_id.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_qty": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
    )
    order.button_confirm()
    move_goods(order.picking_ids, quantity)
    order.action_create_invoice()
    order.invoice_ids.invoice_date = fields.Date.context_today(order)
    order.invoice_ids.action_post()
    return order.invoice_ids


def bill_cost(env, vendor, account, amount, label):
    """Return a posted vendor bill of conversion cost: Dr ``account``, Cr payable."""
    bill = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "partner_id": vendor.id,
            "currency_id": env.company.currency_id.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": label,
                        "account_id": account.id,
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
    )
    bill.action_post()
    return bill


def book(env, ref, balances, day=None):
    """Return a posted journal entry of {account: balance}, debit positive.

    :param day: its date, else today
    """
    move = env["account.move"].create(
        {
            "move_type": "entry",
            "ref": ref,
            "date": day or fields.Date.context_today(env.user),
            "line_ids": [
                Command.create({"account_id": account.id, "balance": balance})
                for account, balance in balances.items()
            ],
        }
    )
    move.action_post()
    return move


def count(env, product, quantity):
    """Put ``quantity`` on the shelf by an inventory adjustment."""
    env["stock.quant"].with_context(inventory_mode=True).create(
        {
            "product_id": product.id,
            "location_id": get_warehouse(env).lot_stock_id.id,
            "inventory_quantity": quantity,
        }
    ).action_apply_inventory()


def produce(env, product, quantity, used=None):
    """Complete a manufacturing order; return it.

    :param used: {component: quantity} that differs from the plan
    """
    order = env["mrp.production"].create(
        {
            "product_id": product.id,
            "product_qty": quantity,
            "company_id": env.company.id,
        }
    )
    order.action_confirm()
    order.qty_producing = quantity
    order.set_qty_producing()
    for component, amount in (used or {}).items():
        moves = order.move_raw_ids.filtered(lambda m, c=component: m.product_id == c)
        moves.quantity = amount
        moves.picked = True
    order.with_context(skip_consumption=True, skip_backorder=True).button_mark_done()
    return order


def sell(env, customer, product, quantity, price):
    """Sell, deliver and invoice; return the sales order."""
    order = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
    )
    order.action_confirm()
    move_goods(order.picking_ids, quantity)
    order._create_invoices().action_post()
    return order


def move_goods(picking, quantity):
    """Validate a receipt or delivery of ``quantity`` of its only product."""
    picking.move_ids.quantity = quantity
    picking.move_ids.picked = True
    picking.button_validate()
