"""The fields of an event's form, read from the event's own model: one description for both."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import StringConstraints

from oreline.model import EVENT_CLASSES, LOT_PATTERN, Basis, Frozen, Grade, Mass
from oreline.web._strings import msg

LABELS: Mapping[str, str] = {
    "lot": msg("Lot"),
    "material": msg("Material"),
    "wet": msg("Wet mass"),
    "dry": msg("Dry mass"),
    "mass": msg("Mass"),
    "gross": msg("Gross mass"),
    "tare": msg("Tare (empty vehicle or container)"),
    "moisture": msg("Moisture, of the wet mass"),
    "grades": msg("Grades, of the dry mass"),
    "analyte": msg("Element or oxide"),
    "u": msg("± standard uncertainty"),
    "all": msg("All that is there"),
    "continuing": msg("A pile, tank or pool that is topped up"),
    "site": msg("At which site"),
    "to_site": msg("Delivered to (site)"),
    "party": msg("Done by (party)"),
    "to_party": msg("For or to (party)"),
    "carrier": msg("Carrier"),
    "holder": msg("Held by (party)"),
    "mode": msg("Means of transport"),
    "containers": msg("Containers"),
    "container": msg("Container"),
    "documents": msg("Numbers of the papers that go with it"),
    "document": msg("Number of the paper"),
    "incoterm": msg("Terms of delivery"),
    "dispatch": msg("Entry by which it was sent"),
    "seals": msg("Seals"),
    "seals_found": msg("Seals found"),
    "seals_intact": msg("Seals intact"),
    "ticket": msg("Number of the weighbridge ticket"),
    "sample": msg("Name of the sample"),
    "event": msg("Entry that it is about"),
    "parent": msg("Part of which sample"),
    "increments": msg("How many increments"),
    "standard": msg("Taken by which standard"),
    "parts": msg("Parts of the sample, and who holds them"),
    "role": msg("Whose analysis"),
    "results": msg("Results"),
    "laboratory": msg("Laboratory"),
    "certificate": msg("Number of the certificate"),
    "reported": msg("Day of the certificate"),
    "purpose": msg("What for"),
    "risk_passes": msg("Where the risk passes"),
    "origin": msg("Where it is said to come from"),
    "unit": msg("Unit of the plant"),
    "losses": msg("What is known to be lost"),
    "stream": msg("What was lost"),
    "all_inputs_recorded": msg("Everything that went in is recorded"),
    "subject": msg("What it is about"),
    "statement": msg("What is stated"),
    "issuer": msg("Who says so"),
    "decision": msg("Decision"),
    "status": msg("What was seen"),
    "basis": msg("How it is known"),
    "action": msg("What is done"),
    "model": msg("Custody model (ISO 22095)"),
    "account": msg("Account"),
    "to_account": msg("To account"),
    "attribute": msg("Property that is claimed"),
    "claim": msg("Claim that is made"),
    "data": msg("What is declared of it"),
    "price_unit": msg("Unit of the price"),
    "stage": msg("Provisional or final"),
    "instrument": msg("Instrument or tranche"),
    "sha256": msg("SHA-256"),
    "hash": msg("SHA-256 of the document"),
    "inputs": msg("What goes in"),
    "outputs": msg("What comes out"),
    "lots": msg("Lots"),
    "amount": msg("Amount"),
    "currency": msg("Currency"),
    "type": msg("Kind"),
    "id": msg("Short name (id)"),
    "country": msg("Country"),
    "district": msg("District"),
    "source": msg("Source"),
    "form": msg("Form"),
    "method": msg("Method"),
    "price": msg("Price"),
    "part": msg("Name of the part"),
    "seal": msg("Seal"),
    "witness": msg("Witness"),
    "expires": msg("Valid until"),
    "valid_from": msg("Valid from"),
    "valid_to": msg("Valid until"),
    "contract": msg("Contract"),
    "postings": msg("Postings (they sum to zero in each currency)"),
}
"""What a field is called where its own name is not what people say."""
FIRST: Mapping[str, tuple[str, ...]] = {
    "dispatch": ("carrier", "containers"), "receive": ("dispatch",), "weigh": ("ticket",),
    "pack": ("seals",), "unpack": ("lots", "seals_intact"), "process": ("inputs", "outputs"),
    "sample": ("lot",), "assay": ("lot", "results", "certificate"), "count": ("wet", "dry"),
    "transfer": ("document",), "attest": ("statement", "issuer"), "money": ("postings", "lots"),
    "dispatch/lots": ("lot", "wet"), "receive/lots": ("lot", "wet"),
    "outputs": ("lot", "material", "wet", "dry"), "inputs": ("lot", "all", "dry"),
    "Observation": ("lot", "material", "form"), "Loss": ("stream", "dry"),
}  # fmt: skip
"""What most people need first of a kind of entry or of a group, besides what is required."""
INCOTERMS = ("FCA", "CPT", "CIP", "EXW", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
"""Terms of Incoterms 2020, those for containers first."""
_SUGGESTED = {
    "site": "sites",
    "to_site": "sites",
    "material": "materials",
    "party": "parties",
    "to_party": "parties",
    "holder": "parties",
    "carrier": "parties",
    "issuer": "parties",
    "analyte": "analytes",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what kind of input it is, what can be chosen, what lies inside.

    ``kind`` is text, long, whole, flag, choice, day, moment, mass, grade, words (several texts),
    group, groups (several of a group) or pairs (names and values). What is not first is folded
    away under "More".
    """

    name: str
    label: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    inside: tuple[Field, ...] = ()
    suggested: str = ""
    is_first: bool = True


