"""The tamper matrix: what somebody with the database in hand could do, and what verification says.

The attacker of these tests drops every trigger first and puts them back afterwards. Each case
changes the database as it says; verification must notice it relative to a checkpoint kept elsewhere
and name the first event that differs, exactly where that is possible and between two checkpoints
where it is not.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import consume, decide, event, extract, grade, line, mass, period

from oreline.model import InputError, VerificationError, canonical_json
from oreline.record import (
    Checkpoint,
    LogKey,
    create_store,
    encode_checkpoint,
    make_checkpoint,
    open_store,
    sign_note,
    verifier_of,
    verify_ledger,
)
from oreline.record import _merkle as merkle
from oreline_testing.injected import FixedClock, FixedSalts

KEY = LogKey("example.com/mine", bytes(range(32)))
LOG = verifier_of(KEY)
SIZE = 600
EARLY = 400
TABLES = ("header", "event", "line", "finding", "withheld", "tile", "checkpoint")


def batch(start: int, stop: int) -> list[dict]:
    events: list[dict] = []
    for n in range(start, stop):
        if n == 5:
            events.append(extract("e5", "m:5", "7", withhold=["/body/outputs/0/dry"]))
        elif n == 6:
            events.append(consume("e6", line("m:nowhere", "1")))
        elif n == 7:
            events.append(extract("e7", "m:7", external_id="DOC-1"))
        elif n == 8:
            events.append(extract("e8", "m:8", external_id="DOC-1"))
        elif n == 9:
            events.append(decide("e9", "e8", "release"))
        elif n == 10:
            events.append(consume("e10", {"lot": "m:7", "all": True}))
        elif n == 11:
            events.append(period("e11", "2025-08", month=8))
        else:
            events.append(extract(f"e{n}", f"m:{n}", str(n + 1), grades=[grade("50")]))
    return events


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A ledger, the two checkpoints that others keep, and a copy of its leaf hashes."""
    path = tmp_path_factory.mktemp("original") / "ledger.db"
    header = {"id": "mine", "tense": "actual"}
    with create_store(path, header, clock=FixedClock(), salt=FixedSalts()) as store:
        store.append(batch(0, EARLY))
        early = make_checkpoint(store, KEY)
        store.append(batch(EARLY, SIZE))
        late = make_checkpoint(store, KEY)
        leaves = [f"{merkle.leaf_hash(row.data).hex()}\n".encode() for row in store.rows()]
        events = [row.data + b"\n" for row in store.rows()]
    return path, early, late, leaves, events


