"""Net import reliance of the United States, as published and as recomputed; whom it imports from.

Net import reliance does not fall when imports change their origin: it says how much is bought
abroad, not from whom. The sources of imports say that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.reference import kept_by_tables, mineral_key, table
from oreline.stress._concentration import Bounds, Concentration, Supplier, concentration, share_of
from oreline.stress._reliance_rows import AMBIGUOUS, DOMESTIC, TRADE
from oreline.stress._supply import newest_edition

if TYPE_CHECKING:
    import polars as pl

COVERED: Final = ("CHN", "RUS", "IRN", "PRK")
"""Covered nations of 10 U.S.C. 4872: China, Russia, Iran, North Korea."""
NEAR_POINTS: Final = 2.0
"""How far a recomputed reliance may lie from the published one: both rest on rounded figures."""
_SUPPLY: Final = ("production", "sold or used", "sold", "sales", "shipment")
_STOCKPILE: Final = "Government stockpile"


@dataclass(frozen=True, slots=True)
class ImportReliance:
    """Net import reliance in percent of consumption, as printed, and beside it recomputed.

    Attributes
    ----------
    text, flag
        As printed, and what it is (:data:`oreline.reference.FLAGS`): ``E`` is a net exporter.
    published
        Its bounds; None where none is printed.
    recomputed
        From the rows of the same table; None where these do not allow it, and ``why_not`` says why.
    rows
        The rows it is recomputed from.
    """

    mineral: str
    subject: str
    year: int
    vintage: int
    source: str
    text: str
    flag: str
    published: Bounds | None
    recomputed: Bounds | None
    rows: tuple[str, ...]
    why_not: str

    @property
    def error_points(self) -> float | None:
        """Return the distance of the recomputed from the published value, None without both."""
        known, made = self.published, self.recomputed
        if known is None or made is None or known.high is None or made.high is None:
            return None
        if made.high < known.low:
            return made.high - known.low
        return max(made.low - known.high, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "subject": self.subject,
            "year": self.year,
            "vintage": self.vintage,
            "source": self.source,
            "text": self.text,
            "flag": self.flag,
            "published_pct": None if self.published is None else self.published.to_json(),
            "recomputed_pct": None if self.recomputed is None else self.recomputed.to_json(),
            "error_points": self.error_points,
            "rows": list(self.rows),
            "why_not": self.why_not,
        }


@dataclass(frozen=True, slots=True)
class ImportSources:
    """Whom a product is imported from, in percent over a few years."""

    mineral: str
    product: str
    year_from: int
    year_to: int
    vintage: int
    source: str
    shares: tuple[tuple[str, str, str], ...]
    measures: Concentration | None
    covered: Bounds | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; shares are (country, code, percent as printed)."""
        return {
            "mineral": self.mineral,
            "product": self.product,
            "years": [self.year_from, self.year_to],
            "vintage": self.vintage,
            "source": self.source,
            "shares": [
                {"area": area, "iso3": iso3, "percent": text} for area, iso3, text in self.shares
            ],
            "concentration": None if self.measures is None else self.measures.to_json(),
            "covered_share": None if self.covered is None else self.covered.to_json(),
        }


@kept_by_tables
def _rows(vintage: int) -> Mapping[tuple[str, int], tuple[dict[str, Any], ...]]:
    kept: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in table("us_salient").iter_rows(named=True):
        if row["vintage"] == vintage and row["year"] is not None:
            kept.setdefault((row["mineral"], row["year"]), []).append(row)
    return {key: tuple(rows) for key, rows in kept.items()}


def import_reliances(
    mineral: str | None = None, year: int | None = None, *, vintage: int | None = None
) -> tuple[ImportReliance, ...]:
    """Give the net import reliance of minerals, as printed and as recomputed.

    Recomputed is 100 (1 - domestic supply / consumption), or 100 (imports - exports) / consumption
    where domestic supply is not printed by itself; a withheld row is never taken as zero.

    Parameters
    ----------
    mineral
        One mineral by any of its names; None for all.
    year
        One year; None for all of the edition.
    vintage
        The edition of the Mineral Commodity Summaries; by default the newest carried.

    Examples
    --------
    >>> found = import_reliances("copper", 2024)[0]
    >>> found.text, round(found.recomputed.low, 1)
    ('45', 45.1)
    """
    key = None if mineral is None else mineral_key(mineral)
    edition = newest_edition("us_salient") if vintage is None else vintage
    return tuple(
        _reliance(row, rows)
        for (name, when), rows in sorted(_rows(edition).items())
        if (key is None or name == key) and (year is None or when == year)
        for row in rows
        if row["measure"] == "net import reliance"
    )


