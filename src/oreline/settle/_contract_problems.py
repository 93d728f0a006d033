"""What is wrong with a written contract, in words: from a validator's error to a finding."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from oreline.exchange import Located
from oreline.model import Finding, Severity
from oreline.settle._ambiguity import Ambiguity
from oreline.settle._contract import Contract
from oreline.settle._contract_words import field_words
from oreline.settle._unit_slips import unit_remedy
from oreline.settle._units import dimension_of

SINGULAR = {
    "prices": "price",
    "payables": "payable",
    "refining": "refining charge",
    "participation": "price participation",
    "penalties": "penalty",
    "lines": "line",
    "payments": "payment",
    "limits": "limit",
    "tiers": "tier",
    "bands": "band",
    "items": "item",
    "options": "option",
    "materials": "material",
    "analytes": "analyte",
    "stages": "stage",
    "umpire_laboratories": "umpire laboratory",
    "lots": "lot",
    "umpire_fees": "umpire fee",
}
"""What one element of a list is called."""
_NAMED_BY = ("id", "lot", "analyte", "analytes", "stage")
SHOWN = 60
"""How many characters of a wrong value are repeated."""
_QUOTED = re.compile(r"'([^']*)'")
_BOUNDS = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}


def form_findings(
    error: ValidationError, found: Located, name: str, root: type[BaseModel] = Contract
) -> tuple[Finding, ...]:
    """Return a finding for everything that is wrong with a file, in the order of lines.

    ``root`` is the type of the file: a contract, or a parcel.
    """
    details = error.errors(include_url=False)
    places = [tuple(part for part in detail["loc"] if part != "[key]") for detail in details]
    made = []
    for detail, place in zip(details, places, strict=True):
        within = any(other[: len(place)] == place and other != place for other in places)
        if detail["type"] == "too_short" and within:
            # Its elements are wrong, and told one by one; none of them is not the problem.
            continue
        problem = _problem(dict(detail), place, found, root)
        message = f"{place_words(place, found.values)}: {problem.message}"
        where = found.where(place, name)
        made.append(Finding(problem.code, Severity.FATAL, where, message, problem.remedy))
    return in_order(made, name)


def in_order(findings: Iterable[Finding], name: str) -> tuple[Finding, ...]:
    """Return findings in the order of the lines of a file, then those of its tables."""

    def key(finding: Finding) -> tuple[bool, int]:
        line = finding.where.removeprefix(f"{name}:")
        return not line.isdigit(), int(line) if line.isdigit() else 0

    return tuple(sorted(findings, key=key))


def unclear_findings(
    unclear: Iterable[Ambiguity], found: Located, name: str
) -> tuple[Finding, ...]:
    """Return a finding for every clause that can be read in several ways or cannot be applied."""
    made = []
    for one in unclear:
        parts = tuple(int(part) if part.isdigit() else part for part in one.clause.split("."))
        message = f"{place_words(parts, found.values)}: {one.message}"
        if one.readings:
            told = "; ".join(map(str, one.readings))
            message += f". {one.example[:1].upper()}{one.example[1:]}: {told}"
        code = "ORL-0806" if one.readings else "ORL-0807"
        where = found.where(parts, name)
        made.append(Finding(code, Severity.FATAL, where, message, one.remedy))
    return in_order(made, name)


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    message: str
    remedy: str


def place_words(place: Sequence[str | int], values: Mapping[str, Any]) -> str:
    """Return the path of a clause in words: ``penalty 2 (As, clause 8.3), rate``."""
    if not place:
        return "the file"
    said: list[str] = []
    at: Any = values
    for part in place:
        at = _inside(at, part)
        if isinstance(part, int):
            named = SINGULAR.get(said[-1], said[-1]) if said else "element"
            said[-1:] = [f"{named} {part + 1}{_called(at)}"]
        else:
            said.append(part + _numbered(at))
    return ", ".join(said)


def _inside(at: Any, part: str | int) -> Any:
    if isinstance(at, Mapping):
        return at.get(part)
    if isinstance(at, list) and isinstance(part, int) and part < len(at):
        return at[part]
    return None


def _called(at: Any) -> str:
    if not isinstance(at, Mapping):
        return ""
    told = [_shown(at[key]) for key in _NAMED_BY if key in at][:1]
    told += [_numbered(at).strip(" ()")] if _numbered(at) else []
    return f" ({', '.join(told)})" if told else ""


def _numbered(at: Any) -> str:
    """Return the number of a clause on paper, in brackets."""
    clause = at.get("clause") if isinstance(at, Mapping) else None
    return f" (clause {_shown(clause)})" if isinstance(clause, str) else ""


def _shown(value: Any) -> str:
    text = " + ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _problem(
    detail: Mapping[str, Any],
    place: tuple[str | int, ...],
    found: Located,
    root: type[BaseModel],
) -> _Problem:
    kind, given = detail["type"], detail["input"]
    key = next((part for part in reversed(place) if isinstance(part, str)), "")
    holder = holder_of(place, root)
    if kind == "missing":
        return _missing(key, holder)
    if kind == "extra_forbidden":
        table: Any = found.values
        for part in place[:-1]:
            table = _inside(table, part)
        return _unknown_key(key, holder, table if isinstance(table, Mapping) else {}, root)
    if kind in {"literal_error", "enum"}:
        return _unknown_word(key, given, detail["ctx"]["expected"], in_list=place[-1] != key)
    if kind == "quantity":
        return _quantity(key, given, detail["ctx"], holder)
    if kind == "value_error":
        message, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
        return _Problem("ORL-0801", message, remedy or _example(key, holder))
    return _Problem("ORL-0801", _form_words(detail), _example(key, holder))


def _quantity(
    key: str, given: Any, context: Mapping[str, Any], holder: type[BaseModel] | None
) -> _Problem:
    message, _, _ = context["message"].partition("; ")
    if not isinstance(given, str):
        message = f"{_shown(given)!r} has no unit" if not _is_group(given) else "is no quantity"
    elif _dimension_in(given) not in {None, *context["dimensions"]}:
        # The number is that of something else: it must not be kept under another unit.
        needed = " or a ".join(context["dimensions"])
        fix = "see on paper which clause the number belongs to"
        right = _example(key, holder).removeprefix("write ")
        return _Problem(
            "ORL-0804", f"{message}, not a {needed}", f"{fix}; here stands such as {right}"
        )
    remedy = unit_remedy(given, context["dimensions"])
    return _Problem("ORL-0804", message, f'write {key} = "{remedy}"')


def _dimension_in(given: str) -> str | None:
    return dimension_of(given.strip().partition(" ")[2].strip())


def _is_group(given: Any) -> bool:
    return isinstance(given, Mapping | list | bool)


def _missing(key: str, holder: type[BaseModel] | None) -> _Problem:
    words = _words_of(key, holder)
    told = "this is missing" + (f": {words.meaning}" if words else "")
    return _Problem("ORL-0802", told, _example(key, holder).replace("write", "add", 1))


def _unknown_key(
    key: str,
    holder: type[BaseModel] | None,
    written: Mapping[str, Any],
    root: type[BaseModel],
) -> _Problem:
    known = [] if holder is None else keys_of(holder)
    message = f"no key {_shown(key)!r} is known here"
    tables = _models_by_key(root).items()
    elsewhere = sorted(title for title, model in tables if key in keys_of(model))
    unused = [name for name in known if name not in written]
    near = difflib.get_close_matches(key, unused, n=1, cutoff=0.6)
    if holder is not root and key in keys_of(root):
        fix = f"{key} belongs to the head of the file: write it above the first [table]"
    elif near:
        fix = f"write {near[0]}, or take the key out"
    elif elsewhere:
        fix = f"{key} belongs to {', '.join(elsewhere)}; move it there, or take it out"
    else:
        fix = f"take it out; known here are {', '.join(known)}"
    return _Problem("ORL-0803", message, fix)


def _unknown_word(key: str, given: Any, expected: str, *, in_list: bool) -> _Problem:
    words = _QUOTED.findall(expected)
    near = difflib.get_close_matches(str(given).casefold(), words, n=1, cutoff=0.5)
    best = near[0] if near else words[0]
    told = " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
    right = f'{key} = ["{best}"]' if in_list else f'{key} = "{best}"'
    return _Problem("ORL-0805", f"{_shown(given)!r} is not {told}", f"write {right}")


def _form_words(detail: Mapping[str, Any]) -> str:
    kind, given, context = detail["type"], _shown(detail["input"]), detail.get("ctx", {})
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"{given} is out of range: it is {words} {context[bound]}"
    if kind == "too_short":
        return "the list is empty"
    if kind == "string_pattern_mismatch":
        return f"{given!r} does not have the form expected"
    if kind.startswith(("decimal", "finite_number", "is_instance")):
        return f"{given!r} is no number"
    if kind.startswith("int"):
        return f"{given!r} is no whole number"
    if kind.startswith("bool"):
        return f"{given!r} is neither true nor false"
    if kind.startswith("string"):
        return f"{given} is no text"
    if kind.startswith(("model", "dict")):
        return f"{given!r} is no table"
    if kind.startswith(("tuple", "list")):
        return f"{given!r} is no list"
    return str(detail["msg"])


def _words_of(key: str, holder: type[BaseModel] | None) -> Any:
    return None if holder is None else field_words(holder.__name__, field_of(holder, key))


def _example(key: str, holder: type[BaseModel] | None) -> str:
    words = _words_of(key, holder)
    return f"write {key} = {words.example}" if words else f"look at {key} in the reference"


def field_of(model: type[BaseModel], key: str) -> str:
    """Return the name of the field that a key of a file stands for."""
    named = {field.alias or name: name for name, field in model.model_fields.items()}
    return named.get(key, key)


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys that a table of a type may have, in their order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def holder_of(
    place: Sequence[str | int], root: type[BaseModel] = Contract
) -> type[BaseModel] | None:
    """Return the type of the table in which the last key of a path stands."""
    keys = [part for part in place if isinstance(part, str)]
    model: type[BaseModel] | None = root
    for key in keys[:-1]:
        model = None if model is None else _type_of(model, key)
    return model


def _type_of(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    field = model.model_fields.get(field_of(model, key))
    return None if field is None else next(table_types(field), None)


def table_types(field: FieldInfo) -> Iterator[type[BaseModel]]:
    """Yield the types of table that a field may hold."""
    yield from _types_within(field.annotation)


def _types_within(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _types_within(part)


@lru_cache(maxsize=2)
def _models_by_key(root: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the tables of a file by how they are written."""
    made = {}
    for name, field in root.model_fields.items():
        for model in table_types(field):
            made[f"[[{name}]]" if name in SINGULAR else f"[{name}]"] = model
    return made
