"""What was known of a price on which day: revisions in the tables, the ledger and the statement."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import copper, copper_parcel
from test_terms_mutations import altered

from oreline.exchange import export_ledger, import_chain, init_folder
from oreline.record import create_store, load_ledger
from oreline.settle import (
    PriceSeries,
    Settling,
    Statement,
    known_values,
    prices_of,
    read_prices,
    settle,
    statement_hash,
    waterfall,
)
from oreline_testing.injected import FixedClock, FixedSalts

D = Decimal
SERIES = (
    "id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source\n"
    "lme-cu,Copper,exchange,USD/t,0,London,,,reported,LME\n"
)
HEAD = "series,day,value,source,published\n"
JANUARY = [f"2026-01-{day:02}" for day in range(1, 32) if date(2026, 1, day).weekday() < 5]
VALUES = HEAD + "".join(f"lme-cu,{day},9000,,\n" for day in JANUARY)
"""22 business days of the month after arrival on New Year's Eve."""
PLAIN = VALUES.replace(",published", "").replace(",,\n", ",\n")
"""The same values in a table without the column."""
REVISED = VALUES + "lme-cu,2026-01-15,9220,a notice,2026-02-10\n"


def series_of(values: str) -> PriceSeries:
    prices, findings = read_prices(SERIES.encode(), values.encode())
    assert findings == (), findings
    return prices["lme-cu"]


def final(on: str, values: str = REVISED) -> Statement:
    day = date.fromisoformat(on)
    series = {"lme-cu": series_of(values)}
    return settle(copper(), copper_parcel(), series, stage="final", on=day)


def price(made: Statement) -> Decimal | None:
    return made.analytes[0].price_per_t


def test_a_statement_uses_what_was_known_and_says_so() -> None:
    before, after = final("2026-02-09"), final("2026-02-10")
    # 22 days: one of them 220 higher makes the mean 10 higher.
    assert (price(before), price(after)) == (D(9000), D(9010))
    told = "lme-cu of 2026-01-15 was revised on 2026-02-10 from 9000 to 9220"
    assert told in after.notes
    assert not any("revised" in note for note in before.notes)
    (line,) = [one for one in after.lines if one.kind == "payable"]
    assert any("(1 as revised until 2026-02-10)" in one.source for one in line.inputs)
    assert statement_hash(before) == statement_hash(final("2026-02-09", VALUES))


def test_the_difference_of_a_later_revision_is_an_effect_of_price() -> None:
    series = {"lme-cu": series_of(REVISED)}
    days = (date(2026, 2, 9), date(2026, 2, 10))
    found = waterfall(*(Settling(copper(), copper_parcel(), series, "final", day) for day in days))
    effects = {step.effect: step.amount for step in found.steps}
    # 3,242.4 t payable copper × 10 USD/t.
    assert effects == {"weight": 0, "assay": 0, "price": D("32424.00"), "charge": 0}
    assert found.difference == D("32424.00")


def test_a_value_that_came_late_was_not_known_before() -> None:
    late = VALUES.replace("lme-cu,2026-01-30,9000,,", "lme-cu,2026-01-30,9000,,2026-02-03")
    early, then = final("2026-02-02", late), final("2026-02-03", late)
    assert early.status == "NOT SETTLED"
    assert any("2026-01-30" in one.why for one in early.missing)
    assert then.status == "SETTLED"


def test_of_several_revisions_the_last_known_holds() -> None:
    twice = REVISED + "lme-cu,2026-01-15,9440,,2026-02-12\n"
    assert [price(final(day, twice)) for day in ("2026-02-09", "2026-02-11", "2026-02-12")] == [
        D(9000), D(9010), D(9020),
    ]  # fmt: skip
    notes = [note for note in final("2026-02-12", twice).notes if "revised" in note]
    assert [note.partition(" from ")[2] for note in notes] == ["9000 to 9220", "9220 to 9440"]


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 9999)), min_size=1, max_size=6,
        unique_by=lambda one: one[0],
    ),
    st.integers(-1, 25),
)  # fmt: skip
def test_what_is_known_against_a_plain_search(said: list[tuple[int, int]], asked: int) -> None:
    day = date(2026, 1, 5)
    rows = "".join(
        f"lme-cu,{day},{value},,{date.fromordinal(day.toordinal() + after)}\n"
        for after, value in said
    )
    prices, _ = read_prices(SERIES.encode(), (HEAD + rows).encode())
    on = date.fromordinal(day.toordinal() + asked)
    until = [(after, value) for after, value in said if after <= asked]
    plain = None if not until else D(max(until)[1])
    assert known_values(prices["lme-cu"], on).at(day.isoformat()) == plain