def _reliance(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> ImportReliance:
    _, _, subject = row["detail"].partition(": ")
    made, used, why_not = _recomputed(row, rows, subject)
    published = _bounds(row, top=100.0)
    if row["flag"] == "E":
        published = Bounds(-1e9, 0.0)
    return ImportReliance(
        mineral=row["mineral"],
        subject=subject,
        year=row["year"],
        vintage=row["vintage"],
        source=row["source"],
        text=row["text"],
        flag=row["flag"],
        published=published,
        recomputed=made,
        rows=used,
        why_not=why_not,
    )


def _bounds(row: Mapping[str, Any], *, top: float | None = None) -> Bounds | None:
    """Return what a row says: a number, bounds, or nothing."""
    if row["value"] is not None:
        return Bounds(row["value"], row["value"])
    low, high = row["low"], row["high"]
    if low is None and high is None:
        return None
    if high is None:
        return None if top is None else Bounds(low, top)
    return Bounds(low or 0.0, high)


def _recomputed(
    row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], subject: str
) -> tuple[Bounds | None, tuple[str, ...], str]:
    mineral = row["mineral"]
    if mineral in AMBIGUOUS:
        return None, (), "two products stand under the same words"
    eaten = _consumption(row, rows, subject)
    if eaten is None:
        return None, (), "no single row of the consumption it is a percentage of"
    if mineral in TRADE:
        bought = [one for one in rows if one["measure"] == "imports"]
        sold = [one for one in rows if one["measure"] == "exports"]
        return _by_trade(bought, sold, eaten)
    supply = _domestic(mineral, rows, subject)
    if not supply:
        return None, (), "no row says how much is supplied at home in the form that is consumed"
    return _by_supply(supply, eaten)


def _consumption(
    row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], subject: str
) -> Mapping[str, Any] | None:
    words = ("reported", "estimated")
    kind = next((word for word in words if f"{word} consumption" in row["detail"]), "apparent")
    found = [
        one for one in rows
        if one["measure"] == "consumption" and kind in one["detail"].casefold()
    ]  # fmt: skip
    wanted = "total" if "total apparent" in row["detail"] or not subject else subject.casefold()
    # Of ore the summaries print a reliance, but the consumption of metal only.
    if len(found) > 1 or subject:
        found = [one for one in found if wanted in one["detail"].casefold()]
    return found[0] if len(found) == 1 else None


def _domestic(
    mineral: str, rows: Sequence[Mapping[str, Any]], subject: str
) -> list[Mapping[str, Any]]:
    names = DOMESTIC.get(mineral)
    if names is not None:
        found = [one for one in rows if one["detail"] in names]
        return found if len(found) == len(names) else []
    found = [
        one for one in rows
        if one["measure"] in _SUPPLY and _STOCKPILE not in one["detail"]
    ]  # fmt: skip
    if len(found) > 1 and subject:
        found = [one for one in found if subject.casefold() in one["detail"].casefold()]
    return found if len(found) == 1 else []


def _by_supply(
    supply: Sequence[Mapping[str, Any]], eaten: Mapping[str, Any]
) -> tuple[Bounds | None, tuple[str, ...], str]:
    used = tuple(f"{one['detail']}: {one['text']}" for one in (*supply, eaten))
    home, whole = _summed(supply), _bounds(eaten)
    if home is None or whole is None or home.high is None or not whole.low or whole.high is None:
        return None, used, _unknown(supply, eaten)
    low, high = 1 - home.high / whole.low, 1 - home.low / whole.high
    return Bounds(100 * low, 100 * high), used, ""


def _by_trade(
    bought: Sequence[Mapping[str, Any]],
    sold: Sequence[Mapping[str, Any]],
    eaten: Mapping[str, Any],
) -> tuple[Bounds | None, tuple[str, ...], str]:
    used = tuple(f"{one['detail']}: {one['text']}" for one in (*bought, *sold, eaten))
    into, out, whole = _summed(bought), _summed(sold), _bounds(eaten)
    if into is None or out is None or whole is None or not whole.low or whole.high is None:
        return None, used, _unknown((*bought, *sold), eaten)
    if into.high is None or out.high is None:
        return None, used, _unknown((*bought, *sold), eaten)
    low, high = (into.low - out.high) / whole.high, (into.high - out.low) / whole.low
    return Bounds(100 * low, 100 * high), used, ""


