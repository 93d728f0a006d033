"""Whatever bytes come in, what comes out is findings or well-formed events, never a traceback."""

from __future__ import annotations

import io
import runpy
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from oreline.exchange import read_chain, read_events, read_mapping
from oreline.model import KINDS, Chain, check_event, is_fatal

CHAIN = Chain("c", "c", "USD", defaults={"time_zone": "Asia/Karachi", "basis": "measured"})
HEAD = (
    "event,kind,time,site,side,lot,material,continuing,wet_t,wet_t_u,moisture_pct,Sb_pct,"
    "Au_g_per_t,basis,source,sample,parts,note,x_a,account,amount,currency,type,evidence"
)
ROWS = [
    HEAD,
    "e-1,extract,2025-09-01T06:00:00Z,m,,f:1,sb,,24.35,0.05,4,52.3,<0.01,measured,t 7,,,,v,,,,,",
    "e-2,process,2025-09-01 18:00,m,in,f:1,,,,,,,,,,,,,,,,,,",
    "e-2,,,,out,f:2,,yes,1..2,,unknown: no,>30,10..30,reported,,,,,,,,,,",
    "e-3,sample,2025-09-02,,,f:2,,,,,,,,,,s-1,p1=h:umpire;p2=h:seller,,,,,,,",
    "e-4,money,2025-09-03,,,,,,,,,,,,,,,=x,,a,-5,USD,payment,",
    "e-4,,,,,,,,,,,,,,,,,,,b,5,USD,,",
]
PIECES = st.sampled_from(
    [b",", b";", b"\t", b'"', b"\n", b"\r\n", b"\0", b"\xff", b"'", b"=", b"-", b"<", b">", b"..",
     b"#", b"1e9", b"99999999999999999999", b"unknown", b"yes", b"e-1", b"money", b"correct",
     b"2025-02-30", b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00+14:00", b"\xc3",
     b"\xe2\x80\xa8",
     "\ud7ff\uffff\U0001f600".encode(), b"in", b"loss", b"wet_t", b"Sb_pct", b"data_a", b"x_",
     b"as_kind", b"target", b"\x1a", b"\xfe\xff", b"." * 300]
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """Change a good file in a few places: insert, remove, overwrite, cut."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(data)))
        way = draw(st.sampled_from(["insert", "remove", "replace", "flip", "cut"]))
        if way == "insert":
            data[place:place] = draw(PIECES)
        elif way == "remove":
            del data[place : place + draw(st.integers(1, 30))]
        elif way == "replace":
            data[place : place + draw(st.integers(1, 12))] = draw(PIECES)
        elif way == "flip" and place < len(data):
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif way == "cut" and draw(st.integers(0, 5)) == 0:
            del data[place:]
    return bytes(data)


def check(data: bytes, suffix: str) -> None:
    """Read a file: no traceback, and events only where nothing is fatal, all well formed."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"e{suffix}"
        path.write_bytes(data)
        drafts, findings = read_events(path, CHAIN)
    assert not (drafts and is_fatal(findings))
    for draft in drafts:
        assert check_event({k: v for k, v in draft.items() if k != "withhold"}) == ()
    for finding in findings:
        assert finding.code.startswith("ORL-")
        assert finding.where
        assert finding.fix


CSV = "\n".join(ROWS).encode()


@cache
def good_workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row.split(","))
    return buffer.getvalue()


@cache
def good_parquet() -> bytes:
    buffer = io.BytesIO()
    header, *rows = (row.split(",") for row in ROWS)
    pl.DataFrame([dict(zip(header, row, strict=False)) for row in rows]).write_parquet(buffer)
    return buffer.getvalue()


GOOD_LINES = (
    b'{"schema":"attest/1","id":"a","time":"2025-09-01T06:00:00Z","actor":"c",'
    b'"body":{"type":"seen","subject":"x"},"withhold":["/body/type"]}\n'
) * 2


