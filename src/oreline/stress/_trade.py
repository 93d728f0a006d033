"""Bilateral trade by code of the Harmonized System: who sells to whom, and what is not told.

A code is not a mineral: several share one, and the table leaves small flows and many quantities
out. Each answer says which of these it is touched by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from oreline.model import InputError
from oreline.reference import (
    UnknownHsCodeError,
    country,
    hs_code,
    kept_by_tables,
    mineral_key,
    source,
    table,
)

if TYPE_CHECKING:
    import polars as pl

SHARED_CODES: Final[Mapping[str, str]] = {
    "280530": "all rare-earth metals with scandium and yttrium share this code",
    "284610": "cerium compounds only",
    "284690": "compounds of all other rare earths, yttrium and scandium share this code",
    "850511": "metal magnets of every kind: neodymium-iron-boron, samarium-cobalt, ferrous alloys",
    "811292": "gallium, germanium, hafnium, indium, niobium, rhenium, vanadium share this code",
    "253090": "many minerals share this code",
    "282200": "cobalt oxides and hydroxides; intermediates stand under other codes",
    "810510": "cobalt mattes, unwrought cobalt, scrap and powders together (edition of 1992)",
    "720293": "ferroniobium; niobium metal and oxide stand under other codes",
}
"""What else stands under a code."""
FLOOR_KUSD: Final[Mapping[str, float]] = {"HS92": 5.0, "HS17": 50.0}
"""The least value of a flow in the shipped tables, by edition, in thousand US dollars."""
MINERAL_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "rare earths": ("280530", "284610", "284690", "850511"),
    "cerium": ("284610", "280530"),
    **dict.fromkeys(
        (
            "lanthanum", "praseodymium", "neodymium", "samarium", "europium", "gadolinium",
            "terbium", "dysprosium", "holmium", "erbium", "thulium", "ytterbium", "lutetium",
            "yttrium", "scandium",
        ),
        ("280530", "284690", "850511"),
    ),
    "gallium": ("811292",),
    "germanium": ("811292",),
    "antimony": ("261710", "811010"),
    "copper": ("260300", "740311"),
    "nickel": ("260400", "750210"),
    "tungsten": ("261100", "810110", "810194"),
    "magnesium": ("810411",),
    "magnesium metal": ("810411",),
    "titanium": ("810820",),
    "titanium metal": ("810820",),
    "silicon": ("280469",),
}  # fmt: skip
"""Codes by mineral, beside those of GeoPolRisk."""
PARTNERS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Trader:
    """A country's place in the trade of a code: value, tonnes as far as told, share, rank.

    ``quantity_t`` is the sum of the flows that have one; ``flows_without_quantity`` of ``flows``
    have none, and ``value_without_quantity`` is their share of the value.
    """

    iso3: str
    name: str
    value_kusd: float
    share: float
    rank: int
    quantity_t: float | None
    flows: int
    flows_without_quantity: int
    value_without_quantity: float

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "iso3": self.iso3, "name": self.name, "value_kusd": self.value_kusd,
            "share": self.share, "rank": self.rank, "quantity_t": self.quantity_t,
            "flows": self.flows, "flows_without_quantity": self.flows_without_quantity,
            "value_without_quantity": self.value_without_quantity,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeTrade:
    """The trade of one code in one year: exporters by share of the world, and warnings."""

    hs: str
    description: str
    edition: str
    year: int
    years: tuple[int, ...]
    importer: str
    exporters: tuple[Trader, ...]
    world_kusd: float
    source: str
    warnings: tuple[str, ...]

    def exporter(self, iso3: str) -> Trader | None:
        """Return a country's place; None where no flow of it is told."""
        return next((one for one in self.exporters if one.iso3 == iso3), None)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "hs": self.hs, "description": self.description, "edition": self.edition,
            "year": self.year, "years": list(self.years), "importer": self.importer,
            "exporters": [one.to_json() for one in self.exporters],
            "world_kusd": self.world_kusd, "source": self.source, "warnings": list(self.warnings),
        }  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """Return the exporters as a table."""
        import polars as pl

        rows = [
            {"hs": self.hs, "edition": self.edition, "year": self.year,
             "importer": self.importer or "world", **one.to_json(), "source": self.source}
            for one in self.exporters
        ]  # fmt: skip
        return pl.DataFrame(rows, infer_schema_length=None)


def codes_of(mineral: str) -> tuple[str, ...]:
    """Return the codes under which a mineral is traded, of those that the table has.

    >>> codes_of("antimony")
    ('261710', '811010')
    """
    key = mineral_key(mineral)
    have = set(_flows().keys())
    named = list(MINERAL_CODES.get(key, ()))
    for row in table("geopolrisk_codes").iter_rows(named=True):
        if row["mineral"] == key and (row["hs"] or "").isdigit():
            named += [row["hs"], *(row["hs_extra"] or "").replace(";", " ").split()]
    return tuple(dict.fromkeys(code for code in named if code in have))


