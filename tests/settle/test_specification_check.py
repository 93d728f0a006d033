"""A shipment held against its contract's limits: each verdict with what says it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from shipped import LOT, SHIPMENT, ledger_of, terms

from oreline.record import Ledger
from oreline.settle import (
    Settling,
    SpecificationCheck,
    Stage,
    parcel_of,
    published_specification,
    specification_check,
    statement_of,
)

ON = date(2025, 12, 20)
LIMITS: list[dict[str, Any]] = [
    {"analyte": "Cu", "min": "18 %", "max": "30 %"},
    {"analyte": "As", "max": "0.11 %"},
    {"analyte": "Hg", "max": "10 ppm", "otherwise": "note"},
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return ledger_of(tmp_path_factory.mktemp("ledger"), SHIPMENT)


def check(ledger: Ledger, stage: Stage = "provisional", **spec: Any) -> SpecificationCheck:
    own = {"analyte": "As", "limit": "0.05 %"}
    rule = {"rule": "exchange", "umpire": "binding",
            "limits": [{"analyte": "Cu", "limit": "0.3 %"}, own]}  # fmt: skip
    under = terms(assays=rule, specification=spec) if spec else terms(assays=rule)
    parcel = parcel_of(ledger, under, "by-sea", ON)
    return specification_check(Settling(under, parcel, {}, stage, ON))


def test_each_limit_has_its_verdict_and_its_evidence(ledger: Ledger) -> None:
    found = check(ledger, limits=LIMITS, tml_pct="9.1", clause="3")
    rows = {one.subject: one for one in found.checks}
    assert {name: one.verdict for name, one in rows.items()} == {
        "Cu": "PASS", "As": "PASS", "Hg": "UNKNOWN", "H2O": "PASS",
    }  # fmt: skip
    assert rows["Cu"].found_pct == Decimal(26)
    assert rows["Cu"].evidence == (f"assay-seller-{LOT}",)
    assert rows["Hg"].message == "Hg has no seller's or loading result"
    # 40.3 t landed wet hold 37.178 t dry.
    assert rows["H2O"].found_pct is not None
    assert round(rows["H2O"].found_pct, 2) == Decimal("7.75")
    assert "at-plant" in rows["H2O"].evidence
    assert (found.verdict, found.clause) == ("UNKNOWN", "3")


def test_finally_the_exchanged_assay_counts(ledger: Ledger) -> None:
    # The mean of 0.10 and 0.12 % lies on the limit, and both ends are within it.
    assert check(ledger, "final", limits=LIMITS[:2]).verdict == "PASS"
    tighter = [{"analyte": "As", "max": "0.1099 %"}]
    assert check(ledger, "provisional", limits=tighter).verdict == "PASS"
    beyond = check(ledger, "final", limits=tighter)
    assert beyond.verdict == "OUTSIDE"
    (one,) = beyond.checks
    assert one.found_pct == Decimal("0.11")
    assert one.message == "As 0.11 % is more than 0.1099 %"


def test_goods_that_are_too_wet_are_not_loaded(ledger: Ledger) -> None:
    found = check(ledger, fmp_pct="8.5")
    (one,) = found.checks
    # Nine tenths of the flow moisture point.
    assert (one.most, one.verdict, one.otherwise) == ("< 7.65 %", "OUTSIDE", "not loaded")


def test_what_is_outside_is_what_the_statement_refuses(ledger: Ledger) -> None:
    for most in ("0.09 %", "0.10 %", "0.2 %"):
        spec = {"limits": [{"analyte": "As", "max": most}]}
        under = terms(assays={"rule": "seller"}, specification=spec)
        asked = Settling(under, parcel_of(ledger, under, "by-sea", ON), {}, "provisional", ON)
        refused = any(one.what == "acceptance" for one in statement_of(asked).missing)
        assert (specification_check(asked).verdict == "OUTSIDE") == refused


def test_without_limits_nothing_is_said_to_be_met(ledger: Ledger) -> None:
    found = check(ledger)
    assert (found.checks, found.verdict) == ((), "UNKNOWN")
    assert found.to_frame().height == 0


def test_a_published_specification_takes_the_place_of_the_contracts(ledger: Ledger) -> None:
    under = terms(assays={"rule": "seller"})
    asked = Settling(under, parcel_of(ledger, under, "by-sea", ON), {}, "provisional", ON)
    spec = published_specification("mmta-sb-grade-ii").specification
    rows = {one.subject: one.verdict for one in specification_check(asked, spec).checks}
    assert rows["Sb"] == "UNKNOWN"
    assert rows["As"] == "PASS"


def test_a_lot_without_weight_is_held_against_the_limits_by_itself(tmp_path: Path) -> None:
    # Nobody said how the containers compare: the dry mass is UNKNOWN, the assay is not.
    unweighed = [one for one in SHIPMENT if one["id"] not in {"at-plant", "inland"}]
    under = terms(assays={"rule": "seller"}, specification={"limits": LIMITS[:1], "tml_pct": "9"})
    parcel = parcel_of(ledger_of(tmp_path, unweighed), under, "by-sea", ON)
    found = specification_check(Settling(under, parcel, {}, "final", ON))
    rows = {one.subject: one.verdict for one in found.checks}
    assert rows == {"Cu": "PASS", "H2O": "UNKNOWN"}
