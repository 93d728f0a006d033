"""A contract that can be read in one way only, and how to spoil it."""

from __future__ import annotations

import copy
from typing import Any

from oreline.settle import Contract

CLEAR: dict[str, Any] = {
    "id": "fwo-ussm-cu",
    "title": "Copper concentrate",
    "seller": "fwo",
    "buyer": "ussm",
    "materials": ["cu-conc"],
    "currency": "USD",
    "basis": "assumed",
    "source": "A-1",
    "valid_from": "2025-10-01",
    "valid_to": "2026-09-30",
    "delivery": {"incoterm": "FCA", "place": "Karachi", "in_containers": True},
    "weight": {"rule": "within_franchise", "franchise_pct": "0.5", "franchise_on": "dry"},
    "assays": {
        "rule": "exchange",
        "deadline_days": 45,
        "late": "other_conclusive",
        "umpire": "mean_with_nearer",
        "tie": "umpire",
        "limits": [
            {"analyte": "Cu", "limit": "0.30 %", "rounding": {"to": "0.01"}},
            {"analyte": "Au", "limit": "0.5 g/dmt", "unit": "g/dmt", "rounding": {"to": "0.01"}},
            {"analyte": "As", "limit": "0.05 %"},
            {"analyte": "Sb", "no_limit": "mean"},
        ],
    },
    "prices": [
        {"id": "cu", "series": "lme-cu", "qp": {"kind": "month", "event": "arrival", "offset": 1}},
        {"id": "au", "fixed": "4000 USD/oz"},
    ],
    "payables": [
        {
            "analyte": "Cu",
            "method": "pct_min_deduction",
            "pct": "96.5",
            "deduction": "1 %",
            "price": "cu",
        },
        {
            "analyte": "Au",
            "method": "tiers",
            "tier_pays": "whole",
            "unit": "g/dmt",
            "price": "au",
            "tiers": [
                {"up_to": "0.99 g/dmt", "pct": "0"},
                {"from": "1 g/dmt", "up_to": "4.99 g/dmt", "pct": "90"},
                {"from": "5 g/dmt", "pct": "95"},
            ],
        },
    ],
    "treatment": {
        "rate": "80 USD/dmt",
        "escalation": {
            "base": "9000 USD/t",
            "price": "cu",
            "reading": "marginal",
            "steps": "pro_rata",
            "bands": [
                {"to": "9000 USD/t", "change": "0.01 USD/dmt", "per": "1 USD/t"},
                {
                    "from": "9000 USD/t",
                    "to": "10000 USD/t",
                    "change": "0.02 USD/dmt",
                    "per": "1 USD/t",
                },
                {"from": "10000 USD/t", "change": "0.03 USD/dmt", "per": "1 USD/t"},
            ],
        },
    },
    "refining": [{"analyte": "Cu", "rate": "8 c/lb", "basis": "payable"}],
    "participation": [{"analyte": "Cu", "price": "cu", "base": "12000 USD/t", "share_pct": "-10"}],
    "penalties": [
        {
            "analytes": ["As"],
            "over": "0.2 %",
            "until": "0.5 %",
            "step": "0.1 %",
            "rate": "2 USD/dmt",
            "steps": "pro_rata",
        },
        {
            "analytes": ["As"],
            "over": "0.5 %",
            "step": "0.1 %",
            "rate": "5 USD/dmt",
            "steps": "pro_rata",
            "reject": "2 %",
        },
        {
            "analytes": ["Sb"],
            "bands": [
                {"up_to": "0.1 %", "rate": "0 USD/dmt"},
                {"up_to": "0.2 %", "rate": "3 USD/dmt"},
            ],
            "reject": "0.2 %",
        },
    ],
    "specification": {
        "limits": [{"analyte": "Cu", "min": "22 %", "max": "37 %"}],
        "tml_pct": "9.1",
    },
    "lines": [
        {"id": "freight", "title": "Freight", "rate": "-84 USD/wmt"},
        {
            "id": "interest",
            "title": "Interest",
            "pct": "-5",
            "of": "net_value",
            "per_year": True,
            "days_from": "shipment",
            "days_to": "final_invoice",
        },
    ],
    "payments": [{"stage": "provisional", "pct": "90"}, {"stage": "final", "pct": "100"}],
}

REE: dict[str, Any] = {
    **{key: CLEAR[key] for key in ("seller", "buyer", "currency", "basis", "source")},
    "id": "fwo-ussm-ree",
    "title": "Rare-earth concentrate",
    "materials": ["ree-conc"],
    "prices": [{"id": "nd", "fixed": "60 USD/kg"}, {"id": "pr", "fixed": "61 USD/kg"}],
    "basket": {
        "items": [
            {"analyte": "Nd2O3", "price": "nd", "payable_pct": "60"},
            {"analyte": "Pr6O11", "price": "pr", "payable_pct": "60"},
            {"analyte": "CeO2", "payable_pct": "0"},
        ],
        "toll": "2 USD/kg",
    },
}

GONE = object()
"""As a value: leave the field out."""


def contract(base: dict[str, Any] = CLEAR, **changes: Any) -> Contract:
    """Write a contract with some fields changed, named by path: ``refining__0__basis``."""
    made = copy.deepcopy(base)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = made
        for step in steps:
            place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
        if value is GONE:
            del place[int(last) if last.isdigit() else last]
        elif last == "add":
            place.append(value)
        elif last.isdigit():
            place[int(last)] = value
        else:
            place[last] = value
    return Contract.model_validate(made)
