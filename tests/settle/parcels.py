"""Contracts, parcels and prices as values, for tests of what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from oreline.settle import Contract, Parcel, PriceSeries, Reading, SettlementLot, Weighing

D = Decimal
HOLIDAYS = frozenset({"2025-12-25", "2025-12-26", "2026-01-01"})
EVERY_STAGE = ("provisional", "second_provisional", "final")


def copper(**changes: Any) -> Contract:
    """Return the copper contract of the published example: 96.5 %, TC 80, RC 8 c/lb."""
    told = {
        "id": "cu-1", "title": "Copper concentrate", "seller": "mine", "buyer": "smelter",
        "materials": ["cu-conc"], "currency": "USD", "basis": "reported", "source": "Q20",
        "constants": {"lb_per_t": "2204.6"},
        "weight": {"rule": "loading"},
        "assays": {
            "rule": "exchange", "deadline_days": 45, "late": "other_conclusive",
            "umpire": "middle", "umpire_cost": "further_pays",
            "limits": [{"analyte": "Cu", "limit": "0.3 %"}],
        },
        "prices": [{
            "id": "cu", "series": "lme-cu", "clause": "9", "provisional": "last_published",
            "qp": {"kind": "month", "event": "arrival", "offset": 1},
        }],
        "payables": [
            {"analyte": "Cu", "method": "pct", "pct": "96.5", "price": "cu", "clause": "7"}
        ],
        "treatment": {"rate": "80 USD/dmt", "clause": "8.1"},
        "refining": [{"analyte": "Cu", "rate": "8 c/lb", "basis": "payable", "clause": "8.2"}],
        "payments": [
            {"stage": "provisional", "pct": "90"}, {"stage": "second_provisional", "pct": "95"}
        ],
    }  # fmt: skip
    return Contract.model_validate({**told, **changes})


def daily(
    first: str, last: str, price: str = "9000", *, identity: str = "lme-cu", **changes: Any
) -> PriceSeries:
    """Return a series of a market with a constant price on each business day."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    values = {}
    while day <= end:
        if day.weekday() < 5 and day.isoformat() not in HOLIDAYS:
            values[day.isoformat()] = D(price)
        day += timedelta(days=1)
    told: dict[str, Any] = {"unit": "USD/t", "holidays": HOLIDAYS, **changes}
    return PriceSeries(identity, identity, "exchange", values=values, **told)


def assessed(
    values: Mapping[str, str], *, identity: str = "sb", unit: str = "USD/t", **changes: Any
) -> PriceSeries:
    """Return a series of assessments."""
    given = {day: D(value) for day, value in values.items()}
    return PriceSeries(identity, identity, "assessed", unit, given, **changes)


def weighing(wet: str, moisture: str) -> Weighing:
    """Return a weight with its moisture, both measured."""
    dry = D(wet) * (100 - D(moisture)) / 100
    return Weighing(
        Reading(D(wet), None, "measured", ("w",)),
        Reading(D(moisture), None, "measured", ("m",)),
        Reading(dry, None, "derived", ("w", "m")),
    )


def lot(name: str, wet: str, moisture: str, **assays: Mapping[str, str]) -> SettlementLot:
    """Return a lot weighed at loading, with results in % by role."""
    results = {
        role: {
            analyte: Reading(D(pct) / 100, None, "measured", (f"a-{role}",))
            for analyte, pct in given.items()
        }
        for role, given in assays.items()
    }
    return SettlementLot(name, weighing(wet, moisture), None, results)


def parcel(*lots: SettlementLot, **days: str) -> Parcel:
    """Return a parcel that left in October and arrived on New Year's Eve."""
    told = {"shipment": "2025-10-02", "arrival": "2025-12-31", **days}
    return Parcel("sent-1", lots, {name: day for name, day in told.items() if day})


def copper_parcel(cu: str = "28.00", final: str = "28.00", dry: str = "12000") -> Parcel:
    """Return a parcel of 12,000 dmt in one lot."""
    return parcel(lot("CU-1", dry, "0", seller={"Cu": cu}, settled={"Cu": final}))


GOLD = assessed({"2025-12-31": "4000", "2026-01-30": "4000"}, identity="lbma-au", unit="USD/oz")
SILVER = assessed({"2025-12-31": "50", "2026-01-30": "50"}, identity="lbma-ag", unit="USD/oz")


def copper_gold(**changes: Any) -> Contract:
    """Return a copper contract that pays gold and silver too."""
    month = {"kind": "month", "event": "arrival", "offset": 1}
    held = {"provisional": "last_published", "qp": month}
    told = {
        "prices": [
            {"id": "cu", "series": "lme-cu", **held},
            {"id": "au", "series": "lbma-au", **held},
            {"id": "ag", "series": "lbma-ag", **held},
        ],
        "payables": [
            {
                "analyte": "Cu", "method": "pct_min_deduction", "pct": "96.5", "deduction": "1 %",
                "price": "cu",
            },
            {
                "analyte": "Au", "method": "pct", "pct": "90", "over": "1 g/dmt", "price": "au",
                "unit": "g/dmt",
            },
            {
                "analyte": "Ag", "method": "pct", "pct": "90", "over": "30 g/dmt", "price": "ag",
                "unit": "g/dmt",
            },
        ],
        "refining": [
            {"analyte": "Cu", "rate": "8 c/lb", "basis": "payable"},
            {"analyte": "Au", "rate": "5 USD/oz", "basis": "payable"},
            {"analyte": "Ag", "rate": "0.5 USD/oz", "basis": "payable"},
        ],
        "penalties": [
            {
                "analytes": ["As", "Sb"], "over": "0.4 %", "step": "0.1 %", "rate": "3 USD/dmt",
                "steps": "pro_rata",
            }
        ],
        "constants": {},
    }  # fmt: skip
    return copper(**{**told, **changes})


