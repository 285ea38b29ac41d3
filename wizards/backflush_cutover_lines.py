# Cut-over assistant: the tables that it shows. Amounts in the company's currency.

from odoo import fields, models

from ..models import finite


class BackflushCutoverRow(models.AbstractModel):
    _name = "backflush.cutover.row"
    _description = "Row of a Cut-over"
    _order = "id"

    cutover_id = fields.Many2one(
        "backflush.cutover",
        "Cut-over",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="cutover_id.currency_id")


class BackflushCutoverProduct(models.TransientModel):
    _name = "backflush.cutover.product"
    _description = "Product of a Cut-over"
    _inherit = ["backflush.cutover.row"]

    product_id = fields.Many2one("product.product", required=True)
    quantity = finite.Float("On Hand", digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")
    left = finite.Float(
        "Left to Invoices",
        digits="Product Unit",
        help="Units that stand in the books and not on the shelf, as their invoice or "
        "bill came before their transfer, or comes after it; negative the other way.",
    )
    accounts_before = fields.Char("Stands in Now")
    value_before = finite.Monetary("Value Now")
    accounts_after = fields.Char("Will Stand in")
    value_after = finite.Monetary("New Value")
    revaluation = finite.Monetary("Difference")


class BackflushCutoverAccount(models.TransientModel):
    _name = "backflush.cutover.account"
    _description = "Account of a Cut-over"
    _inherit = ["backflush.cutover.row"]

    account_id = fields.Many2one("account.account", required=True)
    label = fields.Char("What For")
    debit = finite.Monetary()
    credit = finite.Monetary()


class BackflushCutoverDocument(models.TransientModel):
    _name = "backflush.cutover.document"
    _description = "Open Document at a Cut-over"
    _inherit = ["backflush.cutover.row"]

    kind = fields.Selection(
        [
            ("order", "Manufacturing order in progress"),
            ("delivered", "Delivered, not invoiced"),
            ("invoiced", "Invoiced, not delivered"),
            ("pending", "Ledger entry that waits"),
        ],
        required=True,
    )
    name = fields.Char("Document")
    res_model = fields.Char("Model")
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    product_id = fields.Many2one("product.product")
    quantity = finite.Float("Open Quantity", digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")
    note = fields.Char("What Happens With It")

    def action_view_document(self):
        """Open the document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
