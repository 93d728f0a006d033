"""The benchmarks of the Critical Raw Materials Act for 2030, held against what is published.

Regulation (EU) 2024/1252, article 5: the Union's capacity to extract 10 %, to process 40 % and to
recycle 25 % of its yearly consumption of strategic raw materials, and at most 65 % of consumption,
at any stage, from one third country. Shares of the Union's sourcing stand in for consumption.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.comply import Verdict
from oreline.model import InputError
from oreline.reference import mineral_key, source, table
from oreline.stress._concentration import Bounds
from oreline.stress._eu_materials import (
    GROUPS,
    SAME_RATE,
    STAGES,
    printed_share,
    recycling_rates,
    upper,
)

if TYPE_CHECKING:
    import polars as pl

OWN_SHARE_MIN: Final = {"extraction": 0.10, "processing": 0.40, "recycling": 0.25}
THIRD_COUNTRY_MAX: Final = 0.65
MEMBERS: Final = frozenset(
    {
        "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV",
        "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN",
        "SWE",
    }
)  # fmt: skip
"""The 27 members of the Union."""
MAGNET_METALS: Final = (
    "neodymium", "praseodymium", "terbium", "dysprosium", "gadolinium", "samarium", "cerium",
)  # fmt: skip
ACT: Final = "CRMA Annex I strategic"


@dataclass(frozen=True, slots=True)
class Sourced:
    """One country's share of what the Union sources, between its ends."""

    iso3: str
    share: Bounds


@dataclass(frozen=True, slots=True)
class CrmaTest:
    """One benchmark of one material.

    Attributes
    ----------
    benchmark
        ``own share`` (at least ``limit``) or ``one third country`` (at most ``limit``).
    stage
        extraction, processing or recycling.
    verdict
        PASS or FAIL where the whole range lies on one side of the limit, else UNKNOWN.
    share
        What was found, 0 to 1, between its ends; None where nothing is published.
    country
        The largest third country, empty for an own share or where that is open.
    """

    benchmark: str
    stage: str
    limit: float
    verdict: Verdict
    share: Bounds | None
    country: str
    note: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "benchmark": self.benchmark,
            "stage": self.stage,
            "limit": self.limit,
            "verdict": self.verdict.value,
            "share": None if self.share is None else self.share.to_json(),
            "country": self.country,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class CrmaMaterial:
    """One strategic raw material with the five tests."""

    mineral: str
    listed_as: str
    tests: tuple[CrmaTest, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "listed_as": self.listed_as,
            "tests": [test.to_json() for test in self.tests],
        }


