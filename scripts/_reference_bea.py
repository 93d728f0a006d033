"""The reference tables of the input-output accounts of the United States.

Read by `build_reference.py`. Long tables: a pair of row and column that is not listed was printed
as zero or left out by the publisher. Negative entries (inventories, imports) are as printed.
"""

from __future__ import annotations

from _reference_cells import Facts, Row
from _reference_risk import plain

DETAIL, SUMMARY = "bea-detail-2017", "bea-summary-2023"


def entry(row: str, col: str, value: str, source: str) -> Row:
    """Give one row of a make or use table, in million dollars at producers' prices."""
    return {
        "row": row, "col": col, "value_musd": plain(value), "vintage": source.rpartition("-")[2],
        "basis": "reported", "source": source,
    }  # fmt: skip


def wide(facts: Facts, file: str) -> list[Row]:
    """Give the entries that are not zero of a table printed as a matrix."""
    return [
        entry(raw["rownames"], col, value, SUMMARY)
        for raw in facts.rows(file)
        for col, value in raw.items()
        if col != "rownames" and value and float(value) != 0
    ]


def build_bea(facts: Facts) -> dict[str, list[Row]]:
    """Build industries_402, use_402 and make_402 (2017), and those of 71 industries (2023)."""
    tables = {
        f"{name}_402": [
            entry(raw["row"], raw["col"], raw["value_MUSD"], DETAIL)
            for raw in facts.rows(f"risk/bea_detail_2017_{name}_after_redef{tail}_MUSD.csv.gz")
        ]
        for name, tail in (("use", "_pro"), ("make", ""))
    }
    for name, tail in (("use", "_after_redef_pro"), ("make", "_after_redef"), ("import", "")):
        tables[f"{name}_71"] = wide(facts, f"risk/bea_summary_2023_{name}{tail}_MUSD.csv")
    for size, level, source in (("402", "detail", DETAIL), ("71", "summary", SUMMARY)):
        tables[f"industries_{size}"] = [
            {
                "code": raw[f"BEA_2017_{level.title()}_Industry_Code"],
                "name": raw[f"BEA_2017_{level.title()}_Industry_Name"],
                "vintage": source.rpartition("-")[2], "basis": "reported", "source": source,
            }
            for raw in facts.rows(f"risk/bea_{level}_2017_industry_names.csv")
        ]  # fmt: skip
    return tables
