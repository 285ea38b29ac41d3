# Refresh of the worklist: orders are compared with the tolerance of their policy.
# A scheduled job, and a button; completing an order never waits for it.

from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang, split_every

from ...costing.money import ZERO, exact, rounded
from .backflush_variance_review import ACCOUNTANT, OPEN_STATES

#: Longer than any transaction: what one had posted before the last refresh began, and
#: committed after it, is found by the next.
OVERLAP = timedelta(days=1)
BATCH = 1000


class BackflushVarianceReview(models.Model):
    _inherit = "backflush.variance.review"

    @api.model
    def _cron_refresh(self):
        """Compare orders of all companies with tolerances."""
        companies = self._get_policies().company_id
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._refresh_company(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_refresh(self):
        """Compare orders of the companies that the user works in, now."""
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._("Only cost accountants and controllers refresh reviews.")
            )
        before = self.search_count([("state", "in", OPEN_STATES)])
        for company in self._get_policies(self.env.companies).company_id:
            self._refresh_company(company)
        found = self.search_count([("state", "in", OPEN_STATES)])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "Orders to review: %(number)s (before: %(before)s)",
                    number=found,
                    before=before,
                ),
                "type": "warning" if found else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _get_policies(self, companies=None):
        """Return the policies with a tolerance, and those that had one."""
        domain = ["|", ("tolerance_percent", ">", 0), ("tolerance_amount", ">", 0)]
        domain = ["|", ("id", "in", self._get_reviewed_policies().ids), *domain]
        if companies is not None:
            domain = [("company_id", "in", companies.ids), *domain]
        return (
            self.env["backflush.policy"].with_context(active_test=False).search(domain)
        )

    @api.model
    def _get_reviewed_policies(self):
        found = self.sudo()._read_group([], ["policy_id"])
        return self.env["backflush.policy"].union(*(policy for [policy] in found))

    @api.model
    def _refresh_company(self, company):
        """Compare the orders of ``company`` whose cost has changed since the last time;
        all of them when a tolerance is new."""
        # Reviews are written by the system: nobody adds one by hand, or drops one.
        reviews = self.sudo().with_company(company)
        policies = reviews._get_policies(company)
        policies.lock_for_update(allow_referencing=True)
        moments = policies.mapped("reviewed_until")
        since = min(moments) - OVERLAP if policies and all(moments) else None
        for ids in split_every(BATCH, reviews._get_changed_orders(company, since)):
            reviews._refresh_orders(reviews.env["mrp.production"].browse(ids))
        policies.reviewed_until = self.env.cr.now()

    @api.model
    def _get_changed_orders(self, company, since):
        """Return the ids of orders with ledger entry lines made since a moment."""
        domain = [("company_id", "=", company.id), ("production_id", "!=", False)]
        if since:
            domain.append(("create_date", ">=", since))
        found = self.env["backflush.entry.line"]._read_group(domain, ["production_id"])
        return [order.id for [order] in found]

    @api.model
    def _refresh_orders(self, orders):
        """Make or update the reviews of ``orders``; the same number of queries for any
        number of them."""
        figures = self._get_figures(orders)
        reviews = self.search([("production_id", "in", list(figures))])
        known = {review.production_id.id: review for review in reviews}
        new, notes, moved = [], {}, self.browse()
        for order, vals in figures.items():
            policy = self.env["backflush.policy"].browse(vals["policy_id"])
            beyond = policy._is_beyond_tolerance(
                exact(vals["variance"]), exact(vals["standard_cost"])
            )
            if review := known.get(order):
                before = review.state
                if note := review._update(vals, beyond):
                    notes[review.id] = note
                if review.state != before:
                    moved |= review
            elif beyond:
                new.append(vals)
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        quiet.with_context(tracking_disable=True).create(new)
        moved._follow_state()
        if notes:
            self.browse(notes)._message_log_batch(bodies=notes)

    # Figures -------------------------------------------------------------------------

    @api.model
    def _get_figures(self, orders):
        """Return {order id: values of its review}, of those of ``orders`` that the
        ledger has a completion of."""
        unit = exact(self.env.company.currency_id.rounding)
        standards, dates = self._get_standards(orders)
        kinds = self._get_amounts(orders)
        figures = {}
        for order, policy in self._get_order_policies(orders).items():
            standard = rounded(standards[order.id], unit)
            variance = sum(kinds[order.id].values(), ZERO)
            figures[order.id] = {
                "production_id": order.id,
                "company_id": policy.company_id.id,
                "policy_id": policy.id,
                "product_id": order.product_id.id,
                "date": dates[order.id],
                **self._prepare_figures(standard, variance, kinds[order.id]),
            }
        return figures

    @api.model
    def _prepare_figures(self, standard, variance, kinds):
        """Return the values for amounts that the ledger has of an order."""
        found = {kind: amount for kind, amount in kinds.items() if amount}
        return {
            "standard_cost": float(standard),
            "actual_cost": float(standard + variance),
            "variance": float(variance),
            "variance_percent": (
                round(float(100 * variance / abs(standard)), 2) if standard else 0.0
            ),
            "main_kind": max(found, key=lambda kind: abs(found[kind]), default=False),
            "amounts_by_kind": {kind: float(found[kind]) for kind in sorted(found)},
        }

    @api.model
    def _get_order_domain(self, orders):
        """Return the domain of entries of what ``orders`` made or had unbuilt, not of
        what they lost in stock; entries that change one have a key that begins alike.
        """
        return [
            ("production_id", "in", orders.ids),
            ("state", "=", "posted"),
            ("source_key", "=like", "mrp.%"),
        ]

    @api.model
    def _get_standards(self, orders):
        """Return {order id: standard cost of what it made} and {order id: last day}.

        Goods stand in the books by the card of the goods; what the card of the
        document's day differs by is among the variances, as a revaluation.
        """
        standards, dates = defaultdict(lambda: ZERO), {}
        found = self.env["backflush.entry"]._read_group(
            self._get_order_domain(orders),
            ["production_id", "goods_card_id", "card_id"],
            ["quantity:sum", "date:max"],
        )
        for order, goods_card, card, quantity, day in found:
            cost = exact((goods_card or card).total_cost)
            standards[order.id] += exact(quantity) * cost
            dates[order.id] = max(day, dates.get(order.id, day))
        return standards, dates

    @api.model
    def _get_amounts(self, orders):
        """Return {order id: {kind: amount}} of the variances of ``orders``."""
        unit = exact(self.env.company.currency_id.rounding)
        amounts = defaultdict(dict)
        found = self.env["backflush.entry.line"]._read_group(
            [("production_id", "in", orders.ids), ("role", "=", "variance")],
            ["production_id", "variance_kind"],
            ["amount:sum"],
        )
        for order, kind, amount in found:
            amounts[order.id][kind] = rounded(exact(amount), unit)
        return amounts

    @api.model
    def _get_order_policies(self, orders):
        """Return {order: policy} by the completions that the ledger has."""
        found = self.env["backflush.entry"]._read_group(
            [*self._get_order_domain(orders), ("event", "=", "completion")],
            ["production_id", "policy_id"],
        )
        return dict(found)

    # Changes -------------------------------------------------------------------------

    def _update(self, vals, beyond):
        """Write what has changed of the figures, and the state that follows from it.

        :param beyond: whether the variance is beyond the tolerance
        :return: what is to be noted in the review, or None
        """
        self.ensure_one()
        changed = self.currency_id.compare_amounts(self.variance, vals["variance"])
        note = None
        if self.state == "signed_off":
            if not changed:
                return None
            note = self._describe_change(vals["variance"])
            vals = {**vals, "signed_by_id": False, "signed_on": False}
        vals = {**vals, "state": self._get_open_state() if beyond else "within"}
        old = self._convert_to_write({name: self[name] for name in vals})
        if new := {name: value for name, value in vals.items() if old[name] != value}:
            self.write(new)
        return note

    def _describe_change(self, variance):
        return self.env._(
            "Reopened: the variance was %(before)s when %(user)s signed it off, and "
            "the ledger has made it %(after)s since.",
            before=formatLang(self.env, self.variance, currency_obj=self.currency_id),
            user=self.signed_by_id.name,
            after=formatLang(self.env, variance, currency_obj=self.currency_id),
        )
