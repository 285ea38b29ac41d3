# The story of one lot: bills of its components, the order that made it, deliveries and
# returns, each with what it posted. After post; reads documents and ledger, in order.

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.ledger.backflush_entry import EVENTS
from ..models.roles import AUDITOR

KINDS = [("bill", "Vendor Bill"), *EVENTS]


class BackflushLotTimeline(models.TransientModel):
    _name = "backflush.lot.timeline"
    _description = "Timeline of a Lot"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        required=True,
        domain="[('company_id', 'in', [company_id, False])]",
        check_company=True,
    )
    line_ids = fields.One2many("backflush.lot.timeline.line", "timeline_id")

    def action_show(self):
        """Put the events of the lot in order and open them."""
        self.ensure_one()
        self._refresh()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Timeline of %(lot)s", lot=self.lot_id.display_name),
            "res_model": "backflush.lot.timeline.line",
            "view_mode": "list",
            "domain": [("timeline_id", "=", self.id)],
            "context": {"create": False},
        }

    @api.model
    def _open(self, lot):
        """Return the timeline of ``lot``."""
        company = lot.company_id or self.env.company
        return self.create({"lot_id": lot.id, "company_id": company.id}).action_show()

    def _refresh(self):
        """Find the events anew.

        :raises AccessError: for users who may not see cost
        """
        self.check_access("write")
        if not self.env.user.has_group(AUDITOR):
            raise AccessError(
                self.env._("Only users with accounting rights see the cost of a lot.")
            )
        # Documents of the whole chain, whichever of them the reader may open.
        timeline = self.sudo().with_company(self.company_id)
        rows = timeline._get_rows()
        timeline.line_ids.unlink()
        timeline.line_ids.create(
            [
                {"timeline_id": self.id, "sequence": number, **row}
                for number, row in enumerate(rows)
            ]
        )

    # What happened -------------------------------------------------------------------

    def _get_rows(self):
        """Return the values of the lines, by date, bills before what was made of it."""
        moves = self._get_moves(self.lot_id)
        orders = self._get_orders(moves)
        entries = moves.backflush_entry_id | orders.backflush_entry_ids
        entries |= entries._with_changes()
        rows = [
            *self._get_bill_rows(orders),
            *(self._prepare_entry_row(entry) for entry in entries),
        ]
        stages = {kind: number for number, (kind, _label) in enumerate(KINDS)}
        return sorted(
            rows, key=lambda row: (row["date"], stages[row["kind"]], row["res_id"])
        )

    def _get_moves(self, lots):
        """Return the done moves of ``lots`` in the company."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return lines.move_id

    def _get_orders(self, moves):
        """Return the orders that made the lot, and the lots of its components made
        here, on all levels; one search a level."""
        orders = level = moves.production_id
        while level:
            lots = level.move_raw_ids.move_line_ids.lot_id
            level = self._get_moves(lots).production_id - orders
            orders |= level
        return orders

    # Bills ---------------------------------------------------------------------------

    def _get_bill_rows(self, orders):
        """Return a row for each bill of the components: of the lots that were used, or,
        where lots are not tracked, the last bill before the order."""
        raw = orders.move_raw_ids.filtered(lambda move: move.state == "done")
        lots = raw.move_line_ids.lot_id
        receipts = self._get_moves(lots).purchase_line_id
        found = self._get_bill_lines(receipts)
        rows = [self._prepare_bill_row(line, lots) for line in found]
        untracked = raw.product_id.filtered(lambda product: product.tracking == "none")
        days = [move.date for move in raw]
        if untracked and days:
            rows += [
                self._prepare_bill_row(line, lots, last=True)
                for line in self._get_last_bill_lines(untracked, max(days).date())
            ]
        return rows

    def _get_bill_lines(self, purchase_lines):
        return purchase_lines.invoice_lines.filtered(
            lambda line: line.parent_state == "posted"
            and line.move_id.move_type in ("in_invoice", "in_refund")
        )

    def _get_last_bill_lines(self, products, day):
        """Return the last bill line of each of ``products`` up to ``day``."""
        lines = self.env["account.move.line"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", "in_invoice"),
                ("display_type", "=", "product"),
                ("date", "<=", day),
            ],
            order="date, id",
        )
        return self.env["account.move.line"].union(
            *({line.product_id: line for line in lines}.values())
        )

    def _prepare_bill_row(self, line, lots, last=False):
        mine = lots.filtered(lambda lot: lot.product_id == line.product_id)
        entry = line.move_id.backflush_bill_entry_ids[:1]
        return {
            "date": line.date,
            "kind": "bill",
            "name": line.move_id.name,
            "res_model": "account.move",
            "res_id": line.move_id.id,
            "entry_id": entry.id,
            "product_id": line.product_id.id,
            "lots": ", ".join(mine.mapped("name")),
            "quantity": line.quantity,
            "amount": line.balance,
            "note": self.env._("Lots are not tracked: the last bill before the order.")
            if last
            else "",
        }

    # Entries -------------------------------------------------------------------------

    def _prepare_entry_row(self, entry):
        share = self._get_share(entry)
        return {
            "date": entry.date,
            "kind": entry.event,
            "name": entry.origin,
            "res_model": entry._name,
            "res_id": entry.id,
            "entry_id": entry.id,
            "product_id": entry.product_id.id,
            "lots": ", ".join(self._get_lot_lines(entry).lot_id.mapped("name")),
            "quantity": entry.quantity * share,
            "amount": entry.currency_id.round(entry.amount * share),
            "note": self._describe_postings(entry),
        }

    def _get_lot_lines(self, entry):
        """Return the stock move lines of the entry's own product."""
        moves = entry.stock_move_ids
        if not moves and entry.production_id:
            moves = entry.production_id.move_finished_ids
        return moves.move_line_ids.filtered(
            lambda line: line.product_id == entry.product_id and line.state == "done"
        )

    def _get_share(self, entry):
        """Return the share, 0 to 1, that the lot has in what an entry is about."""
        if entry.product_id != self.lot_id.product_id:
            return 1.0
        lines = self._get_lot_lines(entry)
        whole = sum(lines.mapped("quantity_product_uom"))
        mine = lines.filtered(lambda line: line.lot_id == self.lot_id)
        return sum(mine.mapped("quantity_product_uom")) / whole if whole else 1.0

    def _describe_postings(self, entry):
        """Return the accounts that an entry debited and credited."""
        sums = {}
        for line in entry.line_ids:
            sums[line.account_id] = sums.get(line.account_id, 0.0) + line.amount
        debits = [a.display_name for a, amount in sums.items() if amount > 0]
        credits = [a.display_name for a, amount in sums.items() if amount < 0]
        if not debits and not credits:
            return self.env._("Nothing to post.")
        return self.env._(
            "Dr %(debits)s; Cr %(credits)s",
            debits=", ".join(debits),
            credits=", ".join(credits),
        )


class BackflushLotTimelineLine(models.TransientModel):
    _name = "backflush.lot.timeline.line"
    _description = "Event of a Lot"
    _order = "timeline_id, sequence, id"
    _rec_name = "name"

    timeline_id = fields.Many2one(
        "backflush.lot.timeline", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="timeline_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer()
    date = fields.Date(required=True)
    kind = fields.Selection(KINDS, "Event", required=True)
    name = fields.Char("Document")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    entry_id = fields.Many2one("backflush.entry", "Ledger Entry")
    product_id = fields.Many2one("product.product")
    lots = fields.Char()
    quantity = fields.Float(
        digits=(16, 6), help="Of the lot, as far as the event is about it."
    )
    amount = fields.Monetary(
        "Cost",
        help="Of an entry: its debits, for the share that the lot has in it. Of a "
        "bill: what it says.",
    )
    note = fields.Char("Postings")

    def action_open(self):
        """Open the bill or the ledger entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
