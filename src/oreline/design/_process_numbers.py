"""How a number of a `processes.toml` becomes a parameter: unit, range, basis and source."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oreline.design._parameter import Parameter, Shape, spread_of
from oreline.design._process_tables import NumberTable
from oreline.model import Assumption, Basis, Finding, InputError, Severity

FRACTION_UNITS: Final[Mapping[str, float]] = {
    "1": 1.0,
    "fraction": 1.0,
    "%": 1e-2,
    "pct": 1e-2,
    "percent": 1e-2,
    "kg/t": 1e-3,
    "g/t": 1e-6,
    "ppm": 1e-6,
    "mg/kg": 1e-6,
    "ppb": 1e-9,
}
"""What one of each is, as a part of the whole."""
SHORT_TON_T: Final = 0.90718474
"""2,000 pounds of 0.45359237 kg."""
LONG_TON_T: Final = 1.0160469088
"""2,240 pounds."""
FLOW_UNITS: Final[Mapping[str, float]] = {
    "t/h": 1.0,
    "kg/h": 1e-3,
    "t/d": 1 / 24,
    "kg/d": 1e-3 / 24,
    "tph": 1.0,
    "tpd": 1 / 24,
    "short ton/h": SHORT_TON_T,
    "short ton/d": SHORT_TON_T / 24,
    "stph": SHORT_TON_T,
    "stpd": SHORT_TON_T / 24,
    "long ton/h": LONG_TON_T,
    "long ton/d": LONG_TON_T / 24,
}
"""What one of each is in t per h."""
ANNUAL_UNITS: Final[Mapping[str, float]] = {
    "kg/y": 1e-3, "t/y": 1.0, "kt/y": 1e3, "Mt/y": 1e6, "short ton/y": SHORT_TON_T,
    "kg/a": 1e-3, "t/a": 1.0, "kt/a": 1e3, "Mt/a": 1e6, "tpa": 1.0, "ktpa": 1e3, "Mtpa": 1e6,
}  # fmt: skip
"""What one of each is in t per year."""
AMBIGUOUS: Final = re.compile(r"(?<!short )(?<!long )(?<!metric )\btons?\b", re.IGNORECASE)
"""A ton that may be a short one, a long one or a tonne."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whose basis and source a number has that says none of its own."""

    basis: Basis | None = None
    source: str | None = None

    def within(self, basis: Basis | None, source: str | None) -> Told:
        """Return what holds inside a table that says more."""
        return Told(basis or self.basis, source or self.source)


@dataclass(slots=True)
class NumberReader:
    """Turns written numbers into parameters and keeps what is wrong with them."""

    assumptions: Mapping[str, Assumption]
    findings: list[Finding] = field(default_factory=list)

    def read(
        self, given: NumberTable, unit: str, told: Told, where: str, hours: float | None = None
    ) -> Parameter | None:
        """Return the parameter in ``unit``, or None where a finding says why not."""
        found = self._assumed(given, where) if given.assumption else given
        if found is None:
            return None
        if found.value is None:
            fix = 'write value = ..., or assumption = "A-..."'
            self._refuse("ORL-1006", where, "the number has no value", fix)
            return None
        basis, source = found.basis or told.basis, found.source or told.source
        if basis is None or not source:
            lacks = " and ".join(
                word for word, have in (("basis", basis), ("source", source)) if not have
            )
            fix = f"say {lacks} of the number, of its table or at the head of the file"
            self._refuse("ORL-1006", where, f"the number states no {lacks}", fix)
            return None
        scale = self._scale(found.unit or unit, unit, where, hours)
        if scale is None:
            return None
        bounds = [
            None if bound is None else bound * scale
            for bound in (found.value, found.low, found.high)
        ]
        assert bounds[0] is not None
        shape = Shape.TRIANGULAR
        if found.u is not None:
            if found.low is not None or found.high is not None:
                fix = "keep u, or low and high"
                self._refuse("ORL-1006", where, "both u and a range stand here", fix)
                return None
            bounds[1], bounds[2], shape = spread_of(bounds[0], found.u * scale)
        try:
            return Parameter(
                bounds[0], unit, basis, source, bounds[1], bounds[2], found.note, shape
            )
        except InputError as error:
            self._refuse("ORL-1001", where, str(error), "correct value, low and high")
            return None

    def _refuse(self, code: str, where: str, message: str, fix: str) -> None:
        self.findings.append(Finding(code, Severity.FATAL, where, message, fix))

    def _assumed(self, given: NumberTable, where: str) -> NumberTable | None:
        assert given.assumption
        if given.value is not None:
            fix = "keep one of them"
            self._refuse("ORL-1006", where, "both a value and an assumption stand here", fix)
            return None
        row = self.assumptions.get(given.assumption)
        if row is None:
            message = f"{given.assumption} is not in assumptions.csv"
            self._refuse("ORL-1006", where, message, "add it to assumptions.csv")
            return None
        low, high = (None if end is None else float(end) for end in (row.low, row.high))
        ranged = low is not None and high is not None
        return NumberTable(
            value=float(row.value),
            unit=row.unit,
            low=low if ranged else None,
            high=high if ranged else None,
            basis=row.basis,
            source=f"{row.id}: {row.source or row.reasoning}",
            note=row.reasoning,
        )

    def _scale(self, given: str, unit: str, where: str, hours: float | None) -> float | None:
        """Return what the number is multiplied by to be in ``unit``."""
        if given == unit:
            return 1.0
        if given in ANNUAL_UNITS and unit == "t/h":
            if hours is None:
                fix = "write hours_per_year = ... at the head of the file"
                message = f"a number in {given} needs the hours in which the flowsheet runs"
                self._refuse("ORL-1005", where, message, fix)
                return None
            return ANNUAL_UNITS[given] / hours
        for known, target in ((FRACTION_UNITS, "1"), (FLOW_UNITS, "t/h")):
            if unit == target and given in known:
                return known[given]
        if AMBIGUOUS.search(given):
            message = f"{given!r} may be of short tons (907 kg), of long ones or of tonnes"
            fix = 'write t for tonnes, else "short ton" or "long ton"'
            self._refuse("ORL-1005", where, message, fix)
            return None
        scale = _converted(given, unit)
        if scale is None:
            message = f"{given!r} is no unit of this number, which is in {unit}"
            self._refuse("ORL-1005", where, message, f"write the number in {unit}")
        return scale


def _converted(given: str, unit: str) -> float | None:
    """Return the factor between two units of one dimension, None where there is none."""
    import pint

    registry = pint.application_registry
    try:
        scale = registry.Quantity(1.0, given).to(unit).magnitude
        offset = registry.Quantity(0.0, given).to(unit).magnitude
    except (pint.PintError, AssertionError, AttributeError, TypeError, ValueError):
        return None
    # A temperature scale with another zero is no factor.
    return float(scale) if math.isfinite(scale) and not offset else None
