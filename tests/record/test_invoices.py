"""A lot is settled finally once in a sale, whatever is appended, corrected or decided."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_store import run_all
from written import at, correct, decide, event, period

from oreline.model import LedgerError, check_event
from oreline.record import State, create_store, load_ledger, open_store, verify_ledger


def invoice(identity: str, *lots: str, stage: str = "final", **more: Any) -> dict[str, Any]:
    """Write an invoice of the miner to the refiner."""
    sale = {"party": "miner", "to_party": "refiner", **more}
    return event("money", identity, {"type": "invoice", "stage": stage, "lots": list(lots)}, **sale)


def refused(store, *batch):
    size = store.size()
    with pytest.raises(LedgerError) as caught:
        store.append(batch)
    assert store.size() == size
    return caught.value.findings


def codes(store, *batch):
    return [found.code for found in refused(store, *batch)]


def in_force(store):
    """Count the final invoices that count, by lot, seller and buyer; the slow way."""
    found: dict[tuple[str, str, str], int] = {}
    for item in load_ledger(store).other:
        body = item["body"]
        if item["schema"] == "money/1" and body.get("stage") == "final":
            for lot in body["lots"]:
                key = lot, item["party"], item["to_party"]
                found[key] = found.get(key, 0) + 1
    return found


def test_a_lot_is_settled_once(any_store):
    any_store.append([invoice("i1", "m:1", "m:2")])
    (found,) = refused(any_store, invoice("i2", "m:2", "m:3"))
    assert (found.code, found.where) == ("ORL-0207", "i2")
    assert found.message == "m:2 is settled finally between miner and refiner by i1"
    assert found.fix.startswith("void i1 with a correction first")
    any_store.append([invoice("i2", "m:3")])


def test_neither_in_one_batch(any_store):
    assert codes(any_store, invoice("i1", "m:1"), invoice("i2", "m:1")) == ["ORL-0207"]
    assert codes(any_store, invoice("i1", "m:1", "m:1")) == ["ORL-0108"]


def test_provisional_invoices_and_other_sales_of_the_lot_are_free(any_store):
    early = [
        invoice("p1", "m:1", stage="provisional"),
        invoice("p2", "m:1", stage="provisional"),
        invoice("p3", "m:1", stage="second_provisional"),
    ]
    onward = invoice("i2", "m:1", party="refiner", to_party="maker")
    any_store.append([*early, invoice("i1", "m:1"), onward])
    assert in_force(any_store) == {("m:1", "miner", "refiner"): 1, ("m:1", "refiner", "maker"): 1}


def test_what_was_voided_may_be_replaced_and_not_come_back(any_store):
    any_store.append([invoice("i1", "m:1")])
    any_store.append([correct("c1", "i1"), invoice("i2", "m:1")])
    (found,) = refused(any_store, correct("c2", "c1"))
    assert found.code == "ORL-0207"
    assert "by i2, and this would bring i1 into force" in found.message
    any_store.append([correct("c3", "i2"), correct("c4", "c1")])
    assert codes(any_store, invoice("i3", "m:1")) == ["ORL-0207"]


def test_a_correction_makes_no_second_final_invoice(any_store):
    any_store.append([invoice("i1", "m:1"), invoice("i2", "m:2")])
    any_store.append([invoice("p1", "m:1", stage="provisional")])
    final = {"body": invoice("x", "m:1")["body"]}
    assert codes(any_store, correct("c1", "p1", final)) == ["ORL-0207"]
    assert codes(any_store, correct("c1", "i2", final)) == ["ORL-0207"]
    late = invoice("p2", "m:1", stage="provisional")
    assert codes(any_store, late, correct("c2", "p2", final)) == ["ORL-0207"]
    other = invoice("i3", "m:1", to_party="maker")
    any_store.append([other])
    assert codes(any_store, correct("c3", "i3", {"to_party": "refiner"})) == ["ORL-0207"]


def test_a_corrected_invoice_frees_what_it_no_longer_covers(any_store):
    any_store.append([invoice("i1", "m:1", "m:2")])
    any_store.append([correct("c1", "i1", {"body": invoice("x", "m:2")["body"]})])
    any_store.append([invoice("i2", "m:1")])
    assert codes(any_store, invoice("i3", "m:2")) == ["ORL-0207"]


def test_a_held_invoice_is_not_released_into_a_settled_lot(any_store):
    any_store.append([invoice("i1", "m:1", external_id="INV-7")])
    entry = any_store.append([invoice("i2", "m:2", external_id="INV-7")]).entries[0]
    assert entry.state is State.HELD
    any_store.append([invoice("i3", "m:2")])
    (found,) = refused(any_store, decide("d1", "i2", "release"))
    assert "by i3, and this would bring i2 into force" in found.message
    any_store.append([decide("d2", "i2", "reject")])


def test_a_held_correction_is_not_released_into_a_second_settlement(any_store):
    any_store.append([invoice("i1", "m:1"), invoice("i2", "m:2"), period("c", "september")])
    moved = correct("c1", "i2", {"body": invoice("x", "m:1")["body"]})
    assert any_store.append([moved]).entries[0].state is State.HELD
    assert codes(any_store, decide("d1", "c1", "release")) == ["ORL-0207"]


def test_writers_at_once_settle_a_lot_once(any_store):
    tasks = [
        lambda n=n: any_store.append([invoice(f"i{n}", "m:1", external_id=str(n))])
        for n in range(6)
    ]
    assert len(run_all(tasks)) == 5
    assert any_store.size() == 1


def test_two_processes_settle_a_lot_once(tmp_path, clock, salts):
    place = tmp_path / "ledger.db"
    with create_store(place, {"id": "l", "tense": "actual"}, clock=clock, salt=salts) as one:
        with open_store(place, clock=clock, salt=salts) as other:
            tasks = [
                lambda s=s, n=n: s.append([invoice(f"{n}", "m:1")])
                for n, s in enumerate((one, other, one, other))
            ]
            assert len(run_all(tasks)) == 3
        assert one.size() == 1


def test_the_same_invoice_again_changes_nothing(any_store):
    any_store.append([invoice("i1", "m:1")])
    assert any_store.append([invoice("i1", "m:1")]).appended == 0


def test_a_ledger_with_invoices_verifies(any_store):
    any_store.append([invoice("i1", "m:1"), correct("c1", "i1"), invoice("i2", "m:1")])
    assert verify_ledger(any_store).ok


def test_withheld_amounts_do_not_hide_what_is_settled(any_store):
    priced = invoice("i1", "m:1", withhold=["/body/price"])
    priced["body"] |= {"price": "1.5", "price_unit": "USD/t"}
    any_store.append([priced])
    assert codes(any_store, invoice("i2", "m:1")) == ["ORL-0207"]
    for hidden in ("/body/lots", "/body/stage"):
        assert "ORL-0111" in codes(any_store, invoice("i3", "m:3", withhold=[hidden]))
    body = invoice("x", "m:1")["body"]
    again = correct("c1", "i1", {"body": body}, withhold=["/body/replacement/body/lots"])
    assert "ORL-0111" in codes(any_store, again)


@pytest.mark.parametrize("lacks", ["party", "to_party", "lots"])
def test_a_final_invoice_says_who_sells_what_to_whom(any_store, lacks):
    whole = invoice("i1", "m:1")
    (whole if lacks in whole else whole["body"]).pop(lacks)
    (found,) = refused(any_store, whole)
    assert (found.code, lacks in found.where) == ("ORL-0114", True)
    assert not check_event(whole)


def test_only_an_invoice_has_a_stage(any_store):
    paid = invoice("i1", "m:1")
    paid["body"]["type"] = "payment"
    assert codes(any_store, paid) == ["ORL-0114"]


LOTS = ("m:1", "m:2")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_history_settles_a_lot_twice(tmp_path_factory, clock, salts, data):
    """Invoices, corrections of anything and decisions in any order: at most one counts."""
    place = tmp_path_factory.mktemp("settled") / "ledger.db"
    number = itertools.count()
    with create_store(place, {"id": "l", "tense": "actual"}, clock=clock, salt=salts) as store:
        known: list[str] = []
        for _ in range(data.draw(st.integers(1, 10))):
            name = f"e{next(number)}"
            lot, stage = data.draw(st.sampled_from(LOTS)), data.draw(st.sampled_from(STAGES))
            written = invoice(name, lot, stage=stage, time=at(3))
            if data.draw(st.booleans()):
                written["external_id"] = data.draw(st.sampled_from(["A", "B"]))
            if known and data.draw(st.booleans()):
                target = data.draw(st.sampled_from(known))
                change = {"body": written["body"]} if data.draw(st.booleans()) else None
                written = correct(name, target, change)
                if data.draw(st.booleans()):
                    written = decide(
                        name, target, data.draw(st.sampled_from(["release", "reject"]))
                    )
            try:
                store.append([written])
            except LedgerError:
                continue
            known.append(name)
            assert all(count == 1 for count in in_force(store).values())
        assert verify_ledger(store).ok


STAGES = ("final", "final", "provisional")
