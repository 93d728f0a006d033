"""Contracts and prices as a ledger declares them, as of its moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oreline.record import Store, create_store, load_ledger
from oreline.settle import contracts_of, prices_of, series_named
from oreline_testing.injected import FixedClock, FixedSalts

TERMS = """\
id = "cu-1"
title = "Copper"
seller = "fwo"
buyer = "ussm"
materials = ["cu-conc"]
currency = "USD"
basis = "reported"
source = "signed"
"""
MARKET = {
    "name": "Copper", "kind": "exchange", "unit": "USD/t", "basis": "reported", "vat_pct": "13",
    "values": ["2025-10-01 9000.50", "2025-10-02 9100 corrected"],
    "holidays": ["2025-10-03 closed"],
}  # fmt: skip


def declare(identity: str, kind: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"type": kind, "id": more.pop("of", "cu-1"), "data": data}
    body |= {name: more.pop(name) for name in ("valid_from", "valid_to") if name in more}
    return {
        "schema": "declare/1", "id": identity, "time": "2025-07-01T00:00:00Z", "actor": "clerk",
        "body": body, **more,
    }  # fmt: skip


def contract(identity: str, terms: str, **more: Any) -> dict[str, Any]:
    between = {"party": "fwo", "to_party": "ussm"}
    return declare(identity, "contract", {"terms": terms}, **{**between, **more})


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Make a ledger of declarations."""
    opened: list[Store] = []

    def make(*drafts: dict[str, Any]) -> Store:
        header = {"id": "l", "tense": "actual"}
        store = create_store(tmp_path / "l.db", header, clock=FixedClock(), salt=FixedSalts())
        opened.append(store)
        store.append(drafts)
        return store

    yield make
    for store in opened:
        store.close()


def test_the_last_text_holds_and_an_earlier_day_has_its_own(written: Callable[..., Store]) -> None:
    later = TERMS.replace("Copper", "Copper, amended")
    store = written(
        contract("d-1", TERMS, valid_from="2025-01-01", valid_to="2025-10-01"),
        contract("d-2", later, valid_from="2025-10-02"),
    )
    ledger = load_ledger(store)
    assert contracts_of(ledger)[0]["cu-1"].title == "Copper, amended"
    # The last day on which a contract holds is a day on which it holds.
    assert contracts_of(ledger, "2025-10-01")[0]["cu-1"].title == "Copper"
    assert contracts_of(ledger, "2025-10-02")[0]["cu-1"].title == "Copper, amended"
    assert contracts_of(ledger, "2024-12-31") == ({}, ())
    assert contracts_of(load_ledger(store, known_at=1))[0]["cu-1"].title == "Copper"


def test_a_corrected_text_takes_the_place_of_the_old(written: Callable[..., Store]) -> None:
    amended = contract("d-1", TERMS.replace("Copper", "Cu"))["body"]
    correction = {
        "schema": "correct/1", "id": "c-1", "time": "2025-08-01T00:00:00Z", "actor": "clerk",
        "party": "fwo", "to_party": "ussm",
        "body": {"target": "d-1", "action": "replace", "reason": "spelling",
                 "replacement": {"body": amended}},
    }  # fmt: skip
    store = written(contract("d-1", TERMS), correction)
    assert contracts_of(load_ledger(store))[0]["cu-1"].title == "Cu"
    assert contracts_of(load_ledger(store, known_at=1))[0]["cu-1"].title == "Copper"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (contract("d-1", TERMS + "[weight]\nrule = 'guess'\n"), "ORL-0832"),
        (contract("d-1", "id ="), "ORL-0832"),
        (contract("d-1", TERMS, to_party="smelter"), "ORL-0833"),
        (contract("d-1", TERMS, of="cu-2"), "ORL-0833"),
        (declare("d-1", "contract", {"terms": TERMS}), "ORL-0833"),
    ],
)
def test_a_contract_that_cannot_be_used_is_named_and_no_other_suffers(
    written: Callable[..., Store], draft: dict[str, Any], code: str
) -> None:
    other = contract("d-9", TERMS.replace("cu-1", "sb-1"), of="sb-1")
    found, findings = contracts_of(load_ledger(written(draft, other)))
    assert list(found) == ["sb-1"]
    assert [finding.code for finding in findings] == [code]


def test_a_declaration_without_a_text_is_left_aside(written: Callable[..., Store]) -> None:
    draft = declare("d-1", "contract", {"seller": "fwo", "franchise_pct": "0.5"})
    assert contracts_of(load_ledger(written(draft))) == ({}, ())


def test_a_series_comes_back_with_exact_values(written: Callable[..., Store]) -> None:
    found, findings = prices_of(load_ledger(written(declare("m-1", "market", MARKET, of="cu"))))
    assert findings == ()
    series = found["cu"]
    assert series.values == {"2025-10-01": Decimal("9000.50"), "2025-10-02": Decimal(9100)}
    assert (series.vat_pct, series.holidays) == (Decimal(13), frozenset({"2025-10-03"}))


def test_a_value_that_was_not_published_yet_is_not_known(written: Callable[..., Store]) -> None:
    """The series was declared in July with values of October: the file was filled in later."""
    store = written(declare("m-1", "market", MARKET, of="cu"))
    on_first, _ = prices_of(load_ledger(store, as_of="2025-10-01"))
    assert list(on_first["cu"].values) == ["2025-10-01"]
    on_day, _ = prices_of(load_ledger(store), day="2025-09-30")
    assert on_day["cu"].values == {}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "rumour"},
        {"unit": None},
        {"vat_pct": "much"},
        {"values": ["2025-10-01 about 9000"]},
        {"values": ["2025-10-01 NaN"]},
        {"values": ["2025-10-01 1", "2025-10-01 2"]},
        {"values": "2025-10-01 1"},
    ],
)
def test_a_series_that_cannot_be_read_is_named(
    written: Callable[..., Store], change: dict[str, Any]
) -> None:
    draft = declare("m-1", "market", {**MARKET, **change}, of="cu")
    good = declare("m-2", "market", MARKET, of="sb")
    found, findings = prices_of(load_ledger(written(draft, good)))
    assert list(found) == ["sb"]
    assert [(one.code, one.where) for one in findings] == [("ORL-0834", "market cu")]


@pytest.mark.parametrize("terms", ["prices = 5", "prices = [1]", "prices = [{series = 5}]", "x ="])
def test_a_text_that_names_no_series_names_none(terms: str) -> None:
    assert series_named(terms) == frozenset()