def test_the_good_files_are_good() -> None:
    with tempfile.TemporaryDirectory() as name:
        for suffix, data in (
            (".csv", CSV),
            (".xlsx", good_workbook()),
            (".parquet", good_parquet()),
        ):
            path = Path(name) / f"e{suffix}"
            path.write_bytes(data)
            drafts, findings = read_events(path, CHAIN)
            assert not is_fatal(findings), [str(finding) for finding in findings]
            assert len(drafts) == 4


@pytest.mark.fuzz
@given(damaged(CSV))
def test_a_damaged_csv_file(data: bytes) -> None:
    check(data, ".csv")


@pytest.mark.fuzz
@given(st.data())
def test_a_damaged_workbook(data: st.DataObject) -> None:
    check(data.draw(damaged(good_workbook())), ".xlsx")


@pytest.mark.fuzz
@given(st.data())
def test_a_damaged_parquet_file(data: st.DataObject) -> None:
    check(data.draw(damaged(good_parquet())), ".parquet")


@pytest.mark.fuzz
@given(damaged(GOOD_LINES))
def test_damaged_lines_of_json(data: bytes) -> None:
    check(data, ".jsonl")


CELLS = st.one_of(
    st.sampled_from(["", "1", "52.3", "<0.01", "unknown", "yes", "in", "f:1", "2025-09-01", "USD"]),
    st.text(max_size=8),
)
COLUMNS = st.sampled_from(
    ["site", "side", "lot", "wet_t", "dry_kg", "dry_kg_u", "moisture_pct", "Sb_pct", "basis",
     "source", "method", "stream", "all", "continuing", "seals", "seals_intact", "parts", "sample",
     "increments", "documents", "containers", "origin_country", "statement", "status", "target",
     "action", "reason", "as_kind", "new_time", "account", "amount", "currency", "mass_kg", "type",
     "subject", "evidence", "refs", "data_a", "x_b", "tare_kg", "all_inputs_recorded", "role"]
)  # fmt: skip


@pytest.mark.fuzz
@given(st.data())
def test_any_cells_in_any_columns(data: st.DataObject) -> None:
    columns = data.draw(st.lists(COLUMNS, min_size=1, max_size=8, unique=True))
    rows: list[dict[str, Any]] = []
    for _ in range(data.draw(st.integers(1, 4))):
        row = {name: data.draw(CELLS) for name in columns}
        row |= {
            "event": data.draw(st.sampled_from(["e-1", "e-2", ""])),
            "kind": data.draw(st.sampled_from(KINDS)),
            "time": "2025-09-01",
        }
        rows.append(row)
    names = ["event", "kind", "time", *columns]
    quoted = [[str(row[name]).replace('"', '""') for name in names] for row in rows]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [names, *quoted])
    check(text.encode("utf-8", "replace"), ".csv")


TOML = (
    b'source = "a.csv"\nheader_rows = [1, 2]\nunit_row = 3\ntime_zone = "UTC"\n[columns]\n'
    b'"A B" = "wet_t"\n[constants]\nkind = "weigh"\n[[skip]]\ncolumn = "A"\nmatches = "^x"\n'
    b'reason = "r"\n'
)


@pytest.mark.fuzz
@given(damaged(TOML), damaged(CSV))
def test_a_damaged_mapping(mapping: bytes, table: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "m.toml"
        path.write_bytes(mapping)
        read, findings = read_mapping(path)
        assert (read is None) == bool(findings)
        if read is not None:
            (Path(name) / "a.csv").write_bytes(table)
            drafts, wrong = read_events(Path(name) / "a.csv", CHAIN, mapping=read)
            assert not (drafts and is_fatal(wrong))


TABLES = ("chain.toml", "parties.csv", "sites.csv", "assumptions.csv", "evidence/evidence.csv")


@pytest.mark.fuzz
@given(st.data())
def test_a_damaged_chain_folder(data: st.DataObject) -> None:
    tables = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["TABLES"]
    broken = data.draw(st.sampled_from(TABLES))
    with tempfile.TemporaryDirectory() as name:
        for file, text in tables.items():
            path = Path(name) / file
            path.parent.mkdir(exist_ok=True)
            content = text.encode()
            path.write_bytes(data.draw(damaged(content)) if file == broken else content)
        chain, findings = read_chain(name)
    assert (chain is None) == is_fatal(findings)