def _summed(rows: Iterable[Mapping[str, Any]]) -> Bounds | None:
    every = [_bounds(row) for row in rows]
    known = [one for one in every if one is not None and one.high is not None]
    if len(known) != len(every):
        return None
    return Bounds(sum(one.low for one in known), sum(one.high or 0.0 for one in known))


def _unknown(rows: Sequence[Mapping[str, Any]], eaten: Mapping[str, Any]) -> str:
    named = [f"{one['detail']} is {one['text'] or 'blank'}"
             for one in (*rows, eaten) if one["value"] is None]  # fmt: skip
    return "; ".join(named) or "the consumption is zero"


def import_sources(mineral: str | None = None) -> tuple[ImportSources, ...]:
    """Give whom the United States imports from, by product, with concentration and covered share.

    The covered share is that of :data:`COVERED`. A country that is not named may be any part of
    "other countries", so its share has an upper bound above zero.

    Parameters
    ----------
    mineral
        One mineral by any of its names; None for all.

    Examples
    --------
    >>> [(one.product, one.covered) for one in import_sources("antimony")][1]
    ('Oxide', Bounds(low=0.66, high=0.73))
    """
    key = None if mineral is None else mineral_key(mineral)
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in table("import_sources").iter_rows(named=True):
        if key is None or row["mineral"] == key:
            grouped.setdefault((row["mineral"], row["detail"]), []).append(row)
    return tuple(_sources(rows) for rows in grouped.values())


def _sources(rows: Sequence[Mapping[str, Any]]) -> ImportSources:
    first = rows[0]
    named, rest = [], None
    covered_group = 0.0
    for row in rows:
        found = _bounds(row, top=100.0) or Bounds(0.0, 100.0)
        one = Supplier(row["iso3"] or row["area"], found.low, found.high)
        if row["scope"] == "other":
            rest = one
        else:
            named.append(one)
            # "China, Germany, and Russia" printed as one: any part of it may be covered.
            covered_group += (found.high or 0.0) if row["scope"] == "group" else 0.0
    return ImportSources(
        mineral=first["mineral"],
        product=first["detail"],
        year_from=first["year_from"],
        year_to=first["year_to"],
        vintage=first["vintage"],
        source=first["source"],
        shares=tuple((row["area"], row["iso3"], row["text"]) for row in rows),
        measures=concentration(named, unnamed=rest),
        covered=_covered(named, rest, covered_group),
    )


def _covered(named: Sequence[Supplier], rest: Supplier | None, in_groups: float) -> Bounds | None:
    """Return the share of covered nations together; all who are not named may stand in the rest."""
    of_them = [one for one in named if one.name in COVERED]
    others = [one for one in named if one.name not in COVERED]
    joined = Supplier(
        "covered", sum(one.low for one in of_them), sum(one.high or 0.0 for one in of_them)
    )
    kept = [joined, *others] if of_them else others
    found = share_of("covered", kept, rest)
    if found is None or not of_them or found.high is None:
        return found
    whole = sum(one.high or 0.0 for one in named) + (0.0 if rest is None else rest.high or 0.0)
    unnamed = 0.0 if rest is None or len(of_them) == len(COVERED) else (rest.high or 0.0)
    return Bounds(found.low, min(1.0, found.high + (unnamed + in_groups) / whole))


def reliance_frame(found: Iterable[ImportReliance]) -> pl.DataFrame:
    """Return net import reliances as a table."""
    import polars as pl

    rows = [
        {
            "mineral": one.mineral, "subject": one.subject, "year": one.year, "text": one.text,
            "flag": one.flag,
            "published_low_pct": None if one.published is None else one.published.low,
            "published_high_pct": None if one.published is None else one.published.high,
            "recomputed_low_pct": None if one.recomputed is None else one.recomputed.low,
            "recomputed_high_pct": None if one.recomputed is None else one.recomputed.high,
            "error_points": one.error_points, "why_not": one.why_not,
            "rows": "; ".join(one.rows), "vintage": one.vintage, "source": one.source,
        }
        for one in found
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