@kept_by_tables
def _flows() -> dict[str, pl.DataFrame]:
    return {
        str(key[0]): rows
        for key, rows in table("trade_flows").partition_by("hs", as_dict=True).items()
    }


def code_trade(hs: str, *, year: int | None = None, importer: str = "") -> CodeTrade:
    """Give who exports a code in a year, to the world or to one country, with what is not told.

    Share and rank are of the value that is told: flows below :data:`FLOOR_KUSD` are not.

    Parameters
    ----------
    hs
        A code of six digits, with or without its point.
    year
        By default the newest that the table has.
    importer
        Any name or code of a country; empty for the world.

    Raises
    ------
    InputError
        If the table has no such code, or no flow of it in that year.
    UnknownCountryError
        If there is no such importer.

    Examples
    --------
    >>> found = code_trade("2617.10", year=2024)
    >>> found.exporters[0].rank, "5,000" in " ".join(found.warnings)
    (1, True)
    """
    import polars as pl

    code = hs.replace(".", "").strip()
    flows = _flows().get(code)
    if flows is None:
        known = ", ".join(sorted(_flows()))
        raise InputError(f"no flows of {hs!r} are carried; the codes are: {known}")
    years = tuple(sorted(flows["year"].unique()))
    wanted = years[-1] if year is None else year
    rows = flows.filter(pl.col("year") == wanted)
    into = country(importer).alpha3 if importer else ""
    if into:
        rows = rows.filter(pl.col("importer") == into)
    if not rows.height:
        told = f" to {into}" if into else ""
        raise InputError(f"no flow of {code}{told} is told in {wanted}; years: {years}")
    edition = rows["edition"][0]
    exporters = _traders(rows)
    return CodeTrade(
        hs=code,
        description=_described(code),
        edition=edition,
        year=wanted,
        years=years,
        importer=into,
        exporters=exporters,
        world_kusd=float(rows["value_kusd"].sum()),
        source=rows["source"][0],
        warnings=_warnings(code, edition, rows),
    )


def _traders(rows: pl.DataFrame) -> tuple[Trader, ...]:
    import polars as pl

    unweighed = pl.col("quantity_t").is_null()
    summed = (
        rows.group_by("exporter")
        .agg(
            value=pl.col("value_kusd").sum(),
            quantity=pl.col("quantity_t").sum(),
            flows=pl.len(),
            unweighed=unweighed.sum(),
            hidden=pl.col("value_kusd").filter(unweighed).sum(),
        )
        .sort("value", "exporter", descending=[True, False])
    )
    world = float(summed["value"].sum())
    return tuple(
        Trader(
            iso3=row["exporter"],
            name=_country_name(row["exporter"]),
            value_kusd=row["value"],
            share=row["value"] / world,
            rank=rank,
            quantity_t=None if row["unweighed"] == row["flows"] else row["quantity"],
            flows=row["flows"],
            flows_without_quantity=row["unweighed"],
            value_without_quantity=row["hidden"] / row["value"] if row["value"] else 0.0,
        )
        for rank, row in enumerate(summed.iter_rows(named=True), 1)
    )


def _warnings(code: str, edition: str, rows: pl.DataFrame) -> tuple[str, ...]:
    told = []
    if code in SHARED_CODES:
        told.append(f"{code[:4]}.{code[4:]}: {SHARED_CODES[code]}")
    floor = FLOOR_KUSD.get(edition)
    if floor is not None:
        told.append(f"flows below {1000 * floor:,.0f} US dollars are not in the table")
    missing = rows["quantity_t"].null_count()
    if missing:
        told.append(f"{missing} of {rows.height} flows have no quantity; their tonnes are unknown")
    told.append(
        "exports and imports are reconciled by the publisher from both partners' reports; "
        "what only one of them reported is its mirror"
    )
    return tuple(told)


@cache
def _country_name(iso3: str) -> str:
    try:
        return country(iso3).name
    except InputError:
        return iso3


def _described(code: str) -> str:
    try:
        return hs_code(code).description
    except UnknownHsCodeError:
        return ""


def flows_frame(hs: str, year: int | None = None) -> pl.DataFrame:
    """Return the bilateral flows of a code as they stand; a quantity that is null is unknown.

    Raises
    ------
    InputError
        If the table has no such code.
    """
    import polars as pl

    found = code_trade(hs, year=year)
    return _flows()[found.hs].filter(pl.col("year") == found.year).sort(
        "value_kusd", descending=True
    )  # fmt: skip


def trade_source_line(found: CodeTrade) -> str:
    """Return the line that stands under a table or chart of the trade of a code."""
    return f"{source(found.source).attribution} {found.edition}, {found.year}."
