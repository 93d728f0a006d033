"""BACI of CEPII: bilateral trade flows of one year and edition, and its table of country codes.

A year has eleven million rows: only those of the wanted codes are looked at, by columns.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence

import polars as pl

from oreline.exchange._published_eu import records_of
from oreline.exchange._published_rows import (
    WHERE,
    Cells,
    PublishedFile,
    Read,
    located,
    named,
    wrong_kind,
)
from oreline.exchange._sheet import fatal
from oreline.exchange._text_table import read_text_table
from oreline.model import Finding
from oreline.reference import kept_by_tables, table

FLOWS = ("t", "i", "j", "k", "v", "q")
CODES = {
    "code": ("country code",), "name": ("country name",), "iso3": ("country iso3", "iso 3digit"),
}  # fmt: skip
OWN_CODES = {
    "251": "FRA", "490": "TWN", "579": "NOR", "699": "IND", "757": "CHE", "842": "USA",
}  # fmt: skip
"""Numbers of the publisher that ISO 3166 has not; "Other Asia, n.e.s." (490) is in practice Taiwan.
"""


def read_baci(files: Sequence[PublishedFile], vintage: int, codes: Collection[str] = ()) -> Read:
    """Read flows of the wanted codes: by default every code that minerals are known by here.

    Parameters
    ----------
    files
        ``BACI_HS17_Y2024_V202601.csv`` and the like, and the file of country codes beside.
    codes
        Six digits each.
    """
    wanted = frozenset(codes) or mineral_codes()
    places: dict[str, str] = {}
    rows: list[Cells] = []
    findings: list[Finding] = []
    flows: list[PublishedFile] = []
    for file in files:
        head = file.data[:200].partition(b"\n")[0].decode("latin-1").replace('"', "").strip()
        if tuple(head.casefold().split(",")) == FLOWS:
            flows.append(file)
            continue
        listed, found = _places(file)
        places |= listed
        findings += found
    for file in flows:
        made, found = _flows(file, wanted, places, vintage)
        rows += made
        findings += found
    if not flows:
        findings.append(
            fatal("ORL-1200", "BACI", "no file of flows was given", "give BACI_HS17_Y2024….csv too")
        )
    return Read({"trade_flows": rows} if rows else {}, tuple(findings))


@kept_by_tables
def mineral_codes() -> frozenset[str]:
    """Give the codes of six digits by which minerals are known in the shipped tables."""
    found = set(table("hs_minerals")["code"]) | set(table("trade_flows")["hs"].unique())
    codes = table("geopolrisk_codes")
    found |= set(codes["hs"]) | {code for text in codes["hs_extra"] for code in text.split()}
    return frozenset(code for code in found if len(code) == 6)


def _places(file: PublishedFile) -> tuple[dict[str, str], list[Finding]]:
    listed, findings = read_text_table(file.data, file.name)
    found = list(findings)
    if listed is None:
        return {}, found
    columns = named(listed.frame.columns, CODES)
    if not {"code", "iso3"} <= set(columns):
        missing = ("t, i, j, k, v and q", "or country_code and country_iso3")
        return {}, [*found, wrong_kind(file.name, "BACI", missing)]
    places = {
        cells["code"]: located(cells.get("iso3", ""), cells.get("name", "")) or cells["iso3"]
        for _, cells in records_of(listed, columns)
    }
    return places, found


def _flows(
    file: PublishedFile, wanted: Collection[str], places: dict[str, str], vintage: int
) -> tuple[list[Cells], list[Finding]]:
    edition = re.search(r"HS(\d{2})", file.name.upper())
    if edition is None:
        message = "the edition of the Harmonized System is not in the file's name"
        fix = "keep the publisher's name, such as BACI_HS17_Y2024_V202601.csv"
        return [], [fatal("ORL-1200", file.name, message, fix)]
    lazy = pl.scan_csv(io.BytesIO(file.data), infer_schema=False).with_row_index("row", offset=2)
    try:
        frame = (
            lazy.with_columns(pl.col("k").str.strip_chars().str.zfill(6))
            .filter(pl.col("k").is_in(list(wanted)))
            .collect()
        )
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        return [], [fatal("ORL-1200", file.name, f"cannot be read: {reason}", "give it unchanged")]
    rows = [
        {
            "year": t.strip(), "exporter": _place(i, places), "importer": _place(j, places),
            "hs": k, "edition": f"HS{edition[1]}", "value_kusd": _number(v),
            "quantity_t": _number(q), "vintage": str(vintage), "basis": "reported",
            WHERE: f"{file.name} row {row}",
        }
        for row, t, i, j, k, v, q in frame.select("row", *FLOWS).fill_null("").iter_rows()
    ]  # fmt: skip
    if not rows:
        message = f"no flow of the {len(wanted)} codes that were looked for"
        return [], [fatal("ORL-1203", file.name, message, "say which codes with --code")]
    return rows, []


def _place(code: str, places: dict[str, str]) -> str:
    code = code.strip()
    if code in OWN_CODES:
        return OWN_CODES[code]
    return places.get(code) or located(code.zfill(3)) or code


def _number(text: str) -> str:
    text = text.strip()
    return "" if text in {"NA", "NaN", "nan"} else text
