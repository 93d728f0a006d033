"""Two laboratories disagree: within the limit, outside of it, too late, not at all."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError
from oreline.settle import (
    AnalyteDecision,
    AnalyteRule,
    Assay,
    AssayRounding,
    CostBearer,
    CostRule,
    ExchangeRule,
    ExchangeState,
    Extension,
    GradeLimit,
    How,
    LabResult,
    Lack,
    LateRule,
    LotExchange,
    NoLimitRule,
    Side,
    Submission,
    TieRule,
    UmpireVariant,
    cost_bearer,
    deadlines,
    decide,
    decide_lot,
    umpire_assay,
)

SEALED = date(2025, 10, 1)
IN_TIME = date(2025, 11, 10)
TODAY = date(2025, 12, 24)
CU = AnalyteRule("Cu", "%", (GradeLimit(Decimal("0.30")),))
D = Decimal


def rule(analyte: AnalyteRule = CU, **terms: Any) -> ExchangeRule:
    """Write a contract's rule of exchange: 45 days, the other party's result if one is late."""
    plain: dict[str, Any] = {
        "variant": UmpireVariant.BETWEEN_OR_NEARER,
        "cost": CostRule.FURTHER_PAYS,
        "late": LateRule.OTHER_CONCLUSIVE,
        "days": 45,
    }
    return ExchangeRule((analyte,), **(plain | terms))


def gave(value: str | None, on: date | None = IN_TIME, unit: str = "%", **more: Any) -> Submission:
    """Write what a side gave: one copper result."""
    why = "" if value is not None else "not analysed"
    number = None if value is None else D(value)
    return Submission(on, (LabResult("Cu", number, unit, why, ("event",)),), **more)


def lot(
    seller: Submission | None = None,
    buyer: Submission | None = None,
    umpire: Submission | None = None,
    start: date | None = SEALED,
    **more: Any,
) -> LotExchange:
    """Write the exchange of a lot."""
    every = {Side.SELLER: seller, Side.BUYER: buyer, Side.UMPIRE: umpire}
    given_ = {side: one for side, one in every.items() if one is not None}
    return LotExchange("fwo:CU-1", start, given_, **more)


def found(exchange: LotExchange, today: date = TODAY, **terms: Any) -> AnalyteDecision:
    """Decide copper under the plain rule with some terms changed."""
    analyte = terms.pop("analyte", CU)
    return decide(rule(analyte, **terms), analyte, exchange, today)


def test_a_difference_equal_to_the_limit_is_within_it() -> None:
    # In binary floats 28.30 - 28.00 is 0.30000000000000071.
    made = found(lot(gave("28.30"), gave("28.00")))
    assert made.state is ExchangeState.AGREED
    assert (made.assay, made.how, made.difference) == (D("28.15"), How.MEAN, D("0.30"))
    beyond = found(lot(gave("28.3000001"), gave("28.00")))
    assert beyond.state is ExchangeState.UMPIRE
    assert beyond.missing == (Lack.UMPIRE_RESULT,)
    assert beyond.waits_for == (Side.UMPIRE,)
    assert beyond.assay is None


@pytest.mark.parametrize(
    ("variant", "umpire", "assay", "how"),
    [
        # Seller 29.00, buyer 28.00: between, above, below, and exactly in the middle.
        (UmpireVariant.BETWEEN_OR_NEARER, "28.70", "28.70", How.UMPIRE),
        (UmpireVariant.BETWEEN_OR_NEARER, "29.40", "29.00", How.NEARER),
        (UmpireVariant.BETWEEN_OR_NEARER, "27.10", "28.00", How.NEARER),
        (UmpireVariant.BETWEEN_OR_NEARER, "29.00", "29.00", How.UMPIRE),
        (UmpireVariant.MEAN_WITH_NEARER, "28.70", "28.85", How.MEAN_WITH_NEARER),
        (UmpireVariant.MEAN_WITH_NEARER, "29.40", "29.20", How.MEAN_WITH_NEARER),
        (UmpireVariant.MEAN_WITH_NEARER, "27.10", "27.55", How.MEAN_WITH_NEARER),
        (UmpireVariant.MIDDLE, "28.70", "28.70", How.MIDDLE),
        (UmpireVariant.MIDDLE, "29.40", "29.00", How.MIDDLE),
        (UmpireVariant.MIDDLE, "27.10", "28.00", How.MIDDLE),
        (UmpireVariant.BINDING, "27.10", "27.10", How.UMPIRE),
        (UmpireVariant.SELLER, "27.10", "29.00", How.CHALLENGE),
    ],
)
def test_every_variant(variant: UmpireVariant, umpire: str, assay: str, how: How) -> None:
    made = found(lot(gave("29.00"), gave("28.00"), gave(umpire)), variant=variant)
    assert (made.state, made.assay, made.how) == (ExchangeState.FINAL, D(assay), how)


def test_an_umpire_in_the_middle_has_no_nearer_party() -> None:
    exchange = lot(gave("29.00"), gave("28.00"), gave("28.50"))
    terms: dict[str, Any] = {"variant": UmpireVariant.MEAN_WITH_NEARER}
    open_ = found(exchange, **terms)
    assert open_.assay is None
    assert open_.missing == (Lack.TIE_CLAUSE,)
    assert open_.readings == (
        ("umpire", D("28.50")),
        ("seller", D("28.75")),
        ("buyer", D("28.25")),
    )
    for tie, assay in ((TieRule.UMPIRE, "28.50"), (TieRule.SELLER, "28.75")):
        assert found(exchange, tie=tie, **terms).assay == D(assay)
    assert found(exchange, tie=TieRule.BUYER, **terms).assay == D("28.25")


@pytest.mark.parametrize(
    ("umpire", "bearer"), [("28.70", CostBearer.BUYER), ("28.30", CostBearer.SELLER)]
)
def test_the_party_further_from_the_umpire_pays(umpire: str, bearer: CostBearer) -> None:
    assert found(lot(gave("29.00"), gave("28.00"), gave(umpire))).umpire_cost is bearer


def test_at_equal_distance_both_pay_and_without_a_clause_nobody_is_named() -> None:
    exchange = lot(gave("29.00"), gave("28.00"), gave("28.50"))
    assert found(exchange).umpire_cost is CostBearer.SHARED
    assert found(exchange, cost=None).umpire_cost is None
    assert found(exchange, cost=CostRule.SELLER).umpire_cost is CostBearer.SELLER


def test_within_the_limit_no_umpire_is_paid() -> None:
    assert found(lot(gave("28.10"), gave("28.00"), gave("20"))).umpire_cost is None


def test_a_party_that_is_late_loses_its_say() -> None:
    on_the_day = SEALED + timedelta(days=45)
    in_time = found(lot(gave("28.10", on_the_day), gave("28.00")))
    assert in_time.state is ExchangeState.AGREED
    late = found(lot(gave("28.10", on_the_day + timedelta(days=1)), gave("28.00")))
    assert (late.state, late.assay, late.how) == (ExchangeState.FINAL, D("28.00"), How.DEFAULT)
    assert late.late == (Side.SELLER,)
    never = found(lot(None, gave("28.00")))
    assert (never.state, never.assay) == (ExchangeState.FINAL, D("28.00"))


def test_before_the_deadline_an_absent_result_is_awaited() -> None:
    made = found(lot(None, gave("28.00")), today=SEALED + timedelta(days=45))
    assert made.state is ExchangeState.AWAITING
    assert made.missing == (Lack.SELLER_RESULT,)
    assert made.waits_for == (Side.SELLER,)
    assert found(lot(), today=SEALED).state is ExchangeState.SEALED


def test_what_a_contract_says_of_delay() -> None:
    late = lot(gave("28.90", TODAY), gave("28.00"))
    mean = found(late, late=LateRule.MEAN)
    assert (mean.assay, mean.how) == (D("28.45"), How.MEAN_DESPITE_DELAY)
    assert found(lot(None, gave("28.00")), late=LateRule.MEAN).missing == (Lack.SELLER_RESULT,)
    assert found(late, late=LateRule.NONE).state is ExchangeState.UMPIRE
    silent = found(late, late=None)
    assert (silent.assay, silent.missing) == (None, (Lack.LATE_CLAUSE,))


def test_where_both_are_late_neither_is_conclusive() -> None:
    both = found(lot(gave("28.10", TODAY), gave("28.00", TODAY)))
    assert (both.state, both.assay) == (ExchangeState.AGREED, D("28.05"))
    assert both.late == (Side.SELLER, Side.BUYER)
    assert found(lot(None, gave("28.00", TODAY))).state is ExchangeState.AWAITING


def test_an_extension_moves_the_date_of_its_party_only() -> None:
    granted = (Extension(Side.SELLER, TODAY, "laboratory on strike"),)
    exchange = lot(gave("28.10", TODAY), gave("28.00"), extensions=granted)
    assert found(exchange).state is ExchangeState.AGREED
    assert deadlines(rule(), exchange) == {Side.SELLER: TODAY, Side.BUYER: date(2025, 11, 15)}
    shorter = (Extension(Side.SELLER, SEALED, "earlier than the deadline: changes nothing"),)
    unchanged = deadlines(rule(), lot(extensions=shorter))
    assert unchanged[Side.SELLER] == date(2025, 11, 15)


def test_a_deadline_that_nobody_can_count_decides_nothing() -> None:
    made = found(lot(gave("28.10"), gave("28.00"), start=None))
    assert (made.state, made.assay) == (ExchangeState.EXCHANGED, None)
    assert made.missing == (Lack.DEADLINE_START,)
    assert found(lot(gave("28.10"), gave("28.00", None))).missing == (Lack.EXCHANGE_DAY,)
    free = found(lot(gave("28.10"), gave("28.00", None), start=None), days=None)
    assert free.state is ExchangeState.AGREED


def test_sealed_and_not_opened() -> None:
    seal = Submission(IN_TIME, is_sealed=True, open_by=date(2025, 11, 20))
    waiting = found(lot(seal, seal), today=IN_TIME)
    assert waiting.state is ExchangeState.AWAITING
    assert waiting.missing == (Lack.SELLER_OPENING, Lack.BUYER_OPENING)
    one = found(lot(seal, None), today=IN_TIME)
    assert one.waits_for == (Side.BUYER,)
    withheld = found(lot(seal, gave("28.00", open_by=date(2025, 11, 20), opened_on=IN_TIME)))
    assert (withheld.how, withheld.assay) == (How.DEFAULT, D("28.00"))
    assert withheld.late == (Side.SELLER,)
    open_now = found(lot(Submission(IN_TIME, is_sealed=True), None))
    assert (open_now.missing, open_now.waits_for) == ((Lack.SELLER_OPENING,), (Side.SELLER,))


def test_an_unknown_result_is_never_zero() -> None:
    made = found(lot(gave(None), gave("28.00")), today=IN_TIME)
    assert (made.assay, made.missing) == (None, (Lack.SELLER_RESULT,))
    assert found(lot(gave("0"), gave("0"))).assay == 0


@pytest.mark.parametrize("value", ["-0.1", "100.1", "NaN", "Infinity"])
def test_what_no_laboratory_can_find_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="no assay"):
        gave(value)


def test_results_in_different_units_are_compared_as_one() -> None:
    gold = AnalyteRule("Au", "g/t", (GradeLimit(D("0.5")),), rounding=AssayRounding(D("0.1")))
    results = [
        Submission(IN_TIME, (LabResult("Au", D(value), unit),))
        for value, unit in (("12.3", "g/t"), ("0.00128", "%"))
    ]
    made = decide(rule(gold), gold, lot(results[0], results[1]), TODAY)
    # Exactly 0.5 g/t apart; the mean 12.55 is rounded to 12.6.
    assert (made.difference, made.assay) == (D("0.5"), D("12.6"))


def test_limits_by_grade() -> None:
    limits = (
        GradeLimit(D("0.10"), below=D("20"), clause="9.2a"),
        GradeLimit(D("0.30"), at_least=D("20"), clause="9.2b"),
    )
    copper = AnalyteRule("Cu", "%", limits, clause="9")
    low = found(lot(gave("19.90"), gave("20.05")), analyte=copper)
    assert (low.limit, low.clause, low.state) == (D("0.10"), "9.2a", ExchangeState.UMPIRE)
    high = found(lot(gave("19.95"), gave("20.05")), analyte=copper)
    assert (high.limit, high.clause) == (D("0.30"), "9.2b")
    gap = AnalyteRule("Cu", "%", limits[:1])
    beyond = found(lot(gave("25"), gave("25")), analyte=gap)
    assert beyond.missing == (Lack.LIMIT,)
    with pytest.raises(InputError, match="same grade"):
        AnalyteRule("Cu", "%", (limits[0], GradeLimit(D("0.2"), at_least=D("15"))))


def test_a_penalty_element_without_a_limit() -> None:
    exchange = lot(gave("0.30"), gave("0.50"))
    for settled, assay in (
        (NoLimitRule.MEAN, "0.40"),
        (NoLimitRule.SELLER, "0.30"),
        (NoLimitRule.BUYER, "0.50"),
    ):
        open_ = AnalyteRule("Cu", "%", no_limit=settled)
        made = found(exchange, analyte=open_)
        assert (made.assay, made.how) == (D(assay), How.NO_LIMIT)
    silent = found(exchange, analyte=AnalyteRule("Cu", "%"))
    assert (silent.assay, silent.missing) == (None, (Lack.LIMIT,))


def test_whether_results_are_rounded_before_they_are_compared_matters() -> None:
    step = AssayRounding(D("0.01"))
    limit = (GradeLimit(D("0.30")),)
    exchange = lot(gave("28.304"), gave("28.000"))
    first = AnalyteRule("Cu", "%", limit, rounding=step, round_results=True)
    last = AnalyteRule("Cu", "%", limit, rounding=step)
    assert found(exchange, analyte=first).assay == D("28.15")
    assert found(exchange, analyte=last).state is ExchangeState.UMPIRE


def test_a_result_that_both_accepted_stands_over_the_exchange() -> None:
    both = (LabResult("Cu", D("28.40"), "%", "", ("signed",)),)
    made = found(lot(gave("29.00"), gave("28.00"), agreed=both))
    assert (made.how, made.assay, made.evidence) == (How.AGREED, D("28.40"), ("signed",))


def test_a_lot_is_as_far_as_its_last_analyte() -> None:
    silver = AnalyteRule("Ag", "g/t", (GradeLimit(D("15")),))
    made = decide_lot(ExchangeRule((CU, silver)), lot(gave("28.10"), gave("28.00")), TODAY)
    assert made.state is ExchangeState.SEALED
    assert [one.state for one in made.analytes] == [ExchangeState.AGREED, ExchangeState.SEALED]
    assert decide_lot(ExchangeRule((silver,)), lot(gave("28")), TODAY).unruled == ("Cu",)
    assert json.loads(json.dumps(made.to_json()))["analytes"][0]["assay"] == "28.05"


@pytest.mark.parametrize(
    ("value", "even", "rounded"),
    [
        ("28.175", False, "28.18"),
        ("28.175", True, "28.18"),
        ("28.165", True, "28.16"),
        ("28.165", False, "28.17"),
        ("28.1649999999999999999999999999999", False, "28.16"),
        ("0", False, "0.00"),
    ],
)
def test_a_half_goes_where_the_contract_says(value: str, even: bool, rounded: str) -> None:
    assert str(AssayRounding(D("0.01"), even).of(D(value))) == rounded


def test_steps_that_are_no_power_of_ten() -> None:
    assert AssayRounding(D("0.05")).of(D("28.175")) == D("28.20")
    assert AssayRounding(D("0.05"), half_even=True).of(D("28.125")) == D("28.10")


# Laws

GRADES = st.decimals(0, 100, places=3)
VARIANTS = tuple(one for one in UmpireVariant if one is not UmpireVariant.SELLER)


@given(GRADES, GRADES, GRADES, st.sampled_from(VARIANTS), st.sampled_from(["0", "0.3", "5"]))
def test_parties_may_change_places(
    one: Decimal, other: Decimal, umpire: Decimal, variant: UmpireVariant, limit: str
) -> None:
    copper = AnalyteRule("Cu", "%", (GradeLimit(D(limit)),))
    seller, buyer, third = gave(str(one)), gave(str(other)), gave(str(umpire))
    terms: dict[str, Any] = {"analyte": copper, "variant": variant, "tie": TieRule.UMPIRE}
    there = found(lot(seller, buyer, third), **terms)
    back = found(lot(buyer, seller, third), **terms)
    assert there.assay == back.assay
    swap = {CostBearer.SELLER: CostBearer.BUYER, CostBearer.BUYER: CostBearer.SELLER}
    bearer = there.umpire_cost
    assert back.umpire_cost == (None if bearer is None else swap.get(bearer, bearer))


@given(GRADES, GRADES, GRADES, st.sampled_from(VARIANTS), st.sampled_from(TieRule))
def test_the_settlement_assay_lies_within_the_results(
    seller: Decimal, buyer: Decimal, umpire: Decimal, variant: UmpireVariant, tie: TieRule
) -> None:
    exchange = lot(gave(str(seller)), gave(str(buyer)), gave(str(umpire)))
    made = found(exchange, variant=variant, tie=tie)
    assert made.assay is not None
    assert min(seller, buyer, umpire) <= made.assay <= max(seller, buyer, umpire)


@given(GRADES, GRADES, GRADES)
def test_oracle_of_the_variants(seller: Decimal, buyer: Decimal, umpire: Decimal) -> None:
    def slow(variant: UmpireVariant) -> Decimal:
        """Say it as the clauses do, one sentence after the other, in thousandths."""
        s, b, u = (int(value * 1000) for value in (seller, buyer, umpire))
        between = s <= u <= b or b <= u <= s
        near = s if abs(u - s) < abs(u - b) else b
        thousandths = {
            UmpireVariant.BETWEEN_OR_NEARER: D(u if between else near),
            UmpireVariant.MEAN_WITH_NEARER: D(u) if u - s == b - u else D(u + near) / 2,
            UmpireVariant.MIDDLE: D(s + b + u - max(s, b, u) - min(s, b, u)),
            UmpireVariant.BINDING: D(u),
        }
        return thousandths[variant] / 1000

    for variant in VARIANTS:
        made = umpire_assay(variant, seller, buyer, umpire, TieRule.UMPIRE)
        assert isinstance(made, Assay)
        if seller != buyer or variant is UmpireVariant.BINDING:
            assert made.value == slow(variant), variant
    # The two sentences of contracts say the same number.
    middle, clamped = (
        umpire_assay(one, seller, buyer, umpire)
        for one in (UmpireVariant.MIDDLE, UmpireVariant.BETWEEN_OR_NEARER)
    )
    assert isinstance(middle, Assay)
    assert isinstance(clamped, Assay)
    if seller != buyer:
        assert middle.value == clamped.value


@given(GRADES, GRADES, GRADES)
def test_whoever_pays_is_not_nearer(seller: Decimal, buyer: Decimal, umpire: Decimal) -> None:
    bearer = cost_bearer(CostRule.FURTHER_PAYS, seller, buyer, umpire)
    distances = {"seller": abs(umpire - seller), "buyer": abs(umpire - buyer)}
    if bearer is CostBearer.SHARED:
        assert distances["seller"] == distances["buyer"]
    else:
        assert distances[str(bearer)] == max(distances.values())


@given(GRADES, GRADES, st.permutations(["Cu", "Ag", "As"]))
def test_the_order_in_which_results_arrive_does_not_matter(
    one: Decimal, other: Decimal, order: list[str]
) -> None:
    def given_by(names: list[str], grade: Decimal) -> Submission:
        return Submission(IN_TIME, tuple(LabResult(name, grade, "%") for name in names))

    plain = lot(given_by(sorted(order), one), given_by(sorted(order), other))
    shuffled = lot(given_by(order, one), given_by(order, other))
    assert found(plain).to_json() == found(shuffled).to_json()
    for sides in permutations(plain.submissions):
        turned = {side: plain.submissions[side] for side in sides}
        again = LotExchange(plain.lot, SEALED, turned)
        assert found(again).assay == found(plain).assay


@given(GRADES, st.decimals(0, 1, places=3), st.booleans())
def test_equality_at_the_limit_never_calls_an_umpire(
    low: Decimal, limit: Decimal, swapped: bool
) -> None:
    if low + limit > 100:
        low -= limit
    copper = AnalyteRule("Cu", "%", (GradeLimit(limit),))
    high, least = gave(str(low + limit)), gave(str(low))
    exchange = lot(least, high) if swapped else lot(high, least)
    made = found(exchange, analyte=copper)
    assert made.state is ExchangeState.AGREED
    assert made.assay == low + limit / 2


# Published vectors


def vectors(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the vectors of assays and exchange by id."""
    path = folder / "vectors" / "settle" / "assay_weights_qp.json"
    every = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["vectors"]
    return {one["id"]: one for one in every}


