"""Tables as files to take away: what others wrote stays text in every program that opens them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from oreline.api._files import EXCEL_ROWS_MAX, archive_of, frame_bytes, workbook_of
from oreline.cli._output import export_frame, export_workbook
from oreline.model import LimitExceededError

WRITTEN = ["=1+1", "=HYPERLINK(\"http://a.example\")", "+41 1", "-x", "@SUM(A1)", "http://a.example",
           "mailto:a@a.example", "{=A1}"]  # fmt: skip
FRAME = pl.DataFrame({"what": WRITTEN})


def sheets_of(data: bytes) -> dict[str, str]:
    """Return the parts of a workbook as XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def see_plain(data: bytes, sheet: str) -> None:
    """See that a workbook holds the texts, and no formula and no link."""
    told = fastexcel.read_excel(data).load_sheet(sheet).to_polars()
    assert told["what"].to_list() == WRITTEN
    xml = sheets_of(data)
    for name, part in xml.items():
        assert "<f>" not in part, name
        assert "<hyperlink" not in part, name


def test_text_of_others_is_no_formula_and_no_link(tmp_path: Path) -> None:
    see_plain(workbook_of({"a": FRAME}), "a")
    see_plain(frame_bytes(FRAME, "a", "xlsx"), "a")
    one, many = tmp_path / "one.xlsx", tmp_path / "many.xlsx"
    export_frame(lambda: FRAME, one)
    export_workbook(lambda: {"a": FRAME, "b": FRAME}, many)
    see_plain(one.read_bytes(), "Sheet1")
    see_plain(many.read_bytes(), "b")


def test_what_is_no_number_does_not_stop_a_workbook(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [1.5, float("nan"), float("inf"), None]})
    path = tmp_path / "x.xlsx"
    export_frame(lambda: frame, path)
    for data in (workbook_of({"x": frame}), path.read_bytes()):
        sheet = next(part for name, part in sheets_of(data).items() if "sheet1.xml" in name)
        assert "#NUM!" in sheet
        assert "#DIV/0!" in sheet


def test_every_table_has_a_sheet_of_its_own_whatever_it_is_called() -> None:
    names = ["costs: ore/metal", "A" * 40, "a" * 35, "[x]?*", "'", "empty"]
    frames = dict.fromkeys(names, FRAME) | {"empty": pl.DataFrame()}
    found = fastexcel.read_excel(workbook_of(frames)).sheet_names
    assert found == ["costs- ore-metal", "A" * 31, "a" * 29 + " 2", "-x---", "table"]


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    frame = pl.DataFrame({"x": pl.repeat(1, EXCEL_ROWS_MAX + 1, eager=True)})
    with pytest.raises(LimitExceededError, match="take csv"):
        frame_bytes(frame, "x", "xlsx")


def test_an_archive_is_the_same_bytes_for_the_same_tables() -> None:
    first = archive_of({"costs, all": FRAME})
    assert first == archive_of({"costs, all": FRAME})
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert packed.namelist() == ["costs-all.csv"]
        assert packed.read("costs-all.csv").startswith(b"\xef\xbb\xbfwhat")
