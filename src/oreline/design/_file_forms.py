"""The form of a file whose tables are types: its JSON Schema, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from oreline.exchange import Located
from oreline.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class FilePage:
    """How findings on the form of one kind of file speak of it.

    Parameters
    ----------
    title
        What its page in the reference is called.
    code
        The code of the findings.
    key_remedy
        Says what to write at a place where a key is not known.
    """

    title: str
    code: str
    key_remedy: Callable[[tuple[str | int, ...]], str]


def form_findings(
    error: ValidationError, found: Located, name: str, page: FilePage
) -> Iterator[Finding]:
    """Yield a finding for each place of a file whose form is wrong.

    Parameters
    ----------
    name
        The file's name.
    page
        What kind of file it is.
    """
    for detail in error.errors(include_url=False):
        place = tuple(part for part in detail["loc"] if part not in ("", "[key]"))
        said, _, remedy = str(detail["msg"]).removeprefix("Value error, ").partition("; ")
        words = ".".join(str(part) for part in place) or "the file"
        fix = remedy or f"see the reference page of {page.title} for what stands here"
        if detail["type"] == "missing":
            said, fix = "it is missing", f"write {place[-1]} = ... here"
        if detail["type"] == "extra_forbidden":
            said, fix = "no such key is known", page.key_remedy(place)
        yield Finding(page.code, Severity.FATAL, found.where(place, name), f"{words}: {said}", fix)


def file_schema(
    file: type[BaseModel], title: str, shortened: Mapping[str, type[BaseModel]]
) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file from the types of its tables.

    Parameters
    ----------
    shortened
        Tables that can be written in a short form, by the name that ``x-table`` gives them: the
        short forms hide them from the generator, which would leave them out.
    """
    schema = file.model_json_schema(mode="validation")
    definitions = dict(schema.get("$defs", {}))
    for name, table in shortened.items():
        form = table.model_json_schema(mode="validation")
        definitions |= {**form.pop("$defs", {}), name: form}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    rest = {key: value for key, value in schema.items() if key not in {"title", "$defs"}}
    whole = {**head, **rest, "$defs": dict(sorted(definitions.items()))}
    _refer(whole)
    return whole


def _refer(form: Any) -> None:
    """Turn what the short forms say of their table into a reference, in place."""
    if isinstance(form, dict):
        table = form.pop("x-table", None)
        if table is not None:
            form["$ref"] = f"#/$defs/{table}"
    for inner in form.values() if isinstance(form, dict) else form:
        if isinstance(inner, dict | list):
            _refer(inner)
