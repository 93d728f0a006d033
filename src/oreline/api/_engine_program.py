"""Runs in the Python of an external engine: reads a question from stdin, writes the answer.

It is started by path with an interpreter that need not have oreline, so it imports nothing of it
and nothing but the standard library before it knows which engine is asked for.

A question is ``{"engine", "components": [...], "numbers": {name: [[...]]}}``; an answer
``{"version", "shares": {outlet: [[...]]}}``, or ``{"absent": "the package"}`` where the engine is
not installed.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

Told = Mapping[str, Any]
Engine = Callable[[list[str], Told], dict[str, Any]]
LEAST: Final = 1e-12
"""mol/L of a metal, or of acid, that stands for none."""
WATER_MOL_PER_L: Final = 55.0
DILUENT: Final = 4.0
"""mol of diluent for each litre of solvent; shares do not depend on it."""


def difflow_kremser(_components: list[str], numbers: Told) -> dict[str, Any]:
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


def mass_action(extractant: str) -> Engine:
    """Return what shares metals by mass action in every stage of a cascade, pH and loading solved.

    A litre of feed a second is taken: shares do not depend on how much.
    """

    def shared(components: list[str], numbers: Told) -> dict[str, Any]:
        section = importlib.import_module("difflow_ree.equilibrium.mass_action")
        extract, raffinate = [], []
        for place, held in enumerate(numbers["mol_per_l"]):
            ratio = numbers["phase_ratio"][place][0]
            strength = numbers["extractant"][place][0]
            cascade = section.MassActionSection(
                section.MassActionParams(
                    n_stages=round(numbers["stages"][place][0]),
                    extractant=extractant,
                    elements=tuple(components),
                    aqueous_volumetric_flow=1.0,
                    organic_volumetric_flow=ratio,
                    extractant_conc=strength,
                    base_addition=numbers["base"][place][0],
                )
            )
            fed = {name: max(one, LEAST) for name, one in zip(components, held, strict=True)}
            acid = max(numbers["acid"][place][0], LEAST)
            left, _, told = cascade(
                cascade.schema.make_aqueous(fed, acid=acid, water=WATER_MOL_PER_L),
                cascade.schema.make_organic(strength * ratio, diluent_flow=DILUENT * ratio),
            )
            if not bool(told["feasible"]):
                raise ValueError(f"no equilibrium was found for sample {place + 1}")
            stays = [
                min(max(float(left[f"F_{name}"]) / fed[name], 0.0), 1.0) for name in components
            ]
            raffinate.append(stays)
            extract.append([1.0 - one for one in stays])
        return {"extract": extract, "raffinate": raffinate}

    return shared


ENGINES: Final[Mapping[str, tuple[str, Engine]]] = {
    "difflow_kremser": ("difflow", difflow_kremser),
    "difflow_mass_action_d2ehpa": ("difflow", mass_action("D2EHPA")),
    "difflow_mass_action_pc88a": ("difflow", mass_action("PC88A")),
}


def answer(question: Told) -> dict[str, Any]:
    """Return the answer to a question."""
    package, engine = ENGINES[question["engine"]]
    try:
        version = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return {"absent": package}
    return {"version": version, "shares": engine(question["components"], question["numbers"])}


if __name__ == "__main__":
    # Engines print what they like while they are imported; the answer is the last line.
    sys.stdout.write("\n" + json.dumps(answer(json.load(sys.stdin))) + "\n")
