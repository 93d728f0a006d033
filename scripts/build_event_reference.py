"""Write docs/reference/events.md and its JSON Schema from the event types themselves.

Every kind is shown with its fields and one example; a test checks that the page is up to date and
that every example is accepted.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from oreline.model import EVENT_CLASSES, MATERIAL_KINDS, Envelope

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "events.md"
SCHEMA = ROOT / "docs" / "reference" / "events.schema.json"

_ORE = {"value": "24.35", "unit": "t", "u": "0.03", "basis": "measured", "method": "weighbridge"}
_DRY = {"value": "18.2", "unit": "t", "basis": "measured", "method": "belt scale"}
_SB = {"analyte": "Sb", "value": "6.1", "unit": "%", "u": "0.1", "basis": "measured"}
_WATER = {"analyte": "H2O", "value": "4.8", "unit": "%", "basis": "measured", "method": "oven"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "extract": {
        "outputs": [
            {
                "lot": "north:ROM-0412",
                "material": "sb-ore",
                "wet": _ORE,
                "moisture": _WATER,
                "grades": [_SB],
            }
        ]
    },
    "process": {
        "inputs": [{"lot": "north:ROM-0412", "dry": _DRY}],
        "outputs": [
            {
                "lot": "north:CONC-0412",
                "material": "sb-concentrate",
                "dry": {"value": "1.9", "unit": "t", "basis": "measured"},
            },
            {
                "lot": "north:TAILS",
                "material": "sb-tailings",
                "continuing": True,
                "dry": {"low": "16", "high": "16.5", "unit": "t", "basis": "derived"},
            },
        ],
        "losses": [{"stream": "dust", "dry": {"unknown": "not measured"}}],
    },
    "blend": {
        "inputs": [
            {"lot": "north:CONC-0412", "all": True},
            {"lot": "north:CONC-0413", "dry": {"value": "2", "unit": "t", "basis": "measured"}},
        ],
        "outputs": [{"lot": "north:PARCEL-7", "material": "sb-concentrate"}],
    },
    "split": {
        "inputs": [{"lot": "north:PARCEL-7", "all": True}],
        "outputs": [
            {
                "lot": "north:PARCEL-7-1",
                "material": "sb-concentrate",
                "wet": {"value": "2.1", "unit": "t", "basis": "measured"},
                "moisture": _WATER,
            }
        ],
    },
    "pack": {"container": "BOX-12", "lots": ["north:PARCEL-7-1"], "seals": ["0007781"]},
    "unpack": {"container": "BOX-12", "seals_found": ["0007781"], "seals_intact": True},
    "dispatch": {
        "lots": [{"lot": "north:PARCEL-7-1"}],
        "containers": ["BOX-12"],
        "mode": "sea",
        "documents": ["bill of lading 8814"],
        "incoterm": "CIP New Orleans",
    },
    "receive": {
        "dispatch": "north:dispatch-7",
        "lots": [
            {
                "lot": "north:PARCEL-7-1",
                "wet": {"value": "2.08", "unit": "t", "basis": "measured"},
                "moisture": {"analyte": "H2O", "value": "4.1", "unit": "%", "basis": "measured"},
            }
        ],
    },
    "weigh": {"lot": "north:PARCEL-7-1", "wet": _ORE, "ticket": "WB-20931"},
    "sample": {
        "sample": "north:S-7",
        "lot": "north:PARCEL-7",
        "increments": 40,
        "standard": "ISO 12743",
        "witness": "surveyor",
        "parts": [
            {"part": "north:S-7-A", "holder": "north", "purpose": "seller"},
            {"part": "north:S-7-B", "holder": "south", "purpose": "buyer"},
            {"part": "north:S-7-C", "holder": "surveyor", "purpose": "umpire"},
        ],
    },
    "assay": {
        "sample": "north:S-7-B",
        "role": "buyer",
        "laboratory": "the buyer's laboratory",
        "certificate": "C-1188",
        "results": [
            {"analyte": "Sb", "value": "52.3", "unit": "%", "u": "0.3", "basis": "measured"},
            {"analyte": "As", "below": "0.01", "unit": "%", "basis": "measured"},
        ],
        "moisture": _WATER,
    },
    "count": {
        "lot": "north:TAILS",
        "dry": {
            "value": "11800",
            "unit": "t",
            "u": "400",
            "basis": "measured",
            "method": "survey",
        },
    },
    "transfer": {
        "lots": ["north:PARCEL-7"],
        "document": "contract 2025-3",
        "risk_passes": "carrier",
    },
    "consume": {"inputs": [{"lot": "north:PARCEL-7-1", "all": True}], "purpose": "sold"},
    "observe": {
        "status": "delivered",
        "basis": "reported",
        "statement": "delivered on Thursday",
        "lots": [
            {
                "lot": "north:FIRST",
                "form": "not stated",
                "origin": {"country": "PK", "basis": "reported"},
            }
        ],
    },
    "declare": {
        "type": "site",
        "id": "mill-1",
        "valid_from": "2025-01-01",
        "data": {"name": "Mill 1", "country": "PK", "custody_model": "mass_balance"},
    },
    "attest": {
        "type": "period-reopening",
        "subject": "north:weigh-20931",
        "decision": "release",
        "statement": "the ticket was found in the drawer",
    },
    "credit": {
        "action": "issue",
        "model": "mass_balance",
        "account": "mill-1",
        "analyte": "Nd",
        "attribute": "country:PK",
        "mass": {"value": "120", "unit": "kg", "basis": "measured"},
        "lot": "north:PARCEL-7",
        "expires": "2026-12-31",
    },
    "money": {
        "type": "invoice",
        "lots": ["north:PARCEL-7"],
        "stage": "provisional",
        "contract": "north-smelter-2025",
        "document": "INV-2025-0117",
        "postings": [
            {"account": "north", "amount": "-412350.00", "currency": "USD"},
            {"account": "smelter", "amount": "412350.00", "currency": "USD"},
        ],
    },
    "correct": {
        "target": "north:weigh-20931",
        "action": "replace",
        "reason": "digits transposed: 24.35, not 42.35",
        "replacement": {"body": {"lot": "north:PARCEL-7-1", "wet": _ORE, "ticket": "WB-20931"}},
    },
}

INTRODUCTION = """\
# Events

