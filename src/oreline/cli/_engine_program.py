"""Runs in the Python of an external engine: reads a question from stdin, writes the answer.

It is started by path with an interpreter that need not have oreline, so it imports nothing of it
and nothing but the standard library before it knows which engine is asked for.

A question is ``{"engine", "numbers": {name: [[...]]}}``; an answer ``{"version", "shares":
{outlet: [[...]]}}``, or ``{"absent": "the package"}`` where the engine is not installed.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

Told = Mapping[str, Any]


def difflow_kremser(numbers: Told) -> dict[str, Any]:
    """Return what a counter-current cascade shares, of one part of each metal in the liquor."""
    section = importlib.import_module("difflow_ree.units.kremser")
    array = importlib.import_module("numpy").array
    raffinate, extract = section.kremser_two_inlet(
        D=array(numbers["distribution"]),
        L=1.0,
        V=array(numbers["phase_ratio"]),
        F_x_in=1.0,
        F_y_in=0.0,
        n_stages=array(numbers["stages"]),
    )
    return {"extract": extract.tolist(), "raffinate": raffinate.tolist()}


ENGINES: Final[Mapping[str, tuple[str, Callable[[Told], dict[str, Any]]]]] = {
    "difflow_kremser": ("difflow", difflow_kremser),
}


def answer(question: Told) -> dict[str, Any]:
    """Return the answer to a question."""
    package, engine = ENGINES[question["engine"]]
    try:
        version = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return {"absent": package}
    return {"version": version, "shares": engine(question["numbers"])}


if __name__ == "__main__":
    # Engines print what they like while they are imported; the answer is the last line.
    sys.stdout.write("\n" + json.dumps(answer(json.load(sys.stdin))) + "\n")
