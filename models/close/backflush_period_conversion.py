# Close of conversion: control against applied, element by element, and why they differ.
# Part of the preview; the formulas are in costing/closing.py and costing/overhead.py.

from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models

from ...costing import closing, proration, terms
from ...costing.money import ZERO, exact


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    def _get_conversion_elements(self):
        """Return the elements whose accounts a close compares."""
        return (
            self.env["backflush.cost.element"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("is_conversion", "=", True),
                    ("applied_account_id", "!=", False),
                    ("control_account_id", "!=", False),
                ]
            )
        )

    def _get_conversion(self):
        """Return {element: `closing.Element`} of the period, in the elements' order;
        elements about which there is nothing to close are left out."""
        elements = self._get_conversion_elements()
        ledger = self._get_applied()
        applied, control = self._get_sides(elements, ledger)
        work = self._get_work(elements, ledger)
        budgets = self.env["backflush.budget"]._get_amounts(
            self.company_id, self._get_open_from(), self.date_to
        )
        found = {}
        for element in elements:
            made = work[element.id]
            figures = closing.Element(
                key=element.id,
                kind=element.kind,
                control=control.get(element.id, ZERO),
                applied=applied.get(element.id, ZERO),
                unsold=self._to_money(made["unsold"]),
                hours=made["hours"],
                standard_hours=made["standard_hours"],
                rate=made["cost"] / made["standard_hours"]
                if made["standard_hours"]
                else ZERO,
                budget=budgets[element][1]
                if element in budgets and element.kind == closing.FIXED_OVERHEAD
                else None,
            )
            # A budget for what nobody spent and nobody applied is still a volume.
            if figures.control or figures.applied or figures.budget:
                found[element] = figures
        return found

    # Accounts ------------------------------------------------------------------------

    def _get_sides(self, elements, ledger):
        """Return ({element id: applied}, {element id: spent}) from the accounts.

        Where several elements have one account, applied is theirs by what the ledger
        applied of each, and what was spent follows what was applied. Where one account
        is both, what the ledger applied is one side, and its balance plus that the
        other.
        """
        accounts = elements.applied_account_id | elements.control_account_id
        balances = self._get_account_balances(accounts)
        flushed = defaultdict(lambda: ZERO)
        for row in ledger:
            flushed[row.account, row.element] += self._to_money(row.amount)
        applied = {}
        for account, mine in elements.grouped("applied_account_id").items():
            weights = {element.id: flushed[account.id, element.id] for element in mine}
            total = -balances.get(account, ZERO)
            if account in elements.control_account_id:
                total = sum(weights.values(), ZERO)
            applied |= self._share(total, weights)
        control = {}
        for account, mine in elements.grouped("control_account_id").items():
            weights = {element.id: applied[element.id] for element in mine}
            total = balances.get(account, ZERO)
            if account in elements.applied_account_id:
                total += sum(weights.values(), ZERO)
            control |= self._share(total, weights)
        return applied, control

    def _share(self, total, weights):
        """Return {element id: part of ``total``} by weights; the first takes all when
        nothing has weight."""
        first = next(iter(weights))
        shared = proration.prorate(total, weights, self._get_unit(), first)
        return {key: amount for key, amount in shared.items() if key in weights}

    def _get_unit(self):
        """Return the smallest amount of the company currency."""
        return exact(self.currency_id.rounding)

    # Hours ---------------------------------------------------------------------------

    def _get_work(self, elements, ledger):
        """Return {element id: what was made and worked since the last close}: hours,
        standard hours, what these cost at standard, and ``unsold`` conversion.

        Goods flushed at completion: what the ledger applied. Goods flushed at sale: the
        cards of what was made, as nothing is applied for it yet.
        """
        names = ("hours", "standard_hours", "cost", "unsold")
        work = {element.id: dict.fromkeys(names, ZERO) for element in elements}
        timed = self._get_policies(terms.ACTUAL_TIME).ids
        for row in ledger:
            if not (mine := work.get(row.element)):
                continue
            if row.point == terms.SALE:
                mine["unsold"] -= row.amount
            else:
                mine["standard_hours"] += row.hours
                mine["cost"] += row.cost
            if row.policy in timed:
                mine["hours"] += row.hours
        self._add_made_for_sale(work)
        self._add_recorded_hours(work)
        return work

    def _get_policies(self, basis):
        """Return the policies of the company that apply conversion by ``basis``."""
        return (
            self.env["backflush.policy"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("conversion_basis", "=", basis),
                ]
            )
        )

    def _add_made_for_sale(self, work):
        """Add what goods flushed at sale take by their cards to ``work``."""
        made = self._get_made_for_sale()
        for card, parts in self._get_card_work(made).items():
            for element, (amount, hours) in parts.items():
                if element in work:
                    work[element]["unsold"] += made[card] * amount
                    work[element]["standard_hours"] += made[card] * hours
                    if hours:
                        work[element]["cost"] += made[card] * amount

    def _add_recorded_hours(self, work):
        """Add the hours recorded in work centres to ``work``; None where none are.

        They are those on orders under policies that apply conversion for standard
        output, as the ledger has no hours of these. Where policies apply actual time,
        the ledger's hours are the actual ones, and their efficiency was posted with
        each order. Overhead per hour follows the hours of all work centres.
        """
        policies = self._get_policies(terms.STANDARD_OUTPUT)
        whole = policies.conversion_element_id[:1].id
        hourly = self._get_hourly_elements().ids
        for workcenter, minutes in self._get_recorded_time(policies.category_ids):
            mine = workcenter.backflush_rate_ids.element_id.ids or [whole]
            for element in {*mine, *hourly} & work.keys():
                work[element]["hours"] += exact(minutes) / 60
        for mine in work.values():
            mine["hours"] = mine["hours"] or None

    def _get_recorded_time(self, categories):
        """Return [(work centre, minutes)] recorded since the last close on orders for
        products of ``categories``."""
        first, last = self._get_moments()
        return self.env["mrp.workcenter.productivity"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("date_end", ">=", first),
                ("date_end", "<", last),
                ("workorder_id.product_id.categ_id", "in", categories.ids),
            ],
            ["workcenter_id"],
            ["duration:sum"],
        )

    def _get_moments(self):
        """Return the moments (UTC) between which a moment is in what is closed."""
        return [
            self._get_start(day)
            for day in (self._get_open_from(), self.date_to + timedelta(days=1))
        ]

    def _get_start(self, day):
        """Return the moment (UTC) at which ``day`` begins at the company."""
        # Who closes a period need not be able to open the contact.
        partner = self.company_id.sudo().partner_id
        zone = pytz.timezone(partner.tz or self.env.user.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc)
        return fields.Datetime.to_string(start.replace(tzinfo=None))
