"""The JSON Schema of a contract, for programs that write or check contracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from oreline.settle._contract import Contract
from oreline.settle._contract_problems import field_of, table_types
from oreline.settle._contract_words import field_words
from oreline.settle._units import CURRENCIES, DRY, WET

_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_MONEY = "|".join([*CURRENCIES, "cent", "c", "USc", r"US\$", r"\$"])
_CONTENT = "t|kg|g|mg|lb|oz|ozt|mtu|st|stu"
_DRY, _WET = "|".join(DRY), "|".join(WET)
UNITS = {
    "money": f"({_MONEY})",
    "price": f"({_MONEY})/({_CONTENT})",
    "charge on dry mass": f"({_MONEY})/({_DRY})",
    "charge on wet mass": f"({_MONEY})/({_WET})",
    "content": f"({_CONTENT})",
    "grade": f"(%|percent|pct|ppm|ppb|({_CONTENT})/({_DRY}))",
}
"""By dimension: the units that a quantity of a contract may be written in, as a pattern."""


def contract_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a contract file.

    It knows fields, words and units. What it cannot know is whether two clauses contradict, or one
    can be read in two ways: ``read_contract`` tells that.
    """
    schema: dict[str, Any] = Contract.model_json_schema(by_alias=True, mode="validation")
    by_name = {"Contract": schema, **schema.get("$defs", {})}
    for model in contract_models():
        told = by_name[model.__name__]
        for key, form in told["properties"].items():
            words = field_words(model.__name__, field_of(model, key))
            if words is not None:
                form["description"] = words.meaning
    _sharpen(schema)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Contract"}
    return head | {key: value for key, value in schema.items() if key != "title"}


def contract_models(root: type[Any] = Contract) -> Iterator[type[Any]]:
    """Yield the types of all tables of a contract, or a parcel, each once, in their order."""
    seen: dict[str, type[Any]] = {}
    waiting: list[type[Any]] = [root]
    while waiting:
        model = waiting.pop(0)
        if model.__name__ in seen:
            continue
        seen[model.__name__] = model
        inner = [one for field in model.model_fields.values() for one in table_types(field)]
        waiting = inner + waiting
    yield from seen.values()


def quantity_pattern(dimensions: Sequence[str]) -> str:
    """Return the pattern of a number and a unit of one of some dimensions."""
    return rf"^\s*{_NUMBER} \s*({'|'.join(UNITS[name] for name in dimensions)})\s*$"


def _sharpen(form: Any) -> None:
    """Give every quantity the units that it may have, in place; pydantic knows only text."""
    if isinstance(form, list):
        for one in form:
            _sharpen(one)
        return
    if not isinstance(form, dict):
        return
    found = form.get("x-dimensions")
    if found is not None:
        del form["x-dimensions"]
        form["pattern"] = quantity_pattern(found)
    for value in form.values():
        _sharpen(value)
