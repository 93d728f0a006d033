"""Tables of the calculators: what each may say wrong is told at its row or cell, all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oreline.balance import (
    read_assays,
    read_duplicates,
    read_lots,
    read_product_grades,
    read_stages,
    table_columns,
)

Reader = Callable[[bytes, str], Any]


@pytest.mark.parametrize(
    ("read", "table", "expected"),
    [
        (read_assays, "id,feed,concentrate,tailings,unit\na,-2,20,1,%\n",
         [("ORL-0554", "t.csv row 2")]),
        (read_product_grades, ("stream,role,analyte,grade,u,unit\nf,feed,Sb,2,,%\n"
         "f,feed,Sb,2,0.1,%\nf,feed,Sb,3,0.1,%\nc,side,Sb,2,-1,%\n"),
         [("ORL-0309", "t.csv row 2 column u"), ("ORL-0310", "t.csv row 5 column role"),
          ("ORL-0554", "t.csv row 4")]),
        (read_duplicates, "lot,sample,value,unit\n1,A,2,%\n1,B,2,g/t\n1,C,x,%\n",
         [("ORL-0333", "t.csv row 4 column value"), ("ORL-0554", "t.csv")]),
        (read_duplicates, "lot,sample,value,unit,portion\n1,A,2,%,0\n1,B,2,%,1.5\n",
         [("ORL-0554", "t.csv row 2 column portion"), ("ORL-0554", "t.csv row 3 column portion")]),
        (read_lots, "lot,wet_t,moisture_pct,grade,unit\nx,10,108,50,%\ny,10,8,50,percent\n",
         [("ORL-0310", "t.csv row 3 column unit"), ("ORL-0554", "t.csv row 2")]),
        (read_stages, "stage,tonnes,grade\nmill,100,\n,,\nx,100,2\n",
         [("ORL-0554", "t.csv row 2")]),
        (read_lots, "lot,wet,moisture_pct,grade,unit\n",
         [("ORL-0307", "t.csv row 1 column wet"), ("ORL-0308", "t.csv row 1")]),
        (read_lots, "", [("ORL-0308", "t.csv")]),
    ],
)  # fmt: skip
def test_problems_stand_at_their_place(
    read: Reader, table: str, expected: list[tuple[str, str]]
) -> None:
    *_, findings = read(table.encode(), "t.csv")
    assert sorted((item.code, item.where) for item in findings) == expected


def test_a_good_table_has_no_findings() -> None:
    data = b"stage,metal_t,metal_t_u,basis,source\nmill,100,1,reported,book\nproduct,88,0.5,,\n"
    stages, findings = read_stages(data, "t.csv")
    assert findings == ()
    assert [stage.contained.value for stage in stages] == [100.0, 88.0]
    assert stages[0].contained.source == "book"


@pytest.mark.parametrize("name", ["two-product", "products", "duplicates", "contained", "factors"])
def test_columns_are_told_with_whether_they_are_needed(name: str) -> None:
    columns = dict(table_columns(name))
    assert columns["basis"] is False
    assert any(columns.values())
