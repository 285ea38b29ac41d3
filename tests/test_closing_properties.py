"""What holds for the close of any period: exact sums, balanced postings."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..costing import closing, proration, terms, variances

UNITS = st.sampled_from([Decimal("0.01"), Decimal("1"), Decimal("0.001")])
#: Time says nothing about arithmetic: other processes may have the machine.
UNTIMED = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
METHODS = st.sampled_from(
    [proration.TO_COST_OF_SALES, proration.PRORATED, proration.CARRIED]
)
ACCOUNTS = {closing.RIP: 21, closing.FG: 22}


def amounts(low=-10_000_00, high=10_000_00):
    return st.integers(low, high)


@st.composite
def elements(draw):
    """Return (unit, an element with amounts in that unit)."""
    unit = draw(UNITS)
    hours = draw(st.none() | st.integers(0, 10_000))
    budget = draw(st.none() | amounts(0))
    return unit, closing.Element(
        key=2,
        kind=draw(st.sampled_from(["labour", "fixed_overhead", "machine"])),
        control=draw(amounts()) * unit,
        applied=draw(amounts()) * unit,
        unsold=draw(amounts()) * unit,
        hours=None if hours is None else Decimal(hours) / 60,
        standard_hours=Decimal(draw(st.integers(0, 10_000))) / 7,
        rate=Decimal(draw(st.integers(0, 10_000))) / 13,
        budget=None if budget is None else Decimal(budget) / 31,
    )


@st.composite
def open_variances(draw):
    """Return (unit, a variance in that unit, with what holds standard cost)."""
    unit = draw(UNITS)
    return unit, closing.Variance(
        kind=draw(st.sampled_from([variances.PRICE, variances.USAGE, variances.RATE])),
        element=2,
        balances={
            account: draw(amounts()) * unit
            for account in draw(st.lists(st.integers(10, 13), min_size=1, unique=True))
        },
        held={
            key: Decimal(draw(st.integers(-100, 1_000_000))) / 3
            for key in closing.HOLDERS
        },
        taken=draw(st.just(0) | amounts()) * unit,
    )


def total(postings):
    return sum((posting.amount for posting in postings), Decimal(0))


@tagged("post_install", "-at_install")
class TestClosingProperties(BaseCase):
    @UNTIMED
    @given(elements())
    def test_variances_add_up(self, drawn):
        """The kinds of an element add up to control - applied, in whole coins."""
        unit, element = drawn
        found = closing.conversion_variances(element, unit)
        self.assertEqual(sum(found.values()), element.control - element.applied)
        for amount in found.values():
            self.assertEqual(amount, (amount / unit).to_integral_value() * unit)

    @UNTIMED
    @given(elements(), st.booleans())
    def test_both_accounts_are_closed(self, drawn, one_account):
        """The postings balance and take each account to zero: what it holds plus what
        is posted on it; one account for both holds the difference."""
        unit, element = drawn
        found = closing.conversion_variances(element, unit)
        accounts = {terms.APPLIED: 1, terms.CONTROL: 1 if one_account else 2}
        accounts |= dict.fromkeys(found, 3)
        postings = closing.close_conversion(element, found, accounts)
        self.assertEqual(total(postings), 0)
        held = {1: -element.applied}
        control = accounts[terms.CONTROL]
        held[control] = held.get(control, 0) + element.control
        for account, balance in held.items():
            posted = total(p for p in postings if p.account == account)
            self.assertEqual(balance + posted, 0)

    @UNTIMED
    @given(open_variances(), METHODS)
    def test_shares_close_to_the_coin(self, drawn, method):
        """Shares add up to the amount, each in whole coins; carried: none. Usage never
        goes to material in store; nothing goes where nothing is held."""
        unit, variance = drawn
        shares = closing.dispose(variance, method, unit)
        if method == proration.CARRIED:
            self.assertEqual(shares, {})
            return
        self.assertEqual(sum(shares.values()), variance.amount)
        for key, amount in shares.items():
            self.assertEqual(amount, (amount / unit).to_integral_value() * unit)
            if key != closing.COGS and variance.held[key] <= 0:
                self.assertEqual(amount, 0)
        if variance.kind != variances.PRICE:
            self.assertNotIn(closing.RIP, shares)

    @UNTIMED
    @given(open_variances(), METHODS, st.lists(st.integers(1, 99), min_size=1))
    def test_disposition_and_its_reversal(self, drawn, method, weights):
        """Both balance; the variance's accounts are empty after the one, and hold what
        inventory took after the other; inventory accounts end as they were."""
        unit, variance = drawn
        shares = closing.dispose(variance, method, unit)
        sales = {30 + number: Decimal(weight) for number, weight in enumerate(weights)}
        taken = closing.disposition_postings(variance, shares, ACCOUNTS, sales, unit)
        back = closing.reversal_postings(variance, shares, ACCOUNTS, {}, unit)
        self.assertEqual((total(taken), total(back)), (0, 0))
        if method == proration.CARRIED:
            self.assertEqual((taken, back), ([], []))
            return
        for account, balance in variance.balances.items():
            cleared = total(p for p in taken if p.account == account)
            self.assertEqual(balance + cleared, 0)
        for account in ACCOUNTS.values():
            both = total(p for p in [*taken, *back] if p.account == account)
            self.assertEqual(both, 0)
        inventory = variance.amount - shares[closing.COGS]
        returned = total(p for p in back if p.account in variance.balances)
        self.assertEqual(returned, inventory)

    @UNTIMED
    @given(open_variances())
    def test_year_end_is_the_whole_year(self, drawn):
        """What months took to cost of sales and what the year end takes are together
        the share of the whole: prorating it all at once gives the same."""
        unit, variance = drawn
        shares = closing.dispose(variance, proration.PRORATED, unit)
        whole = closing.Variance(
            variance.kind,
            variance.element,
            {10: variance.amount + variance.taken},
            variance.held,
        )
        at_once = closing.dispose(whole, proration.PRORATED, unit)
        self.assertEqual(shares[closing.COGS] + variance.taken, at_once[closing.COGS])
        for key in shares.keys() - {closing.COGS}:
            self.assertEqual(shares[key], at_once[key])

    @UNTIMED
    @given(open_variances())
    def test_year_end_reversal_goes_to_sales(self, drawn):
        """After a year end what inventory took goes to cost of sales of the new year,
        and no variance account is touched."""
        unit, variance = drawn
        shares = closing.dispose(variance, proration.PRORATED, unit)
        back = closing.reversal_postings(
            variance, shares, ACCOUNTS, {30: Decimal(1)}, unit
        )
        self.assertEqual(total(back), 0)
        self.assertFalse([p for p in back if p.account in variance.balances])
