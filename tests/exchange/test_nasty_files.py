"""Files as they come from plants: a problem is a finding at its cell, never a wrong number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from oreline.exchange import read_events, read_mapping

ROW: dict[str, Any] = {
    "event": "e1", "kind": "extract", "time": "2025-09-01T06:00:00Z", "actor": "a", "party": "p",
    "site": "s", "lot": "p:1", "wet_t": "10", "moisture_pct": "5", "Sb_pct": "6",
    "basis": "measured", "source": "x",
}  # fmt: skip
HEAD = list(ROW)


def text_of(separator: str = ",", **cells: str) -> str:
    row = [f'"{value}"' for value in (ROW | cells).values()]
    return f"{separator.join(HEAD)}\n{separator.join(row)}\n"


def read(path: Path, data: str, encoding: str = "utf-8") -> tuple[list[Any], list[Any]]:
    path.write_bytes(data.encode(encoding))
    drafts, findings = read_events(path)
    return drafts, list(findings)


WRONG = {
    "decimal comma": ("wet_t", "10,5", "ORL-0333", "write 10.5"),
    "thousands": ("wet_t", "1,250.5", "ORL-0333", "write 1250.5"),
    "spaced thousands": ("wet_t", "1 250.5", "ORL-0333", "write 1250.5"),
    "continental": ("wet_t", "1.250,5", "ORL-0333", "write 1250.5"),
    "Urdu digits": ("wet_t", "۱۲٫۵", "ORL-0333", "write 12.5"),
    "Arabic digits": ("wet_t", "١٢", "ORL-0333", "write 12"),
    "not available": ("Sb_pct", "n/a", "ORL-0333", "unknown: and why"),
    "dash": ("Sb_pct", "-", "ORL-0333", "unknown: and why"),
    "nan": ("wet_t", "NaN", "ORL-0333", "write a number"),
    "per cent": ("Sb_pct", "6%", "ORL-0333", "write 6 as a plain number"),
    "unit": ("wet_t", "10 t", "ORL-0333", "write the number alone"),
    "zero width": ("wet_t", "10\u200b", "ORL-0333", "write a number"),
    "serial day": ("time", "45901", "ORL-0331", "2025-09-01"),
    "month first": ("time", "09/01/2025", "ORL-0331", "2025-09-01"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_cell_that_cannot_be_read_is_named(tmp_path: Path, what: str) -> None:
    column, cell, code, fix = WRONG[what]
    drafts, (found, *more) = read(tmp_path / "a.csv", text_of(**{column: cell}))
    assert (drafts, more) == ([], [])
    assert (found.code, found.where) == (code, f"a.csv row 2 column {column}")
    assert fix in found.fix


READ = {
    "mark": ("\ufeff" + text_of(), "utf-8"),
    "utf-16": (text_of(), "utf-16"),
    "semicolons": (text_of(";"), "utf-8"),
    "tabs": (text_of("\t"), "utf-8"),
    "named separator": ("sep=;\n" + text_of(";"), "utf-8"),
    "spaces": (text_of(wet_t=" 10\u00a0", lot="p:1 ", kind="extract "), "utf-8"),
}


@pytest.mark.parametrize("what", READ)
def test_what_can_be_read_is_read_right(tmp_path: Path, what: str) -> None:
    (draft,), findings = read(tmp_path / "a.csv", *READ[what])
    assert findings == []
    (made,) = draft["body"]["outputs"]
    assert (made["lot"], made["wet"]["value"], made["grades"][0]["value"]) == ("p:1", "10", "6")


def test_a_limit_of_detection_is_kept(tmp_path: Path) -> None:
    (draft,), _ = read(tmp_path / "a.csv", text_of(Sb_pct="< 0.01"))
    assert draft["body"]["outputs"][0]["grades"][0]["below"] == "0.01"


def test_a_point_that_may_separate_thousands_is_warned_of(tmp_path: Path) -> None:
    _, (found,) = read(tmp_path / "a.csv", text_of(";", wet_t="1.250"))
    assert (found.code, str(found.severity)) == ("ORL-0322", "warning")
    assert found.where == "a.csv row 2 column wet_t"
    assert "write 1250" in found.fix
    assert read(tmp_path / "b.csv", text_of(wet_t="1.250"))[1] == []


def test_decimal_commas_make_points_thousands_in_text(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'source = "*.csv"\nheader_rows = [1]\ndecimal_comma = true\n[columns]\n'
        + "".join(f'"{name}" = "{name}"\n' for name in HEAD)
    )
    mapping, _ = read_mapping(tmp_path / "m.toml")
    for cell, value in (("1.250", "1250"), ("1.250,5", "1250.5"), ("12,5", "12.5"), ("7", "7")):
        path = tmp_path / "a.csv"
        path.write_text(text_of(";", wet_t=cell))
        drafts, findings = read_events(path, mapping=mapping)
        assert list(findings) == []
        assert drafts[0]["body"]["outputs"][0]["wet"]["value"] == value


@pytest.mark.parametrize("head", ["Mass,,Grade\n", "واقعہ,قسم,وقت\n"])
def test_other_headers_are_named(tmp_path: Path, head: str) -> None:
    drafts, findings = read(tmp_path / "a.csv", head + text_of())
    assert drafts == []
    assert any(f.code == "ORL-0307" and "row 1 column" in f.where for f in findings)


def book(path: Path, change: Callable[[Any, Any], None]) -> tuple[list[Any], list[Any]]:
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("S & T")
    sheet.write_row(0, 0, HEAD)
    for column, (name, value) in enumerate(ROW.items()):
        is_number = name in {"wet_t", "moisture_pct", "Sb_pct"}
        sheet.write(1, column, float(value) if is_number else value)
    change(workbook, sheet)
    workbook.close()
    drafts, findings = read_events(path)
    return drafts, list(findings)


@pytest.mark.parametrize("form", ["0%", "0.00%", "0.0 %", "[Red]0.0%"])
def test_a_cell_shown_as_a_percentage_is_not_taken_for_its_hundredth(
    tmp_path: Path, form: str
) -> None:
    def change(workbook: Any, sheet: Any) -> None:
        sheet.write(1, 9, 0.0625, workbook.add_format({"num_format": form}))

    drafts, (found,) = book(tmp_path / "a.xlsx", change)
    assert drafts == []
    assert (found.code, found.where) == ("ORL-0333", "a.xlsx sheet S & T row 2 column Sb_pct")
    assert "write 6.25 as a plain number" in found.fix


def test_formats_of_thousands_and_dates_are_read_by_their_value(tmp_path: Path) -> None:
    def change(workbook: Any, sheet: Any) -> None:
        sheet.write(1, 7, 1250.5, workbook.add_format({"num_format": "#,##0.00"}))

    drafts, findings = book(tmp_path / "a.xlsx", change)
    assert findings == []
    assert drafts[0]["body"]["outputs"][0]["wet"]["value"] == "1250.5"

    def day(workbook: Any, sheet: Any) -> None:
        form = workbook.add_format({"num_format": "dd.mm"})
        sheet.write(1, 7, dt.date(2025, 10, 5), form)

    drafts, (found,) = book(tmp_path / "b.xlsx", day)
    assert (drafts, found.where) == ([], "b.xlsx sheet S & T row 2 column wet_t")


def test_merged_titles_and_errors_are_findings(tmp_path: Path) -> None:
    drafts, findings = book(
        tmp_path / "a.xlsx", lambda _, sheet: sheet.merge_range(0, 0, 0, 3, "Shift")
    )
    assert drafts == []
    assert findings
    drafts, findings = book(
        tmp_path / "b.xlsx",
        lambda _, sheet: sheet.write_formula(1, 7, "=1/0", None, "#DIV/0!"),
    )
    assert drafts == []
    assert "shows an error" in findings[0].message
