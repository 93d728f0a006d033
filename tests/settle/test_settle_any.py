"""Whatever is asked: a statement is settled, or it says what is missing; it is never an error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import settlement as plain
from hypothesis import given
from hypothesis import strategies as st
from parcels import HOLIDAYS, copper_gold, daily

from oreline.settle import (
    Contract,
    Parcel,
    PriceSeries,
    Reading,
    SettlementLot,
    Settling,
    Weighing,
    exposure,
    period_choices,
    settle,
)

D = Decimal
ODD = st.sampled_from(
    [None, D(0), D("-0.01"), D("0.28"), D("0.2799"), D(1), D("1.0001"), D("1e-9"), D("1e12")]
)
MASS = st.sampled_from([None, D(0), D(-5), D("100.005"), D("1e15"), D("1e-12"), D(12000)])
WATER = st.sampled_from([None, D(0), D(8), D(100), D("100.1"), D(-1)])
ROLES = st.sampled_from(["seller", "buyer", "umpire", "loading", "settled", "agreed"])
ANALYTES = st.sampled_from(["Cu", "Au", "Ag", "As", "Sb", "Pb"])
DAY = st.dates(date(2025, 9, 1), date(2026, 3, 31)).map(str)
EVENTS = st.sampled_from(["shipment", "arrival", "sealing", "invoice"])


def reading(value: Decimal | None) -> Reading:
    """Return a reading, UNKNOWN where there is no value."""
    return Reading(value, why="" if value is not None else "nobody measured it")


def weighings() -> st.SearchStrategy[Weighing | None]:
    """Draw a weighing whose numbers may be anything."""
    made = st.builds(
        lambda wet, water, dry: Weighing(reading(wet), reading(water), reading(dry)),
        MASS, WATER, MASS,
    )  # fmt: skip
    return st.none() | made


LOTS = st.builds(
    SettlementLot,
    st.sampled_from(["A", "B", "C"]),
    weighings(),
    weighings(),
    st.dictionaries(ROLES, st.dictionaries(ANALYTES, ODD.map(reading), max_size=6), max_size=3),
)
PARCELS = st.builds(
    Parcel,
    st.just("odd"),
    st.lists(LOTS, max_size=3).map(tuple),
    st.dictionaries(EVENTS, DAY | st.just("soon"), max_size=4),
)
QPS = st.one_of(
    st.builds(
        lambda event, offset: {"kind": "month", "event": event, "offset": offset},
        EVENTS, st.integers(-2, 4),
    ),
    st.builds(
        lambda event, days, side: {"kind": "days", "event": event, "days": days, "side": side},
        EVENTS, st.integers(1, 10), st.sampled_from(["after", "before"]),
    ),
    st.builds(lambda event: {"kind": "last_published", "event": event}, EVENTS),
    st.builds(lambda start, end: {"kind": "fixed", "start": start, "end": end}, DAY, DAY),
    st.none(),
)  # fmt: skip
RULES = st.sampled_from([None, "last_published", "average_to_date", "fixed"])


@st.composite
def series(draw: st.DrawFn) -> PriceSeries:
    """Draw a series of any kind with holes and tax."""
    whole = daily("2025-09-01", "2026-03-31").values
    kept = draw(st.sampled_from([1, 2, 7, 30]))
    values = {day: value for at, (day, value) in enumerate(whole.items()) if at % kept == 0}
    kind = draw(st.sampled_from(["exchange", "assessed", "reference", "annual"]))
    unit = draw(st.sampled_from(["USD/t", "c/lb", "CNY/t", "USD/dmt", "nonsense"]))
    vat = draw(st.sampled_from([D(0), D(13)]))
    return PriceSeries("lme-cu", "", kind, unit, values, vat_pct=vat, holidays=HOLIDAYS)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Draw a contract that may lack anything and contradict itself."""
    if draw(st.booleans()):
        told = draw(plain.metal_contracts())
    else:
        told = copper_gold().model_dump(mode="json", by_alias=True)
    price = {
        "id": "cu", "series": draw(st.sampled_from(["lme-cu", "absent"])), "qp": draw(QPS),
        "provisional": draw(RULES), "vat_pct": draw(st.sampled_from([None, "0", "13"])),
    }  # fmt: skip
    others = [one for one in told["prices"] if one["id"] != "cu"]
    told = {**told, "prices": [price, *others]}
    for name in draw(st.sets(st.sampled_from(["weight", "assays", "treatment"]), max_size=2)):
        told.pop(name)
    rule = draw(st.sampled_from(["loading", "discharge", "within_franchise", "less_franchise"]))
    if "weight" in told:
        told["weight"] = {"rule": rule, "franchise_pct": draw(st.sampled_from([None, "0.5"]))}
    told["settled_by"] = draw(st.sampled_from([None, "lot", "parcel"]))
    return Contract.model_validate(told)


STAGES = st.sampled_from(["provisional", "second_provisional", "final"])


@given(
    contract=st.none() | contracts(),
    goods=PARCELS,
    prices=st.lists(series(), max_size=1),
    stage=STAGES,
    on=st.dates(date(2025, 9, 1), date(2026, 4, 30)),
    paid=st.sampled_from([D(0), D("-1"), D("1e9")]),
)
def test_it_is_settled_or_says_what_is_missing(
    contract: Contract | None,
    goods: Parcel,
    prices: list[PriceSeries],
    stage: Any,
    on: date,
    paid: Decimal,
) -> None:
    by_id = {one.id: one for one in prices}
    found = settle(contract, goods, by_id, stage=stage, on=on, paid_before=paid)
    is_open = found.status == "NOT SETTLED"
    assert is_open == bool(found.missing) == (found.net_value is None) == (found.due is None)
    assert all(one.what and one.where and one.why and one.remedy for one in found.missing)
    assert len(set(found.missing)) == len(found.missing)
    names = [line.id for line in found.lines]
    assert len(set(names)) == len(names)
    assert all(line.why for line in found.lines if line.amount is None)
    if not is_open:
        assert found.net_value == sum(line.amount for line in found.lines)
    if contract is not None:
        asked = Settling(contract, goods, by_id, stage, on)
        assert all(row.unpriced_t is not None or row.why for row in exposure([asked]))
        assert period_choices(asked) == ()
