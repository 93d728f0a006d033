"""A small ledger with everything that commands show, and a way to call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from oreline_testing.injected import FixedClock, FixedSalts
from typer.testing import CliRunner, Result

from oreline.cli import app
from oreline.record import create_store


def mass(value: str, unit: str = "t", basis: str = "measured", **more: str) -> dict[str, str]:
    return {"value": value, "unit": unit, "basis": basis, **more}


def grade(analyte: str, value: str, basis: str = "measured", **more: str) -> dict[str, str]:
    return {"analyte": analyte, "value": value, "unit": "%", "basis": basis, **more}


def event(identity: str, kind: str, day: int, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": f"{kind}/1",
        "id": identity,
        "time": f"2025-01-{day:02}T08:00:00Z",
        "actor": "clerk",
        "party": "p",
        "site": "mill",
        **more,
        "body": body,
    }


def site(identity: str, country: str, district: str, **more: str) -> dict[str, Any]:
    data = {"name": identity, "country": country, "district": district, "operator": "p", **more}
    return event(f"d-{identity}", "declare", 1, {"type": "site", "id": identity, "data": data})


EVENTS = [
    site("mine", "PK", "Chitral"),
    site("mill", "PK", "Nowshera", custody_model="identity_preserved"),
    site("far", "TJ", "Ayni"),
    event(
        "dig-1",
        "extract",
        2,
        {
            "outputs": [
                {
                    "lot": "p:R1",
                    "wet": mass("100", u="0.2"),
                    "moisture": grade("H2O", "5", u="0.1"),
                    "grades": [grade("Sb", "6", u="0.1")],
                }
            ]
        },
        site="mine",
    ),
    event(
        "dig-2",
        "extract",
        3,
        {
            "outputs": [
                {
                    "lot": "p:R2",
                    "dry": mass("50", basis="assumed", u="1"),
                    "grades": [grade("Sb", "3", basis="assumed", u="0.2")],
                }
            ]
        },
        site="far",
    ),
    event(
        "float-1",
        "process",
        4,
        {
            "inputs": [{"lot": "p:R1", "dry": mass("40", u="0.1")}, {"lot": "p:R2", "all": True}],
            "outputs": [
                {"lot": "p:C1", "dry": mass("6", u="0.02")},
                {
                    "lot": "p:T1",
                    "dry": mass("84", u="0.5"),
                    "grades": [grade("Sb", "0.4", u="0.02")],
                },
            ],
        },
    ),
    event(
        "assay-1",
        "assay",
        5,
        {"lot": "p:C1", "role": "seller", "results": [grade("Sb", "58", u="0.3")]},
    ),
    event(
        "assay-2",
        "assay",
        5,
        {"lot": "p:C1", "role": "buyer", "results": [grade("Sb", "57", u="0.3")]},
    ),
    event(
        "split-1",
        "split",
        6,
        {
            "inputs": [{"lot": "p:C1", "all": True}],
            "outputs": [
                {"lot": "p:B1", "dry": mass("2", u="0.01")},
                {"lot": "p:B2", "dry": mass("4", u="0.01")},
            ],
        },
    ),
    event("ship-1", "dispatch", 7, {"lots": [{"lot": "p:B1"}], "mode": "truck"}, to_site="port"),
    event("sold-1", "consume", 8, {"inputs": [{"lot": "p:B2", "dry": mass("5")}], "purpose": "sold"}),
    event("seen-1", "observe", 9, {"lots": [{"lot": "x:Q"}], "status": "seen", "basis": "reported"}),
    event(
        "credit-1",
        "credit",
        9,
        {
            "action": "issue",
            "model": "mass_balance",
            "account": "p",
            "analyte": "Sb",
            "mass": mass("10", "kg"),
            "attribute": "country:PK",
        },
    ),
    event("bill-1", "weigh", 9, {"lot": "p:B1", "wet": mass("2.1")}, external_id="T-9"),
    event("bill-2", "weigh", 9, {"lot": "p:B1", "wet": mass("2.2")}, external_id="T-9"),
]


@dataclass(frozen=True)
class Call:
    """What a command gave back."""

    result: Result

    @property
    def code(self) -> int:
        return self.result.exit_code

    @property
    def out(self) -> str:
        return self.result.stdout

    @property
    def everything(self) -> str:
        return self.result.output

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.result.stdout)
        return found


Oreline = Callable[..., Call]


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Path:
    """Make a ledger of two mines, one mill, and what a plant's data are like."""
    path = tmp_path / "ledger.db"
    with create_store(path, {"id": "small", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    return path


@pytest.fixture
def bare() -> Oreline:
    """Call a command as it stands."""

    def call(*words: object, **more: Any) -> Call:
        runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
        return Call(runner.invoke(app, [str(word) for word in words], **more))

    return call


@pytest.fixture
def oreline(ledger: Path, bare: Oreline) -> Oreline:
    """Call a command on the small ledger."""

    def call(*words: object, **more: Any) -> Call:
        return bare(*words, "--ledger", ledger, **more)

    return call
