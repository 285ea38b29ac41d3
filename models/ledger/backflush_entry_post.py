# Post: postings become entry lines and journal entries.
# Third step; the only place that creates journal entries.

from collections import defaultdict
from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from ...costing import terms


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    def _post(self):
        """Post pending entries, or keep the reason why one cannot be.

        :raises UserError: the reasons, for entries whose policy blocks their document
        """
        problems = {}
        pending = self.filtered(lambda entry: entry.state == "pending")
        for entries in pending._get_rounds():
            problems |= entries._post_round()
        self._report(problems)

    def _post_round(self):
        """Post entries none of which changes another of them.

        :return: {entry: reason} of those that cannot be posted
        """
        postings = self._settle_rounding(self._get_postings())
        accounts = self._get_accounts(postings)
        problems = {
            entry: found
            for entry in self
            if (found := entry._get_problems(postings.get(entry), accounts))
        }
        ready = self.filtered(lambda entry: entry not in problems)
        return problems | ready._post_journal_entries(postings, accounts)

    def _report(self, problems):
        """Block the document of the first problems, or queue their entries."""
        blocking = [
            reason
            for entry, reason in problems.items()
            if (entry.policy_id.on_error == "block" or entry.period_id)
            and not self.env.context.get("backflush_queue")
        ]
        if blocking:
            raise UserError("\n\n".join(blocking))
        for entry, reason in problems.items():
            entry.error = reason

    # Journal entries -----------------------------------------------------------------

    def _post_journal_entries(self, postings, accounts):
        """Post journal entries for these entries, all at once if that is possible.

        :return: {entry: reason} of those whose journal entry was refused
        """
        groups = list(self.grouped(lambda entry: entry._get_document_key()).values())
        try:
            with self.env.cr.savepoint():
                self._create_journal_entries(groups, postings, accounts)
            return {}
        except (UserError, ValidationError) as error:
            if len(groups) == 1:
                return {entry: entry._describe_failure(str(error)) for entry in self}
        problems = {}
        for entries in groups:
            problems |= entries._post_journal_entries(postings, accounts)
        return problems

    def _get_document_key(self):
        """Return what entries of one journal entry have in common."""
        self.ensure_one()
        if self.period_id:
            return (
                self.period_id,
                self.date,
                self.event,
                bool(self.corrected_entry_id),
            )
        if self.policy_id.posting == "day":
            return (self.policy_id, self.date, self.event)
        together = self.event in ("cutover", "revaluation") and (
            self.release_id or self.origin
        )
        document = self.picking_id or self.bill_id or together or self
        return (self.policy_id, self.date, document)

    def _create_journal_entries(self, groups, postings, accounts):
        """Create and post one journal entry a group, and the entry lines with it."""
        merged = [entries._merge_postings(postings, accounts) for entries in groups]
        filled = [
            (entries, items)
            for entries, items in zip(groups, merged, strict=True)
            if items
        ]
        distributions = self._get_distributions(filled)
        dates = self._get_accounting_dates()
        moves = self._create_moves(
            [
                {
                    **entries._prepare_move_vals(items, distributions),
                    "date": dates[entries[0]],
                }
                for entries, items in filled
            ]
        )
        moves._post(soft=False)
        move_lines = {}
        for move, (entries, items) in zip(moves, filled, strict=True):
            entries.move_id = move
            for key, line in zip(items, move.line_ids.sorted("id"), strict=True):
                move_lines[move, key] = line
        self._create_lines(postings, accounts, move_lines)
        self.write({"state": "posted", "error": False, "awaits_period": False})
        self._explain_accounting_dates()

    def _create_moves(self, vals_list):
        """Create draft journal entries without what entries of ours never need: tax and
        balancing items, and analytic lines, which are made when they are posted."""
        # A client's defaults are meant for its own document.
        Move = self.env["account.move"].with_context(
            clean_context(self.env.context),
            tracking_disable=True,
            mail_create_nolog=True,
        )
        drafts = Move.with_context(skip_invoice_sync=True, skip_analytic_sync=True)
        return drafts.create(vals_list).with_env(Move.env)

    def _get_distributions(self, filled):
        """Return {(company, account, product): analytic distribution} for the journal
        items of ``filled``. Core would search the same for each single item."""
        Model = self.env["account.analytic.distribution.model"]
        found = defaultdict(dict)
        if not Model.search_count([], limit=1):
            return found
        for entries, items in filled:
            company = entries.company_id
            for account, _role, _kind, product, stated in items:
                if stated:
                    continue
                if (company, account, product) not in found:
                    found[company, account, product] = Model._get_distribution(
                        {
                            "product_id": product.id,
                            "product_categ_id": product.categ_id.id,
                            "account_prefix": account.with_company(company).code,
                            "company_id": company.id,
                        }
                    )
        return found

    def _merge_postings(self, postings, accounts):
        """Return {key: amount} of the journal items of one journal entry, without
        those that add up to zero."""
        amounts = defaultdict(Decimal)
        for entry in self:
            for posting in postings[entry]:
                amounts[entry._get_item_key(posting, accounts)] += posting.amount
        return {key: amount for key, amount in amounts.items() if amount}

    def _get_item_key(self, posting, accounts):
        """Return what postings of one journal item have in common. New cards may be of
        very many products: their items are about accounts alone."""
        finished = (
            posting.role in (terms.FINISHED_GOODS, terms.COST_OF_SALES)
            and self.event != "revaluation"
        )
        return (
            accounts[self, posting],
            posting.role,
            posting.kind,
            self.product_id if finished else self.env["product.product"],
            self._get_stated_distribution(posting),
        )

    def _get_stated_distribution(self, posting):
        """Return the analytic distribution of the sales line, for cost of sales, as
        something that can be a key."""
        if posting.role != terms.COST_OF_SALES:
            return ()
        return tuple(sorted(self.facts.get("analytic_distribution", {}).items()))

    def _prepare_move_vals(self, items, distributions):
        """Return the values of the journal entry of these entries."""
        first = self[0]
        origins = ", ".join(dict.fromkeys(self.mapped("origin")))
        return {
            "move_type": "entry",
            "company_id": first.company_id.id,
            "journal_id": first._get_journal().id,
            "ref": origins if len(origins) < 100 else origins[:99] + "…",
            "line_ids": [
                Command.create(self._prepare_move_line_vals(key, amount, distributions))
                for key, amount in items.items()
            ],
        }

    def _prepare_move_line_vals(self, key, amount, distributions):
        account, role, kind, product, stated = key
        modelled = distributions[self.company_id, account, product]
        return {
            "account_id": account.id,
            "name": self._get_item_name(role, kind),
            "product_id": product.id,
            "balance": float(amount),
            "analytic_distribution": dict(stated) or modelled or False,
        }

    def _get_item_name(self, role, kind):
        """Return the label of a journal item: document and meaning."""
        fields_ = self.env["backflush.entry.line"]._fields
        name = "variance_kind" if kind else "role"
        label = dict(fields_[name]._description_selection(self.env))[kind or role]
        return f"{self[0].origin} · {label}"

    def _create_lines(self, postings, accounts, move_lines):
        """Store every posting as an entry line, and the debits of each entry."""
        vals_list, dates = [], self._get_accounting_dates()
        for entry in self:
            for posting in postings[entry]:
                line = move_lines.get(
                    (entry.move_id, entry._get_item_key(posting, accounts))
                )
                vals_list.append(
                    {
                        **entry._prepare_line_vals(
                            posting, accounts[entry, posting], line
                        ),
                        "accounting_date": entry.move_id.date or dates[entry],
                    }
                )
        self.env["backflush.entry.line"].create(vals_list)
        for entry in self:
            entry.amount = float(
                sum(max(posting.amount, 0) for posting in postings[entry])
            )

    def _get_responsible(self):
        """Return the user responsible for the document of this entry; where nobody is,
        the one who recorded the event."""
        document = self.production_id or self.picking_id
        responsible = self.bill_id.invoice_user_id or document.user_id
        return responsible or self.user_id

    def _prepare_line_vals(self, posting, account, move_line):
        return {
            "entry_id": self.id,
            "company_id": self.company_id.id,
            "policy_id": self.policy_id.id,
            "date": self.date,
            "finished_product_id": self.product_id.id,
            "category_id": self.product_id.categ_id.id,
            "vendor_id": self.bill_id.commercial_partner_id.id,
            "responsible_id": self._get_responsible().id,
            "role": posting.role,
            "variance_kind": posting.kind,
            "element_id": posting.element,
            "product_id": posting.product,
            "mix_group": posting.group,
            "operation_id": posting.operation,
            "workcenter_id": posting.workcenter,
            "account_id": account.id,
            "move_line_id": move_line.id if move_line else False,
            "standard_quantity": float(posting.standard_quantity),
            "standard_price": float(posting.standard_price),
            "actual_quantity": float(posting.actual_quantity),
            "actual_price": float(posting.actual_price),
            "amount": float(posting.amount),
            **self._prepare_remainder_vals(posting),
        }
