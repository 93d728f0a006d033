"""A copy for another party: nothing withheld is anywhere in its bytes, and it still verifies."""

from __future__ import annotations

import hashlib
import sqlite3
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_verify import drop_triggers
from written import blend, consume, correct, event, extract, grade, line, mass, period, process

from oreline.model import InputError, LedgerError, StoreError, VerificationError
from oreline.record import (
    LogKey,
    create_store,
    load_ledger,
    make_checkpoint,
    open_store,
    share_ledger,
    verifier_of,
    verify_ledger,
)
from oreline_testing.injected import FixedClock, FixedSalts

KEY = LogKey("example.com/mine", bytes(range(32)))
LOG = verifier_of(KEY)
DRY = ["/body/outputs/0/dry"]


def hiding(masses: list[str]) -> list[dict]:
    """Return a history in which each mass is withheld and leaves every trace that it can."""
    events: list[dict] = []
    for n, value in enumerate(masses):
        party = "fwo" if n % 2 else "mill"
        events.append(extract(f"x{n}", f"m:{n}", value, party=party, withhold=DRY))
        # All of it goes on: its mass stands in lines that withhold nothing themselves.
        events.append(process(f"p{n}", [{"lot": f"m:{n}", "all": True}], [line(f"c:{n}", "1")]))
        # More than there is: a finding that compares with the mass.
        events.append(extract(f"y{n}", f"k:{n}", value, party=party, withhold=DRY))
        events.append(consume(f"z{n}", line(f"k:{n}", "99999999")))
        body = {"lot": f"c:{n}", "wet": mass("2"), "gross": mass(value)}
        events.append(event("weigh", f"w{n}", body, party=party, withhold=["/body/gross"]))
    events.append(blend("b", [line(f"c:{n}", "0.5") for n in range(len(masses))], line("b:1")))
    return events


def made(path: Path, events: list[dict]) -> bytes:
    header = {"id": "mine", "tense": "actual"}
    with create_store(path, header, clock=FixedClock(), salt=FixedSalts()) as store:
        store.append(events)
        return make_checkpoint(store, KEY)


def traces(path: Path, keep: str = "") -> list[bytes]:
    """Return every form in which a withheld value could stand in the bytes of a file."""
    db = sqlite3.connect(path)
    query = (
        "SELECT w.value, w.salt, e.content FROM withheld w JOIN event e USING (seq) "
        "WHERE e.party <> ?"
    )
    found: list[bytes] = []
    for value, salt, content in db.execute(query, (keep,)).fetchall():
        written = orjson.loads(value)["value"]
        milligrams = int(Decimal(written) * 10**9)
        found += [written.encode(), str(milligrams).encode(), salt.encode(), bytes.fromhex(salt)]
        found += [content, milligrams.to_bytes(6, "big"), milligrams.to_bytes(8, "little")]
        found.append(orjson.dumps(value))
    db.close()
    return found


