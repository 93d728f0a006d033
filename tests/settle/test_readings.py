"""A contract that can be read in two ways is told so, with what each reading would pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from contracts import GONE, REE, contract
from hypothesis import given
from hypothesis import strategies as st
from parcels import copper, copper_parcel, daily, lot, parcel, weighing

from oreline.settle import (
    Ambiguity,
    Contract,
    Reading,
    SettlementLot,
    Statement,
    contradictions,
    escalated_rate,
    parse_quantity,
    payable_grade,
    penalty_rate,
    settle,
)


def only(made: Contract) -> Ambiguity:
    found = contradictions(made)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def test_a_clear_contract_has_one_reading() -> None:
    assert [str(one) for one in contradictions(contract())] == []
    assert [str(one) for one in contradictions(contract(REE))] == []


AS_BANDS = [{"up_to": "0.1 %", "rate": "1 USD/dmt"}]
BAND = {"from": "9500 USD/t", "to": "11000 USD/t", "change": "0.02 USD/dmt", "per": "1 USD/t"}
AS = {"analytes": ["As"], "over": "0.2 %", "step": "0.1 %", "rate": "2 USD/dmt"}

TWO_READINGS: list[tuple[dict[str, Any], str, list[str]]] = [
    # The charge basis: 8 c/lb of 27 % payable, or of the 28 % contained.
    (
        {"refining__0__basis": GONE},
        "refining.0.basis",
        ["on the payable content: 47.6198 USD/dmt", "on the contained content: 49.3835 USD/dmt"],
    ),
    (
        {"treatment__escalation__reading": GONE},
        "treatment.escalation.reading",
        ["marginal: 115.00 USD/dmt", "whole excess: 125.00 USD/dmt"],
    ),
    (
        {"treatment__escalation__steps": GONE},
        "treatment.escalation.steps",
        ["pro rata: 80.008 USD/dmt", "whole step: 80.00 USD/dmt", "begun step: 80.02 USD/dmt"],
    ),
    (
        {"penalties__0__steps": GONE},
        "penalties.0.steps",
        ["pro rata: 6.8 USD/dmt", "whole step: 6 USD/dmt", "begun step: 8 USD/dmt"],
    ),
    # The tier gap 4.99..5 g/dmt, where assays are not rounded.
    (
        {
            "assays__limits__1__rounding": GONE,
            "payables__1__tiers__0": {"below": "1 g/dmt", "pct": "0"},
        },
        "payables.1.tiers",
        [
            "as from 1 g/dmt up to 4.99 g/dmt: tier of all: 90 % × 4.995 g/dmt = 4.4955 g/dmt",
            "as from 5 g/dmt: tier of all: 95 % × 4.995 g/dmt = 4.74525 g/dmt",
        ],
    ),
    (
        {"payables__1__tier_pays": GONE},
        "payables.1.tier_pays",
        [
            "each tier pays the whole grade: tier from 5 g/dmt: 95 % × 7.5 g/dmt = 7.125 g/dmt",
            (
                "each tier pays the part within it: 0 % × 0.99 g/dmt + 90 % × 4 g/dmt + "
                "95 % × 2.51 g/dmt = 5.9845 g/dmt"
            ),
        ],
    ),
    (
        {"payables__1__tiers__1__up_to": "5 g/dmt"},
        "payables.1.tiers",
        [
            "as from 1 g/dmt up to 5 g/dmt: tier of all: 90 % × 5 g/dmt = 4.5 g/dmt",
            "as from 5 g/dmt: tier of all: 95 % × 5 g/dmt = 4.75 g/dmt",
        ],
    ),
    (
        {"payables__0__method": "pct"},
        "payables.0.deduction",
        [
            "it does not count: 96.5 % × 28 % = 27.020 %",
            "it counts, as in pct_min_deduction: lesser of 96.5 % × 28 % and 28 % - 1 % = 27 %",
        ],
    ),
    (
        {"penalties__0__until": GONE},
        "penalties.1",
        ["only the second: 5 USD/dmt", "both: 2 USD/dmt and 5 USD/dmt"],
    ),
    (
        {"penalties__2__reject": "0.5 %"},
        "penalties.2.bands",
        ["the last band goes on: 3 USD/dmt", "the goods may be rejected: nothing is settled"],
    ),
    (
        {"penalties__add": {**AS, "analytes": ["Cu"], "steps": "pro_rata"}},
        "penalties.3",
        ["it is paid: by pct_min_deduction", "it is paid and penalised: less 2 USD/dmt"],
    ),
    (
        {"refining__add": {"analyte": "Cu", "rate": "2 c/lb", "basis": "payable"}},
        "refining.1",
        ["only the first: 8 c/lb", "only the second: 2 c/lb", "both: 8 c/lb and 2 c/lb"],
    ),
    (
        {"weight__franchise_on": GONE},
        "weight.franchise_on",
        ["wet weights: 917.672 dmt", "dry weights: 920 dmt"],
    ),
    (
        {"weight__rule": "discharge"},
        "weight.franchise_pct",
        ["it does not count: 910.8 dmt", "it is taken off: 915.4 dmt"],
    ),
    (
        {"assays__umpire": GONE, "assays__tie": GONE},
        "assays.umpire",
        [
            "between_or_nearer: 28.40 %",
            "mean_with_nearer: 28.45 %",
            "middle: 28.40 %",
            "binding: 28.40 %",
            "seller, and nobody is called: 28.50 %",
        ],
    ),
    (
        {"assays__tie": GONE},
        "assays.tie",
        ["tie umpire: 28.25 %", "tie seller: 28.375 %", "tie buyer: 28.125 %"],
    ),
    (
        {"assays__late": GONE},
        "assays.late",
        ["other_conclusive: 28.00 %", "mean: 28.25 %", "none: an umpire is called"],
    ),
    (
        {"assays__rule": "seller"},
        "assays.rule",
        ["seller alone: 28.50 %", "the umpire decides: 28.40 %"],
    ),
    (
        {"delivery__incoterm": "FOB"},
        "delivery.incoterm",
        ["FOB as written: the seller bears it", "FCA, as containers travel: the buyer bears it"],
    ),
    (
        {"prices__0__fixed": "9000 USD/t"},
        "prices.0.fixed",
        ["the fixed price: 9000 USD/t", "the series: what lme-cu says"],
    ),
    (
        {"payments__1__pct": "95"},
        "payments.1.pct",
        ["the rest is never paid: 95", "the rest is due later: 100"],
    ),
    (
        {"payments__add": {"stage": "provisional", "pct": "5"}},
        "payments.2",
        ["the first: 90", "the second: 5", "both: 95"],
    ),
    (
        {"specification__fmp_pct": "11"},
        "specification.tml_pct",
        ["tml_pct: below 9.1 %", "from fmp_pct: below 9.9 %"],
    ),
    (
        {
            "specification__limits__add": {"analyte": "As", "max": "1 %"},
            "penalties__0": {"analytes": ["As"], "reject": "2 %"},
            "penalties__1__reject": GONE,
            "penalties__1__over": "1 %",
        },
        "specification.limits.1.max",
        [
            "the lower limit: the goods may be rejected",
            "the higher limit: the goods are settled, with the penalty",
        ],
    ),
]


@pytest.mark.parametrize(
    ("changes", "path", "readings"), TWO_READINGS, ids=[one[1] for one in TWO_READINGS]
)
def test_a_clause_with_several_readings_is_told_with_what_each_pays(
    changes: dict[str, Any], path: str, readings: list[str]
) -> None:
    found = only(contract(**changes))
    assert found.clause == path
    assert [str(one) for one in found.readings] == readings
    assert found.example
    assert found.remedy
    assert str(found).startswith(f"{path}: ")


NOT_APPLICABLE: list[tuple[dict[str, Any], str, str]] = [
    ({"buyer": "fwo"}, "buyer", "sells to itself"),
    ({"valid_to": "2025-09-30"}, "valid_to", "before it begins"),
    ({"treatment__rate": "80 EUR/dmt"}, "treatment.rate", "in EUR"),
    ({"weight__franchise_pct": GONE}, "weight.franchise_pct", "no franchise"),
    ({"assays__deadline_days": GONE}, "assays.deadline_days", "no deadline"),
    ({"assays__limits__1__unit": "USD/t"}, "assays.limits", "no unit"),
    ({"prices__1__id": "cu"}, "prices.1.id", "two price clauses"),
    ({"prices__0__series": GONE, "prices__0__qp": GONE}, "prices.0.series", "neither"),
    ({"prices__0__qp": GONE}, "prices.0.qp", "which days"),
    ({"prices__0__provisional": "fixed"}, "prices.0.provisional_fixed", "no price is written"),
    ({"prices__0__provisional_fixed": "1 USD/t"}, "prices.0.provisional", "does not use it"),
    ({"prices__0__unit": "USD/dmt"}, "prices.0.unit", "no unit of price"),
    (
        {"prices__0__unit": "CNY/t", "prices__0__rounding": {"to": "1"}},
        "prices.0.unit",
        "rounded in CNY/t",
    ),
    (
        {"prices__0__floor": "9 USD/t", "prices__0__cap": "8 USD/t"},
        "prices.0.floor",
        "above the cap",
    ),
    ({"prices__0__qp__event": GONE}, "prices.0.qp.event", "which event"),
    ({"prices__0__qp": {"kind": "days", "event": "arrival"}}, "prices.0.qp.days", "how many"),
    ({"prices__0__qp": {"kind": "fixed", "start": "2025-10-01"}}, "prices.0.qp.end", "no end"),
    (
        {"prices__0__qp": {"kind": "fixed", "start": "2025-10-02", "end": "2025-10-01"}},
        "prices.0.qp.end",
        "before it begins",
    ),
    ({"payables__0__pct": GONE}, "payables.0.pct", "has no pct"),
    ({"payables__0__unit": "USD/t"}, "payables.0.unit", "no unit of grade"),
    ({"payables__0__price": "zn"}, "payables.0.price", "no price clause 'zn'"),
    ({"payables__0__price": GONE}, "payables.0.price", "no price is named"),
    (
        {"payables__1__tiers__1": {"from": "1 g/dmt", "up_to": "4.99 g/dmt"}},
        "payables.1.tiers.1",
        "what it pays",
    ),
    ({"payables__1__tiers__2__below": "5 g/dmt"}, "payables.1.tiers.2", "ends where it begins"),
    ({"payables__1__tiers__1__below": "5 g/dmt"}, "payables.1.tiers.1", "two ends"),
    ({"payables__1__tier_pays": "marginal"}, "payables.1.tiers", "do not touch"),
    ({"treatment__escalation__price": "zn"}, "treatment.escalation.price", "no price clause"),
    ({"treatment__escalation__bands__1": BAND}, "treatment.escalation.bands", "same price"),
    (
        {"treatment__escalation__bands__1__per": "0 USD/t"},
        "treatment.escalation.bands.1.per",
        "every 0",
    ),
    (
        {"treatment__escalation__bands__1__change": "1 USD/t"},
        "treatment.escalation.bands.1.change",
        "cannot move",
    ),
    (
        {"treatment__escalation__bands__0__from": "9001 USD/t"},
        "treatment.escalation.bands.0",
        "where it begins",
    ),
    ({"refining__0__analyte": "Ag"}, "refining.0.analyte", "no clause pays for it"),
    ({"participation__0__price": "zn"}, "participation.0.price", "no price clause"),
    ({"participation__0__analyte": "Ag"}, "participation.0.analyte", "no clause pays for it"),
    ({"participation__0__cap": "-5 USD/t"}, "participation.0.cap", "below zero"),
    ({"penalties__2__analytes": ["Sb", "Sb"]}, "penalties.2.analytes", "twice"),
    ({"penalties__2": {"analytes": ["Sb"]}}, "penalties.2.rate", "neither a rate"),
    ({"penalties__1__bands": AS_BANDS}, "penalties.1.bands", "both bands and a rate"),
    ({"penalties__1__step": GONE}, "penalties.1.step", "no step"),
    ({"penalties__1__step": "0 %"}, "penalties.1.step", "no length"),
    ({"penalties__1__reject": "0.5 %"}, "penalties.1.reject", "does not lie above"),
    ({"penalties__1__on": "Au"}, "penalties.1.on", "per dry mass"),
    ({"penalties__1__rate": "2 USD/oz"}, "penalties.1.on", "not written of what"),
    (
        {
            "penalties__1__rate": "2 USD/oz",
            "penalties__1__on": "Au",
            "penalties__1__cap": "9 USD/dmt",
        },
        "penalties.1.cap",
        "cannot be compared",
    ),
    (
        {"penalties__2__bands__1__rate": "3 USD/oz", "penalties__2__on": "Au"},
        "penalties.2.bands",
        "some per content",
    ),
    ({"penalties__2__bands__0__up_to": "0.2 %"}, "penalties.2.bands", "same grade"),
    ({"penalties__2__reject": "0.15 %"}, "penalties.2.bands", "above the rejection limit"),
    ({"lines__1__id": "freight"}, "lines.1.id", "two lines"),
    ({"lines__0__pct": "5", "lines__0__of": "net_value"}, "lines.0.pct", "both a rate"),
    ({"lines__0__rate": GONE}, "lines.0.rate", "neither a rate"),
    ({"lines__1__of": GONE}, "lines.1.of", "of what"),
    ({"lines__1__days_to": GONE}, "lines.1.days_from", "no last day"),
    ({"lines__1__per_year": False}, "lines.1.per_year", "nothing is counted"),
    ({"specification__limits__0__min": "38 %"}, "specification.limits.0", "above at most"),
    (
        {"specification__limits__add": {"analyte": "Fe"}},
        "specification.limits.1",
        "neither a least",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), NOT_APPLICABLE)
def test_a_clause_that_cannot_be_applied_is_told(
    changes: dict[str, Any], path: str, words: str
) -> None:
    # One slip may make a second clause fail; the slip itself is told at its own place.
    told = {one.clause: one for one in contradictions(contract(**changes))}
    assert words in told[path].message
    assert told[path].readings == ()
    assert told[path].remedy


REE_OPEN: list[tuple[dict[str, Any], str, str]] = [
    ({"basket__pct_of_basket": "65"}, "basket.items.0.payable_pct", "both a percentage"),
    ({"basket__items__0__payable_pct": GONE}, "basket.items.0.payable_pct", "not written what"),
    ({"basket__items__0__price": GONE}, "basket.items.0.price", "names no price"),
    ({"basket__items__0__price": "dy"}, "basket.items.0.price", "no price clause"),
    ({"basket__aggregate": "Nd2O3"}, "basket.aggregate", "no aggregate"),
    (
        {"basket__items__add": {"analyte": "NdPrO", "price": "nd", "payable_pct": "60"}},
        "basket.items.3",
        "Nd is paid here and by basket.items.0",
    ),
    (
        {"payables": [{"analyte": "Nd", "method": "pct", "pct": "60", "price": "nd"}]},
        "basket.items.0",
        "Nd is paid here and by payables.0",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), REE_OPEN)
def test_a_basket_that_is_open_is_told(changes: dict[str, Any], path: str, words: str) -> None:
    found = contradictions(contract(REE, **changes))
    assert found[0].clause == path
    assert words in found[0].message


def test_the_same_metal_as_element_and_oxide_is_paid_twice() -> None:
    twice = {"analyte": "Sb2O3", "method": "pct", "pct": "60", "price": "au"}
    both = contract(payables=[{**twice, "analyte": "Sb"}, twice], penalties=[], refining=[],
                    participation=[])  # fmt: skip
    found = [one for one in contradictions(both) if one.clause == "payables.1"]
    assert [reading.text for reading in found[0].readings] == [
        "only payables.0 pays",
        "only payables.1 pays",
        "both pay",
    ]


def test_paid_above_where_it_is_no_longer_penalised() -> None:
    antimony = {"analyte": "Sb", "method": "pct", "pct": "60", "price": "au", "over": "5 %"}
    penal = {"analytes": ["Sb"], "over": "0.2 %", "step": "0.1 %", "rate": "1 USD/dmt",
             "steps": "pro_rata"}  # fmt: skip
    open_ended = contract(payables__add=antimony, penalties__2=penal)
    assert only(open_ended).message == "Sb is paid and penalised above 5 %"
    closed = contract(payables__add=antimony, penalties__2={**penal, "until": "5 %"})
    assert contradictions(closed) == ()


def test_every_problem_of_a_contract_is_told_at_once() -> None:
    found = contradictions(
        contract(refining__0__basis=GONE, assays__late=GONE, penalties__0__steps=GONE)
    )
    assert [one.clause for one in found] == ["assays.late", "refining.0.basis", "penalties.0.steps"]


def test_a_refining_charge_on_all_that_is_contained_has_one_reading() -> None:
    everything = {"analyte": "Cu", "method": "pct", "pct": "100", "price": "cu"}
    assert contradictions(contract(payables__0=everything, refining__0__basis=GONE)) == ()


def test_an_escalator_whose_readings_agree_is_not_reported() -> None:
    one_band = [{"from": "9000 USD/t", "change": "0.02 USD/dmt", "per": "1 USD/t"}]
    made = contract(treatment__escalation__bands=one_band, treatment__escalation__reading=GONE)
    assert contradictions(made) == ()


def test_whole_excess_beyond_the_last_band_is_open() -> None:
    bands = [{"from": "9000 USD/t", "to": "9900 USD/t", "change": "0.02 USD/dmt", "per": "1 USD/t"}]
    found = only(
        contract(treatment__escalation__bands=bands, treatment__escalation__reading="whole_excess")
    )
    assert found.clause == "treatment.escalation.bands"
    assert [one.pays for one in found.readings] == ["98.00 USD/dmt", "80 USD/dmt"]


GRADES = st.decimals(0, 60, places=3, allow_nan=False)
PRICES = st.decimals(1, 30000, places=2, allow_nan=False)


@given(GRADES, PRICES, st.sampled_from(["Cu", "Au"]))
def test_a_clear_contract_answers_at_every_grade_and_price(
    grade: Decimal, price: Decimal, name: str
) -> None:
    made = contract()
    assert made.treatment is not None
    assert escalated_rate(made.treatment.rate, made.treatment.escalation, price).rate is not None
    payable = next(one for one in made.payables if one.analyte == name)
    unit = payable.unit
    rounded = parse_quantity(f"{grade.quantize(Decimal('0.01'))} {unit}", "grade").to("%")
    assert payable_grade(payable, rounded).payable_pct is not None
    for penalty in made.penalties:
        found = penalty_rate(penalty, dict.fromkeys(penalty.analytes, grade))
        assert found.rejected or found.rate is not None


def test_nothing_is_settled_under_a_clause_with_two_readings() -> None:
    clear = copper()
    refining = clear.refining[0].model_copy(update={"basis": None})
    open_terms = clear.model_copy(update={"refining": (refining,)})
    series = {"lme-cu": daily("2026-01-01", "2026-01-30")}
    made = {
        name: settle(terms, copper_parcel(), series, stage="final", on=date(2026, 2, 2))
        for name, terms in (("clear", clear), ("open", open_terms))
    }
    assert made["clear"].status == "SETTLED"
    assert made["open"].status == "NOT SETTLED"
    assert made["open"].net_value is None
    told = [one for one in made["open"].missing if one.where == "refining.0.basis"]
    assert len(told) == 1
    # 8 c/lb at 2204.6 lb/t on 27.02 % and on 28 %.
    assert "47.6546 USD/dmt" in told[0].why
    assert "49.3830 USD/dmt" in told[0].why


def test_a_contract_in_another_currency_needs_no_unit_where_prices_are_not_rounded() -> None:
    made = contract(REE, currency="CNY", prices=[{"id": "nd", "fixed": "400 CNY/kg"},
                    {"id": "pr", "fixed": "400 CNY/kg"}], basket__toll=GONE)  # fmt: skip
    assert contradictions(made) == ()


def test_a_floor_may_be_on_an_oxide_of_the_basket() -> None:
    floor = {"analyte": "Nd2O3", "price": "nd", "base": "110 USD/kg", "share_pct": "100",
             "side": "below"}  # fmt: skip
    assert contradictions(contract(REE, participation=[floor])) == ()
    unpaid = contract(REE, participation=[{**floor, "analyte": "CeO2"}])
    assert only(unpaid).clause == "participation.0.analyte"


def test_two_clauses_on_one_subject_have_a_line_each() -> None:
    steps = {"step": "0.1 %", "steps": "pro_rata", "analytes": ["As"]}
    terms = copper(
        penalties=[
            {**steps, "over": "0.2 %", "until": "0.5 %", "rate": "2 USD/dmt"},
            {**steps, "over": "0.5 %", "rate": "5 USD/dmt"},
        ]
    )
    goods = parcel(lot("CU-1", "1000", "0", settled={"Cu": "28", "As": "0.7"}))
    series = {"lme-cu": daily("2026-01-01", "2026-01-30")}
    made = settle(terms, goods, series, stage="final", on=date(2026, 2, 2))
    assert made.status == "SETTLED"
    lines = {one.id: one.amount for one in made.lines if one.kind == "penalty"}
    assert lines == {"penalty-As": Decimal(-6000), "penalty-As-2": Decimal(-10000)}


def test_limits_that_leave_a_gap_between_grades_are_told() -> None:
    limits = [
        {"analyte": "Cu", "limit": "0.20 %", "below": "20 %"},
        {"analyte": "Cu", "limit": "0.30 %", "from": "22 %"},
    ]
    found = [
        one for one in contradictions(contract(assays__limits=limits)) if "holds" in one.message
    ]
    assert [str(one) for one in found[0].readings] == [
        "the limit below: 0.20 %",
        "the limit above: 0.30 %",
    ]
    touching = [limits[0], {**limits[1], "from": "20 %"}]
    made = contradictions(contract(assays__limits=touching))
    assert not any("holds" in one.message for one in made if one.clause == "assays.limits")


IN_EUROS: list[dict[str, Any]] = [
    {"treatment__rate": "80 EUR/dmt"},
    {"treatment__escalation__base": "9000 EUR/t"},
    {"treatment__escalation__bands__1__per": "1 EUR/t"},
    {"treatment__escalation__bands__1__from": "9000 EUR/t"},
    {"treatment__escalation__bands__1__change": "1 EUR/dmt"},
    {"refining__0__rate": "5 EUR/t"},
    {"participation__0__base": "5 EUR/t"},
    {"payables__1__tiers__1__pays": "5 EUR/kg"},
    {"penalties__0__rate": "5 EUR/dmt"},
    {"penalties__0__cap": "5 EUR/dmt"},
    {"prices__1__fixed": "5 EUR/oz"},
    {"prices__0__floor": "9 USD/t", "prices__0__cap": "9 EUR/t"},
    {"lines__0__rate": "5 EUR/wmt"},
]
WEIGHED = weighing("1000", "8")
RESULTS = {"Cu": "0.28", "Au": "0.00002", "As": "0.007", "Sb": "0.0005"}
GOODS = parcel(
    SettlementLot(
        "CU-1",
        WEIGHED,
        WEIGHED,
        {"settled": {name: Reading(Decimal(grade)) for name, grade in RESULTS.items()}},
    ),
    final_invoice="2026-02-01",
)


def settled(made: Contract) -> Statement:
    series = {"lme-cu": daily("2026-01-01", "2026-01-30")}
    return settle(made, GOODS, series, stage="final", on=date(2026, 2, 2))


def test_goods_are_settled_under_the_clear_contract() -> None:
    assert settled(contract()).status == "SETTLED"


@pytest.mark.parametrize(
    "changes",
    [*IN_EUROS, *(one[0] for one in TWO_READINGS), *(one[0] for one in NOT_APPLICABLE)],
    ids=lambda changes: "-".join(changes),
)
def test_no_unclear_contract_is_settled_nor_breaks_a_statement(changes: dict[str, Any]) -> None:
    made = contract(**changes)
    told = {one.clause for one in contradictions(made)}
    found = settled(made)
    assert found.status == "NOT SETTLED"
    assert found.net_value is None
    assert told
    assert told <= {one.where for one in found.missing}
