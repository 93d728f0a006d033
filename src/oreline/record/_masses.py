"""The dry mass that counts for every line.

As stated on the line; else its wet mass less the moisture that counts for it; else the weighing
that the rule of its site names: ``loading`` (the first scale after it was made) or ``discharge``
(the receiver's).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from oreline.model import PPT, UNBOUNDED_MG
from oreline.record._columns import DRY_FROM_INPUTS, Columns
from oreline.record._exact import times_ppt_each
from oreline.record._lines import MOVE_IN, OUT

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def dry_masses(
    columns: Columns, side: Ints, moisture: Ints, moisture_u: Floats, rules: Mapping[str, str]
) -> tuple[Ints, Floats, Ints]:
    """Return least and greatest dry mass, int64[n, 2], its standard uncertainty and its basis.

    ``moisture`` is the moisture by assay for each line, in ppt, -1 where there is none.
    """
    lines = columns.lines
    dry = np.column_stack([np.array(lines.dry_low, np.int64), np.array(lines.dry_high, np.int64)])
    dry_u = np.array(lines.dry_u, np.float64)
    by_wet = (dry[:, 1] == UNBOUNDED_MG) & (np.array(lines.wet_high) != UNBOUNDED_MG)
    weighed = np.flatnonzero(by_wet)
    if weighed.size:
        water = _moistures(columns, side, moisture, moisture_u)
        dry[weighed], dry_u[weighed] = _dried(columns, weighed, *water)
    line, source = _weighed_elsewhere(columns, side, rules)
    dry[line], dry_u[line] = dry[source], dry_u[source]
    basis = np.array(lines.basis, np.int64)
    basis[line] = basis[source]
    return dry, dry_u, basis


def _dried(columns: Columns, which: Ints, water: Ints, water_u: Floats) -> tuple[Ints, Floats]:
    """Return the dry masses of weighed lines, from nothing to all where no moisture is known."""
    lines = columns.lines
    wet = np.column_stack([np.array(lines.wet_low, np.int64), np.array(lines.wet_high, np.int64)])
    wet, water, u = wet[which], water[which], water_u[which]
    known = water[:, 0] >= 0
    found = np.column_stack([np.zeros(which.size, np.int64), wet[:, 1]])
    found[known, 0] = times_ppt_each(wet[known, 0], PPT - water[known, 1])
    bounded = known & (wet[:, 1] != UNBOUNDED_MG)
    found[bounded, 1] = times_ppt_each(wet[bounded, 1], PPT - water[bounded, 0])
    wet_u = np.array(lines.wet_u, np.float64)[which]
    spread = np.hypot(wet_u * (1 - water[:, 0] / PPT), wet[:, 0] * u / PPT)
    return found, np.where(known, spread, np.nan)


def _moistures(
    columns: Columns, side: Ints, assayed: Ints, assayed_u: Floats
) -> tuple[Ints, Floats]:
    """Return the moisture of each line: its own, that assayed, that of the lot when it was made.

    Draws, counts and weighings of a lot are as moist as its latest addition.
    """
    lines = columns.lines
    stated = [np.array(lines.moisture_low, np.int64), np.array(lines.moisture_high, np.int64)]
    water, u = np.column_stack(stated), np.array(lines.moisture_u, np.float64)
    lacks = water[:, 0] < 0
    water[lacks], u[lacks] = assayed[lacks], assayed_u[lacks]
    lot = np.array(lines.lot, np.int64)
    made = np.flatnonzero((side == OUT) & (water[:, 0] >= 0))
    of_lot = np.full(len(columns.lots.names) + 1, -1, np.int64)
    np.maximum.at(of_lot, lot[made], made)
    source = np.where((water[:, 0] < 0) & (side != OUT) & (lot >= 0), of_lot[lot], -1)
    from_lot = source >= 0
    water[from_lot], u[from_lot] = water[source[from_lot]], u[source[from_lot]]
    return water, u


def _weighed_elsewhere(columns: Columns, side: Ints, rules: Mapping[str, str]) -> tuple[Ints, Ints]:
    """Return outputs that were not weighed when made, and the line of the scale that counts."""
    lines, events, scales = columns.lines, columns.events, columns.weighings
    given, lot = np.array(lines.mass_given, np.bool_), np.array(lines.lot, np.int64)
    made = side == OUT
    open_lines = made & ~given & (np.array(lines.flags, np.int64) & DRY_FROM_INPUTS == 0)
    # Of a lot that was topped up a scale reads the whole: no single addition.
    open_lines[made] &= (np.bincount(lot[made]) == 1)[lot[made]]
    line_of = np.full(len(columns.lots.names) + 1, -1, np.int64)
    line_of[lot[open_lines]] = np.flatnonzero(open_lines)
    line, source = line_of[np.array(scales.lot, np.int64)], np.array(scales.line, np.int64)
    useful = (line >= 0) & given[source]
    line, source = line[useful], source[useful]
    row = np.array(scales.event, np.int64)[useful]
    by_rule = [rules.get(name, rules.get("*", "loading")) for name in (*columns.places.names, "")]
    site = np.array(events.site, np.int64)[np.array(lines.event, np.int64)[line]]
    wanted = np.array([name == "discharge" for name in by_rule], np.bool_)[site]
    other = (np.array(lines.side, np.int64)[source] == MOVE_IN) != wanted
    order = np.lexsort((row, np.array(events.time_us, np.int64)[row], other, line))
    line, first = np.unique(line[order], return_index=True)
    return line, source[order][first]
