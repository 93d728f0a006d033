"""Who supplies a mineral at a stage: the published rows, each with its flag, as one supply.

A publisher writes one product in several forms ("crude", "beneficiated") where countries report
differently; these are one supply as long as no country stands in two of them and the publisher
gives one total. Otherwise each form is a supply of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from oreline.model import InputError
from oreline.reference import FLAGS, kept_by_tables, mineral_key, table
from oreline.stress._concentration import Bounds, Concentration, Supplier, concentration, share_of

CHINA: Final = "CHN"
STAGES: Final = ("mine", "refining", "metal", "magnet", "production")
"""The stages of a chain in their order; ``production`` where the publisher does not say which."""
_OF_MEASURE: Final = {
    "mine production": "mine",
    "refinery production": "refining",
    "smelter production": "refining",
    "production": "production",
}
_OF_PRODUCT: Final = {
    ("aluminum", "smelter production"): "metal",
    ("magnesium metal", "smelter production"): "metal",
    ("titanium sponge metal", "production"): "metal",
    ("silicon", "production"): "metal",
    ("gallium", "production"): "refining",
    ("arsenic", "production"): "refining",
}
"""Stages of products whose measure does not say it."""


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """One row of a published table of producers, as printed.

    ``high`` is None where nothing bounds the amount from above; ``flag`` is one of
    :data:`oreline.reference.FLAGS`. ``is_bounded``: ``high`` is what the printed total of the world
    leaves, if that holds the row.
    """

    area: str
    iso3: str
    scope: str
    text: str
    flag: str
    estimated: bool
    low: float
    high: float | None
    is_bounded: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "area": self.area, "iso3": self.iso3, "scope": self.scope, "text": self.text,
            "flag": self.flag, "estimated": self.estimated, "low": self.low, "high": self.high,
            "bounded_by_world_total": self.is_bounded,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class StageSupply:
    """The supply of a mineral at one stage in one year, as one source prints it.

    ``can_be_added`` is false where countries report different forms and the publisher gives no
    total of them; then no measure is given.
    """

    mineral: str
    stage: str
    product: str
    unit: str
    year: int
    vintage: int
    source: str
    rows: tuple[SupplyRow, ...]
    world_text: str
    can_be_added: bool
    basis: str

    @property
    def suppliers(self) -> tuple[Supplier, ...]:
        """Return the named suppliers."""
        return tuple(
            Supplier(row.iso3 or row.area, row.low, row.high)
            for row in self.rows
            if row.scope != "other"
        )

    @property
    def unnamed(self) -> Supplier | None:
        """Return the row that names nobody, None where there is none."""
        found = [row for row in self.rows if row.scope == "other"]
        return Supplier("other countries", found[0].low, found[0].high) if found else None

    def concentration(self, demand: float | None = None) -> Concentration | None:
        """Return how concentrated it is; None where nothing is, or where forms do not add."""
        if not self.can_be_added:
            return None
        return concentration(self.suppliers, unnamed=self.unnamed, demand=demand)

    def share_of(self, iso3: str) -> Bounds | None:
        """Return the share of a country; None as for the concentration."""
        if not self.can_be_added:
            return None
        return share_of(iso3, self.suppliers, self.unnamed)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know of the rows: each flag that stands in them, and whose."""
        told = [
            f"{row.area}: {row.text or 'blank'} ({FLAGS[row.flag]})"
            + (f", {row.high:,.0f} at most if the world's total holds it" if row.is_bounded else "")
            for row in self.rows
            if row.flag not in {"", "dash"}
        ]
        estimated = sum(row.estimated for row in self.rows)
        if self.basis != "reported":
            told.append(f"the shares are {self.basis}: check them before citing")
        if not self.can_be_added:
            told.append("no world total, and the rows are different forms or of one country")
        if estimated:
            told.append(f"{estimated} of {len(self.rows)} rows are estimated by the publisher")
        return tuple(told)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, with its measures."""
        found = self.concentration()
        china = self.share_of(CHINA)
        return {
            "mineral": self.mineral,
            "stage": self.stage,
            "product": self.product,
            "unit": self.unit,
            "year": self.year,
            "vintage": self.vintage,
            "source": self.source,
            "basis": self.basis,
            "world": self.world_text,
            "concentration": None if found is None else found.to_json(),
            "china_share": None if china is None else china.to_json(),
            "notes": list(self.notes),
            "rows": [row.to_json() for row in self.rows],
        }


def stage_supplies(
    mineral: str | None = None, *, vintage: int | None = None, year: int | None = None
) -> tuple[StageSupply, ...]:
    """Give who supplies minerals at each stage, from one edition of USGS's summaries.

    Parameters
    ----------
    mineral
        One mineral, by any name that :func:`oreline.reference.mineral_key` knows; None for all.
    vintage
        The edition; by default the newest carried.
    year
        The year that the figures speak of; by default the newest of the edition.

    Returns
    -------
    tuple of StageSupply
        By mineral, stage and product; empty where nothing is published.

    Raises
    ------
    InputError
        If the edition is not carried.

    Examples
    --------
    >>> gallium = stage_supplies("gallium")[0]
    >>> round(gallium.concentration().hhi.high), gallium.stage
    (9804, 'refining')
    """
    edition = newest_edition("production") if vintage is None else vintage
    every = _supplies(edition)
    if not every:
        raise InputError(f"no figures of production are carried in an edition of {edition}")
    wanted = max(one.year for one in every) if year is None else year
    key = None if mineral is None else mineral_key(mineral)
    return tuple(one for one in every if one.year == wanted and (key is None or one.mineral == key))


def newest_edition(name: str) -> int:
    """Give the newest edition in a table in use.

    >>> newest_edition("production")
    2026
    """
    editions = table(name)["vintage"].drop_nulls()
    if editions.is_empty():
        raise InputError(f"the table {name} holds no edition")
    return int(editions.to_list()[editions.arg_max() or 0])


@kept_by_tables
def _supplies(vintage: int) -> tuple[StageSupply, ...]:
    rows = [
        row
        for row in table("production").iter_rows(named=True)
        if row["vintage"] == vintage and row["measure"] in _OF_MEASURE
    ]
    grouped: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["mineral"], row["measure"], row["year"]), []).append(row)
    made = [
        _supply(key, product, found, can_be_added=_can_be_added(group, products))
        for key, group in grouped.items()
        for products in (_products(group),)
        for product, found in products.items()
    ]
    found = [one for one in made if any(row.scope == "country" for row in one.rows)]
    return tuple(sorted(found, key=lambda o: (o.mineral, STAGES.index(o.stage), o.product, o.year)))


def _has_total(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the publisher adds rows to a world total, be it a bound."""
    return any(
        row["scope"] == "world" and (row["value"] is not None or row["low"] is not None)
        for row in rows
    )


