"""Books of instruments: every entry balances, and Beancount itself agrees."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from framework import TEXT, assay, declared, event, mass, money, reading, shipment, sites, stored
from hypothesis import given
from hypothesis import strategies as st
from lending import DAY, LOAN, TWO_YEARS, forecast, lent

from oreline.fund import (
    Accounts,
    Available,
    Instrument,
    InstrumentBooks,
    Move,
    Outlook,
    beancount_text,
    books_of,
    outlook_of,
    read_instrument,
)

PAGES = Path(__file__).parents[2] / "docs" / "findings"
PREPAID = TEXT.replace('kind = "equity"', 'kind = "prepayment"').replace(
    "[[rules]]",
    '[prepayment]\nelement = "Sb"\nsite = "plant"\ncredit_per_t = "30.125"\n\n[[rules]]',
)
FLOOR = TEXT.replace('kind = "equity"', 'kind = "price_floor"').replace(
    "[[rules]]",
    '[price_floor]\nelement = "Sb"\nsite = "plant"\nfloor_per_t = "20000"\nseries = "sb"\n\n'
    "[[rules]]",
)


def no_cash(_start: date, _end: date) -> Available:
    raise AssertionError("only a sculpted loan asks for cash")


def outlook(tmp_path: Path, events: list[Any], day: date = DAY) -> Outlook:
    with stored(tmp_path, events) as store:
        ledger, instrument, _ = reading(store)
        return outlook_of(ledger, instrument, day, forecast())


def agreed(books: InstrumentBooks, place: Path) -> None:
    """See that Beancount reads the books without an error, and finds the same balances."""
    loader = pytest.importorskip("beancount.loader", reason="beancount is not installed")
    realization = pytest.importorskip("beancount.core.realization")
    file = place / "books.beancount"
    file.write_text(beancount_text(books))
    entries, errors, _ = loader.load_file(str(file))
    assert errors == []
    root = realization.realize(entries)
    for name, amount in books.balances().items():
        held = realization.get(root, name).balance.get_currency_units("USD")
        assert held.number == amount, name


def test_a_loan_in_books(tmp_path: Path) -> None:
    events = [*lent(), money("paid", "payment", "10", "12-01")]
    found = outlook(tmp_path, events)
    assert [one.verdict for one in found.covenants] == ["PASS", "PASS"]
    # 9.26 and 4.71 of interest, 204.60 of principal; 10 were paid.
    assert found.due == Decimal("218.57")
    assert [one.code for one in found.findings] == ["ORL-1182"]
    assert str(found.findings[0]) in (PAGES / "ORL-1182.md").read_text("utf-8")
    books = books_of(found)
    assert books.balances() == {
        "Assets:Equity:Cash": Decimal("49.75"),
        "Assets:Equity:Committed": Decimal(300),
        "Assets:Equity:Released": Decimal(0),
        "Equity:Equity:Own-cash": Decimal(-10),
        "Equity:Equity:Promised": Decimal(-300),
        "Expenses:Equity:Fwo": Decimal("150.25"),
        "Expenses:Equity:Interest": Decimal("18.57"),
        # The payment came before any interest was due.
        "Liabilities:Equity:Interest": Decimal("-13.97"),
        "Liabilities:Equity:Principal": Decimal("-194.60"),
    }
    agreed(books, tmp_path)


def test_what_is_paid_on_the_day_it_falls_due_pays_the_interest_of_that_day(
    tmp_path: Path,
) -> None:
    """October's 31 days cost 200 * 9 % * 31 / 360 = 1.55; half of the 200 is due with them."""
    monthly = LOAN.replace("months = 6", "months = 1").replace("2025-07-01", "2025-08-01")
    monthly = monthly.replace("repayments = 2", "repayments = 3")
    paid = money("paid", "payment", "101.55", "11-01")
    found = outlook(tmp_path, [declared(monthly), *lent()[1:], paid], date(2025, 11, 1))
    assert found.findings == ()
    balances = books_of(found).balances()
    assert balances["Liabilities:Equity:Interest"] == 0
    assert balances["Liabilities:Equity:Principal"] == -100


