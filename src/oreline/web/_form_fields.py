"""The fields of an event's form, read from the event's own model: one description for both."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import StringConstraints

from oreline.model import EVENT_CLASSES, LOT_PATTERN, Basis, Frozen, Grade, Mass
from oreline.web._strings import msg

LABELS: Mapping[str, str] = {
    "wet": msg("Wet mass"),
    "dry": msg("Dry mass"),
    "mass": msg("Mass"),
    "gross": msg("Gross mass"),
    "tare": msg("Tare"),
    "u": msg("± standard uncertainty"),
    "all": msg("All that is there"),
    "continuing": msg("A pile, tank or pool"),
    "to_site": msg("To site"),
    "party": msg("For which party"),
    "to_party": msg("To party"),
    "time_start": msg("Began (UTC)"),
    "incoterm": msg("Terms of delivery"),
    "seals_found": msg("Seals found"),
    "seals_intact": msg("Seals intact"),
    "all_inputs_recorded": msg("Every input is recorded"),
    "price_unit": msg("Unit of the price"),
    "to_account": msg("To account"),
    "sha256": msg("SHA-256"),
    "hash": msg("SHA-256 of the document"),
    "inputs": msg("What goes in"),
    "outputs": msg("What comes out"),
    "lots": msg("Lots"),
    "results": msg("Results"),
    "postings": msg("Postings (they sum to zero in each currency)"),
}
"""What a field is called where its own name is not what people say."""
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

    ``kind`` is text, long, whole, flag, choice, day, mass, grade, words (several texts), group,
    groups (several of a group) or pairs (names and values).
    """

    name: str
    label: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    inside: tuple[Field, ...] = ()
    suggested: str = ""


def body_fields(kind: str) -> tuple[Field, ...]:
    """Return the fields of the body of a kind of event."""
    annotation = EVENT_CLASSES[kind].model_fields["body"].annotation
    assert isinstance(annotation, type)
    return fields_of(annotation)


def kind_words(kind: str) -> str:
    """Return what a kind of event means, in its own words."""
    body = EVENT_CLASSES[kind].model_fields["body"].annotation
    return (body.__doc__ or "").partition("\n")[0].replace("``", "")


def fields_of(model: type[Any]) -> tuple[Field, ...]:
    """Return the fields of a model."""
    hints = typing.get_type_hints(model, include_extras=True)
    return tuple(
        _field(name, hints[name], required=info.is_required())
        for name, info in model.model_fields.items()
    )


def _field(name: str, hint: Any, *, required: bool) -> Field:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    plain, marks = _bare(hint)
    suggested = "lots" if _is_lot(marks) else _SUGGESTED.get(name, "")
    if name == "incoterm":
        return Field(name, label, "choice", required, INCOTERMS)
    if get_origin(plain) is tuple:
        return _several(name, label, get_args(plain)[0], required=required)
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
        return Field(name, label, "group", required, inside=fields_of(plain))
    if any(getattr(mark, "pattern", None) == _DAY for mark in marks):
        return Field(name, label, "day", required)
    is_long = any((getattr(mark, "max_length", None) or 0) > 1_000 for mark in marks)
    return Field(name, label, "long" if is_long else "text", required, suggested=suggested)


_SIMPLE: Mapping[Any, str] = {Mass: "mass", Grade: "grade", bool: "flag", int: "whole"}
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _several(name: str, label: str, item: Any, *, required: bool) -> Field:
    plain, marks = _bare(item)
    if plain is Grade:
        return Field(name, label, "groups", required, inside=(Field("", "", "grade"),))
    if isinstance(plain, type) and issubclass(plain, Frozen):
        return Field(name, label, "groups", required, inside=fields_of(plain))
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