@dataclass(frozen=True, slots=True)
class CrmaTable:
    """The benchmarks of every strategic raw material."""

    rows: tuple[CrmaMaterial, ...]

    @property
    def source_line(self) -> str:
        """Return the line that stands under a table or a chart."""
        named = sorted(set(table("eu_supply")["source"]) | set(table("recycling")["source"]))
        told = "; ".join(source(name).attribution for name in named)
        return (
            f"{told} Limits: Regulation (EU) 2024/1252, article 5. "
            "Shares of the Union's sourcing, means of 2016 to 2020, stand in for capacity and "
            "consumption; end-of-life recycling input rates for recycling."
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"source_line": self.source_line, "rows": [row.to_json() for row in self.rows]}

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table, one row a test."""
        import polars as pl

        rows = [
            {
                "mineral": row.mineral,
                "listed_as": row.listed_as,
                "benchmark": test.benchmark,
                "stage": test.stage,
                "limit": test.limit,
                "verdict": test.verdict.value,
                "share_low": None if test.share is None else test.share.low,
                "share_high": None if test.share is None else test.share.high,
                "country": test.country,
                "note": test.note,
            }
            for row in self.rows
            for test in row.tests
        ]
        return pl.DataFrame(rows, infer_schema_length=None)


def at_least(share: Bounds | None, limit: float) -> Verdict:
    """Judge a share that shall be at least a limit.

    >>> at_least(Bounds(0.08, 0.12), 0.10).value, at_least(Bounds(0.40, 0.41), 0.40).value
    ('UNKNOWN', 'PASS')
    """
    if share is None:
        return Verdict.UNKNOWN
    if share.low >= limit:
        return Verdict.PASS
    is_below = share.high is not None and share.high < limit
    return Verdict.FAIL if is_below else Verdict.UNKNOWN


def at_most(share: Bounds | None, limit: float) -> Verdict:
    """Judge a share that shall be at most a limit.

    >>> at_most(Bounds(0.60, 0.65), 0.65).value, at_most(Bounds(0.66, 1.0), 0.65).value
    ('PASS', 'FAIL')
    """
    if share is None:
        return Verdict.UNKNOWN
    if share.high is not None and share.high <= limit:
        return Verdict.PASS
    return Verdict.FAIL if share.low > limit else Verdict.UNKNOWN


def own_share(sourced: Sequence[Sourced], members: Iterable[str] = MEMBERS) -> Bounds | None:
    """Give the part that comes from members; what nobody is named for may be theirs.

    >>> own_share([Sourced("FRA", Bounds(0.2, 0.2)), Sourced("CHN", Bounds(0.7, 0.7))])
    Bounds(low=0.2, high=0.3)
    """
    if not sourced:
        return None
    own = frozenset(members)
    inside = [one.share for one in sourced if one.iso3 in own]
    outside = sum(one.share.low for one in sourced if one.iso3 not in own)
    low = sum(share.low for share in inside)
    return Bounds(round(min(low, 1.0), 12), round(max(low, 1.0 - outside), 12))


def largest_third(
    sourced: Sequence[Sourced], members: Iterable[str] = MEMBERS
) -> tuple[str, Bounds] | None:
    """Give the largest share of one third country, and which it is; None where nothing is known.

    What nobody is named for may all be of one more country. The name is empty where it is open who
    is the largest.

    >>> largest_third([Sourced("FRA", Bounds(0.2, 0.2)), Sourced("CHN", Bounds(0.7, 0.7))])
    ('CHN', Bounds(low=0.7, high=0.7))
    >>> largest_third([Sourced("FRA", Bounds(0.5, 0.5)), Sourced("CHN", Bounds(0.1, 0.1))])
    ('', Bounds(low=0.1, high=0.4))
    """
    if not sourced:
        return None
    own = frozenset(members)
    third = [one for one in sourced if one.iso3 not in own]
    unnamed = round(max(0.0, 1.0 - sum(one.share.low for one in sourced)), 12)
    if not third:
        return "", Bounds(0.0, unnamed)
    first = max(third, key=lambda one: (one.share.low, one.iso3))
    others = max((upper(one.share) for one in third if one is not first), default=0.0)
    is_sure = first.share.low > max(others, unnamed)
    most = max(upper(first.share), others, unnamed)
    return first.iso3 if is_sure else "", Bounds(first.share.low, most)


def crma_table(mineral: str | None = None) -> CrmaTable:
    """Give the benchmarks of the strategic raw materials, or of one material.

    Parameters
    ----------
    mineral
        Only this one, by any name that :func:`oreline.reference.mineral_key` knows.

    Raises
    ------
    InputError
        If the material is not a strategic one.

    Examples
    --------
    >>> tests = crma_table("gallium").rows[0].tests
    >>> [(test.stage, test.verdict.value) for test in tests if test.benchmark == "own share"]
    [('extraction', 'UNKNOWN'), ('processing', 'FAIL'), ('recycling', 'FAIL')]
    """
    listed = strategic_materials()
    if mineral is not None:
        key = mineral_key(mineral)
        if key not in listed:
            raise InputError(
                f"{mineral!r} is no strategic raw material of the Union; these are: "
                + ", ".join(sorted(listed))
            )
        listed = {key: listed[key]}
    sourcing = _sourcing()
    rates = recycling_rates(2023)
    return CrmaTable(
        tuple(
            CrmaMaterial(name, listed[name], _tests(name, sourcing, rates))
            for name in sorted(listed)
        )
    )


def strategic_materials() -> dict[str, str]:
    """Give the strategic raw materials by key, with the words of the Act; groups by member.

    >>> strategic_materials()["neodymium"]
    'rare earth elements for permanent magnets (Nd Pr Tb Dy Gd Sm Ce)'
    """
    frame = table("critical_lists").filter(jurisdiction="EU", list=ACT)
    found: dict[str, str] = {}
    for entry in frame["mineral"]:
        if entry.startswith("rare earth elements for permanent magnets"):
            found |= dict.fromkeys(MAGNET_METALS, entry)
        elif entry == "platinum group metals":
            found |= {name: entry for name, group in GROUPS.items() if group == entry}
        else:
            found[mineral_key(entry.partition(" (")[0])] = entry
    return found


def _sourcing() -> dict[tuple[str, str], list[Sourced]]:
    """Return the Union's sourcing by mineral and stage."""
    found: dict[tuple[str, str], list[Sourced]] = {}
    frame = table("eu_supply").filter(scope="eu")
    for row in frame.filter(vintage=frame["vintage"].max()).iter_rows(named=True):
        one = Sourced(row["iso3"] or row["area"], printed_share(row))
        found.setdefault((row["mineral"], row["stage"]), []).append(one)
    return found


def _tests(
    name: str, sourcing: dict[tuple[str, str], list[Sourced]], rates: dict[str, float]
) -> tuple[CrmaTest, ...]:
    tests = []
    for stage in STAGES:
        held = next((key for key in (name, GROUPS.get(name, "")) if (key, stage) in sourcing), "")
        sourced = sourcing.get((held, stage), [])
        note = "" if held == name else f"sourcing of {held} together" if held else _NOT_PRINTED
        share = own_share(sourced)
        limit = OWN_SHARE_MIN[stage]
        tests.append(CrmaTest("own share", stage, limit, at_least(share, limit), share, "", note))
        largest = largest_third(sourced)
        country, most = largest if largest is not None else ("", None)
        tests.append(
            CrmaTest(
                "one third country", stage, THIRD_COUNTRY_MAX, at_most(most, THIRD_COUNTRY_MAX),
                most, country, note,
            )
        )  # fmt: skip
    rate = rates.get(name)
    recycled = None if rate is None else Bounds(max(0.0, rate - 0.005), min(1.0, rate + 0.005))
    limit = OWN_SHARE_MIN["recycling"]
    note = "" if recycled else "no recycling rate is printed"
    if name in SAME_RATE and recycled:
        note = f"rate of {SAME_RATE[name]}"
    own = CrmaTest("own share", "recycling", limit, at_least(recycled, limit), recycled, "", note)
    return (*tests, own)


_NOT_PRINTED: Final = "the study prints no sourcing of the Union at this stage"
