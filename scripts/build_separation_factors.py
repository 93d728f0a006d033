"""Write the tables of solvent extraction in the room design from published facts.

`python scripts/build_separation_factors.py FACTS` reads `process/*.csv` below the folder of facts
and writes separation factors, distribution coefficients and extraction tests; each row keeps the
source that its number was first published in.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "oreline" / "design" / "data"
DIFFLOW = "as evaluated in difflow 0.2.2"
UKY = "Keim and Naumann, DOE report 10.2172/1569277 (2019), fits of DEHPA with TBP"
SCI_REP = "Scientific Reports 10, 16911 (2020), CC BY 4.0; 0.8 M extractant, initial pH 4"
SOURCES = {
    "derived fit (Nd interpolated on Peppard line)": f"Peppard and Mason lines, {DIFFLOW}",
    "difflow from Tanaka": f"Tanaka 2021, DOI 10.1016/j.hydromet.2021.105588, {DIFFLOW}",
    "difflow 0.2.2 (Liu 2014": f"Liu 2014 and Zhang and Li 1993, {DIFFLOW}",
    "Zhang 2016": f"Zhang 2016, table 4.36, {DIFFLOW}",
    "difflow 0.2.2": f"measurements collected {DIFFLOW}",
    "EP2388344A1": "patent EP2388344A1 (Shin-Etsu)",
    "Banda 2014": "Banda 2014, DOI 10.1016/j.jiec.2014.03.002",
}
STATUS = {
    "published (patent)": "published",
    "cited, not read": "cited",
    "measured Nd, Dy": "measured",
    "measured Nd, Sm": "measured",
    "measured La, Nd": "measured",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(columns: list[str], rows: list[list[str]]) -> str:
    """Return a CSV as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([columns, *rows])
    return out.getvalue()


def source_of(given: str, status: str) -> str:
    """Return the paper or patent that a number is of."""
    for mark, source in SOURCES.items():
        if mark in given or mark in status:
            return source
    raise SystemExit(f"whose number is this? {given!r}")


def separation_factors(facts: list[dict[str, str]]) -> str:
    """Return the factors: one row for each pair, extractant and medium that was published."""
    rows, before = [], ""
    for row in facts:
        given = before if row["primary_source"] == "idem" else row["primary_source"]
        before = given
        pair = re.fullmatch(r"([A-Z][a-z]?)/([A-Z][a-z]?)( max)?", row["pair_or_quantity"])
        if pair is None:
            continue
        extractant = re.sub(
            r" \(fit\)| n-heptane| Shellsol D70|/kerosene|/isododecane", "", row["extractant"]
        )
        extractant = extractant.replace(" (fit)", "").replace("PC88A(P507)", "PC88A").strip()
        if pair[3]:
            extractant = f"{extractant}, the most"
        rows.append([
            pair[1], pair[2], extractant, row["medium"], row["value"],
            STATUS.get(row["status"], "fit"), source_of(given, row["status"]),
        ])  # fmt: skip
    return text_of(
        ["stronger", "weaker", "extractant", "medium", "factor", "status", "source"], rows
    )


def distribution(facts: list[dict[str, str]]) -> str:
    """Return logD = (m0 + m1 dosage) pH + b0 + b1 log10(dosage), or a constant D."""
    rows = []
    for row in facts:
        constant = re.search(r"constant D=([\d.]+)", row["model"])
        told = ["", "", "", "", constant[1]] if constant else [
            row["m0"], row["m1"], row["B0"], row["B1"], "",
        ]  # fmt: skip
        rows.append([row["element"], *told, UKY])
    return text_of(["metal", "m0", "m1", "b0", "b1", "constant", "source"], rows)


def extraction_tests(facts: list[dict[str, str]]) -> str:
    """Return the percentages that one contact extracts, by extractant and metal."""
    rows = []
    slopes: dict[str, str] = {}
    for row in facts:
        if row["pair_or_quantity"].startswith("logD-pH slope"):
            slopes = dict(zip(row["extractant"].split("/"), row["value"].split("/"), strict=True))
    for row in facts:
        if not row["pair_or_quantity"].startswith("%E "):
            continue
        metals = row["pair_or_quantity"].split(" ")[1].split("/")
        slope = slopes[row["extractant"].replace("Cyanex 272", "Cyanex272")]
        rows += [
            [metal, row["extractant"], percent, slope if metal == "Nd" else "", SCI_REP]
            for metal, percent in zip(metals, row["value"].split("/"), strict=True)
        ]
    return text_of(["metal", "extractant", "extracted_percent", "slope", "source"], rows)


def main(arguments: list[str]) -> int:
    """Write the three tables."""
    process = Path(arguments[0]) / "process"
    factors = rows_of(process / "sx_separation_factors.csv")
    TARGET.mkdir(exist_ok=True)
    tables = {
        "separation_factors.csv": separation_factors(factors),
        "distribution.csv": distribution(rows_of(process / "prommis_dehpa_tbp_logD.csv")),
        "extraction_tests.csv": extraction_tests(factors),
    }
    for name, text in tables.items():
        (TARGET / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
