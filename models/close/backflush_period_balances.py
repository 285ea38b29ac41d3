# What the books and the ledger hold at the end of a period, summed up by the database.
# Read by the next files; a fixed number of queries, however long the ledger is.

from collections import defaultdict, namedtuple

from odoo import fields, models
from odoo.tools import SQL

from ...costing import cards, terms
from ...costing.money import ZERO, exact, rounded

#: What was applied of an element (key), to goods flushed at ``point``: ``amount``, and
#: of it ``cost`` for ``hours`` of work.
Applied = namedtuple("Applied", "element account policy point amount hours cost")


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    def _get_open_from(self):
        """Return the first day that no earlier close has taken in: documents from then
        on make this close. Without an earlier close of the year, its own first day."""
        self.ensure_one()
        before = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("posted", "closed")),
                ("id", "!=", self.id),
                ("kind", "!=", "year_end"),
                ("date_to", "<=", self.date_to),
                ("date_to", ">=", self._get_year_start(self.date_to)),
            ],
            order="date_to desc",
            limit=1,
        )
        if before:
            return fields.Date.add(before.date_to, days=1)
        return self.date_from

    def _get_sales_from(self):
        """Return from which day on goods sold take part in a proration: of the year at
        its end, else of what is closed."""
        if self.kind == "year_end":
            return self._get_year_start(self.date_to)
        return self._get_open_from()

    def _get_account_balances(self, accounts):
        """Return {account: what it holds at the end of the period}, debit positive;
        accounts of the result since the start of the fiscal year."""
        year = self._get_year_start(self.date_to)
        found = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("account_id", "in", accounts.ids),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.date_to),
                "|",
                ("account_id.include_initial_balance", "=", True),
                ("date", ">=", year),
            ],
            ["account_id"],
            ["balance:sum"],
        )
        return {account: self._to_money(balance) for account, balance in found}

    def _to_money(self, amount):
        """Return a sum in the company's currency, as `Decimal`."""
        return rounded(exact(amount or 0), self._get_unit())

    def _get_variance_balances(self):
        """Return {(kind, element id): {account id: amount}} of what variances of the
        year are not disposed of yet, zeros left out."""
        found = defaultdict(dict)
        for kind, element, account, amount in self.env[
            "backflush.entry.line"
        ]._read_group(
            self._get_year_domain([terms.VARIANCE, terms.DISPOSITION]),
            ["variance_kind", "element_id", "account_id"],
            ["amount:sum"],
        ):
            if amount := self._to_money(amount):
                found[kind, element.id or None][account.id] = amount
        return found

    def _get_taken(self):
        """Return {(kind, element id): what closes of this year took to cost of sales};
        nothing within the year, where each close shares only what is left."""
        if self.kind != "year_end":
            return {}
        domain = self._get_year_domain([terms.COST_OF_SALES])
        found = self.env["backflush.entry.line"]._read_group(
            [*domain, ("variance_kind", "!=", False)],
            ["variance_kind", "element_id"],
            ["amount:sum"],
        )
        return {
            (kind, element.id or None): self._to_money(amount)
            for kind, element, amount in found
        }

    def _get_year_domain(self, roles):
        return [
            ("company_id", "=", self.company_id.id),
            ("role", "in", roles),
            ("accounting_date", ">=", self._get_year_start(self.date_to)),
            ("accounting_date", "<=", self.date_to),
        ]

    def _get_sales(self):
        """Return [(card id, account id, amount)] of the cost of goods sold, at
        standard; what closes took there is not in it."""
        return self._sum_lines(
            SQL("entry.card_id, line.account_id"),
            SQL("SUM(line.amount)"),
            terms.COST_OF_SALES,
            self._get_sales_from(),
        )

    def _get_applied(self):
        """Return [`Applied`] of what the ledger applied since the last close."""
        hourly = self._get_hourly_elements()
        work = SQL(
            "FILTER (WHERE line.workcenter_id IS NOT NULL "
            "OR line.element_id = ANY(%s))",
            hourly.ids,
        )
        rows = self._sum_lines(
            SQL("line.element_id, line.account_id, line.policy_id, entry.flush_point"),
            SQL(
                "-SUM(line.amount), SUM(line.actual_quantity) %(work)s, "
                "-SUM(line.amount) %(work)s",
                work=work,
            ),
            terms.APPLIED,
            self._get_open_from(),
        )
        return [
            Applied(*row[:4], *(exact(number or 0) for number in row[4:]))
            for row in rows
        ]

    def _get_hourly_elements(self):
        """Return the elements that overhead rates charge per hour of any work."""
        rates = self.env["backflush.overhead.rate"].search(
            [("company_id", "=", self.company_id.id)]
        )
        hourly = rates.filtered(lambda rate: rate.method == cards.PER_HOUR)
        return hourly.element_id - (rates - hourly).element_id

    def _sum_lines(self, keys, sums, role, date_from):
        """Return the rows of ``keys`` and ``sums`` over entry lines of one role, those
        of period closes left out."""
        self.env["backflush.entry.line"].flush_model()
        self.env["backflush.entry"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT %(keys)s, %(sums)s
                  FROM backflush_entry_line line
                  JOIN backflush_entry entry ON entry.id = line.entry_id
                 WHERE line.company_id = %(company)s
                   AND line.role = %(role)s
                   AND line.accounting_date BETWEEN %(first)s AND %(last)s
                   AND entry.period_id IS NULL
              GROUP BY %(keys)s
                """,
                keys=keys,
                sums=sums,
                company=self.company_id.id,
                role=role,
                first=date_from,
                last=self.date_to,
            )
        )

    def _get_made_for_sale(self):
        """Return {card id: units made since the last close} of goods whose cost is
        flushed at sale; units taken apart count back."""
        self.env["backflush.entry"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.card_id, SUM(entry.quantity)
                  FROM backflush_entry entry
             LEFT JOIN account_move move ON move.id = entry.move_id
                 WHERE entry.company_id = %(company)s
                   AND entry.state = 'posted'
                   AND entry.flush_point = %(sale)s
                   AND entry.event != 'cutover'
                   AND entry.card_id IS NOT NULL
                   AND (entry.production_id IS NOT NULL OR entry.unbuild_id IS NOT NULL)
                   AND COALESCE(move.date, entry.date) BETWEEN %(first)s AND %(last)s
              GROUP BY entry.card_id
                """,
                company=self.company_id.id,
                sale=terms.SALE,
                first=self._get_open_from(),
                last=self.date_to,
            )
        )
        return {card: exact(quantity) for card, quantity in rows}

    def _get_card_work(self, card_ids):
        """Return {card id: {element id: (conversion of one unit, hours of it)}}."""
        Line = self.env["backflush.cost.card.line"]
        domain = [
            ("card_id", "in", list(card_ids)),
            ("element_id.is_conversion", "=", True),
        ]
        keys = ["card_id", "element_id"]
        hourly = self._get_hourly_elements().ids
        work = [
            *domain,
            "|",
            ("workcenter_id", "!=", False),
            ("element_id", "in", hourly),
        ]
        hours = {
            (card, element): quantity
            for card, element, quantity in Line._read_group(
                work, keys, ["quantity:sum"]
            )
        }
        found = defaultdict(dict)
        for card, element, amount in Line._read_group(domain, keys, ["amount:sum"]):
            found[card.id][element.id] = (
                exact(amount),
                exact(hours.get((card, element), ZERO)),
            )
        return found

    def _get_card_elements(self, card_ids):
        """Return {card id: {element id: share of the standard cost, 0 to 1}} through
        all levels; of cards that are not split by level, from their own lines."""
        split = self._sum_cards("backflush.cost.card.element", card_ids)
        missing = set(card_ids) - split.keys()
        split |= self._sum_cards("backflush.cost.card.line", missing)
        return {
            card: {element: amount / total for element, amount in parts.items()}
            for card, parts in split.items()
            if (total := sum(parts.values(), ZERO))
        }

    def _sum_cards(self, model, card_ids):
        """Return {card id: {element id: amount of one unit}} of the lines of cards."""
        found = defaultdict(dict)
        for card, element, amount in self.env[model]._read_group(
            [("card_id", "in", list(card_ids))],
            ["card_id", "element_id"],
            ["amount:sum"],
        ):
            found[card.id][element.id] = exact(amount)
        return found
