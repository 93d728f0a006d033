"""Tables as columns of text: the fast reader and the reader of rows agree."""

from __future__ import annotations

import io

import polars as pl
import pytest

from oreline.exchange import Limits, read_text_table


def test_rows_keep_their_number_and_cells_their_text() -> None:
    text = b"# from the logger\nhole,from,cu\n\nA, 0 ,<0.01\n# later\nB,,\n"
    table, findings = read_text_table(text, "assay.csv")
    assert findings == ()
    assert table is not None
    assert table.header_row == 2
    assert table.rows.to_list() == [4, 6]
    assert table.frame.rows() == [("A", "0", "<0.01"), ("B", None, None)]


def test_short_rows_and_separators_are_read_as_by_the_reader_of_rows() -> None:
    table, _ = read_text_table(b"a;b\n1\n'=x;2\n", "t.csv")
    assert table is not None
    assert table.frame.rows() == [("1", None), ("=x", "2")]


@pytest.mark.parametrize(
    ("text", "code"),
    [(b"a,a\n1,2\n", "ORL-0306"), (b"a,b\n1,2,3\n", "ORL-0305"), (b"", "ORL-0308"),
     (b"a\0\n", "ORL-0302")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(text: bytes, code: str) -> None:
    table, findings = read_text_table(text, "t.csv")
    assert table is None
    assert [finding.code for finding in findings] == [code]


def test_limits_hold() -> None:
    table, findings = read_text_table(b"a\n1\n2\n", "t.csv", Limits(rows=2))
    assert table is None
    assert findings[0].code == "ORL-0304"
    assert read_text_table(b"a\n1\n2\n", "t.csv", Limits(rows=3))[0] is not None


def test_parquet_and_workbooks_are_read_alike() -> None:
    frame = pl.DataFrame({"hole": ["A", "B"], "cu": [0.5, None]})
    parquet, workbook = io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet)
    frame.write_excel(workbook)
    for buffer, name in ((parquet, "t.parquet"), (workbook, "t.xlsx")):
        table, findings = read_text_table(buffer.getvalue(), name)
        assert table is not None, findings
        assert table.frame.rows() == [("A", "0.5"), ("B", None)]
        assert table.rows.to_list() == [2, 3]
    assert read_text_table(workbook.getvalue(), "t.xlsx", sheet="nowhere")[0] is None
