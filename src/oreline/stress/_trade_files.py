"""Tables of bilateral trade that a user brings: as BACI writes them, or in our own columns.

BACI writes ``t, i, j, k, v, q``: year, exporter, importer, code, value in thousand US dollars,
tonnes; countries are numbers, of which some are its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from typing import Final

import polars as pl

from oreline.model import Finding, InputError, LimitExceededError, Severity
from oreline.reference import countries

TRADE_BYTES_MAX: Final = 2_000_000_000
"""The largest table of trade that is read."""
BACI_COLUMNS: Final = {
    "t": "year", "i": "exporter", "j": "importer", "k": "hs", "v": "value_kusd", "q": "quantity_t",
}  # fmt: skip
COLUMNS: Final = tuple(BACI_COLUMNS.values())
OWN_NUMBERS: Final = {
    "251": "FRA", "699": "IND", "757": "CHE", "842": "USA", "579": "NOR", "381": "ITA",
    "490": "S19", "58": "BLX", "711": "ZA1", "891": "SCG", "736": "SDN", "530": "ANT",
}  # fmt: skip
"""Countries that BACI numbers in its own way; S19 is "Other Asia, not elsewhere specified"."""
SHOWN: Final = 20
"""How many rows of one kind are named; how many more there are is said."""


def read_trade(
    data: bytes, name: str, *, edition: str = "HS92"
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Read a table of bilateral trade from CSV or Parquet.

    Parameters
    ----------
    data, name
        The file and what findings call it; ``.parquet`` is Parquet, all else CSV.
    edition
        The edition of the Harmonized System of codes that do not say it themselves.

    Returns
    -------
    frame
        As ``trade_flows``: year, exporter, importer, hs, edition, value_kusd, quantity_t, where a
        null quantity is unknown.
    findings
        What is odd: countries without a code of ISO 3166.

    Raises
    ------
    InputError
        With every finding, where a column is missing or a row cannot be used.
    LimitExceededError
        If the file is too large.
    """
    if len(data) > TRADE_BYTES_MAX:
        message = f"{name} is larger than TRADE_BYTES_MAX = {TRADE_BYTES_MAX}"
        raise LimitExceededError(message)
    raw = _parsed(data, name)
    named = raw.rename({old: new for old, new in BACI_COLUMNS.items() if old in raw.columns})
    missing = [column for column in COLUMNS if column not in named.columns]
    if missing:
        fix = f"name the columns {', '.join(COLUMNS)}, or as BACI does: {', '.join(BACI_COLUMNS)}"
        found = [
            Finding("ORL-1220", Severity.FATAL, f"{name}:1", f"no column {column}", fix)
            for column in missing
        ]
        raise InputError(f"{name} is no table of trade", found)
    typed = _typed(named, edition)
    wrong = [*_wrong_rows(named, typed, name)]
    if wrong:
        raise InputError(f"{name} cannot be used", wrong)
    return typed.drop("row"), tuple(_odd(typed, name))


def _parsed(data: bytes, name: str) -> pl.DataFrame:
    try:
        if name.casefold().endswith(".parquet"):
            frame = pl.read_parquet(io.BytesIO(data))
            return frame.with_columns(pl.all().cast(pl.String)).fill_null("")
        return pl.read_csv(io.BytesIO(data), infer_schema=False).fill_null("")
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        message = str(error).splitlines()[0]
        finding = Finding("ORL-1220", Severity.FATAL, name, message, "save it as CSV or Parquet")
        raise InputError(f"{name} cannot be read", [finding]) from None