def _striking(number: int) -> str:
    """Return a mass in tonnes whose digits and bytes occur nowhere by chance."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return f"{Decimal(10**13 + int.from_bytes(digest[:5], 'big') * 10 + 3).scaleb(-9):f}"


MASSES = st.lists(st.integers(0).map(_striking), min_size=1, max_size=4, unique=True)


@settings(max_examples=15)
@given(masses=MASSES, party=st.sampled_from(["", "fwo", "mill"]))
def test_no_withheld_value_is_anywhere_in_the_bytes(tmp_path_factory, masses, party):
    folder = tmp_path_factory.mktemp("share")
    note = made(folder / "ledger.db", hiding(masses))
    original = (folder / "ledger.db").read_bytes()
    if party == "fwo" and len(masses) == 1:
        party = "mill"
    parties = [party] if party else []
    with open_store(folder / "ledger.db") as store:
        copy = share_ledger(store, folder / "copy.db", parties=parties)
        held = len([row for row in store.rows() if b'"withheld"' in row.data])
    hidden = traces(folder / "ledger.db", party)
    assert [path.name for path in sorted(folder.iterdir())] == ["copy.db", "ledger.db"]
    data = (folder / "copy.db").read_bytes()
    assert [trace for trace in hidden if trace in data] == []
    # The same search does find them where they are.
    assert not hidden or sum(trace in original for trace in hidden) >= len(hidden) // 2
    assert len(copy.removed) + copy.kept == held
    with open_store(folder / "copy.db") as shared:
        report = verify_ledger(shared, note, LOG)
        assert report.ok, report.findings
        assert report.findings == ()
        assert report.withheld == copy.removed
        assert report.root == copy.root
        assert "nothing beside the events was changed" in " ".join(report.proved)
        ledger = load_ledger(shared)
    seen = [bool(party) and (n % 2 == 1) == (party == "fwo") for n in range(len(masses))]
    for n, value in enumerate(masses):
        shown = ledger.find(f"x{n}")["body"]["outputs"][0].get("dry", {}).get("value")
        assert shown == (value if seen[n] else None)


@pytest.fixture
def shared(tmp_path):
    """A copy in which one party keeps its own values, and the checkpoint of the original."""
    note = made(tmp_path / "ledger.db", hiding(["1234.567891", "2345.678912"]))
    with open_store(tmp_path / "ledger.db") as store:
        share_ledger(store, tmp_path / "copy.db", parties=["fwo"])
    return tmp_path / "copy.db", note


TAMPERED = {
    "a byte": "UPDATE event SET bytes = replace(bytes, 'clerk-1', 'clerk-2') WHERE id = 'p0'",
    "a mass put in": "UPDATE line SET dry_low_mg = 5, dry_high_mg = 5 WHERE seq = 0",
    "a mass that was drawn": "UPDATE line SET dry_high_mg = 5 WHERE seq = 1",
    "a finding": "INSERT INTO finding VALUES (0, 0, 'ORL-0212', 'warning', 'x', 'x', 'x')",
    "a state": "UPDATE event SET state = 2 WHERE seq = 0",
    "a value that was kept": "UPDATE withheld SET value = replace(value, '2345', '9345')",
    "a content hash taken out": "UPDATE event SET content = x'' WHERE id = 'p0'",
    "an event": "DELETE FROM event WHERE id = 'w1'",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_altered_in_a_copy_is_found(shared, what):
    path, note = shared
    db = sqlite3.connect(path)
    triggers = drop_triggers(db)
    db.execute(TAMPERED[what])
    for statement in triggers:
        db.execute(statement)
    db.commit()
    db.close()
    with open_store(path) as store:
        report = verify_ledger(store, note, LOG)
    assert not report.ok
    assert report.first_bad_seq is not None


def test_a_copy_may_be_shared_again_with_less(shared, tmp_path):
    path, note = shared
    with open_store(path) as store:
        less = share_ledger(store, tmp_path / "less.db")
    assert less.kept == 0
    with open_store(tmp_path / "less.db") as store:
        report = verify_ledger(store, note, LOG)
        assert report.ok
        assert report.findings == ()
        assert store.withheld() == {}


def test_single_events_keep_their_values(tmp_path):
    made(tmp_path / "ledger.db", hiding(["1234.567891", "2345.678912"]))
    with open_store(tmp_path / "ledger.db") as store:
        copy = share_ledger(store, tmp_path / "copy.db", events=["x0", "w1"])
    assert copy.kept == 2
    with open_store(tmp_path / "copy.db") as store:
        assert sorted(store.withheld()) == [0, 9]


def test_a_misspelt_name_makes_no_copy(tmp_path):
    made(tmp_path / "ledger.db", hiding(["1234.5"]))
    with open_store(tmp_path / "ledger.db") as store:
        for named in ({"parties": ["fow"]}, {"events": ["zz"]}, {"events": ["b"]}):
            with pytest.raises(InputError, match="of this ledger"):
                share_ledger(store, tmp_path / "copy.db", **named)
        assert not (tmp_path / "copy.db").exists()
        with pytest.raises(StoreError, match="already a file"):
            share_ledger(store, tmp_path / "ledger.db")


def test_what_decides_about_other_events_cannot_be_withheld(any_store):
    closing = period("close", "2025-09")
    closing["withhold"] = ["/body/data/site"]
    corrected = correct("c1", "e1", {"time": "2025-09-02T06:00:00Z"})
    for hidden in (
        closing,
        corrected | {"withhold": ["/body/replacement"]},
        corrected | {"withhold": ["/body/replacement/time"]},
    ):
        any_store.append([extract("e1", "m:1", "3")])
        with pytest.raises(LedgerError) as caught:
            any_store.append([hidden])
        assert [finding.code for finding in caught.value.findings] == ["ORL-0111"]


def test_a_ledger_that_was_altered_is_not_shared(tmp_path):
    made(tmp_path / "ledger.db", hiding(["1234.5"]))
    db = sqlite3.connect(tmp_path / "ledger.db")
    drop_triggers(db)
    db.execute("UPDATE event SET state = 2 WHERE id = 'x0'")
    db.commit()
    db.close()
    said = "verify the ledger first"
    with open_store(tmp_path / "ledger.db") as store, pytest.raises(VerificationError, match=said):
        share_ledger(store, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_on_each_database(any_store, tmp_path):
    any_store.append(hiding(["1234.567891", "2345.678912"]))
    note = make_checkpoint(any_store, KEY)
    copy = share_ledger(any_store, tmp_path / "copy.db", parties=["mill"])
    with open_store(tmp_path / "copy.db") as store:
        report = verify_ledger(store, note, LOG)
    assert report.ok
    assert report.withheld == copy.removed
    assert copy.kept == 3


def test_a_correction_whose_replacement_is_withheld_can_be_read(any_store, tmp_path):
    body = {"outputs": [line("m:1", "7.25", grades=[grade("50")])]}
    hidden = correct("c1", "e1", {"body": body})
    hidden["withhold"] = ["/body/replacement/body/outputs/0/dry"]
    any_store.append([extract("e1", "m:1", "3"), hidden])
    shown = load_ledger(any_store).find("e1")["body"]["outputs"][0]
    assert shown["dry"]["value"] == "7.25"
    share_ledger(any_store, tmp_path / "copy.db")
    assert b"7.25" not in (tmp_path / "copy.db").read_bytes()
    with open_store(tmp_path / "copy.db") as store:
        assert "dry" not in load_ledger(store).find("e1")["body"]["outputs"][0]