def _can_be_added(
    rows: Sequence[Mapping[str, Any]], products: Mapping[str, Sequence[Mapping[str, Any]]]
) -> bool:
    """Return whether rows make one supply: a total says so, or one form of several countries."""
    countries = {row["area"] for row in rows if row["scope"] == "country"}
    return _has_total(rows) or (len(products) == 1 and len(countries) > 1)


def _products(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows by product: forms in which countries report differently are one."""
    forms: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        forms.setdefault(_form(row["detail"]), []).append(row)
    producers = {
        form: {row["area"] for row in found if row["scope"] in {"country", "other"}}
        for form, found in forms.items()
    }
    named = [form for form in sorted(forms, key=lambda f: -len(producers[f])) if producers[form]]
    taken = [area for form in named for area in producers[form]]
    if len(named) > 1 and _has_total(rows) and len(taken) == len(set(taken)):
        every = [row for found in forms.values() for row in found]
        return {named[0]: every}
    return {form: forms[form] for form in named}


def _form(detail: str) -> str:
    return detail.removesuffix(", rounded").removesuffix(": rounded").strip()


def share_supplies(mineral: str | None = None) -> tuple[StageSupply, ...]:
    """Give the shares of supply by stage that other publishers print: per element, metal, magnet.

    Where the printed shares do not reach the whole, the rest is a row that names nobody.

    Parameters
    ----------
    mineral
        One mineral by any of its names; None for all.

    Examples
    --------
    >>> [(one.stage, one.source) for one in share_supplies("neodymium")][:2]
    [('mine', 'eu-crm-2023'), ('refining', 'eu-crm-2023')]
    """
    key = None if mineral is None else mineral_key(mineral)
    return tuple(one for one in _shares() if key is None or one.mineral == key)


_SHARE_STAGES: Final = {"mined": "mine", "refined": "refining", "metal": "metal",
                        "magnet": "magnet"}  # fmt: skip
_SHARES_WHOLE: Final = 0.995
"""Above this the printed shares are the whole: each is rounded."""


@kept_by_tables
def _shares() -> tuple[StageSupply, ...]:
    grouped: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in table("stage_shares").iter_rows(named=True):
        if row["basis"] != "derived":  # what is derived from amounts is in these amounts already
            key = (row["mineral"], row["stage"], row["detail"], row["source"])
            grouped.setdefault(key, []).append(row)
    found = [_share_supply(rows) for rows in grouped.values()]
    return tuple(sorted(found, key=lambda o: (o.mineral, STAGES.index(o.stage), o.product)))


def _share_supply(rows: Sequence[Mapping[str, Any]]) -> StageSupply:
    first = rows[0]
    made = [
        _row({**row, "value": row["share"], "low": None, "scope": "country",
              "high": 0.001 if row["flag"] in {"<", "<half"} else None,
              "estimated": row["estimated"]})
        for row in rows
    ]  # fmt: skip
    missing = 1.0 - sum(row.low for row in made)
    if missing > 1.0 - _SHARES_WHOLE:
        rest = SupplyRow("other countries", "", "other", "not printed", "", False, missing, missing)
        made.append(rest)
    return StageSupply(
        mineral=first["mineral"],
        stage=_SHARE_STAGES[first["stage"]],
        product=first["detail"],
        unit="share",
        year=first["year"],
        vintage=first["vintage"],
        source=first["source"],
        rows=tuple(made),
        world_text="",
        can_be_added=True,
        basis=first["basis"],
    )


def _supply(
    key: tuple[str, str, int],
    product: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    can_be_added: bool,
) -> StageSupply:
    mineral, measure, year = key
    found = list(rows)
    world = [row["text"] for row in found if row["scope"] == "world"]
    first = found[0]
    given = [_row(row) for row in found if row["scope"] in {"country", "other", "group"}]
    return StageSupply(
        mineral=mineral,
        stage=_OF_PRODUCT.get((mineral, measure), _OF_MEASURE[measure]),
        product=product,
        unit=first["unit"],
        year=year,
        vintage=first["vintage"],
        source=first["source"],
        rows=_within(given, _most(world[0])) if len(world) == 1 else tuple(given),
        world_text=world[0] if world else "",
        can_be_added=can_be_added,
        basis=first["basis"],
    )


def stage_form(product: str, stage: str, mineral: str) -> str:
    """Return in which form a stage is counted, empty where that says no more than its name.

    >>> stage_form("Primary production", "refining", "gallium")
    'Primary'
    >>> [stage_form(product, "mine", "antimony") for product in ("Mine production", "Antimony")]
    ['', '']
    """
    form = product.partition(" production")[0]
    return "" if form.lower() in {stage, mineral, "production"} else form


def _most(world: str) -> float | None:
    """Return what a printed total can be at most: it is rounded where its zeros begin.

    >>> _most("110,000"), _most("119,500"), _most("W")
    (115000.0, 119550.0, None)
    """
    digits = world.replace(",", "")
    if not digits.isdecimal():
        return None
    zeros = len(digits) - len(digits.rstrip("0"))
    return float(digits) + float(f"1e{zeros}") / 2


def _within(rows: Sequence[SupplyRow], most: float | None) -> tuple[SupplyRow, ...]:
    """Bound what has no upper end by what the world's total leaves beside all others.

    Where the others are more than the total already, it does not hold them all: nothing is bounded.
    """
    if most is None or sum(row.high is None for row in rows) == 0:
        return tuple(rows)
    left = most - math.fsum(row.low for row in rows)
    if left < 0:
        return tuple(rows)
    return tuple(
        replace(row, high=row.low + left, is_bounded=True) if row.high is None else row
        for row in rows
    )


def _row(row: Mapping[str, Any]) -> SupplyRow:
    value, low, high = row["value"], row["low"], row["high"]
    if value is not None:
        low = high = value
    return SupplyRow(
        area=row["area"],
        iso3=row["iso3"],
        scope=row["scope"],
        text=row["text"],
        flag=row["flag"],
        estimated=bool(row["estimated"]),
        low=low or 0.0,
        high=high,
    )