What happened, what is planned and what might happen are written in the same events. An event is an
envelope around the body of one kind. This page is written from the types by
`scripts/build_event_reference.py`; the [JSON Schema](events.schema.json) is for programs.

All numbers are decimal text (`"24.35"`), so that nothing is rounded on the way. A **mass** is
`value` with `unit` and `basis`; or `low` and, where known, `high`; or `unknown` with a reason. A
**grade** is the same with its `analyte`, and may be `below` or `above` a limit. `u` is one standard
uncertainty in the same unit. Grades are on the dry basis, moisture (analyte H2O) on the wet basis.
`basis` is measured, reported, assumed, planned or derived. Times are UTC with `Z`. A lot is
`issuer:local`: who named it answers for the name.

The ledger adds `seq`, `recorded` and `salt`, and puts hashes in place of fields named in
`withhold`.
"""


def example(kind: str) -> dict[str, Any]:
    """Return a whole event of a kind."""
    event: dict[str, Any] = {
        "schema": f"{kind}/1",
        "id": f"north:{kind}-1",
        "time": "2025-09-01T06:00:00Z",
        "actor": "clerk-3",
        "party": "north",
        "site": "mill-1",
    }
    if kind in {"dispatch", "transfer"}:
        event["to_party"] = "south"
    if kind == "dispatch":
        event["to_site"] = "port-1"
    if kind == "process":
        event["time_start"] = "2025-09-01T00:00:00Z"
    return event | {"body": EXAMPLES[kind]}


def page() -> str:
    """Return the page."""
    parts = [INTRODUCTION, "## Envelope", _plain(Envelope.__doc__), _fields(Envelope)]
    for kind, event_class in EVENT_CLASSES.items():
        body = event_class.model_fields["body"].annotation
        assert body is not None
        group = "material" if kind in MATERIAL_KINDS else "other"
        parts += [f"## {kind}", f"*{group} kind.* " + _plain(body.__doc__), _fields(body)]
        shown = json.dumps(example(kind), indent=2, ensure_ascii=False)
        parts.append(f"```json\n{shown}\n```")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _fields(model: Any) -> str:
    lines = ["| field | form | needed |", "| --- | --- | --- |"]
    properties = TypeAdapter(model).json_schema(by_alias=True)
    needed = set(properties.get("required", ()))
    for name, form in properties["properties"].items():
        lines.append(f"| `{name}` | {_form(form)} | {'yes' if name in needed else ''} |")
    return "\n".join(lines)


def _form(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        forms = [_form(part) for part in schema["anyOf"] if part.get("type") != "null"]
        return " or ".join(dict.fromkeys(forms))
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1].lower()
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_form(schema['items'])}"
    if schema.get("type") == "object":
        return "object"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        schema.get("type", ""), "any"
    )


def _plain(text: str | None) -> str:
    return " ".join((text or "").replace("``", "`").split())


def json_schema() -> dict[str, Any]:
    """Return one JSON Schema for events of every kind, as they are before the ledger has them."""
    union: Any = None
    for event_class in EVENT_CLASSES.values():
        union = event_class if union is None else union | event_class
    schema = TypeAdapter(union).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Event"} | schema


def main() -> None:
    """Write both files, or with --check say whether they are up to date."""
    wanted = {
        PAGE: page(),
        SCHEMA: json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
    }
    if "--check" in sys.argv:
        stale = [path.name for path, text in wanted.items() if path.read_text() != text]
        sys.exit(f"run scripts/build_event_reference.py: {', '.join(stale)}" if stale else 0)
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
