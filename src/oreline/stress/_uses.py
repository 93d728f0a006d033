"""What a mineral is used for, as far as it is published, and in which sector.

Published are the shares of applications in the European Union. A sector that none of them names is
not thereby unused: it is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from oreline.reference import kept_by_tables, mineral_key, table
from oreline.stress._concentration import Bounds

SECTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "defence": ("defence", "defense", "military", "ammunition", "armour", "weapon"),
    "aerospace": ("aerospace", "aircraft", "aeronaut", "superalloy"),
    "technology": (
        "electronic", "semiconductor", "integrated circuit", "optic", "display", "telecom",
        "capacitor", "magnet", "lighting", "laser", "phosphor", "infrared",
    ),
    "energy": (
        "batter", "wind", "solar", "photovolt", "nuclear", "energy", "electrical power",
        "power utility", "fuel cell", "drilling", "oil and gas",
    ),
}  # fmt: skip
"""Words of an application that place it in a sector; an application may stand in several."""


@dataclass(frozen=True, slots=True)
class Use:
    """An application with its share of the use in the European Union, 0 to 1, and its industry."""

    application: str
    share: Bounds
    text: str
    industry: str
    industry_name: str
    sectors: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "application": self.application, "share": self.share.to_json(), "text": self.text,
            "industry": self.industry, "industry_name": self.industry_name,
            "sectors": list(self.sectors),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uses:
    """The published uses of a mineral, and the share of each sector, None where UNKNOWN."""

    mineral: str
    uses: tuple[Use, ...]
    sectors: Mapping[str, Bounds | None]
    vintage: int | None
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "uses": [one.to_json() for one in self.uses],
            "sectors": {
                name: None if one is None else one.to_json() for name, one in self.sectors.items()
            },
            "vintage": self.vintage,
            "source": self.source,
        }


@kept_by_tables
def _rows() -> Mapping[str, tuple[dict[str, Any], ...]]:
    kept: dict[str, list[dict[str, Any]]] = {}
    for row in table("eu_uses").iter_rows(named=True):
        kept.setdefault(row["mineral"], []).append(row)
    return {name: tuple(rows) for name, rows in kept.items()}


def uses_of(mineral: str) -> Uses:
    """Give the published uses of a mineral; none where nobody published any.

    Examples
    --------
    >>> found = uses_of("antimony")
    >>> found.uses[0].application, found.sectors["defence"]
    ('Flame retardants', None)
    """
    key = mineral_key(mineral)
    rows = _rows().get(key, ())
    made = sorted((_use(row) for row in rows), key=lambda one: -one.share.low)
    return Uses(
        mineral=key,
        uses=tuple(made),
        sectors={name: _in_sector(made, name) for name in SECTORS},
        vintage=rows[0]["vintage"] if rows else None,
        source=rows[0]["source"] if rows else "",
    )


def _use(row: Mapping[str, Any]) -> Use:
    share = row["share"]
    words = row["application"].casefold()
    return Use(
        application=row["application"],
        share=Bounds(0.0, 1.0) if share is None else Bounds(share, share),
        text=row["text"],
        industry=row["nace2"],
        industry_name=row["nace2_name"],
        sectors=tuple(
            name for name, marks in SECTORS.items() if any(mark in words for mark in marks)
        ),
    )


def _in_sector(uses: Sequence[Use], sector: str) -> Bounds | None:
    """Return the share of the applications that name a sector: a lower bound of its use."""
    named = [one for one in uses if sector in one.sectors]
    if not named:
        return None
    return Bounds(sum(one.share.low for one in named), None)
