"""The metal account of a month: that it adds up, what it rests on, who signed it, what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from balance_ledgers import books, event, grade, line, mass
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plants import SITES, plants

from oreline.balance import (
    MetalAccount,
    account_hash,
    account_pdf,
    account_state,
    balance_sites,
    metal_account,
    restatement,
    review_draft,
    signing_draft,
)
from oreline.balance._accounting import period_days
from oreline.model import InputError, canonical_json
from oreline.record import Store, create_store, load_ledger, open_books
from oreline_testing.injected import FixedClock, FixedSalts

T = 10**9
Event = dict[str, Any]
DRY = {"u": "0"}


def stated(name: str, stage: str) -> Event:
    """Declare a material."""
    data = {"name": name, "stage": stage}
    return event(
        "declare", f"d-{name}", "2025-01-01", {"type": "material", "id": name, "data": data}
    )


def month(tails_pct: str = "0.2") -> list[Event]:
    """Write September of a mill: 100 t of ore at 2 % come, 80 t are milled, the pile is counted."""
    ore = line("m:ORE", material="ore", continuing=True, dry=mass("100", u="1", method="belt"),
               grades=[grade("Cu", "2", u="0.02")])  # fmt: skip
    conc = line("m:CON", material="conc", continuing=True, dry=mass("7", u="0.05"),
                grades=[grade("Cu", "20", u="0.1")])  # fmt: skip
    tails = line("m:TAIL", material="tails", continuing=True,
                 dry=mass("72.9", u="1", method="flow and density"))  # fmt: skip
    milled = {
        "inputs": [line("m:ORE", dry=mass("80", u="1"))],
        "outputs": [conc, tails],
        "losses": [{"stream": "dust", "dry": mass("0.1", u="0.01"),
                    "grades": [grade("Cu", "2", u="0.1")]}],
    }  # fmt: skip
    assayed = {"lot": "m:TAIL", "event": "p1", "role": "plant",
               "results": [grade("Cu", tails_pct, u="0.01")]}  # fmt: skip
    counted = {"lot": "m:ORE", "dry": mass("19", u="0.5", method="survey")}
    sold = {"inputs": [line("m:CON", dry=mass("4", u="0"))], "purpose": "sold"}
    return [
        stated("ore", "mine"),
        stated("conc", "concentrate"),
        stated("tails", "tailings"),
        event("extract", "e1", "2025-09-02", {"outputs": [ore]}, site="mill"),
        event("process", "p1", "2025-09-10", milled, site="mill"),
        event("assay", "a1", "2025-09-11", assayed),
        event("count", "c1", "2025-09-29", counted, site="mill"),
        event("consume", "s1", "2025-10-05", sold, site="mill"),
    ]


def test_a_worked_month() -> None:
    account = metal_account(books(month()), "mill", "2025-09")
    copper = account.of("Cu")
    assert copper is not None
    expected = {
        "opening": 0,
        "extracted": 2_000_000_000,
        "lost": 2_000_000,
        "tails": 145_800_000,
        "closing": 19 * 20_000_000 + 1_400_000_000,
        "process_unaccounted": 1_600_000_000 - 1_400_000_000 - 145_800_000 - 2_000_000,
        "count_difference": -20_000_000,
        "unaccounted": 52_200_000 + 20_000_000,
    }
    assert {name: copper.leg(name).mass.low_mg for name in expected} == expected
    assert copper.leg("tails").methods == ("flow and density",)
    assert copper.leg("extracted").methods == ("belt",)
    assert copper.leg("closing").methods == ("survey",)
    # 0.0729 t of u(mass) and of u(grade): 1 t at 0.2 %, 72.9 t at 0.01 %.
    assert copper.leg("tails").mass.u_mg == pytest.approx((0.002**2 + 0.00729**2) ** 0.5 * T)
    assert copper.accountability is not None
    assert copper.accountability.low == pytest.approx(1 - 0.0722 / 2)
    (take,) = account.stock_takes
    assert (take.lot, take.book.low_mg, take.difference.low_mg) == (
        "m:ORE",
        400_000_000,
        -20_000_000,
    )
    assert {item.lot: (item.is_waste, item.counted) for item in account.inventory} == {
        "m:ORE": (False, "c1"), "m:CON": (False, ""), "m:TAIL": (True, ""),
    }  # fmt: skip


def test_a_grade_that_no_assay_names_is_provisional_until_one_does() -> None:
    events = month()
    found = metal_account(books(events), "mill", "2025-09").open_values
    assert {(one.what, one.entries) for one in found} == {("ore", 1), ("conc", 1)}
    assert all("assay" in one.remedy for one in found)
    assayed = {
        "lot": "m:CON",
        "event": "p1",
        "role": "plant",
        "results": [grade("Cu", "20", u="0.1")],
    }
    events.append(event("assay", "a2", "2025-09-12", assayed))
    found = metal_account(books(events), "mill", "2025-09").open_values
    assert [one.what for one in found] == ["ore"]


def test_what_was_sold_on_one_sides_assay_is_provisional() -> None:
    events = month()
    for role, is_open in (("seller", True), ("buyer", False)):
        results = [grade("Cu", "20", u="0.1")]
        body = {"lot": "m:CON", "event": "p1", "role": role, "results": results}
        events.append(event("assay", f"a-{role}", "2025-10-06", body))
        found = metal_account(books(events), "mill", "2025-10").open_values
        assert any(one.what == "s1" for one in found) is is_open


def test_an_interval_is_named_and_makes_the_account_unknown() -> None:
    events = month()
    events[4]["body"]["outputs"][0]["dry"] = {
        "low": "6", "high": "8", "unit": "t", "basis": "reported",
    }  # fmt: skip
    account = metal_account(books(events), "mill", "2025-09")
    assert any(one.rests_on.startswith("an interval") for one in account.open_values)
    copper = account.of("Cu")
    assert copper is not None
    assert copper.leg("closing").mass.low_mg != copper.leg("closing").mass.high_mg


def test_a_period_without_a_stock_take_says_so() -> None:
    account = metal_account(books(month()), "mill", "2025-10")
    assert account.stock_takes == ()
    assert all(item.counted == "" for item in account.inventory)
    assert account.of("Cu").leg("consumed").mass.low_mg == 800_000_000  # type: ignore[union-attr]


@settings(max_examples=60)
@given(plants(), st.sampled_from(SITES), st.integers(1, 4), st.data())
def test_known_accounts_add_up_to_the_milligram(
    events: list[Event], site: str, number: int, data: st.DataObject
) -> None:
    """Whatever is called waste: in and opening are out, tails, lost, closing and unaccounted."""
    for one in events:
        for made in one["body"].get("outputs", ()):
            made["material"] = data.draw(st.sampled_from(["goods", "tails"]))
    opened = books([stated("goods", "mine"), stated("tails", "tailings"), *events])
    period = f"2025-{number:02}"
    try:
        account = metal_account(opened, site, period, ["Cu"])
    except InputError:
        return
    (copper,) = account.elements
    total = 0
    for leg in copper.legs:
        sign = {"in": 1, "out": -1}.get(leg.side, {"opening": 1, "closing": -1}.get(leg.name, 0))
        total += sign * leg.mass.low_mg  # type: ignore[operator]
    assert total == copper.leg("unaccounted").mass.low_mg
    row = balance_sites(opened, "Cu", site, period_days(period)).rows[0]
    assert copper.leg("unaccounted").mass == row.unaccounted
    stock = {"opening": row.opening.low_mg, "closing": row.closing.low_mg}
    for name, mass_mg in stock.items():
        assert mass_mg == sum(getattr(item, name).low_mg for item in account.inventory)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025", ("2025-01-01", "2026-01-01")),
        ("2025-12", ("2025-12-01", "2026-01-01")),
        ("2024-02-28", ("2024-02-28", "2024-02-29")),
        ("2025-01-15..2025-02-15", ("2025-01-15", "2025-02-15")),
    ],
)
def test_periods_as_written(text: str, days: tuple[str, str]) -> None:
    assert period_days(text) == days


@pytest.mark.parametrize("text", ["", "september", "2025-13", "2025-02-30", "2025-9-1-2", "25-9-x"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no period"):
        period_days(text)


def test_a_site_or_month_without_anything_is_refused() -> None:
    opened = books(month())
    with pytest.raises(InputError, match="sites:"):
        metal_account(opened, "moon", "2025-09")
    with pytest.raises(InputError, match="nothing"):
        metal_account(opened, "mill", "2024-09")
    with pytest.raises(InputError):
        metal_account(opened, "mill", "2025-09", ["Xx"])


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Any:
    """Open a ledger with the month, closed."""
    header = {"id": "m", "tense": "actual"}
    closing = {
        "type": "period", "id": "sep", "valid_from": "2025-09-01", "valid_to": "2025-10-01",
        "data": {"site": "mill", "status": "closed"},
    }  # fmt: skip
    with create_store(tmp_path / "l.db", header, clock=clock, salt=salts) as opened:
        opened.append([*month(), event("declare", "close", "2025-10-06", closing)])
        yield opened


def account_now(store: Store, known_at: int | None = None) -> tuple[MetalAccount, Any]:
    ledger = load_ledger(store, known_at=known_at)
    return metal_account(open_books(ledger), "mill", "2025-09"), ledger


def signed(store: Store, name: str, actor: str, *, review: bool = False) -> None:
    account, ledger = account_now(store)
    day = "2025-10-07"
    if review:
        draft = review_draft(ledger, account, name, "auditor", day, "p", actor)
    else:
        draft = signing_draft(ledger, account, name, "metallurgist", day, "p")
    store.append([{"id": f"s-{actor}", "time": f"{day}T08:00:00Z", "actor": actor, **draft}])


def test_signed_reviewed_restated_and_signed_again(store: Store) -> None:
    account, ledger = account_now(store)
    assert account.closed_by == ("sep",)
    assert account_state(ledger, account).word == "NOT SIGNED"
    signed(store, "A. Khan", "khan")
    account, ledger = account_now(store)
    state = account_state(ledger, account)
    assert state.word == "SIGNED"
    assert state.latest is not None
    assert state.latest.hash == account_hash(account)
    with pytest.raises(InputError, match="another person"):
        signed(store, "a.  KHAN", "other", review=True)
    with pytest.raises(InputError, match="another person"):
        signed(store, "B. Rehman", "khan", review=True)
    with pytest.raises(InputError, match="has signed"):
        signed(store, "A. Khan", "khan")
    signed(store, "B. Rehman", "rehman", review=True)
    account, ledger = account_now(store)
    assert account_state(ledger, account).word == "SIGNED AND REVIEWED"

    replaced = {"body": {"lot": "m:TAIL", "event": "p1", "role": "plant",
                         "results": [grade("Cu", "0.26", u="0.01")]}}  # fmt: skip
    body = {"target": "a1", "action": "replace", "reason": "a standard was wrong",
            "replacement": replaced}  # fmt: skip
    store.append([event("correct", "x1", "2025-10-08", body)])
    account, ledger = account_now(store)
    if account.waiting:
        decision = {"type": "decision", "subject": "x1", "decision": "release"}
        store.append([event("attest", "r1", "2025-10-09", decision)])
        account, ledger = account_now(store)
    state = account_state(ledger, account)
    assert state.word == "RESTATED SINCE IT WAS SIGNED"
    assert state.latest is not None
    before, known = account_now(store, state.latest.size)
    assert account_hash(before) == state.latest.hash, "the signed version can be made again"
    change = restatement(before, account, known, ledger)
    assert change.is_restated
    legs = {one.what: (one.before.low_mg, one.after.low_mg) for _, one in change.legs}
    assert legs["tails"] == (145_800_000, 189_540_000)
    assert legs["unaccounted"] == (72_200_000, 72_200_000 - 43_740_000)
    assert "extracted" not in legs
    assert [(one.event, one.about, one.reason) for one in change.entries] == [
        ("x1", "a1", "a standard was wrong")
    ]
    signed(store, "C. Shah", "shah")
    account, ledger = account_now(store)
    assert account_state(ledger, account).word == "SIGNED"


def test_an_unrelated_entry_does_not_restate(store: Store) -> None:
    signed(store, "A. Khan", "khan")
    other = line("m:NEW", dry=mass("5", u="0"), grades=[grade("Cu", "1", u="0")])
    store.append([event("extract", "e9", "2025-10-09", {"outputs": [other]}, site="elsewhere")])
    account, ledger = account_now(store)
    assert account_state(ledger, account).word == "SIGNED"


def test_a_voided_signature_is_none(store: Store) -> None:
    signed(store, "A. Khan", "khan")
    body = {"target": "s-khan", "action": "void", "reason": "signed by mistake"}
    store.append([event("correct", "v1", "2025-10-08", body)])
    account, ledger = account_now(store)
    assert account_state(ledger, account).word == "NOT SIGNED"


def test_nobody_signs_before_the_end_without_a_name_or_reviews_what_is_not_signed(
    store: Store,
) -> None:
    account, ledger = account_now(store)
    with pytest.raises(InputError, match="ends with"):
        signing_draft(ledger, account, "A", "B", "2025-09-30", None)
    for name, capacity in (("", "x"), ("x", " "), ("x" * 201, "x")):
        with pytest.raises(InputError, match="give the"):
            signing_draft(ledger, account, name, capacity, "2025-10-07", None)
    with pytest.raises(InputError, match="not signed"):
        review_draft(ledger, account, "A", "B", "2025-10-07", None, "x")
    other = metal_account(open_books(ledger), "mill", "2025-10")
    with pytest.raises(InputError, match="two accounts"):
        restatement(other, account, ledger, ledger)


def test_the_hash_is_of_every_number_and_of_nothing_else(store: Store) -> None:
    account, _ = account_now(store)
    again = metal_account(books(month()), "mill", "2025-09")
    assert again.closed_by == ()
    assert account_hash(again) == account_hash(account), "how it stands is not what it says"
    other = metal_account(books(month("0.21")), "mill", "2025-09")
    assert account_hash(other) != account_hash(account)
    canonical_json(account.to_json())


def test_paper_and_table_tell_the_same(store: Store) -> None:
    signed(store, "A. Khan ش", "khan")
    account, ledger = account_now(store)
    state = account_state(ledger, account)
    data = account_pdf(account, state, "Mill", "ledger m")
    assert data.startswith(b"%PDF")
    assert data == account_pdf(account, state, "Mill", "ledger m")
    frame = account.to_frame()
    tails = frame.filter((frame["part"] == "leg") & (frame["name"] == "tails"))
    assert tails["low_mg"].to_list() == [145_800_000]