def test_vector_of_the_limit_that_floats_miss(shared_dir: Path) -> None:
    trap = vectors(shared_dir)["splitting_limit_float_trap"]
    inputs, expected = trap["inputs"], trap["expected"]
    copper = AnalyteRule("Cu", "%", (GradeLimit(D(inputs["limit_cu_pct"])),))
    made = found(lot(gave(inputs["seller"]), gave(inputs["buyer"])), analyte=copper)
    # Printed: no umpire, final 28.15.
    assert (made.state is ExchangeState.UMPIRE) == expected["umpire_needed"]["value"]
    assert made.assay == D(expected["final"]["value"]) == D("28.15")


def test_vectors_of_the_clause_on_final_analysis(shared_dir: Path) -> None:
    rules = vectors(shared_dir)["exchange_rules"]
    late, copper, gold = rules["cases"]
    # Day 45 after 2025-10-01 is 2025-11-15; the seller came on 2025-11-20.
    days = {name: date.fromisoformat(late[name]) for name in ("sealed", "seller_on", "buyer_on")}
    exchange = lot(
        gave("29", days["seller_on"]), gave("28", days["buyer_on"]), start=days["sealed"]
    )
    made = found(exchange, days=late["deadline_days"])
    assert deadlines(rule(days=late["deadline_days"]), exchange)[Side.SELLER] == date(2025, 11, 15)
    assert late["result"] == "buyer_conclusive"
    assert (made.how, made.of) == (How.DEFAULT, (Side.BUYER,))
    # Printed: 28.456 % Cu settles as 28.46, 1.349 g/dmt Au as 1.3.
    steps = rules["facts"]["rounding"]
    assert AssayRounding(D(steps["Cu_pct"])).of(copper["cu_raw"]) == copper["cu_settlement"]
    assert AssayRounding(D(steps["Au_g_dmt"])).of(gold["au_raw"]) == gold["au_settlement"]
    assert AssayRounding(D(steps["Ag_g_dmt"])).of(D("152.5")) == 153
    for days_ in rules["facts"]["deadline_days_variants"]:
        assert deadlines(rule(days=days_), exchange)[Side.BUYER] == days["sealed"] + timedelta(
            days=days_
        )
