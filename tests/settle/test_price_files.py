"""Tables of prices: what is good is read exactly, what is wrong is told at its cell."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import Finding
from oreline.settle import _terms_files, prices_of_folder, read_prices

FOLDER = Path(__file__).parent / "prices"
SERIES = (
    "id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source\n"
    "cu,Copper,exchange,USD/t,0,London,,london,reported,LME\n"
    "sb,Antimony,assessed,USD/t,13,China,ddp,,reported,a magazine\n"
    "fx,Dollars for a yuan,fx,USD/CNY,,,,,reported,a bank\n"
    "yr,Antimony of a year,annual,USD/t,0,,,,reported,USGS\n"
)
VALUES = (
    "series,day,value,source\n"
    "cu,2025-10-01,9150.50,\n"
    "cu,2025-10-02,9149,\n"
    "sb,2025-10-03,30500,\n"
    "fx,2025-10-01,0.1404,\n"
    "yr,2024-12-31,30000,\n"
)
HOLIDAYS = "calendar,day,name\nlondon,2025-12-25,Christmas Day\n"


def findings_of(
    series: str = SERIES, values: str = VALUES, holidays: str = HOLIDAYS
) -> tuple[Finding, ...]:
    return read_prices(series.encode(), values.encode(), holidays.encode())[1]


def test_tables_are_read_exactly() -> None:
    prices, findings = read_prices(SERIES.encode(), VALUES.encode(), HOLIDAYS.encode())
    assert findings == ()
    copper = prices["cu"]
    assert copper.values == {"2025-10-01": Decimal("9150.50"), "2025-10-02": Decimal(9149)}
    assert str(copper.values["2025-10-01"]) == "9150.50"
    assert (copper.unit, copper.market, copper.holidays) == ("USD/t", "London", {"2025-12-25"})
    assert (prices["sb"].vat_pct, prices["sb"].delivered) == (13, "ddp")
    assert prices["fx"].unit == "USD/CNY"


def test_the_example_tables_agree_with_a_plain_reader() -> None:
    series, values, holidays = (
        (FOLDER / f"{name}.csv").read_bytes() for name in ("series", "values", "holidays")
    )
    prices, findings = read_prices(series, values, holidays)
    assert findings == ()
    plain = list(csv.DictReader(values.decode().splitlines()))
    assert len(plain) == sum(len(one.values) for one in prices.values()) > 200
    for row in plain:
        assert prices[row["series"]].values[row["day"]] == Decimal(row["value"])


WRONG = [
    ("values", "cu,2025-10-02,9149,", "cu,2025-10-01,9149,", "ORL-0814", "row 3 column", "row 2"),
    ("values", "cu,2025-10-02", "cuu,2025-10-02", "ORL-0813", "row 3 column series", "cu meant"),
    ("values", "9150.50", "-9150.50", "ORL-0816", "row 2 column value", "no published price"),
    ("values", "9150.50", "0", "ORL-0816", "row 2 column value", "take the row out"),
    ("values", "9150.50", "", "ORL-0816", "row 2 column value", "empty"),
    ("values", "9150.50", '"9,150"', "ORL-0816", "row 2 column value", "write 9150, or 9.150"),
    ("values", "9150.50", '"9150,50"', "ORL-0816", "row 2 column value", "write 9150.50"),
    ("values", "9150.50", '"9.150,50"', "ORL-0816", "row 2 column value", "write 9150.50"),
    ("values", "9150.50", "9 150.50", "ORL-0816", "row 2 column value", "write 9150.50"),
    ("values", "9150.50", "$9150.50", "ORL-0816", "row 2 column value", "digits alone"),
    ("values", "9150.50", "9150.50 USD/t", "ORL-0816", "row 2 column value", "digits alone"),
    ("values", "9150.50", "4.15 USD/lb", "ORL-0812", "row 2 column value", "is in USD/t"),
    ("values", "9150.50", "n/a", "ORL-0816", "row 2 column value", "no number"),
    ("values", "9150.50", "1e4", "ORL-0816", "row 2 column value", "no number"),
    ("values", "9150.50", "NaN", "ORL-0816", "row 2 column value", "no number"),
    ("values", "2025-10-03", "2025-02-30", "ORL-0815", "row 4 column day", "no calendar"),
    ("values", "2025-10-03", "3/10/2025", "ORL-0815", "row 4 column day", "03 or 2025"),
    ("values", "2025-10-03", "13.10.2025", "ORL-0815", "row 4 column day", "write 2025-10-13"),
    ("values", "2025-10-03", "Oct 3", "ORL-0815", "row 4 column day", "no day"),
    ("values", "2025-10-03", "", "ORL-0815", "row 4 column day", "empty"),
    ("values", "yr,2024-12-31", "yr,2024-06-30", "ORL-0815", "row 6 column day", "2024-12-31"),
    ("values", "cu,2025-10-02", "cu,2025-12-25", "ORL-0817", "row 3 column day", "holiday"),
    ("values", ",9149,", ",4.15,", "ORL-0818", "row 3 column value", "another unit"),
    ("values", "series,day", "series,date", "ORL-0810", "row 1 column date", "date"),
    ("values", "day,value", "day,", "ORL-0810", "prices/values.csv", "value is missing"),
    ("series", "exchange", "market", "ORL-0811", "row 2 column kind", "one of"),
    ("series", "exchange", "exchanges", "ORL-0811", "row 2 column kind", "write exchange"),
    ("series", "cu,Copper", "c u,Copper", "ORL-0811", "row 2 column id", "is no id"),
    ("series", "cu,Copper", "sb,Copper", "ORL-0811", "row 3 column id", "twice"),
    ("series", "cu,Copper", "cu,", "ORL-0811", "row 2 column name", "empty"),
    ("series", "reported,LME", "told,LME", "ORL-0811", "row 2 column basis", "reported"),
    ("series", "reported,LME", "reported,", "ORL-0811", "row 2 column source", "publishes"),
    ("series", "London,,london", "London,,londn", "ORL-0811", "column calendar", "london meant"),
    ("series", "USD/t,0,London", "USD/dmt,0,London", "ORL-0812", "row 2 column unit", "a charge"),
    ("series", "USD/t,0,London", "usd/t,0,London", "ORL-0812", "row 2 column unit", "no unit"),
    ("series", "USD/CNY", "CNY/kg", "ORL-0812", "row 4 column unit", "currency"),
    ("series", "USD/t,0,London", "USD/t,,London", "ORL-0819", "row 2 column vat_pct", "write 0"),
    ("series", "USD/t,13", "USD/t,113", "ORL-0811", "row 3 column vat_pct", "out of range"),
    ("series", "USD/t,13", "USD/t,13 %", "ORL-0811", "row 3 column vat_pct", "13"),
    ("series", "market", "markt", "ORL-0810", "column markt", "write market"),
    ("holidays", "2025-12-25", "2025-12-32", "ORL-0815", "row 2 column day", "no calendar"),
    ("holidays", "Christmas Day", "x\nlondon,2025-12-25,y", "ORL-0814", "row 3 column", "twice"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "before", "after", "code", "where", "words"), WRONG)
def test_what_is_wrong_is_told_at_its_cell(
    table: str, before: str, after: str, code: str, where: str, words: str
) -> None:
    tables = {"series": SERIES, "values": VALUES, "holidays": HOLIDAYS}
    assert before in tables[table]
    tables[table] = tables[table].replace(before, after, 1)
    told = [one for one in findings_of(**tables) if one.code == code and where in one.where]
    assert len(told) == 1, findings_of(**tables)
    assert told[0].where.startswith(f"prices/{table}.csv")
    assert words in f"{told[0].message}; {told[0].fix}"


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_priced() -> None:
    values = VALUES
    for table, before, after, code, _, _ in WRONG:
        if table == "values" and code != "ORL-0810" and before in values:
            values = values.replace(before, after, 1)
    prices, findings = read_prices(SERIES.encode(), values.encode(), HOLIDAYS.encode())
    assert prices == {}
    assert len(findings) >= 3
    assert len({finding.where for finding in findings}) == len(findings)


def test_a_warning_leaves_prices_usable() -> None:
    jumped = VALUES.replace(",9149,", ",45900,")
    prices, findings = read_prices(SERIES.encode(), jumped.encode(), HOLIDAYS.encode())
    assert [(one.code, str(one.severity)) for one in findings] == [("ORL-0818", "warning")]
    assert prices["cu"].values["2025-10-02"] == 45900
    # Antimony did this in months, not in days: no warning.
    slow = VALUES + "sb,2026-03-01,200000,\n"
    assert findings_of(values=slow) == ()


BYTES = (SERIES + VALUES).encode()


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60), st.integers(0, 2))
def test_any_bytes_are_read_without_a_crash(piece: bytes, at: int, width: int, table: int) -> None:
    tables = [SERIES.encode(), VALUES.encode(), HOLIDAYS.encode()]
    tables[table] = tables[table][:at] + piece + tables[table][at + width :]
    prices, findings = read_prices(*tables)
    assert all(one.where.startswith("prices/") and one.message and one.fix for one in findings)
    assert bool(prices) or any(one.severity == "fatal" for one in findings) or table == 0


def test_a_folder_of_prices_and_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, findings = prices_of_folder(tmp_path)
    assert [one.where for one in findings] == ["prices/series.csv", "prices/values.csv"]
    for name, text in (("series", SERIES), ("values", VALUES)):
        (tmp_path / f"{name}.csv").write_text(text)
    # Without holidays.csv the calendar of the copper series has no day.
    _, findings = prices_of_folder(tmp_path)
    assert [one.where for one in findings] == ["prices/series.csv row 2 column calendar"]
    (tmp_path / "holidays.csv").write_text(HOLIDAYS)
    monkeypatch.setattr(_terms_files, "TABLE_BYTES_MAX", len(SERIES))
    prices, findings = prices_of_folder(tmp_path)
    assert findings == ()
    assert prices["cu"].values
    monkeypatch.setattr(_terms_files, "TABLE_BYTES_MAX", len(SERIES) - 1)
    prices, (finding,) = prices_of_folder(tmp_path)
    assert prices == {}
    assert "TABLE_BYTES_MAX" in finding.message
