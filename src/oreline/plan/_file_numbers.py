"""How a number of a `plan.toml` becomes a parameter in kt, millions and years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from oreline.design import Parameter, Shape, spread_of
from oreline.model import Assumption, Basis, Finding, InputError, Severity
from oreline.plan._file_tables import PlanNumber
from oreline.plan._file_units import Dimension, unit_of

FRACTION: tuple[str, Dimension] = ("1", (0, 0, 0))
MASS: tuple[str, Dimension] = ("kt", (0, 1, 0))
MASS_PER_YEAR: tuple[str, Dimension] = ("kt/y", (0, 1, -1))
PER_YEAR: tuple[str, Dimension] = ("1/y", (0, 0, -1))


@dataclass(frozen=True, slots=True)
class Said:
    """Whose basis and source a number has that says none of its own."""

    basis: Basis | None = None
    source: str | None = None

    def within(self, basis: Basis | None, source: str | None) -> Said:
        """Return what holds inside a table that says more."""
        return Said(basis or self.basis, source or self.source)


@dataclass(frozen=True, slots=True)
class Change:
    """A number that is another in some state of the world.

    ``number`` is its place, that of a table above it, or the id of an assumption; years are those
    it holds for, none for all. ``value`` is in the unit that the number is written in, ``plain`` in
    kt, millions and years.
    """

    number: str
    multiply: float | None = None
    value: float | None = None
    years: tuple[int, ...] = ()
    plain: float | None = None

    def touches(self, key: str, shared: str, year: int | None) -> bool:
        """Return whether a number at this place, or one with others under a name, is changed."""
        if self.years and (year is None or year not in self.years):
            return False
        return self.number == shared or f"{key}.".startswith(f"{self.number}.")


@dataclass(slots=True)
class PlanNumbers:
    """Turns written numbers into parameters and keeps what is wrong, and what each is called."""

    assumptions: Mapping[str, Assumption]
    currency: str
    changes: Sequence[Change] = ()
    findings: list[Finding] = field(default_factory=list)
    found: dict[str, Parameter] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    @property
    def money(self) -> tuple[str, Dimension]:
        """Return the unit of money."""
        return f"{self.currency} m", (1, 0, 0)

    @property
    def money_per_year(self) -> tuple[str, Dimension]:
        """Return the unit of yearly money."""
        return f"{self.currency} m/y", (1, 0, -1)

    @property
    def money_per_mass(self) -> tuple[str, Dimension]:
        """Return the unit of a price: what users write as USD/t."""
        return f"{self.currency} m/kt", (1, -1, 0)

    def refuse(self, code: str, where: str, message: str, fix: str) -> None:
        """Keep a fatal finding."""
        self.findings.append(Finding(code, Severity.FATAL, where, message, fix))

    def read(
        self,
        given: PlanNumber,
        unit: tuple[str, Dimension],
        said: Said,
        key: str,
        where: str,
        year: int | None = None,
        shared: str = "",
    ) -> Parameter:
        """Return the number in a unit, kept under its key.

        ``shared`` names what is one number for several years. Where a finding says why it cannot be
        read, a zero stands in for it: nothing is computed from a file with fatal findings.
        """
        stand_in = Parameter(0.0, unit[0], Basis.ASSUMED, "cannot be read")
        written = self._written(given, where)
        if written is None:
            return stand_in
        basis, source = written.basis or said.basis, written.source or said.source
        if written.value is None or basis is None or not source:
            lacking = [
                word
                for word, lacks in (
                    ("value", written.value is None),
                    ("basis", basis is None),
                    ("source", not source),
                )
                if lacks
            ]
            fix = "state it at the number, at its table or at the head of the file"
            self.refuse("ORL-1104", where, f"{key} states no {' and no '.join(lacking)}", fix)
            return stand_in
        scale = self._scale(written.unit, unit, key, where)
        if scale is None:
            return stand_in
        scale *= 1.0 if given.times is None else given.times
        low, high = (None if end is None else end * scale for end in (written.low, written.high))
        shape = Shape.TRIANGULAR
        if written.u is not None:
            if low is not None or high is not None:
                message = f"{key} has both u and a range"
                self.refuse("ORL-1106", where, message, "keep u, or low and high")
                return stand_in
            low, high, shape = spread_of(written.value * scale, written.u * scale)
        value = written.value * scale
        try:
            made = Parameter(value, unit[0], basis, source, low, high, written.note, shape)
        except InputError as error:
            self.refuse("ORL-1106", where, str(error.args[0]), "correct value, low and high")
            return stand_in
        name = given.assumption or shared
        if name:
            self.shared[key] = name
        made = self._changed(made, key, name, scale, year)
        self.found[key] = made
        return made

    def _written(self, given: PlanNumber, where: str) -> PlanNumber | None:
        if not given.assumption:
            return given
        if given.value is not None:
            message = "both a value and an assumption stand here"
            self.refuse("ORL-1104", where, message, "keep one of them")
            return None
        row = self.assumptions.get(given.assumption)
        if row is None:
            from oreline.design import near_name

            near = near_name(given.assumption, self.assumptions)
            fix = f"did you mean {near}?" if near else "add it to assumptions.csv"
            self.refuse("ORL-1102", where, f"{given.assumption} is not in assumptions.csv", fix)
            return None
        both = row.low is not None and row.high is not None
        return PlanNumber(
            value=float(row.value),
            unit=row.unit,
            low=float(row.low) if both and row.low is not None else None,
            high=float(row.high) if both and row.high is not None else None,
            basis=row.basis,
            source=f"{row.id}: {row.source or row.reasoning}",
            note=row.reasoning,
        )

    def _scale(
        self, written: str | None, unit: tuple[str, Dimension], key: str, where: str
    ) -> float | None:
        if written is None:
            if unit[1] == (0, 0, 0):
                return 1.0
            fix = f'write a number with its unit, as in "12 {unit[0]}"'
            self.refuse("ORL-1105", where, f"{key} says no unit", fix)
            return None
        found = unit_of(written, self.currency)
        if found is None or found[1] != unit[1]:
            fix = f"write it in {unit[0]}, or in a unit of the same kind"
            what = "no unit of a plan" if found is None else "a unit of another kind"
            self.refuse("ORL-1105", where, f"{key}: {written!r} is {what}", fix)
            return None
        return found[0]

    def _changed(
        self, made: Parameter, key: str, shared: str, scale: float, year: int | None
    ) -> Parameter:
        for place, change in enumerate(self.changes):
            if change.touches(key, shared, year):
                self.used.add(place)
                value = made.value if change.value is None else change.value * scale
                value = value if change.plain is None else change.plain
                value *= 1.0 if change.multiply is None else change.multiply
                # A state of the world is stated: its number has no range of its own.
                made = replace(made, value=value, low=None, high=None)
        return made
