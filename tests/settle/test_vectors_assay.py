"""Published numbers on assays, their exchange, weights and moisture, each with its source."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from vectors import untested

from oreline.settle import (
    AnalyteDecision,
    Contract,
    How,
    LabResult,
    LotExchange,
    Penalty,
    Reading,
    SettlementLot,
    Side,
    Specification,
    Submission,
    Weighing,
    WeightClause,
    decide_lot,
    dry_mass,
    exchange_rule,
    final_weight,
    may_load,
    penalty_rate,
    transportable_limit,
    wet_basis_pct,
)

D = Decimal
SEALED = date(2025, 10, 1)


def test_no_vector_goes_without_a_test(shared_dir: Path) -> None:
    assert untested(shared_dir, "assay_weights_qp.json", globals()) == []


def contract(**assays: Any) -> Contract:
    """Write a contract with a clause on assays, as a file of contracts has it."""
    return Contract.model_validate(
        {
            "id": "c",
            "title": "Concentrate",
            "seller": "a",
            "buyer": "b",
            "materials": ["conc"],
            "currency": "USD",
            "basis": "assumed",
            "source": "published vector",
            "payables": [
                {"analyte": one, "method": "pct", "pct": "96", "price": one}
                for one in ("Cu", "Ag", "Au")
            ],
            "assays": {
                "rule": "exchange",
                "deadline_days": 45,
                "late": "other_conclusive",
                "umpire": "between_or_nearer",
                **assays,
            },
        }
    )


def decided(
    terms: Contract,
    analyte: str,
    unit: str,
    results: dict[Side, tuple[str, date]],
    today: date = SEALED + timedelta(days=90),
) -> AnalyteDecision:
    rule = exchange_rule(terms)
    assert rule is not None
    sides = {
        side: Submission(on, (LabResult(analyte, D(value), unit),))
        for side, (value, on) in results.items()
    }
    found = decide_lot(rule, LotExchange("a:1", SEALED, sides), today).at(analyte)
    assert found is not None
    return found


def test_splitting_limit_float_trap() -> None:
    # Derived: 28.30 and 28.00 with a limit of 0.30 give the mean, 28.15, and no umpire. In binary
    # floats the difference is 0.30000000000000071.
    terms = contract(limits=[{"analyte": "Cu", "limit": "0.30 %", "no_limit": None}])
    both = {Side.SELLER: ("28.30", SEALED), Side.BUYER: ("28.00", SEALED)}
    found = decided(terms, "Cu", "%", both)
    assert (found.assay, found.how) == (D("28.15"), How.MEAN)
    over = {**both, Side.SELLER: ("28.3000001", SEALED)}
    assert decided(terms, "Cu", "%", over).assay is None


@pytest.mark.parametrize(("days", "in_time"), [(40, False), (45, False), (60, True)])
def test_exchange_rules_of_a_late_party(days: int, in_time: bool) -> None:
    # lawinsider.com, clause/method-for-determining-final-analysis: 40, 45 or 60 days; a party that
    # fails leaves the other's assay conclusive. Sealed 1 October, day 45 is 15 November 2025.
    terms = contract(deadline_days=days, limits=[{"analyte": "Cu", "limit": "0.30 %"}])
    results = {
        Side.SELLER: ("28.30", date(2025, 11, 20)),
        Side.BUYER: ("28.10", date(2025, 11, 10)),
    }
    found = decided(terms, "Cu", "%", results)
    assert found.assay == (D("28.2") if in_time else D("28.1"))
    assert found.of == ((Side.SELLER, Side.BUYER) if in_time else (Side.BUYER,))


@pytest.mark.parametrize(
    ("analyte", "unit", "step", "raw", "settled"),
    [
        # The same source: copper to 0.01 %, silver to 1 g/dmt, gold to 0.1 g/dmt.
        ("Cu", "%", "0.01", "28.456", "28.46"),
        ("Au", "g/dmt", "0.1", "1.349", "1.3"),
        ("Ag", "g/dmt", "1", "75.5", "76"),
    ],
)
def test_exchange_rules_of_rounding(
    analyte: str, unit: str, step: str, raw: str, settled: str
) -> None:
    limit = {"analyte": analyte, "limit": f"1 {unit}", "unit": unit, "rounding": {"to": step}}
    terms = contract(limits=[limit])
    reported = "g/t" if unit == "g/dmt" else unit
    both = {Side.SELLER: (raw, SEALED), Side.BUYER: (raw, SEALED)}
    assert decided(terms, analyte, reported, both).assay == D(settled)


@pytest.mark.parametrize(
    ("sb_pct", "usd_per_oz", "rejected"),
    [
        # sec.gov 1164099, ex 33-3, refining agreement for doré: up to 0.01 % nothing, 0.03 % 0.15,
        # 0.05 % 0.25, 0.10 % 0.40 USD per gross ounce; above, no smelt is undertaken.
        ("0", "0", False),
        ("0.01", "0", False),
        ("0.0100001", "0.15", False),
        ("0.02", "0.15", False),
        ("0.03", "0.15", False),
        ("0.04", "0.25", False),
        ("0.1", "0.4", False),
        ("0.11", None, True),
    ],
)
def test_dore_banded_penalty(sb_pct: str, usd_per_oz: str | None, rejected: bool) -> None:
    bands = [
        {"up_to": f"{most} %", "rate": f"{rate} USD/doz"}
        for most, rate in (("0.01", "0"), ("0.03", "0.15"), ("0.05", "0.25"), ("0.10", "0.40"))
    ]
    for element in ("As", "Cd", "Se", "Bi", "Te", "Sb"):
        clause = Penalty.model_validate({"analytes": [element], "bands": bands, "reject": "0.10 %"})
        found = penalty_rate(clause, {element: D(sb_pct)})
        assert found.rejected is rejected
        if usd_per_oz is None:
            assert found.rate is None
            continue
        assert found.rate is not None
        assert found.rate.value == D(usd_per_oz)
        # An ounce of doré is 31.1034768 g of it, so that 0.15 USD is 4,822.61 USD per dry tonne.
        per_dmt = found.rate.to("USD/dmt")
        assert round(per_dmt, 2) == round(D(usd_per_oz) * 1_000_000 / D("31.1034768"), 2)


def lot(moisture: str | None) -> SettlementLot:
    water = Reading(None, why="no moisture") if moisture is None else Reading(D(moisture))
    return SettlementLot("a:1", Weighing(Reading(D(1000)), water, Reading(None)), None)


@pytest.mark.parametrize(
    ("moisture", "dmt"),
    # docs.dataminesoftware.com, MineMarket, Analyte Measurement Basis: moisture is of the wet mass;
    # without one the dry mass is null, never the wet mass.
    [("8.0", "920"), ("0", "1000"), (None, None)],
)
def test_moisture_basis(moisture: str | None, dmt: str | None) -> None:
    found = final_weight(WeightClause(rule="loading"), lot(moisture), "final").dry
    assert found.value == (None if dmt is None else D(dmt))
    assert (found.why != "") is (dmt is None)


def test_moisture_basis_of_the_dry_mass() -> None:
    # clarksoncontrols: 8 % of the dry mass is another quantity: 925.925926 dmt of 1,000 t.
    assert round(dry_mass(D(1000), wet_basis_pct(D(8))), 6) == D("925.925926")


@pytest.mark.parametrize(
    ("moisture", "loads"),
    # commoditylaw.eu, article 94: Mount Garnet copper concentrate, TML 9.1 %. The moisture has to
    # be less than the limit (IMSBC Code).
    [("9.0", True), ("9.1", False), ("9.2", False)],
)
def test_tml_gate(moisture: str, loads: bool) -> None:
    assert may_load(Specification(tml_pct=D("9.1")), D(moisture)) is loads


def test_tml_gate_from_the_flow_moisture_point() -> None:
    # store.cim.org: the limit is 90 % of the flow moisture point: 10.1111 % gives 9.1 %.
    spec = Specification(fmp_pct=D("10.1111"))
    limit = transportable_limit(spec)
    assert limit is not None
    assert round(limit, 4) == D("9.1000")
    assert may_load(spec, D("9.05")) is True
    assert may_load(spec, D("9.1")) is False
    assert may_load(spec, None) is None
    assert may_load(Specification(), D("9.1")) is None
