"""The feeds of a `processes.toml`: stated, or the ore of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from oreline.design._flowsheet import FeedStream, joined_pairs
from oreline.design._minerals import element_fractions
from oreline.design._ore_feed import ore_feed
from oreline.design._parameter import Parameter
from oreline.design._process_numbers import Told
from oreline.design._process_reading import FileReading, near_name
from oreline.design._process_tables import FeedTable
from oreline.model import InputError

GRADES_MAX: Final = 1.0 + 1e-9
"""Grades may sum to one, and a little more for what is rounded in their last digit."""


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Makes feeds of their tables; ``ores`` and ``holes`` are those of the chain's folder."""

    file: FileReading
    ores: Mapping[str, bytes]
    holes: Mapping[str, str] | None

    def feed(self, number: int, table: FeedTable) -> FeedStream | None:
        """Return a feed, or None where findings say why there is none."""
        place: tuple[str | int, ...] = ("feeds", number)
        told = self.file.told.within(table.basis, table.source)
        if table.ore is not None:
            return self._ore_feed(table, told, place)
        if table.dry_t_per_h is None:
            fix = "write dry_t_per_h = ..., or ore = { file = ... }"
            message = f"the feed {table.id} has neither a dry mass nor an ore"
            self.file.refuse("ORL-1001", self.file.where(*place), message, fix)
            return None
        flow = self.file.numbers.read(
            table.dry_t_per_h, "t/h", told, self.file.where(*place, "dry_t_per_h"), self.file.hours
        )
        moisture = None
        if table.moisture is not None:
            where = self.file.where(*place, "moisture")
            moisture = self.file.numbers.read(table.moisture, "1", told, where)
            if moisture is not None and not 0 <= moisture.value < 1:
                message = f"{moisture.value:.4g} of the wet mass cannot be water"
                self.file.refuse("ORL-1009", where, message, 'write the part: "8 %" or 0.08')
        water = None
        if table.water_t_per_h is not None:
            where = self.file.where(*place, "water_t_per_h")
            water = self.file.numbers.read(table.water_t_per_h, "t/h", told, where, self.file.hours)
            if table.moisture is not None:
                message = f"the feed {table.id} has both a moisture and a flow of water"
                self.file.refuse("ORL-1009", where, message, "keep one of them")
            if water is not None and water.value < 0:
                self.file.refuse("ORL-1009", where, "below 0", "write 0 or more")
        grades = self._grades(table, told, place)
        self._see_minerals(table, place)
        if flow is None or (flow.value < 0):
            if flow is not None:
                fix = "write 0 or more"
                self.file.refuse("ORL-1009", self.file.where(*place, "dry_t_per_h"), "below 0", fix)
            return None
        return FeedStream(
            table.id,
            table.to,
            flow,
            grades,
            moisture,
            water,
            table.phase,
            table.minerals,
            table.material,
            table.site,
            self.file.where(*place),
            correlations=self._together(table, grades, place),
        )

    def _together(
        self, table: FeedTable, grades: Mapping[str, Parameter], place: tuple[str | int, ...]
    ) -> dict[tuple[str, str], float]:
        """Return the correlations that a feed states, as its numbers are called."""
        known = {"ore": "dry_t_per_h"} | {name: f"grade[{name}]" for name in grades}
        found: dict[tuple[str, str], float] = {}
        for number, one in enumerate(table.together):
            strange = [name for name in one.of if name not in known]
            if strange or one.of[0] == one.of[1]:
                message = (
                    f"the feed {table.id} has no grade of {strange[0]}"
                    if strange
                    else f"{one.of[0]} goes together with itself"
                )
                fix = f"name two of {', '.join(known)}"
                self.file.refuse(
                    "ORL-1075", self.file.where(*place, "together", number), message, fix
                )
                continue
            first, second = (known[name] for name in one.of)
            found = joined_pairs(found, {(first, second): one.rank})
        return found

    def _ore_feed(
        self, table: FeedTable, told: Told, place: tuple[str | int, ...]
    ) -> FeedStream | None:
        """Return a feed whose tonnes, moisture and grades are those of a resource."""
        assert table.ore is not None
        where = self.file.where(*place, "ore")
        found, findings = ore_feed(
            table, self.file.components, self.ores, self.file.hours, where, self.holes
        )
        self.file.numbers.findings += findings
        stated = self._grades(table, told, place)
        self._see_minerals(table, place)
        if found is None:
            return None
        together = self._together(table, {**stated, **found.now.grades}, place)
        worst = max(
            sum(one.value for one in {**stated, **year.grades}.values())
            for year in found.years.values()
        )
        if worst > GRADES_MAX:
            message = f"the grades of {table.ore.file} and of the feed sum to {100 * worst:.6g} %"
            self.file.refuse("ORL-1009", where, message, "state less beside the ore")
        return FeedStream(
            table.id,
            table.to,
            found.now.dry_t_per_h,
            {**stated, **found.now.grades},
            found.now.moisture,
            None,
            table.phase,
            table.minerals,
            table.material,
            table.site,
            self.file.where(*place),
            table.ore.file,
            found.years,
            joined_pairs(found.ranks, together),
        )

    def _grades(
        self, table: FeedTable, told: Told, place: tuple[str | int, ...]
    ) -> dict[str, Parameter]:
        known = {component.name for component in self.file.components}
        grades: dict[str, Parameter] = {}
        for name, given in table.grades.items():
            where = self.file.where(*place, "grades", name)
            if name not in known and not _is_formula(name):
                near = near_name(name, known)
                hint = f"did you mean {near}? Else " if near else ""
                message = f"the feed {table.id} holds {name}, which is no component here"
                self.file.refuse("ORL-1008", where, message, f"{hint}add it to [components]")
                continue
            grade = self.file.numbers.read(given, "1", told, where)
            if grade is None:
                continue
            if grade.value < 0:
                message = f"the grade of {name} is below 0"
                self.file.refuse("ORL-1009", where, message, "a grade is 0 or more")
            grades[name] = grade
        total = sum(grade.value for grade in grades.values())
        if total > GRADES_MAX:
            message = f"the grades of the feed {table.id} sum to {100 * total:.6g} %"
            fix = (
                "an element that stands in a mineral or oxide here is counted once: name the one "
                "or the other"
            )
            self.file.refuse("ORL-1009", self.file.where(*place, "grades"), message, fix)
        return grades

    def _see_minerals(self, table: FeedTable, place: tuple[str | int, ...]) -> None:
        compounds = {one.name for one in self.file.components if one.element_fractions}
        for mineral in table.minerals:
            if mineral not in compounds:
                message = f"{mineral} is no mineral of this flowsheet"
                fix = "add it to minerals in [components]"
                self.file.refuse("ORL-1008", self.file.where(*place, "minerals"), message, fix)


def _is_formula(name: str) -> bool:
    try:
        element_fractions(name)
    except InputError:
        return False
    return True
