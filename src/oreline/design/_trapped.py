"""Names what is trapped: a component that enters units from which nothing of it leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oreline.design._duty import Frame
from oreline.design._law import Array, Mask
from oreline.model import Finding, Severity


def trapped_findings(
    frame: Frame, splits: Sequence[Array], sources: Sequence[Array | None], columns: Mask
) -> list[Finding]:
    """Return a finding for each loop and all components that it traps.

    ``splits`` are of shape (samples, outlets, components), ``sources`` (samples, components).
    """
    sheet = frame.flowsheet
    edges = [
        (number, frame.units.get(target), splits[number][:, port].max(axis=0) > 0.0)
        for number, unit in enumerate(sheet.units)
        for port, target in enumerate(unit.outlets.values())
    ]
    shape = (len(splits), len(frame.names))
    breaks = [unit.law.breaks_minerals for unit in sheet.units]
    reached, leaves = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for number, source in enumerate(sources):
        if source is not None:
            reached[number] = source.max(axis=0) > 0.0
        if breaks[number]:
            leaves[number] = frame.compounds
    for _ in splits:
        for origin, target, sends in edges:
            leaves[origin] |= sends if target is None else sends & leaves[target]
            if target is not None:
                reached[target] |= sends & reached[origin]
    stuck = reached & ~leaves & columns
    by_loop: dict[tuple[int, ...], list[str]] = {}
    for column in np.flatnonzero(stuck.any(axis=0)):
        loop = tuple(int(unit) for unit in np.flatnonzero(stuck[:, column]))
        by_loop.setdefault(loop, []).append(frame.names[column])
    if not by_loop:
        return [_grown(frame)]
    return [_finding(frame, loop, names) for loop, names in by_loop.items()]


def _finding(frame: Frame, loop: tuple[int, ...], names: list[str]) -> Finding:
    units = [frame.flowsheet.units[number] for number in loop]
    told = ", ".join(unit.id for unit in units)
    return Finding(
        "ORL-1011",
        Severity.FATAL,
        units[0].where,
        f"{', '.join(names)} cannot leave the recycle through {told}",
        "give the loop a bleed: a share of it that leaves by a product or waste",
    )


def _grown(frame: Frame) -> Finding:
    return Finding(
        "ORL-1011",
        Severity.FATAL,
        frame.flowsheet.where,
        "a recycle has so small a bleed that what circulates is beyond any number",
        "give the loop a larger bleed",
    )
