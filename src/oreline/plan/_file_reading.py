"""What every table of a `plan.toml` is read with: numbers with their units, and known names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from oreline.design import Parameter, near_name
from oreline.exchange import Located
from oreline.plan._file_numbers import FRACTION, PlanNumbers, Said
from oreline.plan._file_tables import Number, PlanFile, PlanNumber
from oreline.plan._file_units import Dimension
from oreline.plan._years import spans

_SPAN: Final = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
WHOLE: Final = 1e-9
"""How far shares may be from 100 %: the rounding of floats."""
Path = tuple[str | int, ...]
Unit_ = tuple[str, Dimension]


class TableReading:
    """One reading of a file; what is wrong is kept by its numbers."""

    def __init__(self, tables: PlanFile, found: Located, name: str, numbers: PlanNumbers) -> None:
        self.tables = tables
        self.found = found
        self.name = name
        self.numbers = numbers
        self.years = tuple(range(tables.first_year, tables.last_year + 1))
        self.said = Said(tables.basis, tables.source)

    def where(self, *path: str | int) -> str:
        """Return the line of what a path names."""
        return self.found.where(path, self.name)

    def number(
        self, given: Number, unit: Unit_, key: str, *path: str | int, said: Said | None = None
    ) -> Parameter:
        """Return a number in a unit, kept under its key."""
        return self.numbers.read(given, unit, said or self.said, key, self.where(*path))

    def maybe(
        self,
        given: Number | None,
        unit: Unit_,
        key: str,
        *path: str | int,
        said: Said | None = None,
    ) -> Parameter | None:
        """Return a number that need not be there."""
        return None if given is None else self.number(given, unit, key, *path, said=said)

    def numbers_of(
        self, given: Mapping[str, Number], unit: Unit_, key: str, *path: str | int
    ) -> dict[str, Parameter]:
        """Return a table of numbers in one unit."""
        return {
            name: self.number(one, unit, f"{key}.{name}", *path, name)
            for name, one in given.items()
        }

    def yearly(
        self, given: Mapping[str, PlanNumber], unit: Unit_, key: str, *path: str | int
    ) -> tuple[Parameter, ...]:
        """Return a number for each year of the plan; a year without one is told."""
        of_year: dict[int, tuple[str, PlanNumber]] = {}
        for name, one in given.items():
            span = _SPAN.fullmatch(name)
            if name and span is None:
                message = f"{key}: {name} is no year and no span of years"
                fix = "write 2027, or 2028-2035"
                self.numbers.refuse("ORL-1107", self.where(*path, name), message, fix)
                continue
            years: Iterable[int] = self.years
            if span is not None:
                years = range(int(span[1]), int(span[2] or span[1]) + 1)
            of_year |= dict.fromkeys(years, (name, one))
        missing = [year for year in self.years if year not in of_year]
        if missing:
            message = f"{key} says nothing of {spans(missing)}"
            fix = "give every year of the plan a number: none is carried on from another"
            self.numbers.refuse("ORL-1107", self.where(*path), message, fix)
            return ()
        found = []
        for year in self.years:
            name, one = of_year[year]
            where = self.where(*path, name) if name else self.where(*path)
            # What is written once for several years is one number: it is drawn and changed as one.
            shared = f"{key}.{name}" if "-" in name else "" if name else key
            found.append(
                self.numbers.read(one, unit, self.said, f"{key}.{year}", where, year, shared)
            )
        return tuple(found)

    def maybe_yearly(
        self,
        given: Mapping[str, PlanNumber] | None,
        unit: Unit_,
        key: str,
        *path: str | int,
    ) -> tuple[Parameter, ...] | None:
        """Return yearly numbers that need not be there."""
        return None if given is None else self.yearly(given, unit, key, *path)

    def shares_of(
        self, given: Mapping[str, Number], key: str, *path: str | int, said: Said
    ) -> dict[str, Parameter]:
        """Return the parts of a whole by party; refuse those that are not 100 % together."""
        found = {
            party: self.number(one, FRACTION, f"{key}.{party}", *path, party, said=said)
            for party, one in given.items()
        }
        total = sum(one.value for one in found.values())
        if found and (abs(total - 1) > WHOLE or min(one.value for one in found.values()) < 0):
            message = f"{key}: the shares of {', '.join(found)} sum to {100 * total:.9g} %"
            fix = "write what each party owns, none below 0 %, together 100 %"
            self.numbers.refuse("ORL-1120", self.where(*path), message, fix)
        if any(one.is_ranged for one in found.values()):
            message = f"{key}: a share of ownership has a range: drawn alone, it leaves 100 %"
            fix = "write plain shares; other shares are a scenario that changes all of them"
            self.numbers.refuse("ORL-1120", self.where(*path), message, fix)
        return found

    def see_each_once(self, kind: str, names: list[str], path: Path) -> None:
        """Refuse a name that stands twice."""
        for place, name in enumerate(names):
            if name in names[:place]:
                message = f"{name} stands twice among {kind}"
                where = self.where(*path, place, "id")
                self.numbers.refuse("ORL-1103", where, message, "give each an id of its own")

    def see_named(self, name: str, known: Iterable[str], what: str, *path: str | int) -> None:
        """Refuse a name that is not known, with one that is alike."""
        listed = list(known)
        if name in listed:
            return
        near = near_name(name, listed)
        fix = f"did you mean {near}?" if near else f"known: {', '.join(sorted(listed)) or 'none'}"
        self.numbers.refuse("ORL-1102", self.where(*path), f"{name} is no {what} here", fix)

    def see_all(
        self, names: Iterable[str], known: Iterable[str], what: str, *path: str | int
    ) -> None:
        """Refuse every name that is not known."""
        listed = list(known)
        for name in names:
            self.see_named(name, listed, what, *path)