def antimony(**changes: Any) -> Contract:
    """Return an antimony contract: a payable curve, an assessed price, Pb, As and Hg penalised."""
    told = {
        "id": "sb-1", "title": "Antimony concentrate", "seller": "mine", "buyer": "smelter",
        "materials": ["sb-conc"], "currency": "USD", "basis": "assumed", "source": "A-12",
        "weight": {"rule": "discharge", "rounding": {"to": "0.001"}},
        "assays": {"rule": "mean"},
        "prices": [
            {
                "id": "sb", "series": "sb-rotterdam", "provisional": "last_published",
                "qp": {"kind": "last_published", "event": "arrival"},
            },
            {"id": "au", "fixed": "4000 USD/oz"},
        ],
        "payables": [
            {
                "analyte": "Sb", "method": "tiers", "tier_pays": "whole", "price": "sb",
                "tiers": [
                    {"from": "30 %", "below": "50 %", "pct": "55"},
                    {"from": "50 %", "below": "60 %", "pct": "65"},
                    {"from": "60 %", "pct": "70"},
                ],
            },
            {
                "analyte": "Au", "method": "excess", "deduction": "2 g/dmt", "pct": "50",
                "price": "au", "unit": "g/dmt",
            },
        ],
        "penalties": [
            {
                "analytes": ["As"], "over": "0.2 %", "step": "0.1 %", "rate": "5 USD/dmt",
                "steps": "whole_step",
            },
            {
                "analytes": ["Pb"], "over": "0.5 %", "step": "0.1 %", "rate": "3 USD/dmt",
                "steps": "pro_rata", "reject": "5 %",
            },
            {
                "analytes": ["Hg"],
                "bands": [
                    {"up_to": "10 ppm", "rate": "0 USD/dmt"},
                    {"up_to": "50 ppm", "rate": "12 USD/dmt"},
                ],
                "reject": "50 ppm",
            },
        ],
        "lines": [
            {"id": "freight", "title": "Freight allowance", "rate": "-84 USD/wmt"},
            {"id": "insurance", "title": "Insurance", "pct": "-0.25", "of": "payable_value"},
        ],
        "payments": [{"stage": "provisional", "pct": "80"}],
    }  # fmt: skip
    return Contract.model_validate({**told, **changes})


SB_ROTTERDAM = assessed(
    {"2025-09-26": "58000", "2025-12-19": "45000", "2026-01-09": "44000"}, identity="sb-rotterdam"
)


def rare_earths(**changes: Any) -> Contract:
    """Return a contract on a basket in yuan with tax, tolled per kilogram, with a floor."""
    month = {"kind": "month", "event": "shipment"}
    bought = {"qp": month, "provisional": "last_published", "vat_pct": "13", "fx": "cny"}
    told = {
        "id": "ree-1", "title": "Mixed rare-earth concentrate", "seller": "mine",
        "buyer": "separator", "materials": ["ree-conc"], "currency": "USD", "basis": "assumed",
        "source": "A-13",
        "weight": {"rule": "loading"},
        "assays": {"rule": "seller"},
        "prices": [
            {"id": "nd", "series": "cn-nd2o3", **bought, "floor": "60 USD/kg"},
            {"id": "la", "series": "cn-la2o3", **bought},
        ],
        "basket": {
            "aggregate": "TREO", "toll": "5.50 USD/kg",
            "items": [
                {"analyte": "Nd2O3", "payable_pct": "80", "price": "nd"},
                {"analyte": "La2O3", "payable_pct": "-10", "price": "la"},
                {"analyte": "CeO2", "payable_pct": "0"},
            ],
        },
        "payments": [{"stage": "provisional", "pct": "100"}],
    }  # fmt: skip
    return Contract.model_validate({**told, **changes})


CN_DAYS = ("2025-10-10", "2025-10-24")
CHINA = {
    one.id: one
    for one in (
        assessed(
            dict(zip(CN_DAYS, ("565000", "567260"), strict=True)), identity="cn-nd2o3",
            unit="CNY/t", vat_pct=D(13),
        ),
        assessed(
            dict(zip(CN_DAYS, ("4520", "4520"), strict=True)), identity="cn-la2o3",
            unit="CNY/t", vat_pct=D(13),
        ),
        PriceSeries(
            "cny", "CNY per USD", "fx", "CNY/USD",
            dict(zip(CN_DAYS, (D("7.1"), D("7.1")), strict=True)),
        ),
    )
}  # fmt: skip