@pytest.mark.parametrize(
    ("row", "code", "column", "words"),
    [
        ("lme-cu,2026-01-15,9220,,2026-01-14", "ORL-0815", "published", "before its day"),
        ("lme-cu,2026-01-15,9220,,10.2.2026", "ORL-0815", "published", "year first"),
        ("lme-cu,2026-01-15,9220,,", "ORL-0814", "day", "already"),
        ("lme-cu,2026-01-15,9220,,2026-01-15", "ORL-0814", "day", "already"),
        ("lme-cu,2026-01-15,4.1,,2026-02-10", "ORL-0818", "value", "another unit"),
    ],
)
def test_what_cannot_be_a_revision_is_told_at_its_cell(
    row: str, code: str, column: str, words: str
) -> None:
    _, findings = read_prices(SERIES.encode(), (VALUES + row + "\n").encode())
    told = [one for one in findings if one.code == code]
    assert told, findings
    assert f"row {len(JANUARY) + 2} column {column}" in told[0].where or code == "ORL-0818"
    assert words in f"{told[0].message}; {told[0].fix}"


def test_tables_without_the_column_are_read_as_before() -> None:
    assert series_of(PLAIN) == series_of(VALUES)


def folder_with(path: Path, values: str) -> Path:
    init_folder(path, name="prices")
    (path / "prices" / "series.csv").write_text(SERIES)
    (path / "prices" / "values.csv").write_text(values)
    return path


def declared(path: Path, *texts: str) -> Any:
    clock, salts = FixedClock(), FixedSalts()
    with create_store(
        path / "l.db", {"id": "l", "tense": "actual"}, clock=clock, salt=salts
    ) as one:
        for number, text in enumerate(texts):
            report = import_chain(folder_with(path / f"chain-{number}", text), one)
            assert report.findings == (), report.findings
        export_ledger(one, path / "out")
        return load_ledger(one)


@pytest.mark.parametrize("values", [PLAIN, REVISED])
def test_prices_go_through_the_ledger_byte_for_byte(values: str, tmp_path: Path) -> None:
    ledger = declared(tmp_path, values)
    prices, findings = prices_of(ledger)
    assert findings == ()
    assert prices["lme-cu"] == series_of(values)
    lines = values.splitlines()
    sorted_ = [lines[0], *sorted(lines[1:])]
    assert (tmp_path / "out/prices/values.csv").read_text().splitlines() == sorted_


def test_a_declaration_without_revisions_is_what_it_was(tmp_path: Path) -> None:
    ledger = declared(tmp_path, PLAIN)
    (version,) = ledger.current("market").values()
    body = json.loads(json.dumps(dict(version.data)))
    assert "revisions" not in body
    assert body["values"][0] == "2026-01-01 9000"


def test_as_of_a_day_a_ledger_knows_no_later_revision(tmp_path: Path) -> None:
    ledger = declared(tmp_path, REVISED)
    early, later = (prices_of(ledger, day)[0]["lme-cu"] for day in ("2026-02-09", "2026-02-10"))
    assert early.revisions == ()
    assert [one.value for one in later.revisions] == [D(9220)]


def test_revisions_decide_by_their_publication() -> None:
    """A mutant that reads every revision at once gives another number."""
    module = altered("_prices", "one.published <= until and", "True and")
    series = series_of(REVISED)
    told = {name: getattr(series, name) for name in ("id", "name", "kind", "unit", "values")}
    mutant = module.PriceSeries(**told, revisions=series.revisions)
    on = date(2026, 2, 9)
    assert known_values(series, on).at("2026-01-15") == D(9000)
    assert module.known_values(mutant, on).at("2026-01-15") != D(9000)
