"""Why an account closes or not, in the language of the page, from its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.model import with_u95
from oreline.web._blocks import h
from oreline.web._strings import Translate, msg

MISSING = msg(
    "Metal is missing: {mass} is in no stock and no product, more than the uncertainties explain."
)
TOO_MUCH = msg("More comes out than went in: {mass}, more than the uncertainties explain.")
CLOSES = msg("What is unaccounted, {mass}, the uncertainties explain.")


def verdict_reason(t: Translate, row: Mapping[str, Any]) -> Markup:
    """Return why an account has its verdict.

    Where it is UNKNOWN, the room's own words say which number is missing; they are in English.

    >>> from oreline.web._strings import translator
    >>> mass = {"low": "10.1", "high": "10.1", "u95": "4.03", "unit": "t"}
    >>> row = {"unaccounted": mass, "verdict": "DOES NOT CLOSE", "reason": ""}
    >>> str(verdict_reason(translator("en"), row))[:42]
    'Metal is missing: 10.1 ± 4.03 t is in no s'
    """
    figure = row["unaccounted"]
    low, high, spread = figure.get("low"), figure.get("high"), figure.get("u95")
    if low is None or high is None or spread is None or row["verdict"] == "UNKNOWN":
        return h('<span lang="en">{}</span>', row["reason"])
    words = CLOSES
    if row["verdict"] != "CLOSES":
        words = MISSING if Decimal(low) > 0 else TOO_MUCH
    mass = with_u95(low, high, spread, str(figure.get("unit", "t")))
    return h("{}", t(words, mass=mass))
