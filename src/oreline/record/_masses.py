"""The dry mass that counts for every line.

As stated on the line; else its wet mass less the moisture that counts for it; else the weighing
that the rule of its site names: ``loading`` (the first scale after it was made) or ``discharge``
(the receiver's).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from oreline.model import PPT, UNBOUNDED_MG
from oreline.record._columns import DRY_FROM_INPUTS, Columns
from oreline.record._lines import MOVE_IN, OUT, times_ppt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def dry_masses(
    columns: Columns, side: Ints, moisture: Ints, moisture_u: Floats, rules: Mapping[str, str]
) -> tuple[Ints, Floats]:
    """Return least and greatest dry mass, int64[n, 2], and its standard uncertainty.

    ``moisture`` is the moisture by assay for each line, in ppt, -1 where there is none.
    """
    lines = columns.lines
    dry = np.column_stack([np.array(lines.dry_low, np.int64), np.array(lines.dry_high, np.int64)])
    dry_u = np.array(lines.dry_u, np.float64)
    lot_moisture = _moisture_of_lots(columns, side, moisture, moisture_u)
    for line in _without_dry(columns):
        bounds, u = _dried(columns, side, line, moisture, moisture_u, lot_moisture)
        dry[line], dry_u[line] = bounds, u
    for line, source in _weighed_elsewhere(columns, side, rules).items():
        bounds, u = _dried(columns, side, source, moisture, moisture_u, lot_moisture)
        if lines.dry_high[source] != UNBOUNDED_MG:
            bounds, u = (lines.dry_low[source], lines.dry_high[source]), lines.dry_u[source]
        dry[line], dry_u[line] = bounds, u
    return dry, dry_u


def _without_dry(columns: Columns) -> list[int]:
    lines = columns.lines
    return [
        line
        for line, high in enumerate(lines.dry_high)
        if high == UNBOUNDED_MG and lines.wet_high[line] != UNBOUNDED_MG
    ]


def _dried(
    columns: Columns,
    side: Ints,
    line: int,
    moisture: Ints,
    moisture_u: Floats,
    lot_moisture: Mapping[int, tuple[int, int, float]],
) -> tuple[tuple[int, int], float]:
    lines = columns.lines
    wet = (lines.wet_low[line], lines.wet_high[line])
    least, most, u = lines.moisture_low[line], lines.moisture_high[line], lines.moisture_u[line]
    if least < 0 and moisture[line, 0] >= 0:
        least, most, u = int(moisture[line, 0]), int(moisture[line, 1]), moisture_u[line]
    if least < 0 and lines.lot[line] in lot_moisture and side[line] != OUT:
        least, most, u = lot_moisture[lines.lot[line]]
    if least < 0:
        return (0, wet[1]), math.nan
    low = times_ppt(wet[0], PPT - most)
    high = UNBOUNDED_MG if wet[1] == UNBOUNDED_MG else times_ppt(wet[1], PPT - least)
    return (low, high), math.hypot(lines.wet_u[line] * (1 - least / PPT), wet[0] * u / PPT)


def _moisture_of_lots(
    columns: Columns, side: Ints, moisture: Ints, moisture_u: Floats
) -> dict[int, tuple[int, int, float]]:
    """Return the moisture of each lot that was made once: draws and counts of it are as moist."""
    lines = columns.lines
    found: dict[int, tuple[int, int, float]] = {}
    for line, does in enumerate(side.tolist()):
        if does != OUT:
            continue
        if lines.moisture_low[line] >= 0:
            own = (lines.moisture_low[line], lines.moisture_high[line], lines.moisture_u[line])
        elif moisture[line, 0] >= 0:
            own = (int(moisture[line, 0]), int(moisture[line, 1]), moisture_u[line])
        else:
            continue
        found[lines.lot[line]] = own
    return found


def _weighed_elsewhere(columns: Columns, side: Ints, rules: Mapping[str, str]) -> dict[int, int]:
    """Return, for outputs that were not weighed when made, the line of the scale that counts."""
    lines, events = columns.lines, columns.events
    made = Counter(np.array(lines.lot, np.int64)[side == OUT].tolist())
    # Of a lot that was topped up a scale reads the whole: no single addition.
    open_lines = {
        lines.lot[line]: line
        for line, does in enumerate(side.tolist())
        if does == OUT
        and made[lines.lot[line]] == 1
        and not lines.mass_given[line]
        and not lines.flags[line] & DRY_FROM_INPUTS
    }
    chosen: dict[int, int] = {}
    best: dict[int, tuple[bool, int, int]] = {}
    scales = columns.weighings
    names = [*columns.places.names, ""]  # the last for -1: no site
    for row, lot, source in zip(scales.event, scales.lot, scales.line, strict=True):
        line = open_lines.get(lot)
        if line is None or not lines.mass_given[source]:
            continue
        site = names[events.site[lines.event[line]]]
        wanted = rules.get(site, rules.get("*", "loading"))
        at_discharge = lines.side[source] == MOVE_IN
        order = (at_discharge != (wanted == "discharge"), events.time_us[row], events.seq[row])
        if line not in best or order < best[line]:
            best[line], chosen[line] = order, source
    return chosen
