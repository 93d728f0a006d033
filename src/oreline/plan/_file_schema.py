"""The JSON Schema of a `plan.toml`, from its types."""

from __future__ import annotations

from typing import Any

from oreline.design import file_schema
from oreline.plan._file_tables import PlanFile, PlanNumber


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a `plan.toml`.

    It knows keys and forms; what only the whole file can tell is said by ``PlanText.problem``.
    """
    return file_schema(PlanFile, "Plan", {"NumberTable": PlanNumber})
