"""Which lots an event touches, on which side, with how much dry mass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oreline.model import PPT, UNBOUNDED_MG, grade_bounds_ppt, mass_bounds_mg

IN, OUT, MOVE_OUT, MOVE_IN, COUNT, MENTION = range(6)
"""The sides of a line: drawn, produced, dispatched, received, counted, only named."""

SIDE_NAMES = ("in", "out", "dispatched", "received", "counted", "named")

NO_LINE: Mapping[str, Any] = {}


def lines_of(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield (side, lot, line) for every lot that a body names, inputs before outputs."""
    for side, name in _SIDES_OF.get(kind, ()):
        for line in body.get(name, ()):
            if isinstance(line, str):
                yield side, line, NO_LINE
            else:
                yield side, line["lot"], line
    if kind in _ABOUT_ONE_LOT and "lot" in body:
        yield (COUNT if kind == "count" else MENTION), body["lot"], body


def dry_bounds_mg(line: Mapping[str, Any]) -> tuple[int, int]:
    """Return the least and the greatest dry mass that a line states, in milligrams.

    Dry mass as given, else wet mass less its moisture (wet basis); a wet mass without moisture
    leaves anything from nothing to all of it; ``all`` and nothing leave it UNKNOWN.
    """
    dry = line.get("dry")
    if dry is not None:
        return mass_bounds_mg(dry)
    wet = line.get("wet")
    if wet is None:
        return 0, UNBOUNDED_MG
    low, high = mass_bounds_mg(wet)
    return dried_mg(low, high, line.get("moisture"))


def dried_mg(
    wet_low_mg: int, wet_high_mg: int, moisture: Mapping[str, Any] | None
) -> tuple[int, int]:
    """Return dry bounds of a wet mass, rounded half to even; exact integers throughout."""
    if moisture is None:
        return 0, wet_high_mg
    least, most = grade_bounds_ppt(moisture)
    low = times_ppt(wet_low_mg, PPT - most)
    high = wet_high_mg if wet_high_mg == UNBOUNDED_MG else times_ppt(wet_high_mg, PPT - least)
    return low, high


def times_ppt(mass_mg: int, fraction_ppt: int) -> int:
    """Return mass times fraction, rounded half to even."""
    whole, rest = divmod(mass_mg * fraction_ppt, PPT)
    if rest * 2 > PPT or (rest * 2 == PPT and whole % 2):
        whole += 1
    return whole


_THROUGH = ((IN, "inputs"), (OUT, "outputs"))
_NAMED = ((MENTION, "lots"),)
_SIDES_OF: Mapping[str, tuple[tuple[int, str], ...]] = {
    "extract": _THROUGH,
    "process": _THROUGH,
    "blend": _THROUGH,
    "split": _THROUGH,
    "consume": _THROUGH,
    "dispatch": ((MOVE_OUT, "lots"),),
    "receive": ((MOVE_IN, "lots"),),
    "observe": _NAMED,
    "pack": _NAMED,
    "unpack": _NAMED,
    "transfer": _NAMED,
}
_ABOUT_ONE_LOT = frozenset({"count", "weigh", "sample", "assay", "credit"})
