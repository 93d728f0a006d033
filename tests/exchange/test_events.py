"""Event tables: every form of file, every kind of cell, every way to be wrong."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from oreline.exchange import Limits, read_chain, read_events
from oreline.exchange._cells import moment_reader, parse_amount
from oreline.exchange._folder import zone_of
from oreline.exchange._workbook import _plain, excel_text
from oreline.model import Chain, Finding

HEAD = "event,kind,time,lot,wet_t,basis"
CHAIN = Chain("c", "c", "USD", defaults={"time_zone": "Europe/Berlin", "actor": "a"})


def read(tmp_path: Path, text: str | bytes, name: str = "e.csv") -> tuple[Any, tuple[Finding, ...]]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_events(path)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


ROW = "w-1,weigh,2025-09-01T06:00:00Z,fwo:1,24.35,measured"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_form_of_the_file_does_not_matter(
    tmp_path: Path, mark: str, end: str, encoding: str
) -> None:
    text = f"{HEAD},note\n{ROW},Übergabe\n".replace(",", mark).replace("\n", end)
    drafts, findings = read(tmp_path, text.encode(encoding))
    assert findings == ()
    assert drafts[0]["note"] == "Übergabe"
    assert drafts[0]["body"]["wet"] == {"value": "24.35", "unit": "t", "basis": "measured"}


def test_windows_1252_is_read_with_a_warning(tmp_path: Path) -> None:
    drafts, findings = read(tmp_path, f"{HEAD},note\n{ROW},Übergabe\n".encode("cp1252"))
    assert codes(findings) == ["ORL-0303"]
    assert "line 2" in findings[0].message
    assert drafts[0]["note"] == "Übergabe"


WRONG = [
    ("wet_t", "wet_bushel", "ORL-0307", "e.csv row 1 column wet_bushel"),
    ("wet_t", "wett_t", "ORL-0307", "e.csv row 1 column wett_t"),
    ("wet_t", "Zz_pct", "ORL-0307", "e.csv row 1 column Zz_pct"),
    ("wet_t", "kind", "ORL-0306", "e.csv row 1 column kind"),
    ("basis", "wet_kg_u", "ORL-0308", "e.csv row 1 column wet_kg_u"),
    ("kind", "x_kind", "ORL-0308", "e.csv row 1"),
    ("weigh", "weihg", "ORL-0330", "e.csv row 2 column kind"),
    ("weigh", "dispatch,,", "ORL-0305", "e.csv row 2"),
    ("06:00:00Z", "25:00:00Z", "ORL-0331", "e.csv row 2 column time"),
    ("2025-09-01T06:00:00Z", "01/09/2025", "ORL-0331", "e.csv row 2 column time"),
    ("2025-09-01T06:00:00Z", "2025-02-30", "ORL-0331", "e.csv row 2 column time"),
    ("2025-09-01T06:00:00Z", "2025-09-01 06:00", "ORL-0332", "e.csv row 2 column time"),
    ("2025-09-01T06:00:00Z", "", "ORL-0309", "e.csv row 2 column time"),
    ("24.35", '"24,35"', "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", '"1,000.5"', "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "24.35 t", "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "-3", "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "2e3", "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "<3", "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "many", "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "3..x", "ORL-0333", "e.csv row 2 column wet_t"),
    ("24.35", "9999999999999", "ORL-0108", "e.csv row 2 event w-1 body/wet"),
    ("measured", "", "ORL-0334", "e.csv row 2 column wet_t"),
    ("measured", "weighed", "ORL-0107", "e.csv row 2 event w-1 body/wet/basis"),
    ("fwo:1", "1", "ORL-0106", "e.csv row 2 event w-1 body/lot"),
    ("w-1", "w 1", "ORL-0106", "e.csv row 2 event w 1 id"),
]


@pytest.mark.parametrize(("old", "new", "code", "where"), WRONG)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, code: str, where: str) -> None:
    text = f"{HEAD}\n{ROW}\n"
    assert old in text
    drafts, findings = read(tmp_path, text.replace(old, new, 1))
    assert drafts == []
    assert (code, where) in [(f.code, f.where) for f in findings], [str(f) for f in findings]


def test_each_way_of_rows_to_disagree(tmp_path: Path) -> None:
    head = "event,kind,time,site,side,lot,wet_t,wet_kg,ticket,basis,container\n"
    day = "2025-09-01T06:00:00Z"
    cases = {
        "ORL-0336": f"a,process,{day},m,in,f:1,,,,,\na,process,{day},n,out,f:2,,,,,\n",
        "ORL-0335": f"a,process,{day},m,in,f:1,1,1000,,measured,\n",
        "ORL-0337": f"a,process,{day},m,in,f:1,,,T7,,\n",
        "ORL-0338": f"a,process,{day},m,,f:1,,,,,\n",
        "ORL-0339": f",weigh,{day},m,,f:1,1,,,measured,\n" * 2,
    }
    for code, rows in cases.items():
        drafts, findings = read(tmp_path, head + rows)
        assert drafts == []
        assert codes(findings) == [code], [str(finding) for finding in findings]


def test_a_source_that_speaks_of_nothing_is_not_lost_silently(tmp_path: Path) -> None:
    text = "event,kind,time,lot,source\na,transfer,2025-09-01T06:00:00Z,fwo:1,deed 7\n"
    drafts, findings = read(tmp_path, text)
    assert len(drafts) == 1
    assert [(f.code, f.severity) for f in findings] == [("ORL-0337", "warning")]


def test_a_row_without_id_is_known_by_its_content(tmp_path: Path) -> None:
    rows = f"{HEAD}\n{ROW}\n{ROW.replace('24.35', '24.36')}\n".replace("w-1", "")
    first, findings = read(tmp_path, rows)
    assert findings == ()
    assert first == read(tmp_path, rows.replace(",", ";"))[0]
    assert len({draft["id"] for draft in first}) == 2


def test_rows_of_one_event_make_its_lines(folder: Path) -> None:
    chain, _ = read_chain(folder)
    drafts, findings = read_events(folder / "events" / "mine.csv", chain)
    assert findings == ()
    extract, process = drafts
    assert extract["extra"] == {"shift": "day"}
    assert len(extract["evidence"][0]) == 64
    assert process["time"] == "2025-09-02T13:00:00Z"
    assert process["body"]["losses"][0]["dry"]["value"] == "0.2"
    assert process["body"]["outputs"][1]["wet"] == {"unknown": "not weighed"}
    assert process["body"]["outputs"][0]["continuing"] is True


def test_names_that_the_chain_lacks_are_warned_of_once(folder: Path) -> None:
    chain, _ = read_chain(folder)
    path = folder / "events" / "mine.csv"
    path.write_text(path.read_text().replace("mill-1", "mil-1").replace("sb-conc", "sb-kon"))
    drafts, findings = read_events(path, chain)
    assert len(drafts) == 2
    assert codes(findings) == ["ORL-0343", "ORL-0343"]
    assert "did you mean mill-1?" in findings[0].fix


def test_a_correction_is_written_as_the_kind_it_corrects(tmp_path: Path) -> None:
    text = (
        "event,kind,time,target,action,reason,as_kind,new_site,lot,wet_t,basis\n"
        "c,correct,2025-09-03T00:00:00Z,w-1,replace,wrong lorry,weigh,mill-1,fwo:1,23.4,measured\n"
    )
    drafts, findings = read(tmp_path, text)
    assert findings == ()
    assert drafts[0]["body"]["replacement"] == {
        "site": "mill-1",
        "body": {"lot": "fwo:1", "wet": {"value": "23.4", "unit": "t", "basis": "measured"}},
    }


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("<0.01", {"below": "0.01"}),
        ("> 30", {"above": "30"}),
        ("10..30", {"low": "10", "high": "30"}),
        ("unknown", {"unknown": "not stated"}),
        ("Unknown: not published", {"unknown": "not published"}),
    ],
)
def test_forms_of_quantities(cell: str, form: dict[str, str]) -> None:
    assert parse_amount(cell) == form


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2025-09-01T11:00+05:00", "2025-09-01T06:00:00Z"),
        ("2025-07-01 12:00", "2025-07-01T10:00:00Z"),
        ("2025-01-01 12:00:00.250", "2025-01-01T11:00:00.25Z"),
        ("2025-01-01", "2024-12-31T23:00:00Z"),
        ("2025-10-26 02:30", "ORL-0332"),
        ("2025-03-30 02:30", "ORL-0332"),
        ("0001-01-01 00:00", "ORL-0331"),
        ("2025-01-01T00:00+24:00", "ORL-0331"),
    ],
)
def test_moments_are_given_in_utc(cell: str, utc: str) -> None:
    value = moment_reader(zone_of("Europe/Berlin"))(cell)
    assert getattr(value, "code", value) == utc


def workbook(path: Path, fill: Callable[[Any, Any], None]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book, book.add_worksheet("Lots"))
    return path


def test_a_workbook_is_read_cell_by_cell(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(
            2, 0, ["event", "kind", "time", "lot", "wet_t", "tare_kg", "basis", "ticket"]
        )
        sheet.write_row(3, 0, ["w-1", "weigh"])
        sheet.write_datetime(3, 2, datetime(2025, 9, 1, 6, 30), day)  # noqa: DTZ001
        sheet.write_row(3, 3, ["fwo:1", 52.3, 1e-7, "measured", 7])
        sheet.write_row(5, 0, ["w-2", "weigh"])
        sheet.write_datetime(5, 2, date(2025, 9, 1), day)  # type: ignore[arg-type]
        sheet.write_row(5, 3, ["fwo:2", 24, 7.25, "measured", "=x"])
        book.add_worksheet("Blank")

    path = workbook(tmp_path / "e.xlsx", fill)
    drafts, findings = read_events(path, CHAIN)
    assert findings == ()
    assert [draft["time"] for draft in drafts] == ["2025-09-01T04:30:00Z", "2025-08-31T22:00:00Z"]
    assert drafts[0]["body"]["wet"]["value"] == "52.3"
    assert drafts[0]["body"]["tare"]["value"] == "0.0000001"
    assert drafts[0]["body"]["ticket"] == "7"
    assert drafts[1]["body"]["wet"]["value"] == "24"


def test_a_cell_with_an_error_is_not_taken_for_blank(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ROW.split(","))
        sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")

    drafts, findings = read_events(workbook(tmp_path / "e.xlsx", fill))
    assert drafts == []
    assert [(f.code, f.where) for f in findings][:1] == [
        ("ORL-0302", "e.xlsx sheet Lots row 2 column 5")
    ]


def test_noise_of_binary_floats_is_removed() -> None:
    assert excel_text("52.300000000000004") == "52.3"
    assert excel_text("0.30000000000000004") == "0.3"
    assert excel_text("12345678901234567890") == "12345678901234567890"
    assert excel_text("0.12345678901234567890") == "0.12345678901234567890"


@given(st.floats(min_value=1e-30, max_value=1e30) | st.integers(0, 2**60).map(float))
def test_floats_are_written_in_plain_digits(number: float) -> None:
    text = _plain(number)
    assert "e" not in text
    assert float(text) == number


def test_parquet_columns_of_every_type(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "event": ["w-1", "w-2"],
            "kind": ["weigh", "weigh"],
            "time": [datetime(2025, 9, 1, 6, tzinfo=UTC), datetime(2025, 9, 2, tzinfo=UTC)],
            "lot": ["f:1", "f:2"],
            "wet_t": [24.35, None],
            "wet_kg": [None, 7],
            "basis": ["measured", "measured"],
        }
    )
    frame.write_parquet(tmp_path / "e.parquet")
    drafts, findings = read_events(tmp_path / "e.parquet")
    assert findings == ()
    assert [draft["time"] for draft in drafts] == ["2025-09-01T06:00:00Z", "2025-09-02T00:00:00Z"]
    assert [d["body"]["wet"]["value"] for d in drafts] == ["24.35", "7"]
    frame.with_columns(wet_t=pl.Series([math.nan, 1.0])).write_parquet(tmp_path / "n.parquet")
    assert "ORL-0333" in codes(read_events(tmp_path / "n.parquet")[1])
    frame.with_columns(note=pl.Series([[1], [2]])).write_parquet(tmp_path / "l.parquet")
    assert codes(read_events(tmp_path / "l.parquet")[1]) == ["ORL-0302"]


def test_lines_of_json(tmp_path: Path) -> None:
    good = (
        b'{"schema":"attest/1","id":"a","time":"2025-09-01T06:00:00Z","actor":"c",'
        b'"body":{"type":"seen","subject":"x"},"seq":7,"salt":"00","recorded":"x"}'
    )
    drafts, findings = read(tmp_path, good + b"\r\n\n", "e.jsonl")
    assert findings == ()
    assert set(drafts[0]) == {"schema", "id", "time", "actor", "body"}
    for line, code in {
        b"{": "ORL-0341",
        b"[1]": "ORL-0341",
        b'{"a":1.5}': "ORL-0341",
        b"{}": "ORL-0101",
        b"\xff": "ORL-0341",
        good.replace(b'"actor":"c",', b""): "ORL-0103",
        good.replace(b'"seq":7', b'"withheld":{}'): "ORL-0360",
    }.items():
        drafts, findings = read(tmp_path, good + b"\n" + line + b"\n", "e.jsonl")
        assert drafts == []
        assert code in codes(findings), line
        assert findings[0].where.startswith("e.jsonl line 2")


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    assert codes(read(tmp_path, b"", "e.csv")[1]) == ["ORL-0308"]
    assert codes(read(tmp_path, b"\0\1\2", "e.csv")[1]) == ["ORL-0302"]
    assert codes(read(tmp_path, b"\x81\x8d", "e.csv")[1]) == ["ORL-0302"]
    assert codes(read(tmp_path, b"PK\3\4", "e.xlsx")[1]) == ["ORL-0302"]
    assert codes(read(tmp_path, b"PAR1", "e.parquet")[1]) == ["ORL-0302"]
    assert codes(read(tmp_path, b"x", "e.docx")[1]) == ["ORL-0302"]
    assert codes(read_events(tmp_path / "none.csv")[1]) == ["ORL-0300"]


def test_limits_at_and_past(tmp_path: Path) -> None:
    text = f"{HEAD}\n{ROW}\n"
    path = tmp_path / "e.csv"
    path.write_text(text)
    for name, value in {
        "file_bytes": len(text),
        "rows": 2,
        "columns": 6,
        "cell_characters": 20,
    }.items():
        at = Limits(**{name: value})
        assert read_events(path, limits=at)[1] == (), name
        assert codes(read_events(path, limits=replace(at, **{name: value - 1}))[1])[:1] == [
            "ORL-0304"
        ]

    def fill(book: Any, sheet: Any) -> None:
        for target in (sheet, book.add_worksheet("More")):
            target.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, [*ROW.split(",")[:4], 1, "measured"])

    book = workbook(tmp_path / "e.xlsx", fill)
    for name, value in {"sheets": 2, "rows": 2, "columns": 6}.items():
        at = Limits(**{name: value})
        assert read_events(book, limits=at)[1] == (), name
        assert codes(read_events(book, limits=replace(at, **{name: value - 1}))[1])[:1] == [
            "ORL-0304"
        ]
    assert codes(read_events(book, limits=Limits(unpacked_bytes=1000))[1]) == ["ORL-0304"]
    parquet = tmp_path / "e.parquet"
    pl.DataFrame([dict(zip(HEAD.split(","), ROW.split(","), strict=True))]).write_parquet(parquet)
    for name, value in {"rows": 2, "columns": 6, "unpacked_bytes": 2**20}.items():
        at = Limits(**{name: value})
        assert read_events(parquet, limits=at)[1] == (), name
        past = replace(at, **{name: 10 if name == "unpacked_bytes" else value - 1})
        assert codes(read_events(parquet, limits=past)[1]) == ["ORL-0304"]


def test_many_findings_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    rows = "".join(f"w-{n},weigh,2025-09-01T06:00:00Z,fwo:1,x,measured\n" for n in range(30))
    path.write_text(f"{HEAD}\n{rows}")
    assert len(read_events(path, limits=Limits(findings=30))[1]) == 30
    findings = read_events(path, limits=Limits(findings=29))[1]
    assert len(findings) == 30
    assert findings[-1].message == "1 more findings of this file are not listed"


def test_a_bit_of_a_workbook_can_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    path.write_bytes(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0, 0, 0, 0, 0))
    assert codes(read_events(path)[1]) == ["ORL-0302"]
