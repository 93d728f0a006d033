"""What lots are made of: the material of each, and the stage that is declared of it."""

from __future__ import annotations

import numpy as np

from oreline.balance._tally import Tally

WASTE_STAGES = frozenset({"tailings", "slag", "residue", "dust", "waste", "effluent"})
"""Stages of a material that are no product; every other declared stage is one."""


def materials_of(held: Tally) -> list[str]:
    """Return the material of each lot as an entry last named it; empty where none did."""
    names = held.columns.materials.names
    found = [""] * held.n_lots
    material = np.array(held.columns.lines.material, np.int64)[held.number]
    named = np.flatnonzero((material >= 0) & (held.lines.lot >= 0))
    for lot, number in zip(held.lines.lot[named].tolist(), material[named].tolist(), strict=True):
        found[lot] = names[number]
    return found


def stages_of(held: Tally) -> list[str | None]:
    """Return the declared stage of the material of each lot, None where it is not declared."""
    stage_of: dict[str, str | None] = {"": None}
    for name, version in held.ledger.current("material").items():
        stage = version.data.get("stage")
        stage_of[name] = str(stage) if stage else None
    return [stage_of.get(material) for material in materials_of(held)]
