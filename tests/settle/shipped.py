"""Events of a small shipment: a lot is sampled, divided into containers, shipped, received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oreline.record import Ledger, Store, create_store, load_ledger
from oreline.settle import Contract
from oreline_testing.injected import FixedClock, FixedSalts

LOT = "fwo:CU-1"
BOXES = ("fwo:CU-1-01", "fwo:CU-1-02")


def mass(value: str, u: str | None = None, unit: str = "t") -> dict[str, str]:
    return {"value": value, "unit": unit, "basis": "measured"} | ({} if u is None else {"u": u})


def percent(analyte: str, value: str, u: str | None = None) -> dict[str, str]:
    found = {"analyte": analyte, "value": value, "unit": "%", "basis": "measured"}
    return found | ({} if u is None else {"u": u})


def event(identity: str, kind: str, day: str, body: Mapping[str, Any], **more: Any) -> Any:
    return {
        "schema": f"{kind}/1", "id": identity, "time": f"2025-{day}T08:00:00Z", "actor": "clerk",
        "party": "fwo", **more, "body": body,
    }  # fmt: skip


def line(lot: str, wet: str | None = None, moisture: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"lot": lot}
    if wet is not None:
        found["wet"] = mass(wet, "0.02")
    if moisture is not None:
        found["moisture"] = percent("H2O", moisture, "0.1")
    return found


def made(lot: str = LOT, wet: str | None = "41.0", moisture: str | None = "8.2") -> Any:
    output = {**line(lot, wet, moisture), "material": "cu-conc"}
    return event(f"made-{lot}", "process", "09-20", {"outputs": [output]})


def sampled(lot: str = LOT, day: str = "09-21") -> Any:
    return event(f"sampled-{lot}-{day}", "sample", day, {"sample": f"S-{lot}-{day}", "lot": lot})


def divided(lines: Sequence[Mapping[str, Any]], lot: str = LOT) -> Any:
    body = {"inputs": [{"lot": lot, "all": True}], "outputs": list(lines)}
    return event(f"divided-{lot}", "split", "09-22", body)


def sent(
    name: str, day: str, lines: Sequence[Mapping[str, Any]], mode: str = "sea", **more: Any
) -> Any:
    body = {"lots": list(lines), "mode": mode, "documents": [f"BL-{name}"]}
    return event(name, "dispatch", day, body, **{"site": "mill", "to_site": "port", **more})


def came(name: str, day: str, lines: Sequence[Mapping[str, Any]], **more: Any) -> Any:
    body = {"lots": list(lines)}
    return event(name, "receive", day, body, **{"party": "ussm", "site": "plant", **more})


def title(lots: Sequence[str], to: str = "ussm", name: str = "title") -> Any:
    return event(name, "transfer", "09-28", {"lots": list(lots)}, to_party=to)


def assay(role: str, day: str, results: Sequence[Mapping[str, Any]], lot: str = LOT) -> Any:
    body = {"lot": lot, "role": role, "results": list(results)}
    who = {"seller": "fwo", "buyer": "ussm"}.get(role, "lab")
    return event(f"assay-{role}-{lot}", "assay", day, body, party=who)


SHIPMENT = [
    made(),
    sampled(),
    divided([line(BOXES[0], "20.5", "8.0"), line(BOXES[1], "20.0", "8.5")]),
    sent("by-truck", "09-23", [line(box) for box in BOXES], "truck"),
    came("at-port", "09-25", [line(box) for box in BOXES], party="fwo", site="port"),
    sent("by-sea", "09-28", [line(box) for box in BOXES], site="port", to_site="far-port"),
    title(BOXES),
    came("at-far-port", "11-05", [line(box) for box in BOXES], site="far-port"),
    sent("inland", "11-08", [line(box) for box in BOXES], "truck", site="far-port"),
    came("at-plant", "11-10", [line(BOXES[0], "20.4", "7.5"), line(BOXES[1], "19.9", "8.0")]),
    assay("seller", "10-01", [percent("Cu", "26.00", "0.08"), percent("As", "0.10")]),
    assay("buyer", "11-20", [percent("Cu", "25.90", "0.06"), percent("As", "0.12")]),
]


def terms(**more: Any) -> Contract:
    """Return a contract on this shipment."""
    written = {
        "id": "cu-1", "title": "Copper concentrate", "seller": "fwo", "buyer": "ussm",
        "materials": ["cu-conc"], "currency": "USD", "basis": "reported", "source": "signed",
        "weight": {"rule": "discharge"},
        "assays": {"rule": "exchange", "umpire": "binding",
                   "limits": [{"analyte": "Cu", "limit": "0.3 %"}]},
        "payables": [{"analyte": "Cu", "method": "pct", "pct": 96, "price": "lme"}],
        "prices": [{"id": "lme", "fixed": "9000 USD/t"}],
        "payments": [{"stage": "provisional", "pct": 90}, {"stage": "final", "pct": 100}],
    }  # fmt: skip
    return Contract.model_validate({**written, **more})


def stored(path: Path, events: Sequence[Any]) -> Store:
    """Return a new ledger with some events."""
    header = {"id": "l", "tense": "actual"}
    store = create_store(path / "l.db", header, clock=FixedClock(), salt=FixedSalts())
    store.append(sorted(events, key=lambda one: one["time"]))
    return store


def ledger_of(path: Path, events: Sequence[Any]) -> Ledger:
    """Return a ledger with some events, as it reads."""
    with stored(path, events) as store:
        return load_ledger(store)
