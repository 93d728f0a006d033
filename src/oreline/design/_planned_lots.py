"""The flows of a design in one period as lots: whole milligrams that balance at every unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.design._law import Array
from oreline.design._solution import contained_names
from oreline.design._solve import Flows
from oreline.design._whole_flows import OUTSIDE, Link, whole_flows
from oreline.model import MG_PER_UNIT, is_analyte

MG_PER_T: Final = float(MG_PER_UNIT["t"])
GRADE_DIGITS: Final = 12
"""Decimals of a grade as a fraction: what a ledger keeps."""


@dataclass(frozen=True, slots=True)
class PlannedLot:
    """One stream, feed or reagent of a period in whole milligrams.

    ``kind`` is feed, reagent or stream; ``dry_mg`` its mass, ``grades`` fractions as text.
    """

    name: str
    kind: str
    origin: int
    destination: int
    product: str
    dry_mg: int
    grades: Mapping[str, str]
    moisture: str | None


class PlannedLinks:
    """The flows of a design between units, with what crosses the outside."""

    def __init__(self, flows: Flows) -> None:
        frame = flows.frame
        sheet = frame.flowsheet
        self.names = contained_names(sheet)
        release = frame.release + np.diag(np.where(frame.compounds, 0.0, 1.0))
        for name in self.names:
            place = frame.names.index(name)
            if frame.compounds[place]:
                release[place] = 0.0
                release[place, place] = 1.0
        columns = [frame.names.index(name) for name in self.names]
        ends: list[tuple[str, str, Link, str]] = []
        rows: list[Array] = []
        for number, feed in enumerate(sheet.feeds):
            ends.append((feed.id, "feed", Link(OUTSIDE, frame.units[feed.to]), ""))
            rows.append(flows.fresh[0, number])
        for number, answer in enumerate(flows.answers):
            if answer.reagents is not None:
                name = f"{sheet.units[number].id}-reagents"
                ends.append((name, "reagent", Link(OUTSIDE, number), ""))
                rows.append(answer.reagents[0])
        for number, stream in enumerate(sheet.streams):
            to = frame.units.get(stream.destination, OUTSIDE)
            product = stream.destination if to == OUTSIDE else ""
            ends.append((stream.id, "stream", Link(frame.units[stream.origin], to), product))
            rows.append(flows.streams[0, number])
        self.ends = ends
        self.t_per_h = np.stack(rows) @ release[:, columns]
        self.water_t_per_h = np.array([row[frame.water] for row in rows])

    def lots(self, hours: float) -> tuple[PlannedLot, ...]:
        """Return the lots of a period of so many hours of running; empty streams make none."""
        whole = whole_flows([link for _, _, link, _ in self.ends], self.t_per_h * hours * MG_PER_T)
        lots = []
        for (name, kind, link, product), masses, water in zip(
            self.ends, whole.tolist(), (self.water_t_per_h * hours * MG_PER_T).tolist(), strict=True
        ):
            dry = sum(masses)
            if not dry:
                continue
            grades = {
                one: _fraction(mass, dry)
                for one, mass in zip(self.names, masses, strict=True)
                if is_analyte(one)
            }
            moisture = f"{water / (water + dry):.6f}" if water > 0 else None
            lots.append(
                PlannedLot(
                    name, kind, link.origin, link.destination, product, dry, grades, moisture
                )
            )
        return tuple(lots)


def _fraction(part: int, whole: int) -> str:
    """Return part over whole with twelve decimals, rounded half up.

    >>> _fraction(1, 3)
    '0.333333333333'
    """
    scaled = (2 * part * 10**GRADE_DIGITS + whole) // (2 * whole)
    return f"{scaled // 10**GRADE_DIGITS}.{scaled % 10**GRADE_DIGITS:0{GRADE_DIGITS}d}"