def test_a_day_is_judged_by_what_had_happened_until_then(tmp_path: Path) -> None:
    """On the last of September the 200 of October are planned, and nothing is paid or drawn."""
    planned = LOAN.replace(
        "repayments = 2", 'repayments = 2\ndrawdowns = [{day = 2025-10-01, amount = "200"}]'
    )
    events = [declared(planned), *lent()[1:], money("paid", "payment", "10", "12-01")]
    found = outlook(tmp_path, events, date(2025, 9, 30))
    assert found.schedule is not None
    assert found.schedule.total("drawn") == 200
    assert found.to_json()["paid"] == "0"
    spent = money("split", "spend", "30", "10-10")
    spent["body"]["postings"][:1] = [
        {"account": name, "amount": amount, "currency": "USD"}
        for name, amount in (("mill", "10"), ("mine", "20"))
    ]
    split = books_of(outlook(tmp_path / "split", [*events, spent])).balances()
    assert (split["Expenses:Equity:Mill"], split["Expenses:Equity:Mine"]) == (10, 20)
    last = outlook(tmp_path / "last", events, date.max)
    assert "balance" not in beancount_text(books_of(last))


def test_a_sculpted_loan_short_of_cash_says_what_stays_owed(tmp_path: Path) -> None:
    """Half the cash is 83.67 and 80.26, 9.26 and 5.99 of it interest: 204.60 less 148.68."""
    sculpted = LOAN.replace('"straight"', '"sculpted"\ntarget_dscr = "2"')
    (found,) = outlook(tmp_path, [declared(sculpted), *lent()[1:]], date(2025, 12, 1)).findings
    assert str(found) in (PAGES / "ORL-1181.md").read_text("utf-8")


def test_cash_below_the_interest_of_a_sculpted_loan_is_told(tmp_path: Path) -> None:
    """Half of 10 is 5, and 9.26 of interest fall due: 4.26 are beyond it."""
    sculpted = LOAN.replace('"straight"', '"sculpted"\ntarget_dscr = "2"')
    expected = forecast(TWO_YEARS.replace(b"167.34", b"10"))
    with stored(tmp_path, [declared(sculpted), *lent()[1:]]) as store:
        ledger, instrument, _ = reading(store)
        found = outlook_of(ledger, instrument, date(2025, 12, 1), expected)
    assert found.schedule is not None
    assert [one.uncovered for one in found.schedule.periods] == [0, Decimal("4.26"), 0]
    assert [one.code for one in found.findings] == ["ORL-1190", "ORL-1181"]
    assert str(found.findings[0]) in (PAGES / "ORL-1190.md").read_text("utf-8")


def test_metal_works_a_prepayment_off_on_the_day_it_arrives(tmp_path: Path) -> None:
    """Five tonnes of antimony at 30.125 each: 150.625, to the even cent 150.62."""
    events = [declared(PREPAID), *sites(), *shipment(), assay(), *lent()[1:]]
    found = outlook(tmp_path, events)
    assert found.metal is not None
    assert [(one.what, one.owed) for one in found.metal.turns] == [
        ("drawn", Decimal(200)), ("Sb of fwo:SB-1 received", Decimal("49.38")),
    ]  # fmt: skip
    before = outlook(tmp_path / "b", events, date(2025, 11, 4))
    assert before.metal is not None
    assert before.metal.owed == 200
    back = outlook(tmp_path / "p", [*events, money("back", "payment", "10", "11-20")])
    assert back.metal is not None
    assert back.metal.owed == Decimal("39.38")
    assert books_of(back).balances()["Liabilities:Equity:Prepaid-metal"] == Decimal("-39.38")
    books = books_of(found)
    assert books.balances()["Liabilities:Equity:Prepaid-metal"] == Decimal("-49.38")
    agreed(books, tmp_path)
    other = assay()
    other["body"] = {**other["body"], "lot": "fwo:SB-2"}
    made = {"lot": "fwo:SB-2", "dry": mass("1"), "material": "sb-conc"}
    second = event("made-2", "process", "10-01", {"outputs": [made]}, site="mill")
    kept = [one for one in events if one["id"] != "assay"]
    unknown = outlook(tmp_path / "u", [*kept, second, other])
    assert unknown.metal is not None
    assert unknown.metal.owed is None
    assert unknown.metal.missing[0].name == "metal of fwo:SB-1"


