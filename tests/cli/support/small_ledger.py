"""A small ledger with everything that commands show, as raw events."""

from __future__ import annotations

from typing import Any


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
    event(
        "sold-1", "consume", 8, {"inputs": [{"lot": "p:B2", "dry": mass("5")}], "purpose": "sold"}
    ),
    event(
        "seen-1", "observe", 9, {"lots": [{"lot": "x:Q"}], "status": "seen", "basis": "reported"}
    ),
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

PLAN = [
    event(
        "plan-1",
        "process",
        20,
        {
            "inputs": [{"lot": "p:R1", "dry": mass("10", basis="planned")}],
            "outputs": [
                {
                    "lot": "plan:C1",
                    "dry": mass("1", basis="planned"),
                    "grades": [grade("Sb", "55", basis="planned")],
                }
            ],
        },
    )
]
"""What a planned ledger adds."""
