"""What money one other assay moves: against hand arithmetic, and a ledger that was corrected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing import opening, seal, secret
from shipped import LOT, SHIPMENT, assay, event, ledger_of, made, percent, stored, terms

from oreline.balance import ledger_with_grade
from oreline.record import Ledger, load_ledger
from oreline.settle import (
    Contract,
    MovedMoney,
    Settling,
    Side,
    invoice_draft,
    moved_money,
    parcel_of,
    statement_of,
)

ON = date(2025, 12, 20)
PENALTY = {
    "analytes": ["As"], "over": "0.20 %", "step": "0.10 %", "rate": "3 USD/dmt",
    "steps": "pro_rata",
}  # fmt: skip
LIMIT = {"limits": [{"analyte": "As", "max": "0.5 %"}]}
SELLER = f"assay-seller-{LOT}"


def contract(**more: Any) -> Contract:
    limits = [{"analyte": "Cu", "limit": "0.3 %"}, {"analyte": "As", "limit": "0.05 %"}]
    rule = {"rule": "exchange", "umpire": "binding", "limits": limits}
    return terms(**{"penalties": [PENALTY], "specification": LIMIT, "assays": rule, **more})


def moved(ledger: Ledger, symbol: str, value: str, under: Contract) -> MovedMoney:
    made_ = ledger_with_grade(ledger, SELLER, symbol, value)
    return moved_money(ledger, made_.ledger, [under], made_.event, ON)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return ledger_of(tmp_path_factory.mktemp("ledger"), SHIPMENT)


def test_a_higher_grade_is_paid_line_by_line(ledger: Ledger) -> None:
    found = moved(ledger, "Cu", "26.1", contract())
    first, last = found.statements
    assert (first.before.stage, last.before.stage) == ("provisional", "final")
    # 37.178 dmt landed × 0.1 % × 96 % × 9,000 USD/t; in the final mean the buyer's half stays.
    (paid,) = first.lines
    assert (paid.line, paid.difference) == ("payable-Cu", Decimal("321.22"))
    assert first.difference == Decimal("321.22")
    assert last.difference == Decimal("160.61")
    (copper,) = first.grades
    assert (copper.grade_pct_before, copper.grade_pct_after) == (Decimal("26.00"), Decimal("26.1"))
    assert not first.turns


def test_a_penalty_begins_and_beyond_the_limit_the_goods_may_be_rejected(ledger: Ledger) -> None:
    first = moved(ledger, "As", "0.30", contract()).statements[0]
    (penalty,) = first.lines
    # 37.178 dmt × 3 USD/dmt × (0.30 - 0.20) / 0.10
    assert (penalty.line, penalty.difference) == ("penalty-As", Decimal("-111.53"))
    assert first.difference == Decimal("-111.53")
    assert [(one.what, one.subject) for one in first.turns] == [("penalty begins", "As")]
    beyond = moved(ledger, "As", "0.6", contract()).statements[0]
    assert [one.what for one in beyond.turns] == [
        "penalty begins", "may be rejected", "no longer settled",
    ]  # fmt: skip
    assert beyond.after.net_value is None
    assert beyond.difference is None


def test_a_metal_turns_from_paid_to_penal(tmp_path: Path) -> None:
    bearing = [*SHIPMENT[:-2], assay("seller", "10-01", [percent("Cu", "26"), percent("Sb", "1")])]
    tiers = [{"below": "2 %", "pct": "40"}, {"from": "2 %", "pct": "0"}]
    under = terms(
        assays={"rule": "seller"},
        payables=[
            {"analyte": "Cu", "method": "pct", "pct": 96, "price": "lme"},
            {"analyte": "Sb", "method": "tiers", "tiers": tiers, "tier_pays": "whole",
             "price": "lme"},
        ],
        penalties=[{**PENALTY, "analytes": ["Sb"], "over": "2 %"}],
    )  # fmt: skip
    found = moved(ledger_of(tmp_path, bearing), "Sb", "3", under).statements[0]
    assert [(one.what, one.subject) for one in found.turns] == [("payable to penal", "Sb")]
    assert {one.line for one in found.lines} == {"payable-Sb", "penalty-Sb"}


@settings(max_examples=15, deadline=None)
@given(st.decimals("5", "40", places=2), st.decimals("0", "0.5", places=3))
def test_the_lines_sum_to_the_difference(ledger: Ledger, copper: Decimal, arsenic: Decimal) -> None:
    for symbol, value in (("Cu", copper), ("As", arsenic)):
        for one in moved(ledger, symbol, f"{value:f}", contract()).statements:
            if one.difference is not None:
                assert sum((item.difference or 0) for item in one.lines) == one.difference


def test_what_would_be_is_what_is_once_it_is_corrected(tmp_path: Path) -> None:
    under = contract()
    with stored(tmp_path, SHIPMENT) as store:
        before = load_ledger(store)
        found = moved(before, "Cu", "25.8", under)
        results = [percent("Cu", "25.8", "0.08"), percent("As", "0.10")]
        body = {**before.find(SELLER)["body"], "results": results}
        fixing = {"target": SELLER, "action": "replace", "reason": "wrong line",
                  "replacement": {"body": body}}  # fmt: skip
        store.append([event("fix", "correct", "12-01", fixing)])
        after = load_ledger(store)
    for one in found.statements:
        parcel = parcel_of(after, under, "by-sea", ON)
        made_ = statement_of(Settling(under, parcel, {}, one.before.stage, ON))
        assert made_.net_value == one.after.net_value
        assert [line_.amount for line_ in made_.lines] == [
            line_.amount for line_ in one.after.lines
        ]


def test_the_invoice_of_a_statement_that_moves_is_stale(tmp_path: Path) -> None:
    under = contract()
    with stored(tmp_path, SHIPMENT) as store:
        asked = Settling(
            under, parcel_of(load_ledger(store), under, "by-sea", date(2025, 10, 2)), {},
            "provisional", date(2025, 10, 2),
        )  # fmt: skip
        draft = invoice_draft(
            statement_of(asked), asked.parcel, identity="inv-1", time="2025-10-02T09:00:00Z",
            actor="clerk",
        )  # fmt: skip
        store.append([draft])
        ledger = load_ledger(store)
    (invoice,) = moved(ledger, "Cu", "26.1", under).invoices
    assert (invoice.invoice.event, invoice.standing) == ("inv-1", "stale")
    # Loaded 37.16 dmt × 96 % × 9,000 USD/t, 90 % of it: 75,417.56 at 26.1 %, 75,128.60 at 26.0 %.
    assert invoice.difference == Decimal("288.96")
    other = [contract(payables=[{"analyte": "Cu", "method": "pct", "pct": 95, "price": "lme"}])]
    made_ = ledger_with_grade(ledger, SELLER, "Cu", "26.1")
    (wrong,) = moved_money(ledger, made_.ledger, other, SELLER, ON).invoices
    assert wrong.standing == "was stale"
    made_ = ledger_with_grade(ledger, f"assay-buyer-{LOT}", "Cu", "26.1")
    (final_only,) = moved_money(ledger, made_.ledger, [under], made_.event, ON).invoices
    assert final_only.standing == "stands"


def test_what_was_sealed_and_exchanged_holds(tmp_path: Path) -> None:
    kept = {side: secret(side, "26.0", contract="cu-1") for side in (Side.SELLER, Side.BUYER)}
    sealed = [
        *SHIPMENT[:-2],
        *(seal(f"seal-{side}", one, time="2025-11-20T08:00:00Z") for side, one in kept.items()),
    ]
    opened = [
        {**one, "time": "2025-11-21T08:00:00Z"}
        for side, own in kept.items()
        for one in opening(f"open-{side}", own, f"seal-{side}")
    ]
    ledger = ledger_of(tmp_path, [*sealed, *opened])
    made_ = ledger_with_grade(ledger, "open-seller-assay", "Cu", "20")
    found = moved_money(ledger, made_.ledger, [terms()], made_.event, ON)
    assert found.statements == ()
    assert [one.why for one in found.unmoved] == ["exchanged"]


def test_a_lot_of_no_shipment_moves_no_money(tmp_path: Path) -> None:
    other = "fwo:CU-9"
    more = [made(other), assay("seller", "10-01", [percent("Cu", "20")], other)]
    ledger = ledger_of(tmp_path, [*SHIPMENT, *more])
    made_ = ledger_with_grade(ledger, f"assay-seller-{other}", "Cu", "30")
    found = moved_money(ledger, made_.ledger, [contract()], made_.event, ON)
    assert (found.statements, found.invoices, found.unmoved) == ((), (), ())
    assert found.to_frame().height == 0
    assert found.to_json()["on"] == "2025-12-20"
