"""Arriving events are judged against what counts: corrections, decisions and voids respected."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from written import (
    at,
    consume,
    correct,
    credit,
    decide,
    event,
    extract,
    line,
    period,
)

from oreline.model import LedgerError, VerificationError
from oreline.record import (
    ARRIVAL_RULES,
    State,
    credit_accounts,
    load_ledger,
    rebuild_lot_cache,
    verify_ledger,
)
from oreline.record import _tables as tables

AUGUST = "2025-08-10T06:00:00Z"


def said(store, item):
    entry = store.append([item]).entries[0]
    return entry.state, [finding.code for finding in entry.findings]


def refused(store, *batch):
    with pytest.raises(LedgerError) as caught:
        store.append(batch)
    return [finding.code for finding in caught.value.findings]


def held_kg(store, account="acct/a"):
    """Return what an account holds by the events in force."""
    events = [item for item in load_ledger(store).other if item["schema"] == "credit/1"]
    accounts, _ = credit_accounts(events)
    totals = {key.account: sum(held.values()) / 1e6 for key, held in accounts.items()}
    return totals.get(account, 0)


# --- credits ----------------------------------------------------------------------------------


def test_a_voided_issue_gives_no_credit(any_store):
    any_store.append([credit("k1", "issue", "5"), correct("c1", "k1")])
    assert refused(any_store, credit("k2", "retire", "1")) == ["ORL-0230"]
    any_store.append([correct("c2", "c1")])
    assert said(any_store, credit("k2", "retire", "1")) == (State.ACCEPTED, [])
    assert held_kg(any_store) == 4000
    assert verify_ledger(any_store).ok


def test_a_corrected_retirement_frees_what_it_does_not_take(any_store):
    any_store.append([credit("k1", "issue", "5"), credit("k2", "retire", "5")])
    body = credit("k2", "retire", "2")["body"]
    assert said(any_store, correct("c1", "k2", {"body": body})) == (State.ACCEPTED, [])
    assert refused(any_store, credit("k3", "retire", "3.1")) == ["ORL-0230"]
    assert said(any_store, credit("k3", "retire", "3")) == (State.ACCEPTED, [])
    assert verify_ledger(any_store).ok


def test_what_is_held_gives_and_takes_nothing_until_it_is_released(any_store):
    any_store.append([credit("k1", "issue", "5", external_id="C-1")])
    assert said(any_store, credit("k2", "issue", "5", external_id="C-1"))[0] == State.HELD
    assert said(any_store, credit("k3", "retire", "9", external_id="C-1"))[0] == State.HELD
    assert refused(any_store, credit("k4", "retire", "6")) == ["ORL-0230"]
    any_store.append([decide("d1", "k2", "release")])
    assert said(any_store, credit("k4", "retire", "6")) == (State.ACCEPTED, [])
    assert said(any_store, decide("d2", "k3", "release")) == (State.WITH_FINDINGS, ["ORL-0232"])
    assert held_kg(any_store) == -5000
    assert verify_ledger(any_store).ok


def test_voiding_credit_already_taken_is_accepted_and_shown(any_store):
    moved = credit("k2", "move", "4", to_account="acct/b")
    any_store.append([credit("k1", "issue", "5"), moved])
    any_store.append([credit("k3", "retire", "3", account="acct/b")])
    assert said(any_store, correct("c1", "k1")) == (State.WITH_FINDINGS, ["ORL-0232"])
    assert (held_kg(any_store), held_kg(any_store, "acct/b")) == (-4000, 1000)
    assert refused(any_store, credit("k4", "retire", "0.1")) == ["ORL-0230"]
    any_store.append([credit("k5", "issue", "4.1")])
    assert said(any_store, credit("k4", "retire", "0.1")) == (State.ACCEPTED, [])
    assert said(any_store, correct("c2", "k5")) == (State.WITH_FINDINGS, ["ORL-0232"])
    assert verify_ledger(any_store).ok


def test_credits_and_their_corrections_in_one_batch(any_store):
    any_store.append([credit("k1", "issue", "5"), correct("c1", "k1"), credit("k2", "issue", "1")])
    batch = [credit("k3", "retire", "1"), correct("c2", "k3"), credit("k4", "retire", "1")]
    assert any_store.append(batch).appended == 3
    assert refused(any_store, credit("k5", "retire", "0.1")) == ["ORL-0230"]
    assert verify_ledger(any_store).ok


# --- closed periods ---------------------------------------------------------------------------


def without_site(item):
    return {name: value for name, value in item.items() if name != "site"}


def test_a_correction_is_held_where_what_it_changes_is_closed(any_store):
    later = "2025-11-02T06:00:00Z"
    any_store.append([extract("e1", "m:1"), extract("e2", "m:2", time=AUGUST)])
    any_store.append([period("p1", "2025-09")])

    def corrected(identity, target, replacement=None):
        return without_site(correct(identity, target, replacement, time=later))

    assert said(any_store, corrected("c1", "e1")) == (State.HELD, ["ORL-0221"])
    assert said(any_store, corrected("c2", "e1", {"time": AUGUST}))[0] == State.HELD
    assert said(any_store, corrected("c3", "e2", {"time": at(5)}))[0] == State.HELD
    assert said(any_store, corrected("c4", "c1"))[0] == State.HELD
    assert said(any_store, corrected("c5", "e2", {"party": "fwo"})) == (State.ACCEPTED, [])
    elsewhere = {"time": at(5), "site": "site/mill"}
    assert said(any_store, corrected("c6", "e2", elsewhere)) == (State.ACCEPTED, [])
    assert "m:1" in load_ledger(any_store).columns.lots.index
    any_store.append([decide("d1", "c1", "release")])
    assert "e1" not in load_ledger(any_store).columns.events.id
    assert verify_ledger(any_store).ok


def test_voiding_a_closing_opens_the_period(any_store):
    any_store.append([period("p1", "2025-09")])
    assert said(any_store, extract("e1", "m:1"))[0] == State.HELD
    assert said(any_store, correct("c1", "p1")) == (State.ACCEPTED, [])
    assert said(any_store, extract("e2", "m:2")) == (State.ACCEPTED, [])
    any_store.append([correct("c2", "c1")])
    assert said(any_store, extract("e3", "m:3"))[0] == State.HELD
    assert verify_ledger(any_store).ok


def test_a_closing_may_be_moved_but_not_blurred(any_store):
    any_store.append([period("p1", "2025-09")])
    body = period("p1", "2025-09", month=8)["body"]
    blurred = {name: value for name, value in body.items() if name != "valid_to"}
    assert refused(any_store, correct("c1", "p1", {"body": blurred})) == ["ORL-0113"]
    any_store.append([correct("c1", "p1", {"body": body})])
    assert said(any_store, extract("e1", "m:1")) == (State.ACCEPTED, [])
    assert said(any_store, extract("e2", "m:2", time=AUGUST))[0] == State.HELD
    assert verify_ledger(any_store).ok


def test_another_store_on_the_ledger_knows_of_the_opening(any_store, place, clock, salts):
    from oreline.record import open_store

    any_store.append([period("p1", "2025-09"), correct("c1", "p1")])
    with open_store(place, clock=clock, salt=salts) as other:
        assert said(other, extract("e1", "m:1")) == (State.ACCEPTED, [])


# --- lots -------------------------------------------------------------------------------------


def test_a_receipt_is_no_production(any_store):
    received = event("receive", "x1", {"lots": [line("m:1", "10")]}, time=at(9))
    any_store.append([received])
    assert said(any_store, extract("e1", "m:1", time=at(1))) == (State.ACCEPTED, [])
    assert said(any_store, consume("u1", line("m:1", "10.5"), time=at(9)))[1] == ["ORL-0212"]
    assert said(any_store, extract("e2", "m:1", time=at(2)))[1] == ["ORL-0211"]
    assert verify_ledger(any_store).ok


def test_more_than_was_received_is_still_noticed(any_store):
    any_store.append([event("receive", "x1", {"lots": [line("m:1", "10")]}, time=at(9))])
    assert said(any_store, consume("u1", line("m:1", "30"), time=at(9)))[1] == ["ORL-0212"]


def test_the_cache_of_running_stock_can_be_rebuilt(any_store):
    any_store.append([extract("e1", "m:1", "10", withhold=["/body/outputs/0/dry"])])
    any_store.append([extract("e2", "m:2"), consume("u1", {"lot": "m:2", "all": True})])
    before = any_store.root()
    with any_store.writing() as connection:
        connection.execute(tables.lot.update().where(tables.lot.c.lot == "m:1"), {"dry_low_mg": 3})
        connection.execute(sa.insert(tables.lot), [dict.fromkeys(
            ("dry_low_mg", "dry_high_mg"), 0) | {"lot": "m:9", "continuing": 0, "produced": 1}
        ])  # fmt: skip
    assert any("running stock" in text for text in verify_ledger(any_store).not_proved)
    assert rebuild_lot_cache(any_store) == 2
    report = verify_ledger(any_store)
    assert report.ok
    assert not any("running stock" in text for text in report.not_proved)
    assert rebuild_lot_cache(any_store) == 0
    assert any_store.root() == before


def test_the_cache_is_not_rebuilt_from_what_cannot_be_read(any_store):
    any_store.append([extract("e1", "m:1", "10", withhold=["/body/outputs/0/dry"])])
    any_store.withheld = dict  # type: ignore[method-assign]
    with pytest.raises(VerificationError, match="e1 cannot be read whole"):
        rebuild_lot_cache(any_store)


# --- rules version ----------------------------------------------------------------------------


def test_findings_by_other_rules_are_not_derived_anew(new_store):
    store, old = new_store(), new_store(arrival_rules="0")
    assert store.header.arrival_rules == ARRIVAL_RULES
    for each in (store, old):
        each.append([consume("u1", line("m:0", "1"))])
        with each.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER finding_no_update")
            connection.execute(tables.finding.update(), {"code": "ORL-0999"})
    report = verify_ledger(store)
    assert [finding.code for finding in report.findings] == ["ORL-0257", "ORL-0266"]
    report = verify_ledger(old)
    assert report.ok
    assert any("made by rules 0" in text for text in report.not_proved)
    assert not any("findings of arrival follow" in text for text in report.proved)
