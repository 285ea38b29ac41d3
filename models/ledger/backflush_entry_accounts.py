# Accounts of postings, and what keeps an entry from being posted.
# Between flush and post: roles become accounts, what is missing becomes a sentence.

from odoo import models

from ...costing import terms, variances


class BackflushEntry(models.Model):
    _inherit = "backflush.entry"

    # Accounts ------------------------------------------------------------------------

    def _get_accounts(self, postings):
        """Return {(entry, posting): account} for all ``postings``; the account is
        empty where none is set."""
        cache = {}
        found = {}
        for entry, mine in postings.items():
            for posting in mine:
                key = entry._get_account_key(posting)
                if key not in cache:
                    cache[key] = entry._find_account(posting)
                found[entry, posting] = cache[key]
        return found

    def _get_account_key(self, posting):
        return (
            self.company_id,
            self.policy_id,
            self.product_id,
            posting.role,
            posting.kind,
            posting.element,
            posting.product,
            posting.account,
        )

    def _find_account(self, posting):
        """Return the account of one posting by its role; empty when none is set."""
        company = self.company_id
        if posting.account:
            return self.env["account.account"].browse(posting.account)
        if posting.role == terms.STOCK:
            return self._get_component(posting)._get_backflush_stock_account(company)
        if posting.role == terms.APPLIED:
            return self._get_element(posting).applied_account_id
        if posting.role == terms.VARIANCE:
            if posting.kind == variances.ROUNDING:
                return self.policy_id.rounding_account_id
            if posting.kind == variances.REVALUATION:
                return self.policy_id.revaluation_account_id
            return self._get_element(posting)._get_variance_account(posting.kind)
        accounts = self.product_id.with_company(
            company
        ).product_tmpl_id.get_product_accounts()
        cost_of_sales = posting.role == terms.COST_OF_SALES
        return accounts["expense" if cost_of_sales else "stock_valuation"]

    def _get_component(self, posting):
        """Return the component of a posting, to be read with the others of its card."""
        planned = self.card_id.line_ids.product_id
        return planned.browse(posting.product).with_prefetch(planned._prefetch_ids)

    def _get_element(self, posting):
        """Return the element of a posting, to be read with the others of its card."""
        planned = self.card_id.line_ids.element_id
        return planned.browse(posting.element).with_prefetch(planned._prefetch_ids)

    # Problems ------------------------------------------------------------------------

    def _get_problems(self, postings, accounts):
        """Return what keeps this entry from being posted, as one text, or None."""
        self.ensure_one()
        if waiting := self._get_changed().filtered(lambda e: e.state == "pending"):
            return self._describe_failure(
                self.env._(
                    "It changes %(entries)s, which must be posted first.",
                    entries=", ".join(waiting.mapped("display_name")),
                )
            )
        reasons = []
        if self.awaits_period and self._get_locks():
            reasons.append(self._describe_locks())
        if postings is None:
            lacking = self._get_products_without_card(self._get_rules()[self])
            reasons.append(
                self.env._(
                    "%(product)s has no cost card in force on %(date)s. Build one and "
                    "put it in force (Backflush Costing > Standard Cost > Cost Cards).",
                    product=", ".join(lacking.mapped("display_name")),
                    date=self.date,
                )
            )
        if not self._get_journal():
            reasons.append(
                self.env._(
                    "Policy %(policy)s has no journal. Set it in Backflush Costing > "
                    "Configuration > Policies.",
                    policy=self.policy_id.name,
                )
            )
        missing = {
            self._describe_missing_account(posting): None
            for posting in postings or ()
            if not accounts[self, posting]
        }
        reasons += missing
        if reasons:
            return self._describe_failure("\n".join(reasons))
        return None

    def _describe_failure(self, reason):
        return self.env._(
            "%(document)s: its cost cannot be posted.\n%(reason)s",
            document=self.origin,
            reason=reason,
        )

    def _describe_missing_account(self, posting):
        """Return which account is missing and where to set it."""
        roles = dict(
            self.env["backflush.entry.line"]
            ._fields["role"]
            ._description_selection(self.env)
        )
        if posting.role in (terms.APPLIED, terms.VARIANCE):
            owner = (
                self._get_element(posting).display_name
                if posting.kind not in (variances.ROUNDING, variances.REVALUATION)
                else self.policy_id.name
            )
            return self.env._(
                "%(role)s account of %(owner)s is missing. Set it in Backflush Costing "
                "> Configuration.",
                role=roles[posting.role],
                owner=owner,
            )
        product = self.env["product.product"].browse(posting.product) or self.product_id
        return self.env._(
            "%(role)s account of category %(category)s is missing. Set it in Inventory "
            "> Configuration > Product Categories.",
            role=roles[posting.role],
            category=product.categ_id.display_name,
        )
