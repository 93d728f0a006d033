"""What flows out of units that neither know nor change its phase: splits and mixes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oreline.design._flowsheet import FeedStream, Unit
from oreline.design._law import StreamPhase


def with_phases(
    units: Sequence[Unit], feeds: Sequence[FeedStream], stated: set[tuple[str, str]]
) -> tuple[Unit, ...]:
    """Return the units with the phase of outlets that no law and no file states.

    What leaves a split or a mix has the phase of what enters, where all of it has one; else it is
    solid, as pulp is. ``stated`` holds unit and outlet of those that are known.
    """
    unknown = {
        (unit.id, port) for unit in units for port in unit.outlets if (unit.id, port) not in stated
    }
    phases = {
        (unit.id, port): unit.phases[port] for unit in units for port in unit.outlets
    }  # fmt: skip
    # A phase can pass through as many splits and mixes as there are units.
    for _ in range(len(units) if unknown else 0):
        before = {key: phases[key] for key in unknown}
        for unit in units:
            into = [feed.phase for feed in feeds if feed.to == unit.id]
            into += [
                phases[one.id, port]
                for one in units
                for port, target in one.outlets.items()
                if target == unit.id
            ]
            only = into[0] if len(set(into)) == 1 else StreamPhase.SOLID
            for port in unit.outlets:
                if (unit.id, port) in unknown:
                    phases[unit.id, port] = only
        if before == {key: phases[key] for key in unknown}:
            break
    return tuple(
        replace(unit, phases={port: phases[unit.id, port] for port in unit.outlets})
        for unit in units
    )
