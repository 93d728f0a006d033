"""What is odd about a flowsheet though it can be solved: told beside the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from oreline.design._flowsheet import Flowsheet
from oreline.design._law import StreamPhase
from oreline.model import Finding, Severity

if TYPE_CHECKING:
    from oreline.design._solution import StreamRow

LEACHES: Final = frozenset(
    {"leach", "leach_hydrochloric", "leach_tanks", "leach_core", "heap_leach", "sulphide_leach"}
)
"""Laws that dissolve a part of each component, however it arrives."""
LEACHED_AGAIN: Final = 1e-3
"""Which part of a component must come dissolved, and go to the residue, before it is said."""


def leached_again(flowsheet: Flowsheet, streams: Sequence[StreamRow]) -> Iterator[Finding]:
    """Yield where liquor comes back to a leach that treats it as if it were solid."""
    for unit in flowsheet.units:
        if unit.law.name in LEACHES:
            into = [row for row in streams if row.destination == unit.id]
            out = [row for row in streams if row.origin == unit.id]
            yield from _of_unit(unit.id, unit.where, into, out)


def _of_unit(
    unit: str, where: str, into: Sequence[StreamRow], out: Sequence[StreamRow]
) -> Iterator[Finding]:
    residue = [row for row in out if row.phase is StreamPhase.SOLID]
    lost = []
    for name in into[0].contained_t_per_h if into else ():
        total = sum(row.contained_t_per_h[name] for row in into)
        come = sum(row.contained_t_per_h[name] for row in into
                   if row.phase is StreamPhase.SOLUTION)  # fmt: skip
        left = sum(row.contained_t_per_h[name] for row in residue)
        if name != "rest" and total > 0 and come * left > (LEACHED_AGAIN * total) ** 2:
            lost.append((come * left / total, name, come / total, left / total))
    if not lost:
        return
    _, name, come, left = max(lost)
    yield Finding(
        "ORL-1050", Severity.WARNING, where,
        f"{unit}: {100 * come:.2g} % of the {name} that enters is dissolved already, and is "
        f"leached as if it were not: {100 * left:.2g} % of it goes to the residue"
        + (f"; so do {', '.join(one for _, one, *_ in sorted(lost)[-2::-1])}" if lost[1:] else ""),
        "lead liquor that comes back behind the leach, into its wash, or state extractions of the "
        "whole circuit",
    )  # fmt: skip
