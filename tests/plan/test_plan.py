"""Laws of annuities and cash flows, levies and classes, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oreline.design import check_estimate, cost_increase
from oreline.model import InputError, LimitExceededError
from oreline.plan import (
    CashFlow,
    Discounting,
    Levy,
    LevyBase,
    PaidAt,
    Programme,
    advance_royalties,
    annuity_payment,
    cutoff_grade,
    equivalent_annual_annuity,
    gross_revenue,
    levy_stack,
    net_present_value,
    net_smelter_return,
    parse_rate,
    programme_sum,
    rates_of_return,
    read_cash_flow,
    read_levies,
)

D = Decimal
rates = st.decimals("-0.5", "2", places=4)
money = st.decimals(-1000, 1000, places=2)


def flow(*amounts: object, first: int = 0) -> CashFlow:
    return CashFlow(tuple(D(str(amount)) for amount in amounts), "USD", first)


@given(rates, st.integers(1, 60), money, money, st.sampled_from(PaidAt))
def test_payments_leave_nothing_when_the_loan_is_rolled_forward(
    rate: Decimal, periods: int, present: Decimal, future: Decimal, paid_at: PaidAt
) -> None:
    payment = annuity_payment(rate, periods, present, future, paid_at=paid_at)
    balance = present
    for _ in range(periods):
        if paid_at is PaidAt.BEGIN:
            balance = (balance + payment) * (1 + rate)
        else:
            balance = balance * (1 + rate) + payment
    size = (abs(present) + abs(future) + 1) * max(1, (1 + rate) ** periods)
    assert abs(balance + future) < size * D("1e-20")


@given(rates, st.integers(1, 40), money)
def test_an_equivalent_annuity_has_the_present_value_that_it_came_from(
    rate: Decimal, years: int, value: Decimal
) -> None:
    annuity = equivalent_annual_annuity(rate, years, value)
    again = net_present_value(rate, CashFlow((annuity,) * years, "USD", 1)).value
    assert abs(again - value) < D("1e-15") * (1 + abs(value))


@given(rates, st.lists(money, min_size=1, max_size=20))
def test_conventions_differ_by_a_factor(rate: Decimal, amounts: list[Decimal]) -> None:
    today = net_present_value(rate, CashFlow(tuple(amounts), "USD", 0)).value
    later = net_present_value(rate, CashFlow(tuple(amounts), "USD", 1)).value
    assert abs(later * (1 + rate) - today) < D("1e-12")
    middle = net_present_value(rate, CashFlow(tuple(amounts), "USD", 1), Discounting.MIDDLE).value
    assert abs(middle - later * (1 + rate).sqrt()) < D("1e-12")


def test_what_happens_today_is_never_moved() -> None:
    found = net_present_value(D("0.1"), flow(-100, 121), Discounting.MIDDLE).value
    assert found == pytest.approx(-100 + 121 / D("1.1") * D("1.1").sqrt())


@given(st.lists(money, min_size=2, max_size=12))
def test_every_rate_makes_the_flows_worth_nothing_and_there_are_not_too_many(
    amounts: list[Decimal],
) -> None:
    made = CashFlow(tuple(amounts), "USD", 0)
    found = rates_of_return(made)
    signs = [amount > 0 for amount in amounts if amount]
    assert found.sign_changes == sum(a != b for a, b in pairwise(signs))
    assert len(found.rates) <= found.sign_changes
    if found.sign_changes == 1:
        assert len(found.rates) == 1
    for rate in found.rates:
        worth = net_present_value(rate, made).value
        factor = 1 / (1 + rate)
        size = sum(abs(amount) * factor**place for place, amount in enumerate(amounts))
        assert abs(worth) <= size * D("1e-9")


@given(st.lists(st.decimals("-0.4", "0.9", places=2), min_size=1, max_size=3, unique=True))
def test_all_rates_that_were_put_in_are_found(wanted: list[Decimal]) -> None:
    assume(all(abs(a - b) > D("0.02") for a, b in pairwise(sorted(wanted))))
    amounts = [D(-1)]
    for rate in wanted:
        # Multiply by (x (1 + r) - 1), whose root is x = 1/(1+r).
        grown = [D(0), *(amount * (1 + rate) for amount in amounts)]
        amounts = [a - b for a, b in zip(grown, [*amounts, D(0)], strict=True)]
    found = rates_of_return(CashFlow(tuple(amounts), "USD", 0)).rates
    assert [float(rate) for rate in found] == pytest.approx(
        [float(rate) for rate in sorted(wanted)], abs=1e-9
    )


def test_a_long_loan_has_the_rate_that_it_was_made_with() -> None:
    payment = annuity_payment(parse_rate("7.5%/12"), 360, D(200000))
    found = rates_of_return(CashFlow((D(200000), *([payment] * 360)), "USD", 0))
    assert [round(rate, 12) for rate in found.rates] == [D("0.00625")]


@pytest.mark.parametrize(
    ("first", "last"),
    [("-0.000000000000001", "9" * 19), ("-" + "9" * 19, "0.000000000000001"), ("-1", "102")],
)
def test_the_most_extreme_flows_that_can_be_written_have_their_rate(first: str, last: str) -> None:
    made = flow(first, last)
    (rate,) = rates_of_return(made).rates
    assert rate == pytest.approx(D(last) / -D(first) - 1, rel=D("1e-12"))
    assert abs(net_present_value(rate, made).value) < abs(D(first)) * D("1e-9")


def test_a_double_root_is_one_rate() -> None:
    found = rates_of_return(flow(-100, 220, -121))
    assert [round(rate, 8) for rate in found.rates] == [D("0.1")]


def test_no_rate_and_several_rates_are_said() -> None:
    assert rates_of_return(flow(100, 50)).reason.startswith("the flows never change")
    assert rates_of_return(flow(100, -150, 100)).reason.startswith("no rate above")
    assert rates_of_return(flow(-100, 230, -132)).reason.startswith("several rates")


@pytest.mark.parametrize("text", ["", "ten", "5%%", "0.1/0", "nan", "-1", "-150%", "inf"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_rate(text)


def test_flows_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError):
        flow()
    with pytest.raises(InputError):
        flow("NaN")
    with pytest.raises(InputError):
        flow(1, first=2)
    with pytest.raises(LimitExceededError, match="PERIODS_MAX"):
        flow(*([1] * 401))
    with pytest.raises(InputError, match="at least one period"):
        annuity_payment(D("0.1"), 0, D(1))


def test_levies_on_different_bases_are_each_on_their_own() -> None:
    levies = [
        Levy("royalty", D("0.05"), LevyBase.GROSS_REVENUE),
        Levy("nsr", D("0.01"), LevyBase.NET_SMELTER_RETURN),
        Levy("tax", D("0.3"), LevyBase.PROFIT_BEFORE_TAX),
    ]
    bases = {
        LevyBase.GROSS_REVENUE: D(1000),
        LevyBase.NET_SMELTER_RETURN: D(800),
        LevyBase.PROFIT_BEFORE_TAX: D(-50),
    }
    found = levy_stack(levies, bases, "USD")
    assert [line.amount for line in found.lines] == [50, 8, 0]
    assert found.total == 58
    lacking = levy_stack(levies, {LevyBase.GROSS_REVENUE: D(1000)}, "USD")
    assert (lacking.total, lacking.known) == (None, 50)
    assert len(lacking.findings) == 2


def test_levies_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError):
        Levy("royalty", D(5), LevyBase.GROSS_REVENUE)
    with pytest.raises(InputError, match="twice"):
        levy_stack([Levy("a", D(0), None)] * 2, {}, "USD")
    with pytest.raises(InputError, match="no levy"):
        levy_stack([], {}, "USD")


@given(
    st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=5),
    st.decimals(0, 500, places=2),
    st.integers(0, 30),
)
def test_an_advance_never_passes_its_cap(
    instalments: list[Decimal], cap: Decimal, years: int
) -> None:
    plan = advance_royalties(instalments, cap, years)
    assert len(plan) == years
    paid = D(0)
    for year in plan:
        paid += year.instalment
        assert year.cumulative == paid <= cap
        assert year.instalment >= 0


def test_advances_that_cannot_be_are_refused() -> None:
    for instalments, cap, years in (([], 1, 1), ([D(-1)], 1, 1), ([D(1)], -1, 1), ([D(1)], 1, -1)):
        with pytest.raises(InputError):
            advance_royalties(instalments, D(cap), years)


@given(st.decimals(0, 100, places=1), st.decimals("-99", "-1", places=1))
def test_more_engineering_never_makes_a_claim_worse(done: Decimal, low: Decimal) -> None:
    claim = check_estimate(done, low, -low)
    more = check_estimate(D(100), low, -low)
    assert more.best_class == 1 <= claim.best_class
    assert more.consistent >= claim.consistent


def test_claims_at_the_edge() -> None:
    assert check_estimate(D(10), D(-10), D(10)).consistent
    assert not check_estimate(D("9.9"), D(-10), D(10)).consistent
    assert check_estimate(D(100), D(-1), D(1)).claimed_class is None
    for wrong in ((D(-1), D(-5), D(5)), (D(5), D(5), D(10)), (D(5), D(-100), D(10))):
        with pytest.raises(InputError):
            check_estimate(*wrong)


def test_charges_may_be_negative_and_penalties_not() -> None:
    plain = {"refining": D(0), "penalties": D(0)}
    assert net_smelter_return(D(100), D(1), treatment=D(-5), **plain) == 105
    with pytest.raises(InputError):
        net_smelter_return(D(100), D(1), treatment=D(0), refining=D(0), penalties=D(-1))
    with pytest.raises(InputError):
        net_smelter_return(D(100), D(96), treatment=D(0), **plain)


@given(
    st.decimals(1, 1000, places=1), st.decimals(1, 500, places=1), st.decimals("0.1", 1, places=2)
)
def test_the_cutoff_grade_just_pays(cost: Decimal, price: Decimal, recovery: Decimal) -> None:
    grade = cutoff_grade(cost, price, recovery)
    assert abs(gross_revenue(D(1), grade, price, recovery) - cost) < D("1e-20")


def test_what_brings_nothing_has_no_cutoff() -> None:
    with pytest.raises(InputError, match="no grade pays"):
        cutoff_grade(D(30), D(60), D(0))
    with pytest.raises(InputError):
        cost_increase(D(0), D(1))


def test_programmes_that_cannot_be_added_are_refused() -> None:
    one = Programme("a", D(5), "USD")
    for programmes in ([], [one, one], [one, Programme("b", D(5), "EUR")]):
        with pytest.raises(InputError):
            programme_sum(programmes)
    with pytest.raises(InputError):
        Programme("a", D(-5), "USD")
    with pytest.raises(InputError):
        Programme("a", D(5), "USD", D(50))


def test_every_problem_of_a_table_is_told_at_its_cell() -> None:
    data = b"period,amount,currency\n0,-1e3,USD\n1,5,USD\n3,5,EUR\n"
    found, findings = read_cash_flow(data, "f.csv")
    assert found is None
    places = [(item.code, item.where) for item in findings]
    assert ("ORL-0333", "f.csv row 2 column amount") in places
    assert ("ORL-0556", "f.csv row 4 column period") in places
    assert ("ORL-0556", "f.csv") in places
    levies, findings = read_levies(b"levy,rate_pct,base\na,5,turnover\nb,500,unknown\n", "l.csv")
    assert levies == ()
    assert [item.where for item in findings] == [
        "l.csv row 2 column base", "l.csv row 3 column rate_pct",
    ]  # fmt: skip
    assert read_cash_flow(b"period,amount,currency\n", "f.csv")[0] is None