def body_fields(kind: str) -> tuple[Field, ...]:
    """Return the fields of the body of a kind of event, those first that most people need."""
    annotation = EVENT_CLASSES[kind].model_fields["body"].annotation
    assert isinstance(annotation, type)
    return fields_of(annotation, kind, FIRST.get(kind, ()))


def fields_of(model: type[Any], kind: str, first: Sequence[str] | None = None) -> tuple[Field, ...]:
    """Return the fields of a model; where nothing says which come first, all do."""
    hints = typing.get_type_hints(model, include_extras=True)
    first = FIRST.get(model.__name__) if first is None else first
    found = [
        replace(
            _field(name, hints[name], kind, required=info.is_required()),
            is_first=first is None or info.is_required() or name in first,
        )
        for name, info in model.model_fields.items()
    ]
    return tuple(sorted(found, key=lambda field: not field.is_first))


def _field(name: str, hint: Any, kind: str, *, required: bool) -> Field:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    plain, marks = _bare(hint)
    suggested = "lots" if _is_lot(marks) else _SUGGESTED.get(name, "")
    if name == "incoterm":
        return Field(name, label, "choice", required, INCOTERMS)
    if get_origin(plain) is tuple:
        return _several(name, label, get_args(plain)[0], kind, required=required)
    if get_origin(plain) is Literal:
        options = get_args(plain)
        if options == (True,):
            return Field(name, label, "flag", required)
        return Field(name, label, "choice", required, tuple(map(str, options)))
    if plain in _SIMPLE or get_origin(plain) is dict:
        return Field(name, label, _SIMPLE.get(plain, "pairs"), required)
    if plain is Basis:
        return Field(name, label, "choice", required, tuple(map(str, Basis)))
    if isinstance(plain, type) and issubclass(plain, Frozen):
        return Field(name, label, "group", required, inside=fields_of(plain, kind))
    if any(getattr(mark, "pattern", None) == _DAY for mark in marks):
        return Field(name, label, "day", required)
    is_long = any((getattr(mark, "max_length", None) or 0) > 1_000 for mark in marks)
    return Field(name, label, "long" if is_long else "text", required, suggested=suggested)


_SIMPLE: Mapping[Any, str] = {Mass: "mass", Grade: "grade", bool: "flag", int: "whole"}
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _several(name: str, label: str, item: Any, kind: str, *, required: bool) -> Field:
    plain, marks = _bare(item)
    if plain is Grade:
        return Field(name, label, "groups", required, inside=(Field("", "", "grade"),))
    if isinstance(plain, type) and issubclass(plain, Frozen):
        first = FIRST.get(f"{kind}/{name}", FIRST.get(name))
        return Field(name, label, "groups", required, inside=fields_of(plain, kind, first))
    return Field(name, label, "words", required, suggested="lots" if _is_lot(marks) else "")


def _bare(hint: Any) -> tuple[Any, Sequence[Any]]:
    """Return a type without its annotations and without None, and the annotations."""
    marks: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *found = get_args(hint)
            marks.extend(found)
        elif get_origin(hint) in {types.UnionType, typing.Union}:
            (hint,) = [one for one in get_args(hint) if one is not type(None)]
        else:
            return hint, marks


def _is_lot(marks: Sequence[Any]) -> bool:
    return any(
        isinstance(mark, StringConstraints) and mark.pattern == LOT_PATTERN for mark in marks
    )


def trimmed(value: Any) -> Any:
    """Return what was typed without what was left empty.

    >>> trimmed({"lot": " a:b ", "wet": {"value": ""}, "grades": [{}]})
    {'lot': 'a:b'}
    """
    if isinstance(value, dict):
        kept = {name: trimmed(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item not in ("", None, [], {}, False)}
    if isinstance(value, list):
        items = [trimmed(item) for item in value]
        return [item for item in items if item not in ("", None, [], {})]
    return value.strip() if isinstance(value, str) else value


def on_screen(values: Any, place: Sequence[str]) -> tuple[str, ...]:
    """Return where on the form a place of the draft is: rows that were left empty count there.

    >>> on_screen({"outputs": [{}, {"lot": "a:b"}]}, ("outputs", "0", "lot"))
    ('outputs', '1', 'lot')
    """
    found: list[str] = []
    for part in place:
        if isinstance(values, list) and part.isdigit():
            rows = [row for row, item in enumerate(values) if trimmed([item])]
            part = str(rows[int(part)]) if int(part) < len(rows) else part
            values = values[int(part)] if int(part) < len(values) else None
        else:
            values = values.get(part) if isinstance(values, dict) else None
        found.append(part)
    return tuple(found)


def with_lot(kind: str, lot: str) -> dict[str, Any]:
    """Return the body of a kind of event as far as the lot that it is about says it.

    >>> with_lot("dispatch", "a:b"), with_lot("weigh", "a:b"), with_lot("extract", "a:b")
    ({'lots': [{'lot': 'a:b'}]}, {'lot': 'a:b'}, {})
    """
    fields = {field.name: field for field in body_fields(kind)}
    if not lot:
        return {}
    if "lot" in fields:
        return {"lot": lot}
    for name in ("inputs", "lots"):
        if name in fields:
            return {name: [lot] if fields[name].kind == "words" else [{"lot": lot}]}
    return {"subject": lot} if kind == "attest" else {}
