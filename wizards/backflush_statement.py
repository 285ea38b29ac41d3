# Statement of the inventory accounts at a date: what each holds, and why, line by line.
# After post; the next file finds what explains a balance. Nothing here posts.

from collections import defaultdict

from odoo import fields, models
from odoo.tools import format_date

KINDS = [
    ("standard", "On hand at standard"),
    ("unsold", "Material in unsold goods, flushed at sale"),
    ("native", "Goods without a policy"),
    ("receipt", "Received, not billed"),
    ("bill", "Billed, not received"),
    ("price", "Billed at another price, not compared with standard"),
    ("repriced", "Standard changed by hand, left to Odoo's stock closing"),
    ("invoice", "Delivered, left to invoices"),
    ("pending", "Ledger entries that wait to be posted"),
    ("unposted", "Stock moves that nothing posted"),
    ("changed", "Stock moves that changed after Odoo posted them"),
    ("early", "Moved before the policy, not taken over by a cut-over"),
    ("reversed", "Reversed, not posted again"),
    ("rounding", "Less than a coin, carried on"),
    ("prorated", "Variances prorated to it"),
    ("bridge", "GAAP bridge"),
    ("closing", "Odoo's stock closing"),
    ("manual", "Entered by hand"),
    ("unexplained", "Not explained"),
]


class BackflushStatement(models.TransientModel):
    _name = "backflush.statement"
    _description = "Statement of Inventory Accounts"
    _inherit = ["backflush.owned"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="Until the end of this day, by accounting date.",
    )
    line_ids = fields.One2many("backflush.statement.line", "statement_id")
    balance = fields.Monetary(readonly=True)
    unexplained = fields.Monetary(
        readonly=True, help="What no quantity and no exception explains."
    )

    def action_show(self):
        """Compute the statement and open it, by account and kind."""
        self.ensure_one()
        self.check_access("write")
        self._refresh()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Inventory Accounts on %(date)s",
                date=format_date(self.env, self.date),
            ),
            "res_model": "backflush.statement.line",
            "view_mode": "list,pivot",
            "domain": [("statement_id", "=", self.id)],
            "context": {"group_by": ["account_id", "kind"], "create": False},
        }

    def _refresh(self):
        """Compute the lines anew."""
        # Balances are of the whole company, whichever documents the reader may open.
        statement = self.sudo().with_company(self.company_id)
        rows = statement._get_rows()
        balances = statement._get_balances()
        rows += statement._get_unexplained(balances, rows)
        lines = [
            {"statement_id": self.id, "sequence": n, **row}
            for n, row in enumerate(rows)
        ]
        statement.line_ids.unlink()
        self.env["backflush.statement.line"].sudo().create(lines)
        rest = [row["amount"] for row in rows if row["kind"] == "unexplained"]
        statement.write({"balance": sum(balances.values()), "unexplained": sum(rest)})

    def _get_balances(self):
        """Return {account: balance} of the managed accounts, debit positive."""
        found = self.env["account.move.line"]._read_group(
            self._get_item_domain(), ["account_id"], ["balance:sum"]
        )
        return dict(found)

    def _get_item_domain(self):
        """Return the domain of the journal items of the statement."""
        return [
            ("company_id", "=", self.company_id.id),
            ("account_id", "in", self._get_accounts().ids),
            ("parent_state", "=", "posted"),
            ("date", "<=", self.date),
        ]

    def _get_unexplained(self, balances, rows):
        """Return a row for each account with a rest of at least a coin."""
        rest = defaultdict(float)
        for account, balance in balances.items():
            rest[account.id] += balance
        for row in rows:
            rest[row["account_id"]] -= row["amount"]
        return [
            {
                "account_id": account,
                "kind": "unexplained",
                "amount": self.currency_id.round(amount),
            }
            for account, amount in rest.items()
            if not self.currency_id.is_zero(amount)
        ]


class BackflushStatementLine(models.TransientModel):
    _name = "backflush.statement.line"
    _description = "Line of a Statement of Inventory Accounts"
    _order = "account_id, sequence, id"
    _rec_name = "kind"

    statement_id = fields.Many2one(
        "backflush.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="statement_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer()
    account_id = fields.Many2one("account.account", required=True)
    kind = fields.Selection(KINDS, "Explanation", required=True)
    product_id = fields.Many2one("product.product")
    name = fields.Char("Document")
    quantity = fields.Float(
        digits=(16, 6),
        min_display_digits=2,
        aggregator=None,
        help="In the unit of measure of the product.",
    )
    price = fields.Float(
        "Unit Cost", digits=(16, 6), min_display_digits=2, aggregator=None
    )
    amount = fields.Monetary(help="Part of the account's balance, debit positive.")
    user_id = fields.Many2one("res.users", "Author")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")

    def action_open(self):
        """Open the document of a line, else the journal items of its account."""
        self.ensure_one()
        if self.res_model and self.res_id:
            return {
                "type": "ir.actions.act_window",
                "res_model": self.res_model,
                "res_id": self.res_id,
                "view_mode": "form",
            }
        domain = [
            ("company_id", "=", self.company_id.id),
            ("account_id", "=", self.account_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", self.statement_id.date),
        ]
        if self.product_id:
            domain += self._get_product_domain()
        return {
            "type": "ir.actions.act_window",
            "name": self.account_id.display_name,
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False},
        }

    def _get_product_domain(self):
        """Return the domain of journal items about the line's product: items that name
        it, and those of ledger entries with it."""
        entries = self.env["backflush.entry.line"]._search(
            [
                ("product_id", "=", self.product_id.id),
                ("account_id", "=", self.account_id.id),
            ]
        )
        items = self.env["backflush.entry.line"].browse(entries).move_line_id
        return ["|", ("product_id", "=", self.product_id.id), ("id", "in", items.ids)]