def test_a_price_floor_pays_what_a_month_lies_below_it(tmp_path: Path) -> None:
    """November's mean of 19,000 and 19,500 is 750 below the floor, for five tonnes: 3,750."""
    values = ["2025-10-31 9", "2025-11-03 19000", "2025-11-28 19500"]
    data = {"name": "antimony", "kind": "assessed", "unit": "USD/t", "basis": "reported",
            "source": "x", "values": values}  # fmt: skip
    series = event("series", "declare", "09-01", {"type": "market", "id": "sb", "data": data})
    events = [declared(FLOOR), *sites(), *shipment(), assay(), series]
    found = outlook(tmp_path, events, date(2025, 12, 1))
    assert found.findings == ()
    assert found.metal is not None
    assert found.metal.owed == Decimal("3750.00")
    agreed(books_of(found), tmp_path)
    early = outlook(tmp_path / "e", events, date(2025, 11, 30))
    assert early.metal is not None
    assert early.metal.turns == ()
    without = outlook(tmp_path / "w", events[:-1], date(2025, 12, 1))
    assert str(without.findings[0]) in (PAGES / "ORL-1179.md").read_text("utf-8")


def test_what_goes_beyond_its_bound_is_named(tmp_path: Path) -> None:
    events = [
        declared(LOAN),
        money("promised", "commitment", "100"),
        money("let-go", "release", "120", "09-03", tranche="first"),
        money("taken", "drawdown", "130", "09-04"),
        money("gone", "spend", "130.01", "09-05"),
        money("more", "commitment", "400", "09-06"),
    ]
    found = outlook(tmp_path, events, date(2025, 12, 1)).findings
    assert [one.code for one in found] == ["ORL-1176", "ORL-1177", "ORL-1178"]
    for one in found:
        assert str(one) in (PAGES / f"{one.code}.md").read_text("utf-8")


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["commitment", "release", "drawdown", "spend", "payment"]),
        st.decimals("0.01", "99999999", places=2),
        st.integers(0, 700),
    ),
    max_size=20,
)


@given(MOVES, st.sampled_from(["equity", "loan", "grant", "prepayment", "price_floor"]))
def test_every_entry_and_all_accounts_balance(
    moves: list[tuple[str, Decimal, int]], kind: str
) -> None:
    text = TEXT if kind == "equity" else TEXT.replace('kind = "equity"', f'kind = "{kind}"')
    instrument, _ = read_instrument(LOAN if kind == "loan" else text, "x")
    assert isinstance(instrument, Instrument)
    made = [
        Move(f"e{n}", one, f"{date(2025, 7, 1) + timedelta(days)}T08:00:00Z", "x", amount, "",
             None, ({"account": "mill", "amount": f"{amount:f}"},))
        for n, (one, amount, days) in enumerate(moves)
    ]  # fmt: skip
    accounts = Accounts(tuple(made))
    found = Outlook(instrument, DAY, accounts, None, (), None, None, ())
    if instrument.returns.loan is not None:
        from oreline.fund import loan_schedule

        draws = [one for one in accounts.draws() if one.day < DAY]
        schedule = loan_schedule(instrument.returns.loan, draws, "USD", no_cash)
        found = Outlook(instrument, DAY, accounts, schedule, (), None, None, ())
    books = books_of(found)
    for entry in books.entries:
        assert sum(line.amount for line in entry.lines) == 0
        assert all(line.amount for line in entry.lines)
    assert sum(books.balances().values()) == 0
    frame = books.to_frame()
    debits, credits_ = (
        sum(map(Decimal, filter(None, frame[side]))) for side in ("debit", "credit")
    )
    assert debits == credits_