def _typed(frame: pl.DataFrame, edition: str) -> pl.DataFrame:
    numbers = _numbers()

    def place(column: str) -> pl.Expr:
        text = pl.col(column).str.strip_chars()
        bare = text.str.strip_chars_start("0")
        return pl.when(text.str.contains(r"^[0-9]+$")).then(
            bare.replace(numbers)
        ).otherwise(text.str.to_uppercase()).alias(column)  # fmt: skip

    amount = {
        name: pl.col(name).str.strip_chars().cast(pl.Float64, strict=False).alias(name)
        for name in ("value_kusd", "quantity_t")
    }
    code = pl.col("hs").str.strip_chars().str.replace_all(".", "", literal=True)
    says = pl.col("edition") if "edition" in frame.columns else pl.lit(edition)
    return frame.with_row_index("row", 2).select(
        "row",
        pl.col("year").str.strip_chars().cast(pl.Int64, strict=False).alias("year"),
        place("exporter"),
        place("importer"),
        code.str.zfill(6).alias("hs"),
        says.alias("edition"),
        amount["value_kusd"],
        amount["quantity_t"],
    )


@cache
def _numbers() -> dict[str, str]:
    """Return ISO 3166 alpha-3 by the number that stands for a country, without leading zeros."""
    known = {one.numeric.lstrip("0"): one.alpha3 for one in countries() if one.numeric}
    return {**known, **OWN_NUMBERS}


_NO_QUANTITY: Final = ("", "NA", "NaN", "nan", "null")


def _wrong_rows(raw: pl.DataFrame, typed: pl.DataFrame, name: str) -> Iterator[Finding]:
    both = typed.with_columns(
        written=raw["quantity_t"].str.strip_chars(),
    )
    good_value = pl.col("value_kusd").is_finite() & (pl.col("value_kusd") >= 0)
    no_quantity = pl.col("written").is_in(list(_NO_QUANTITY))
    good_quantity = no_quantity | (
        pl.col("quantity_t").is_finite() & (pl.col("quantity_t") >= 0)
    ).fill_null(value=False)
    checks = (
        ("year", pl.col("year").is_between(1900, 2200), "ORL-1221", "no year", "write 2024"),
        ("hs", pl.col("hs").str.contains(r"^[0-9]{6}$"), "ORL-1221", "no code of six digits",
         "write the code of the Harmonized System, as 261710"),
        ("exporter", pl.col("exporter") != "", "ORL-1221", "no country", "write its code"),
        ("importer", pl.col("importer") != "", "ORL-1221", "no country", "write its code"),
        ("value_kusd", good_value, "ORL-1221", "no value of zero or more",
         "write thousand US dollars, as 12.5"),
        ("quantity_t", good_quantity, "ORL-1221", "no quantity of zero or more",
         "write tonnes, or leave it empty where it is not known"),
    )  # fmt: skip
    for column, good, code, words, fix in checks:
        bad = both.filter(~good.fill_null(value=False))
        yield from _named(bad, name, column, code, words, fix)
    keys = ["year", "exporter", "importer", "hs", "edition"]
    twice = typed.filter(pl.struct(keys).is_duplicated())
    fix = "keep one row for a flow of a code in a year, or add them"
    yield from _named(twice, name, "exporter", "ORL-1222", "this flow stands twice", fix)
    if not typed.height:
        message, fix = "it holds no flow", "give a table with at least one row"
        yield Finding("ORL-1220", Severity.FATAL, name, message, fix)


def _named(
    bad: pl.DataFrame, name: str, column: str, code: str, words: str, fix: str
) -> Iterator[Finding]:
    more = bad.height - SHOWN
    for place, row in enumerate(bad["row"][:SHOWN]):
        told = f"{words}; {more} more rows like it" if more > 0 and place == SHOWN - 1 else words
        where = f"{name} row {row} column {column}"
        yield Finding(code, Severity.FATAL, where, told, fix)


def _odd(typed: pl.DataFrame, name: str) -> Iterator[Finding]:
    known = {one.alpha3 for one in countries()} | {"S19"}
    for column in ("exporter", "importer"):
        for place in sorted(set(typed[column].unique()) - known):
            flows = typed.filter(pl.col(column) == place).height
            yield Finding(
                "ORL-1223",
                Severity.WARNING,
                f"{name} column {column}",
                f"{place} is no country of ISO 3166; it stands in {flows} flows",
                "use its alpha-3 code, or leave it: it is a partner without an estimate",
            )
