"""The JSON Schema of a `plan.toml`, from its types."""

from __future__ import annotations

from typing import Any

from oreline.plan._file_tables import PlanFile, PlanNumber


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a `plan.toml`.

    It knows keys and forms; what only the whole file can tell is said by ``PlanText.problem``.
    """
    schema = PlanFile.model_json_schema(mode="validation")
    # Its short forms hide the table from the generator, which would leave it out.
    number = PlanNumber.model_json_schema(mode="validation")
    definitions = {**number.pop("$defs", {}), **schema.get("$defs", {}), "NumberTable": number}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Plan"}
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
