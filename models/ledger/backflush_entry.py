# The ledger: one entry for each event that a policy records, its facts and its state.
# Capture creates entries, flush and post (next files) complete them; the subledger and
# the audit trail.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

EVENTS = [
    ("purchase", "Purchase"),
    ("completion", "Completion"),
    ("delivery", "Delivery"),
    ("return", "Customer Return"),
    ("unbuild", "Unbuild"),
    ("adjustment", "Stock Adjustment"),
    ("correction", "Correction"),
    ("redating", "Effective Date Changed"),
    ("reversal", "Reversal"),
    ("cutover", "Cut-over"),
    ("revaluation", "New Standard Cost"),
    ("close", "Close of Conversion"),
    ("disposition", "Disposition of Variances"),
    ("bridge", "GAAP Bridge"),
]


class BackflushEntry(models.Model):
    _name = "backflush.entry"
    _description = "Backflush Entry"
    _inherit = ["backflush.guarded"]
    _order = "date desc, id desc"
    _rec_name = "origin"
    _check_company_auto = True

    origin = fields.Char("Document", required=True, readonly=True, index="trigram")
    event = fields.Selection(EVENTS, required=True, readonly=True)
    state = fields.Selection(
        [("pending", "Pending"), ("posted", "Posted")],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    source_key = fields.Char(
        required=True,
        readonly=True,
        help="Names the event; the same event is recorded once in a company.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        "backflush.policy",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Date(
        required=True, readonly=True, index=True, help="Date of the document."
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index=True, ondelete="restrict"
    )
    category_id = fields.Many2one(related="product_id.categ_id")
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        readonly=True,
        digits=(16, 6),
        help="In the product's unit of measure; negative when goods come back.",
    )
    card_id = fields.Many2one(
        "backflush.cost.card", readonly=True, index=True, ondelete="restrict"
    )
    goods_card_id = fields.Many2one(
        "backflush.cost.card",
        "Card of the Goods",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The card by which the goods stood in the books when this was recorded. A "
        "document that bears the date of an earlier card is flushed at that one; stock "
        "moves at this one, and the difference is a revaluation.",
    )
    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    unbuild_id = fields.Many2one(
        "mrp.unbuild",
        "Unbuild Order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Transfer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    bill_id = fields.Many2one(
        "account.move",
        "Vendor Bill",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    release_id = fields.Many2one(
        "backflush.release",
        "Standard Cost Release",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    period_id = fields.Many2one(
        "backflush.period",
        "Period Close",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The period close that made this entry.",
    )
    corrected_entry_id = fields.Many2one(
        "backflush.entry",
        "Changes",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The entry whose effect this one reverses or corrects.",
    )
    change_ids = fields.One2many(
        "backflush.entry", "corrected_entry_id", "Changed By", readonly=True
    )
    stock_move_ids = fields.One2many(
        "stock.move", "backflush_entry_id", "Stock Moves", readonly=True
    )
    facts = fields.Json(
        readonly=True,
        help="Quantities, values and hours as the document stated them.",
    )
    move_id = fields.Many2one(
        "account.move",
        "Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    line_ids = fields.One2many("backflush.entry.line", "entry_id", readonly=True)
    amount = fields.Monetary(
        "Cost Flushed",
        readonly=True,
        help="Total of the entry's debits.",
    )
    error = fields.Text("Reason", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Recorded By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
    )

    _source_key_unique = models.Constraint(
        "UNIQUE(company_id, source_key)",
        "This event is in the backflush ledger already.",
    )

    @api.depends("origin", "event", "product_id")
    def _compute_display_name(self):
        labels = dict(self._fields["event"]._description_selection(self.env))
        for entry in self:
            entry.display_name = f"{entry.origin} · {labels.get(entry.event, '')}"

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Entries of the backflush ledger cannot be deleted: they are the "
                "audit trail."
            )
        )

    # 1. Capture ----------------------------------------------------------------------

    @api.model
    @api.private
    def _capture(self, vals_list):
        """Record events and post them as their policies say.

        :param vals_list: one dict an event: values of the entry, its ``facts``, and the
            ids of the stock moves it stands for in ``stock_move_ids``
        :raises UserError: what keeps an event from being posted, when its policy blocks
        :return: the entries
        """
        if not vals_list:
            return self.browse()
        # Who ends the same document at the same time is held up by the document, and
        # Odoo tries again; by the ledger's own index the request would fail.
        self.env["stock.move"].flush_model(["state"])
        # Who completes an order or posts a bill needs no right to see its cost.
        ledger = self.sudo()
        entries = ledger.create(
            [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "stock_move_ids"
                }
                for vals in vals_list
            ]
        )
        for entry, vals in zip(entries, vals_list, strict=True):
            moves = self.env["stock.move"].browse(vals.get("stock_move_ids"))
            moves.sudo().backflush_entry_id = entry
        entries._set_flush_points()
        carried = [
            vals for entry in entries if (vals := entry._prepare_carry_over_vals())
        ]
        entries |= ledger.create(carried)
        entries._check_period_open()
        entries.filtered(lambda entry: entry.policy_id.posting == "document")._post()
        return entries

    # Buttons and actions -------------------------------------------------------------

    def action_post(self):
        """Post pending entries now; those that still cannot be keep their reason."""
        self._check_can_post()
        pending = self.exists().filtered(lambda entry: entry.state == "pending")
        pending.sudo().with_context(backflush_queue=True)._post()
        failed = pending.filtered(lambda entry: entry.state == "pending")
        if failed and len(pending) == 1:
            message = failed.error
        else:
            message = self.env._(
                "%(done)s of %(all)s entries posted.",
                done=len(pending - failed),
                all=len(pending),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if failed else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_can_post(self):
        """Raise `AccessError` unless the user may post; entries themselves are written
        by the system alone."""
        self.check_access("read")
        if not self.env.user.has_group("mrp_account_backflush.group_backflush_user"):
            raise AccessError(
                self.env._(
                    "Only cost accountants and controllers post pending entries of the "
                    "backflush ledger."
                )
            )

    @api.model
    def _cron_post_pending(self, limit=500):
        """Post what waits: entries that failed, and those summarised per day."""
        pending = self.search([("state", "=", "pending")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(pending))
        for group in pending._get_batches(limit):
            group.with_context(backflush_queue=True)._post()
            if not self.env["ir.cron"]._commit_progress(len(group)):
                break

    def _get_batches(self, limit):
        """Return these entries in batches, never splitting a day of a company."""
        batches = []
        for days in self.grouped(lambda e: (e.company_id, e.date)).values():
            if batches and len(batches[-1]) + len(days) <= limit:
                batches[-1] |= days
            else:
                batches.append(days)
        return batches

    def action_view_journal_entry(self):
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_view_document(self):
        """Open the order, transfer or bill that this entry records."""
        self.ensure_one()
        return (
            self.unbuild_id
            or self.production_id
            or self.picking_id
            or self.bill_id
            or self.period_id
            or self.release_id
        ).get_formview_action()

    def action_view_stock_moves(self):
        """Open what physically moved: quantities, places, lots."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock Moves of %(entry)s", entry=self.origin),
            "res_model": "stock.move.line",
            "view_mode": "list",
            "domain": [("move_id", "in", self.stock_move_ids.ids)],
            "context": {"create": False},
        }

    def action_view_card(self):
        self.ensure_one()
        return self.card_id.get_formview_action()

    @api.model
    def _get_action(self, domain):
        """Return the window action of the entries in ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_account_backflush.backflush_entry_action"
        )
        return {**action, "domain": domain, "context": {}}
