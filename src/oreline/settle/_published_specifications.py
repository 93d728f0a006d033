"""Specifications that price reporters publish, as data with their source.

They say to which goods a price or an index refers. They are no terms of a contract: one that wants
them takes the limits into its own ``specification``.
"""

from __future__ import annotations

from dataclasses import dataclass

from oreline.model import InputError
from oreline.settle._clauses import Specification


@dataclass(frozen=True, slots=True)
class PublishedSpecification:
    """A published specification: its id, what it is of, its limits and where they are printed."""

    id: str
    title: str
    specification: Specification
    source: str
    retrieved: str
    note: str = ""


_ANTIMONY_MAXIMA = {
    "As": "0.1", "Pb": "0.2", "Se": "0.002", "Cd": "0.002", "Sn": "0.005", "Te": "0.005",
    "Bi": "0.01", "Cu": "0.02", "Fe": "0.02",
}  # fmt: skip
_COPPER_INDEX = (
    ("Cu", "%", "28", "22", "37"),
    ("Au", "g/dmt", "1.1", None, "50"),
    ("Ag", "g/dmt", "75", None, "350"),
    ("S", "%", "32", "20", "38"),
    ("Fe", "%", "28", "15", "35"),
    ("Pb", "%", "0.07", None, "5.5"),
    ("Zn", "%", "2", None, "5"),
    ("As", "%", "0.17", None, "2"),
    ("Sb", "%", "0.018", None, "0.2"),
    ("Hg", "ppm", "2.5", None, "10"),
    ("Bi", "ppm", "145", None, "2500"),
)
"""Analyte, unit, base, least, most."""


def published_specifications() -> tuple[PublishedSpecification, ...]:
    """Return the published specifications, by id.

    >>> [one.id for one in published_specifications()]
    ['fastmarkets-cu-conc-index', 'mmta-sb-grade-ii']
    """
    antimony = [{"analyte": "Sb", "min": "99.65 %"}]
    antimony += [{"analyte": name, "max": f"{most} %"} for name, most in _ANTIMONY_MAXIMA.items()]
    copper = [
        {
            "analyte": name,
            **{
                key: f"{value} {unit}"
                for key, value in (("base", base), ("min", least), ("max", most))
                if value is not None
            },
        }
        for name, unit, base, least, most in _COPPER_INDEX
    ]
    return (
        PublishedSpecification(
            id="fastmarkets-cu-conc-index",
            title="Copper concentrates TC/RC index, cif Asia Pacific",
            specification=Specification.model_validate({"limits": copper}),
            source="Fastmarkets, pricing notice: specification of the copper concentrates index",
            retrieved="2026-11-22",
            note="trades of at least 5,000 t, delivery within 13 weeks, quotational period M+3",
        ),
        PublishedSpecification(
            id="mmta-sb-grade-ii",
            title="Antimony metal, MMTA standard grade II",
            specification=Specification.model_validate({"limits": antimony}),
            source="Fastmarkets, pricing notices on MB-SB-0003",
            retrieved="2026-11-22",
        ),
    )


def published_specification(identity: str) -> PublishedSpecification:
    """Return the published specification with an id.

    Raises
    ------
    InputError
        If there is none; the message names those that there are.
    """
    found = published_specifications()
    for one in found:
        if one.id == identity:
            return one
    known = ", ".join(one.id for one in found)
    raise InputError(f"there is no published specification {identity!r}; there are {known}")
