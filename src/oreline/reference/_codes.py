"""Harmonized System codes of metals and minerals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from oreline.reference._errors import UnknownHsCodeError, UnknownMineralError
from oreline.reference._minerals import mineral_key
from oreline.reference._tables import raw_table


@dataclass(frozen=True, slots=True)
class HsCode:
    """A chapter (2 digits), heading (4) or subheading (6) of the Harmonized System 2022.

    Of chapters 36, 38, 71 and 85 only the headings that concern minerals are here.
    """

    code: str
    level: int
    description: str
    parent: str
    section: str
    source: str


@dataclass(frozen=True, slots=True)
class HsForMineral:
    """A code under which a mineral is traded at a stage.

    ``stage`` is ``primary`` (ores, concentrates, intermediates), ``refined``, ``scrap`` or
    ``magnet``, as the named source sorts it. ``note`` warns of baskets that hold more than this
    mineral; ``basis`` is ``reported`` (in the source) or ``from memory``.
    """

    mineral: str
    stage: str
    code: HsCode
    note: str
    basis: str
    source: str


@cache
def _codes() -> dict[str, HsCode]:
    return {
        row["code"]: HsCode(
            row["code"], int(row["level"]), row["description"], row["parent"], row["section"],
            row["source"],
        )
        for row in raw_table("hs").iter_rows(named=True)
    }  # fmt: skip


@cache
def _crosswalk() -> tuple[HsForMineral, ...]:
    return tuple(
        HsForMineral(
            row["mineral"], row["stage"], _codes()[row["code"]], row["note"], row["basis"],
            row["source"],
        )
        for row in raw_table("hs_minerals").iter_rows(named=True)
    )  # fmt: skip


def hs_code(code: str | int) -> HsCode:
    """Give a Harmonized System code by its digits; dots and spaces are ignored.

    Raises
    ------
    UnknownHsCodeError
        If it is no code of 2, 4 or 6 digits, or not in the metals and minerals chapters shipped.

    Examples
    --------
    >>> hs_code("2617.10").parent
    '2617'
    """
    digits = re.sub(r"[.\s]", "", str(code))
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{8}|\d{10}", digits):
        raise UnknownHsCodeError(f"{code!r} is not a Harmonized System code of 2, 4 or 6 digits")
    if len(digits) > 6:
        raise UnknownHsCodeError(
            f"{code!r} is a national tariff line; the Harmonized System ends at six digits: "
            f"{digits[:6]}"
        )
    found = _codes().get(digits)
    if found is None:
        chapters = sorted({known[:2] for known in _codes()})
        raise UnknownHsCodeError(
            f"{digits} is not in the HS 2022 chapters shipped here ({', '.join(chapters)})"
        )
    return found


def hs_for_mineral(mineral: str, stage: str | None = None) -> tuple[HsForMineral, ...]:
    """Give the codes under which a mineral is traded, optionally at one stage only.

    Raises
    ------
    UnknownMineralError
        If the crosswalk has no such mineral, or no such stage of it.

    Examples
    --------
    >>> [row.code.code for row in hs_for_mineral("antimony", "primary")]
    ['261710']
    """
    key = mineral_key(mineral)
    rows = tuple(row for row in _crosswalk() if row.mineral == key)
    if not rows:
        known = sorted({row.mineral for row in _crosswalk()})
        raise UnknownMineralError(f"no HS codes for {mineral!r}; there are: {', '.join(known)}")
    if stage is None:
        return rows
    chosen = tuple(row for row in rows if row.stage == stage)
    if not chosen:
        stages = sorted({row.stage for row in rows})
        raise UnknownMineralError(f"{key} has no stage {stage!r}; its stages: {', '.join(stages)}")
    return chosen
