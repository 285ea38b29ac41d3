# Cut-over assistant: what changes, what will be posted for it, and the confirmation.
# Configuration; the next files say what goods stand for, find open documents and
# problems, and carry the cut-over out through capture, flush and post.

import json

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..costing import terms
from .backflush_setup import NOT_RECORDED, RECORDED


class BackflushCutover(models.TransientModel):
    _name = "backflush.cutover"
    _description = "Backflush Cut-over"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("choose", "What Changes"),
            ("preview", "What Is Posted"),
            ("posted", "Posted"),
        ],
        default="choose",
        required=True,
        readonly=True,
    )
    kind = fields.Selection(
        [
            ("start", "Start a policy"),
            ("switch", "Flush cost at another point"),
            ("move", "Move categories to another policy, or out of one"),
            ("purchases", "Record purchases of components, or no longer"),
            ("end", "End a policy"),
        ],
        "Change",
        default="start",
        required=True,
    )
    policy_id = fields.Many2one("backflush.policy", check_company=True)
    flush_point = fields.Selection(
        selection=[
            (terms.COMPLETION, "When an order is completed"),
            (terms.SALE, "When goods are delivered"),
        ],
        string="Flush Cost",
        compute="_compute_flush_point",
        store=True,
        help="After the cut-over.",
    )
    category_ids = fields.Many2many(
        "product.category",
        "backflush_cutover_category_rel",
        string="Finished Products",
    )
    target_policy_id = fields.Many2one(
        "backflush.policy",
        "To Policy",
        check_company=True,
        domain=[("state", "=", "active")],
        help="Empty: the categories are left to Odoo's own valuation.",
    )
    component_category_ids = fields.Many2many(
        "product.category",
        "backflush_cutover_component_category_rel",
        string="Components",
    )
    purchases = fields.Selection(
        [
            (RECORDED, "Recorded in inventory (perpetual)"),
            (NOT_RECORDED, "Expensed until flushed (periodic)"),
        ],
        default=RECORDED,
    )
    put_in_force = fields.Boolean(
        "Put Draft Cards in Force",
        default=True,
        help="Of products that have no cost card in force. What the stock on hand is "
        "worth more or less by its card is a revaluation of the cut-over.",
    )
    date = fields.Date(
        "Cut-over Day",
        readonly=True,
        default=lambda self: self.env.company._get_backflush_day(),
    )
    changed = fields.Boolean(readonly=True)
    shown = fields.Text(readonly=True, help="The figures shown, as JSON.")
    problems = fields.Text(readonly=True)
    accounting_date = fields.Date(readonly=True)
    product_ids = fields.One2many("backflush.cutover.product", "cutover_id")
    account_ids = fields.One2many("backflush.cutover.account", "cutover_id")
    document_ids = fields.One2many("backflush.cutover.document", "cutover_id")
    explanation = fields.Text(compute="_compute_explanation")

    @api.depends("kind", "policy_id", "category_ids", "component_category_ids")
    def _compute_name(self):
        for wizard in self:
            change = wizard._describe_change()
            wizard.name = (
                self.env._("Cut-over: %(change)s", change=change)
                if change
                else self.env._("Cut-over")
            )

    def _describe_change(self):
        """Return what changes, in a few words."""
        about = self.policy_id
        if self.kind == "move":
            about = self.category_ids
        elif self.kind == "purchases":
            about = self.component_category_ids
        what = ", ".join(about.mapped("name"))
        return (
            what
            and {
                "start": self.env._("start of %s", what),
                "switch": self.env._("flush point of %s", what),
                "move": self.env._("move of %s", what),
                "purchases": self.env._("purchases of %s", what),
                "end": self.env._("end of %s", what),
            }[self.kind]
        )

    @api.depends("kind", "policy_id")
    def _compute_flush_point(self):
        """Switching means the other of two points; kept as it was chosen."""
        other = {terms.COMPLETION: terms.SALE, terms.SALE: terms.COMPLETION}
        for wizard in self:
            point = wizard.policy_id.flush_point
            wizard.flush_point = other.get(point) if wizard.kind == "switch" else point

    @api.onchange("kind")
    def _onchange_kind(self):
        wanted = {"start": "draft", "switch": "active", "end": "active"}.get(self.kind)
        if self.policy_id.state != wanted:
            self.policy_id = False

    # Steps ---------------------------------------------------------------------------

    def action_preview(self):
        """Show what the cut-over would post: it is carried out and taken back."""
        self.ensure_one()
        self._check_may()
        self._check_choices()
        self._show(self._try(), changed=False)

    def action_back(self):
        """Return to the choices."""
        self.ensure_one()
        if self.state == "preview":
            self.state = "choose"

    def action_confirm(self):
        """Carry the cut-over out if its figures still are those shown; else show the
        new ones. A second confirmation posts nothing."""
        self.ensure_one()
        self._check_may()
        if self.state != "preview":
            return
        self._lock()
        figures = self._try(expected=self.shown)
        if figures["done"]:
            self.state = "posted"
        else:
            self._show(figures, changed=True)

    def action_view_entries(self):
        """Open the ledger entries that this cut-over made."""
        self.ensure_one()
        return self.env["backflush.entry"]._get_action(
            [("source_key", "=like", f"{self._get_source_key()}/%")]
        )

    def action_view_journal_entries(self):
        """Open the journal entry that this cut-over made."""
        self.ensure_one()
        entries = self.env["backflush.entry"].search(
            [("source_key", "=like", f"{self._get_source_key()}/%")]
        )
        if len(entries.move_id) == 1:
            return entries.move_id.get_formview_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", entries.move_id.ids)],
            # Last: Odoo's term exporter takes a tuple after a term for another term.
            "name": self.env._("Journal Entries"),
        }

    def _get_source_key(self):
        return f"backflush.cutover/{self.id}"

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cut-over"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def _check_may(self):
        """Raise `AccessError` for users who may not change policies."""
        self.env["backflush.policy"].check_access("write")

    def _check_choices(self):
        """Raise one `UserError` with all that is left to choose."""
        problems = []
        if self.kind in ("start", "switch", "end"):
            wanted = "draft" if self.kind == "start" else "active"
            if not self.policy_id:
                problems.append(self.env._("Choose the policy."))
            elif self.policy_id.state != wanted:
                states = dict(
                    self.policy_id._fields["state"]._description_selection(self.env)
                )
                problems.append(
                    self.env._(
                        "Policy %(policy)s: its status is %(state)s, this change needs "
                        "%(wanted)s.",
                        policy=self.policy_id.name,
                        state=states[self.policy_id.state],
                        wanted=states[wanted],
                    )
                )
        if self.kind == "move" and not self.category_ids:
            problems.append(self.env._("Choose the categories that move."))
        if self.kind == "purchases":
            problems += self._get_component_problems()
        if problems:
            raise UserError("\n".join(problems))

    def _get_component_problems(self):
        if not self.component_category_ids:
            return [self.env._("Choose the categories of components.")]
        return [
            self.env._(
                "Category %(category)s follows policy %(policy)s: finished products "
                "stay perpetual.",
                category=category.display_name,
                policy=category.backflush_policy_id.name,
            )
            for category in self.component_category_ids.with_company(self.company_id)
            if category.backflush_policy_id.state == "active"
        ]

    def _show(self, figures, changed):
        """Keep ``figures`` as what is shown."""
        self.write(
            {
                "state": "preview",
                "changed": changed and not figures["problems"],
                "shown": self._get_shown(figures),
                "problems": "\n".join(f"• {text}" for text in figures["problems"]),
                "accounting_date": figures["date"],
                "product_ids": [
                    Command.clear(),
                    *(Command.create(vals) for vals in figures["products"]),
                ],
                "account_ids": [
                    Command.clear(),
                    *(Command.create(vals) for vals in figures["accounts"]),
                ],
                "document_ids": [
                    Command.clear(),
                    *(Command.create(vals) for vals in self._get_documents()),
                ],
            }
        )

    @staticmethod
    def _get_shown(figures):
        """Return what a confirmation must find again."""
        names = ("products", "accounts", "date", "problems")
        return json.dumps({name: figures[name] for name in names}, default=str)
