"""The input-output accounts of the United States as matrices: what industries take from another.

Direct requirements between industries are A = D B, with D the part of each product that industries
make (make table) and B what an industry takes of each product for a dollar of output (use table):
the industry-technology assumption, as BEA's own total requirements make it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.reference import kept_by_tables, table
from oreline.stress._model_arrays import Floats

LEVELS: Final = ("71", "402")
"""Industries of the summary tables (2023) and of the detail tables (2017)."""
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "3361MV": ("3361", "3362", "3363"),
    "3364OT": ("3364", "3365", "3366", "3369"),
    "311FT": ("311", "312"),
    "313TT": ("313", "314"),
    "315AL": ("315", "316"),
}
"""Summary industries that join several groups of the detail tables."""


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Industries with their output and value added, and what each takes of others' output.

    Money is in million dollars at producers' prices; ``needs`` is the matrix A: dollars of row's
    output for a dollar of column's.
    """

    level: str
    year: int
    source: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    output_musd: Floats
    value_added_musd: Floats
    needs: Floats

    @property
    def final_musd(self) -> Floats:
        """Return what is left of each industry's output for final use, net of imports."""
        return np.asarray(self.output_musd - self.needs @ self.output_musd)

    def at(self, code: str) -> int:
        """Return the place of an industry."""
        return self.codes.index(code)


@kept_by_tables
def industry_names() -> Mapping[str, str]:
    """Return the names of the industries of both levels by code."""
    return {
        code: name
        for level in LEVELS
        for code, name in table(f"industries_{level}").select("code", "name").iter_rows()
    }


@kept_by_tables
def accounts(level: str) -> Accounts:
    """Return the accounts of a level, of :data:`LEVELS`."""
    named = table(f"industries_{level}")
    codes = tuple(named["code"].to_list())
    made, used = table(f"make_{level}"), table(f"use_{level}")
    place = {code: number for number, code in enumerate(codes)}
    # Totals are printed among the rows and columns; what no industry makes is no product here.
    totals = {"T008", "Total Industry Output", "Total Commodity Output"}
    rows = made.filter(made["row"].is_in(codes) & ~made["col"].is_in(list(totals)))
    products = {code: number for number, code in enumerate(sorted(set(rows["col"])))}
    make = np.zeros((len(codes), len(products)))
    for row, col, value in rows.select("row", "col", "value_musd").iter_rows():
        make[place[row], products[col]] += value
    use, added = np.zeros((len(products), len(codes))), np.zeros(len(codes))
    for row, col, value in used.select("row", "col", "value_musd").iter_rows():
        if col in place and row in products:
            use[products[row], place[col]] += value
        elif col in place and row.startswith("V0"):
            added[place[col]] += value
    output, product = make.sum(axis=1), make.sum(axis=0)
    shares = make / np.where(product > 0, product, 1)
    needs = shares @ (use / output)
    sources = dict.fromkeys([*made["source"].unique().sort(), *used["source"].unique().sort()])
    return Accounts(
        level, int(used["vintage"].to_list()[0]), "; ".join(sources), codes,
        tuple(named["name"].to_list()), output, added, needs,
    )  # fmt: skip


def level_of(industries: tuple[str, ...]) -> str:
    """Return the coarsest level that has all these industries, '' if none has."""
    return next((one for one in LEVELS if set(industries) <= set(accounts(one).codes)), "")


def detailed(industries: Mapping[str, float]) -> dict[str, float]:
    """Return shares of summary industries as the same share of each of their detail industries."""
    codes = accounts("402").codes
    return {
        code: share
        for industry, share in industries.items()
        for code in codes
        if code.startswith(_GROUPS.get(industry, (industry,)))
    }