def drop_triggers(db: sqlite3.Connection) -> list[str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    dropped = db.execute(query).fetchall()
    for name, _ in dropped:
        db.execute(f"DROP TRIGGER {name}")
    return [statement for _, statement in dropped]


class Attacker:
    """Somebody with the file in hand and SQL."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path)
        self.triggers = drop_triggers(self.db)

    def do(self, sql: str, *values: object) -> None:
        self.db.execute(sql, values)
        self.db.commit()

    def data(self, seq: int) -> bytes:
        return self.db.execute("SELECT bytes FROM event WHERE seq = ?", (seq,)).fetchone()[0]

    def rewrite(self, seq: int, old: bytes, new: bytes, *, leaf: bool = False) -> None:
        data = self.data(seq)
        assert old in data
        data = data.replace(old, new)
        self.do("UPDATE event SET bytes = ? WHERE seq = ?", data, seq)
        if leaf:
            self.do("UPDATE event SET leaf = ? WHERE seq = ?", merkle.leaf_hash(data), seq)

    def rehash(self) -> None:
        """Make leaves and tiles agree with the bytes again."""
        rows = self.db.execute("SELECT seq, bytes FROM event ORDER BY seq").fetchall()
        leaves = [merkle.leaf_hash(data) for _, data in rows]
        self.db.executemany(
            "UPDATE event SET leaf = ? WHERE seq = ?",
            [(leaf, seq) for leaf, (seq, _) in zip(leaves, rows, strict=True)],
        )
        self.db.execute("DELETE FROM tile")
        _, tiles = merkle.extend(merkle.Frontier(), leaves)
        self.db.executemany(
            "INSERT INTO tile VALUES (?, ?, ?)", [(t.level, t.index, t.root) for t in tiles]
        )
        self.db.commit()

    def renumber(self, order: list[int]) -> None:
        """Put the events into another order, positions rewritten inside them too, all rehashed."""
        rows = {row[0]: row for row in self.db.execute("SELECT * FROM event")}
        for name in ("line", "finding", "withheld"):
            self.db.execute(f"DELETE FROM {name}")
        self.db.execute("DELETE FROM event")
        for seq, old in enumerate(order):
            inside = orjson.loads(rows[old][-1])
            inside["seq"] = seq
            if old in order[:seq]:
                inside["id"] += "x"
            new = (seq, inside["id"], *rows[old][2:-1], canonical_json(inside))
            self.db.execute(f"INSERT INTO event VALUES ({','.join('?' * 12)})", new)
        self.rehash()


@pytest.fixture
def attacker(original, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copy(original[0], path)
    someone = Attacker(path)
    yield someone
    someone.db.close()


def verify(someone: Attacker, original, checkpoint="late", **options):
    note = {"late": original[2], "early": original[1], None: None}[checkpoint]
    db = sqlite3.connect(someone.path)
    for statement in someone.triggers:
        db.execute(statement)
    with open_store(someone.path) as store:
        report = verify_ledger(store, note, LOG, **options)
    drop_triggers(db)
    db.close()
    return report


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


# --- nothing was done -------------------------------------------------------------------------


@pytest.mark.parametrize("thorough", [True, False])
@pytest.mark.parametrize("checkpoint", ["late", "early", None])
def test_an_untouched_ledger_is_whole(original, attacker, checkpoint, thorough):
    seen: list[tuple[int, int]] = []
    report = verify(
        attacker, original, checkpoint, thorough=thorough, progress=lambda *at: seen.append(at)
    )
    assert report.ok, report.findings
    assert (report.size, report.first_bad_seq, report.bracket) == (SIZE, None, None)
    assert report.checkpoint_size == {"late": SIZE, "early": EARLY, None: None}[checkpoint]
    assert seen[-1] == (SIZE, SIZE)
    words = " ".join(report.not_proved)
    assert ("internal consistency only" in words) == (checkpoint is None)
    assert ("The events from 400 on" in words) == (checkpoint == "early")
    assert ("were not derived anew" in words) != thorough
    assert report.to_json()["ok"] is True


def test_a_whole_ledger_on_each_database(any_store):
    any_store.append(batch(0, 300))
    checkpoint = make_checkpoint(any_store, KEY)
    any_store.append(batch(300, 310))
    report = verify_ledger(any_store, checkpoint, LOG)
    assert report.ok, report.findings
    assert report.root == any_store.root()


def test_an_empty_ledger_is_whole(any_store):
    report = verify_ledger(any_store, make_checkpoint(any_store, KEY), LOG)
    assert (report.ok, report.size, report.root) == (True, 0, merkle.EMPTY_ROOT)


@pytest.mark.parametrize("kind", [3, 4])
def test_a_copy_of_the_untouched_ledger_agrees(original, attacker, kind):
    assert verify(attacker, original, copy=original[kind]).ok
    assert verify(attacker, original, copy=original[kind][:EARLY]).ok


# --- clumsy changes: the first event is named -------------------------------------------------

CLUMSY = {
    "a byte": lambda a, n: a.rewrite(n, b'"value":"50"', b'"value":"60"'),
    "a byte and its leaf": lambda a, n: a.rewrite(n, b'"50"', b'"60"', leaf=True),
    "a leaf": lambda a, n: a.do("UPDATE event SET leaf = zeroblob(32) WHERE seq = ?", n),
    "text for bytes": lambda a, n: a.do(
        "UPDATE event SET bytes = replace(bytes, 'clerk-1', 'clerk-2') WHERE seq = ?", n
    ),
    "a number for a leaf": lambda a, n: a.do("UPDATE event SET leaf = 7 WHERE seq = ?", n),
    "a short leaf": lambda a, n: a.do("UPDATE event SET leaf = x'00' WHERE seq = ?", n),
    "not JSON": lambda a, n: a.do("UPDATE event SET bytes = x'7B' WHERE seq = ?", n),
    "removed": lambda a, n: a.do("DELETE FROM event WHERE seq = ?", n),
    "an id": lambda a, n: a.do("UPDATE event SET id = 'zz' WHERE seq = ?", n),
    "a kind": lambda a, n: a.do("UPDATE event SET kind = 'process' WHERE seq = ?", n),
    "a time": lambda a, n: a.do("UPDATE event SET time_us = 0 WHERE seq = ?", n),
    "a recorded time": lambda a, n: a.do("UPDATE event SET recorded_us = 0 WHERE seq = ?", n),
    "a party": lambda a, n: a.do("UPDATE event SET party = 'x' WHERE seq = ?", n),
    "a document": lambda a, n: a.do("UPDATE event SET external_id = 'x' WHERE seq = ?", n),
    "a content hash": lambda a, n: a.do("UPDATE event SET content = zeroblob(32) WHERE seq = ?", n),
    "a state": lambda a, n: a.do("UPDATE event SET state = 2 WHERE seq = ?", n),
    "a line's mass": lambda a, n: a.do("UPDATE line SET dry_low_mg = 1 WHERE seq = ?", n),
    "a line's lot": lambda a, n: a.do("UPDATE line SET lot = 'm:x' WHERE seq = ?", n),
    "a line less": lambda a, n: a.do("DELETE FROM line WHERE seq = ?", n),
    "a line more": lambda a, n: a.do("INSERT INTO line VALUES (?, 9, 0, 'm:1', 1, 1)", n),
    "a finding more": lambda a, n: a.do(
        "INSERT INTO finding VALUES (?, 0, 'ORL-0212', 'warning', 'x', 'x', 'x')", n
    ),
    "a withheld value": lambda a, n: a.do(
        "INSERT INTO withheld VALUES (?, '/body/note', 'ab', '\"x\"')", n
    ),
}


@pytest.mark.parametrize("checkpoint", ["late", None])
@pytest.mark.parametrize("what", CLUMSY)
def test_a_clumsy_change_names_its_event(original, attacker, what, checkpoint):
    seq = 123
    CLUMSY[what](attacker, seq)
    report = verify(attacker, original, checkpoint)
    assert not report.ok
    assert report.first_bad_seq == seq
    assert report.first_bad_id == {"removed": None, "an id": "zz"}.get(what, "e123")
    if checkpoint and what not in {"a byte and its leaf", "removed", "not JSON"}:
        assert report.bracket == (seq, seq + 1)


@settings(max_examples=40)
@given(seq=st.integers(20, SIZE - 1), bit=st.integers(0, 7), share=st.floats(0, 1))
def test_any_flipped_bit_is_found_and_named(original, tmp_path_factory, seq, bit, share):
    path = tmp_path_factory.mktemp("flip") / "ledger.db"
    shutil.copy(original[0], path)
    someone = Attacker(path)
    data = bytearray(someone.data(seq))
    data[min(int(share * len(data)), len(data) - 1)] ^= 1 << bit
    someone.do("UPDATE event SET bytes = ? WHERE seq = ?", bytes(data), seq)
    someone.db.close()
    for thorough in (True, False):
        report = verify(someone, original, thorough=thorough)
        assert (report.ok, report.first_bad_seq, report.first_bad_id) == (False, seq, f"e{seq}")
        assert report.bracket == (seq, seq + 1)
    path.unlink()


def test_a_tile_alone(original, attacker):
    attacker.do("UPDATE tile SET hash = zeroblob(32) WHERE level = 8 AND idx = 1")
    report = verify(attacker, original)
    assert codes(report) == {"ORL-0254"}
    assert "from 256 to before 512" in report.findings[0].message
    attacker.do("DELETE FROM tile")
    assert codes(verify(attacker, original)) == {"ORL-0254"}


def test_a_finding_removed_and_a_held_event_set_free(original, attacker):
    attacker.do("DELETE FROM finding WHERE seq = 6")
    assert verify(attacker, original).first_bad_id == "e6"
    attacker.do("UPDATE event SET state = 0 WHERE seq = 8")
    report = verify(attacker, original)
    assert codes(report) == {"ORL-0257"}
    assert any("event e8 at 8" in finding.where for finding in report.findings)


def test_withheld_values_may_be_left_out_but_not_changed(original, attacker):
    attacker.do("UPDATE withheld SET value = ?", canonical_json(mass("8")).decode())
    report = verify(attacker, original)
    assert (codes(report), report.first_bad_id) == ({"ORL-0256"}, "e5")
    attacker.do("DELETE FROM withheld")
    report = verify(attacker, original)
    assert report.ok
    assert "1 withheld values are not in this copy" in " ".join(report.not_proved)
    assert "e5 /body/outputs/0/dry" in " ".join(report.not_proved)
    assert "From position 5 on" in " ".join(report.not_proved)
    # Its mass still stands in the table of lines, and its hash beside the event.
    assert codes(report) == {"ORL-0267"}


def test_the_header_is_covered_by_checkpoints(original, attacker):
    attacker.do("UPDATE header SET value = 'planned' WHERE key = 'tense'")
    assert codes(verify(attacker, original)) == {"ORL-0264"}
    attacker.do("DELETE FROM checkpoint")
    assert codes(verify(attacker, original)) == {"ORL-0264"}
    assert verify(attacker, original, None).ok  # nothing else says what the header was


def test_the_cache_of_stock_is_no_evidence_but_said(original, attacker):
    attacker.do("UPDATE lot SET dry_low_mg = 0")
    report = verify(attacker, original)
    assert report.ok
    assert "it is a cache" in " ".join(report.not_proved)


def test_rows_that_belong_to_no_event(original, attacker):
    attacker.do("INSERT INTO line VALUES (9999, 0, 0, 'm:1', 1, 1)")
    attacker.do("INSERT INTO finding VALUES (-4, 0, 'ORL-0212', 'note', 'x', 'x', 'x')")
    report = verify(attacker, original)
    assert codes(report) == {"ORL-0251"}
    assert len(report.findings) == 2


GUARDS = {
    "one is gone": "DROP TRIGGER line_no_update",
    "one refuses nothing": (
        "DROP TRIGGER line_no_update; "
        "CREATE TRIGGER line_no_update BEFORE UPDATE ON line BEGIN SELECT 1; END"
    ),
    "one is added": "CREATE TRIGGER more AFTER INSERT ON line BEGIN SELECT 1; END",
}


@pytest.mark.parametrize("what", GUARDS)
def test_a_table_that_is_no_longer_append_only_is_warned_of(original, tmp_path, what):
    path = tmp_path / "ledger.db"
    shutil.copy(original[0], path)
    db = sqlite3.connect(path)
    db.executescript(GUARDS[what])
    db.close()
    with open_store(path) as store:
        report = verify_ledger(store, original[2], LOG, thorough=False)
    assert report.ok
    assert [(f.code, str(f.severity)) for f in report.findings] == [("ORL-0266", "warning")]
    assert "keep line append only" in report.findings[0].message


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER event_append_only ON event",
        "ALTER TABLE event DISABLE TRIGGER event_append_only",
        (
            "CREATE OR REPLACE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        ),
    ],
)
def test_on_postgresql_too(postgres_url, change):
    header = {"id": "mine", "tense": "actual"}
    with create_store(postgres_url, header, clock=FixedClock(), salt=FixedSalts()) as store:
        store.append(batch(0, 12))
        assert verify_ledger(store).findings == ()
        with store.writing() as connection:
            connection.exec_driver_sql(change)
        report = verify_ledger(store)
    assert report.ok
    assert codes(report) == {"ORL-0266"}


# --- cut off, moved, inserted -----------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 100, 250, SIZE])
def test_an_end_cut_off(original, attacker, cut):
    left = SIZE - cut
    for table in ("line", "finding", "withheld", "event"):
        attacker.do(f"DELETE FROM {table} WHERE seq >= ?", left)
    attacker.do("DELETE FROM tile WHERE (idx + 1) * 256 > ?", left)
    attacker.do("DELETE FROM checkpoint WHERE size > ?", left)
    assert verify(attacker, original, None).ok  # internally it is a ledger like any other
    report = verify(attacker, original)
    assert codes(report) == {"ORL-0258"}
    assert (report.first_bad_seq, report.first_bad_id) == (left, None)
    assert report.size == left
    if left >= EARLY:  # the saved checkpoint still shows that nothing before it was touched
        assert report.bracket == (EARLY, left + 1)
    with_copy = verify(attacker, original, copy=original[3])
    assert with_copy.bracket == (left, left + 1)


def test_two_events_swapped_clumsily_and_carefully(original, attacker):
    attacker.do("UPDATE event SET seq = -1 WHERE seq = 40")
    attacker.do("UPDATE event SET seq = 40 WHERE seq = 41")
    attacker.do("UPDATE event SET seq = 41 WHERE seq = -1")
    report = verify(attacker, original)
    assert (report.ok, report.first_bad_seq, report.first_bad_id) == (False, 40, "e41")
    attacker.rehash()
    assert verify(attacker, original, None).first_bad_seq == 40


ORDERS = {
    "moved": [*range(50), 51, 50, *range(52, SIZE)],
    "removed": [*range(50), *range(51, SIZE)],
}


@pytest.mark.parametrize("how", ORDERS)
def test_events_moved_or_removed_with_everything_rewritten(original, attacker, how):
    attacker.renumber(ORDERS[how])
    report = verify(attacker, original, thorough=False, copy=original[4])
    assert not report.ok
    assert "ORL-0260" in codes(report)
    assert report.bracket == (50, 51)
    assert report.first_bad_id == "e51"


def test_an_event_inserted_with_everything_rewritten(original, attacker):
    attacker.renumber([*range(50), 20, *range(50, SIZE)])
    assert verify(attacker, original, thorough=False).bracket == (0, EARLY)
    report = verify(attacker, original, copy=original[3], thorough=False)
    assert report.bracket == (50, 51)


# --- one event rewritten consistently, with leaf and tiles ------------------------------------


def rewrite_all(someone: Attacker, seq: int) -> None:
    """Change a grade, and everything that would give it away."""
    someone.rewrite(seq, b'"value":"50"', b'"value":"49"')
    inside = orjson.loads(someone.data(seq))
    for name in ("recorded", "seq", "salt"):
        inside.pop(name)
    content = merkle.hashlib.sha256(canonical_json(inside)).digest()
    someone.do("UPDATE event SET content = ? WHERE seq = ?", content, seq)
    someone.rehash()


def test_without_a_checkpoint_a_consistent_rewrite_is_not_seen_and_the_report_says_so(
    original, attacker
):
    rewrite_all(attacker, 77)
    attacker.do("DELETE FROM checkpoint")
    report = verify(attacker, original, None)
    assert report.ok
    assert "could have rewritten all of it consistently" in " ".join(report.not_proved)


@pytest.mark.parametrize(("seq", "bracket"), [(77, (0, EARLY)), (450, (EARLY, SIZE))])
def test_checkpoints_bracket_a_consistent_rewrite(original, attacker, seq, bracket):
    rewrite_all(attacker, seq)
    report = verify(attacker, original)  # by the saved checkpoint of 400
    assert (codes(report), report.bracket) == ({"ORL-0259"}, bracket)
    attacker.do("DELETE FROM checkpoint")
    assert verify(attacker, original).bracket == (0, SIZE)
    assert verify(attacker, original, further=[original[1]]).bracket == bracket
    assert "is not known exactly" in " ".join(report.not_proved)
    assert verify(attacker, original, "early").ok == (seq >= EARLY)


@pytest.mark.parametrize("kind", [3, 4])
def test_a_kept_copy_names_a_consistent_rewrite(original, attacker, kind):
    rewrite_all(attacker, 450)
    attacker.do("DELETE FROM checkpoint")
    report = verify(attacker, original, copy=original[kind])
    assert (report.bracket, report.first_bad_id) == ((450, 451), "e450")
    assert codes(report) == {"ORL-0259", "ORL-0260"}
    alone = verify(attacker, original, None, copy=original[kind])
    assert (alone.bracket, alone.first_bad_id) == ((450, 451), "e450")


def test_a_copy_that_was_changed_itself_is_not_believed(original, attacker):
    rewrite_all(attacker, 450)
    forged = list(original[3])
    forged[20] = f"{'0' * 64}\n".encode()
    report = verify(attacker, original, copy=forged)
    assert "ORL-0265" in codes(report)
    assert report.bracket != (20, 21)


def test_neighbouring_checkpoints_name_the_event(original, attacker):
    rewrite_all(attacker, 450)
    notes = []
    with open_store(original[0]) as store:
        roots = {size: store.root(size) for size in (450, 451)}
    for size, root in roots.items():
        notes.append(sign_note(encode_checkpoint(Checkpoint(KEY.name, size, root)), KEY))
    report = verify(attacker, original, further=notes)
    assert (report.bracket, report.first_bad_id) == ((450, 451), "e450")


# --- wrong calls ------------------------------------------------------------------------------


def test_checkpoints_that_are_not_the_logs_are_refused(original, attacker):
    stranger = verifier_of(LogKey("example.com/mine", bytes(32)))
    with open_store(attacker.path) as store:
        with pytest.raises(VerificationError, match="no known key"):
            verify_ledger(store, original[2], stranger)
        with pytest.raises(VerificationError, match="is about"):
            verify_ledger(store, original[2], LOG, origin="example.com/other")
        with pytest.raises(VerificationError):
            verify_ledger(store, b"\xff", None)
        with pytest.raises(InputError, match="neither a leaf hash nor an event"):
            verify_ledger(store, copy=[b"hello"])
        unsigned = verify_ledger(store, original[2], None)
    assert unsigned.ok
    assert "Signatures were not checked" in " ".join(unsigned.not_proved)


def test_a_saved_checkpoint_of_another_size(original, attacker):
    attacker.do("UPDATE checkpoint SET size = 401 WHERE size = 400")
    assert codes(verify(attacker, original)) == {"ORL-0261"}


def test_events_beyond_the_checkpoint_are_not_claimed(original, attacker):
    with open_store(attacker.path, clock=FixedClock(), salt=FixedSalts()) as store:
        store.append([event("observe", "o1", {"lots": [{"lot": "m:1"}], "status": "seen",
                                              "basis": "reported"})])  # fmt: skip
    report = verify(attacker, original)
    assert report.ok
    assert "The events from 600 on came after" in " ".join(report.not_proved)
