"""Writing to a ledger, looking at it and proving it, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest
from called import Oreline
from small_ledger import event, mass

from oreline.record import load_ledger, open_books, open_store


@pytest.fixture
def key(bare: Oreline, tmp_path: Path) -> tuple[Path, str]:
    """Make a signing key; return its file and the verifier."""
    path = tmp_path / "keys" / "log.key"
    call = bare("record", "keygen", "--name", "example.com/log", "-o", path, "--json")
    assert call.code == 0, call.everything
    return path, call.json["result"]["verifier"]


def metal_mg(ledger: Path, lot: str) -> int:
    """Return what was made of antimony in a lot."""
    with open_store(ledger) as store:
        read = load_ledger(store)
    books = open_books(read)
    lines = books.lines
    number = read.columns.lots.index[lot]
    made = [i for i in range(lines.lot.size) if lines.lot[i] == number and lines.side[i] == 1]
    return int(books.book("Sb").metal[made[0], 0])


def test_append_takes_all_or_nothing(oreline: Oreline, tmp_path: Path) -> None:
    good = event("late-1", "weigh", 10, {"lot": "p:B2", "wet": mass("4.3")})
    file = tmp_path / "today.jsonl"
    file.write_bytes(orjson.dumps(good))
    call = oreline("record", "append", file)
    assert call.code == 0
    assert "Appended 1 events" in call.out
    assert "1 were there already" in oreline("record", "append", file).out
    other = event("late-2", "weigh", 11, {"lot": "p:B2", "wet": mass("4.2")})
    file.write_bytes(orjson.dumps(other) + b"\n" + orjson.dumps({**good, "time": "never"}))
    refused = oreline("record", "append", file)
    assert refused.code == 1
    assert "nothing was written" in refused.everything
    assert oreline("record", "show", "late-2").code == 2


def test_a_lot_that_was_never_seen_is_told_with_what_was_meant(
    oreline: Oreline, tmp_path: Path
) -> None:
    file = tmp_path / "gate.jsonl"
    typed = event("gate-1", "weigh", 10, {"lot": "p:BB2", "wet": mass("4.3")}, site="mil")
    file.write_bytes(orjson.dumps(typed))
    call = oreline("record", "append", file)
    assert call.code == 0
    assert "ORL-0363  gate-1 body/lot" in call.out
    assert "did you mean p:B2" in " ".join(call.out.split())
    assert "did you mean mill" in " ".join(call.out.split())
    again = event("gate-2", "weigh", 11, {"lot": "p:BB2", "wet": mass("4.3")})
    file.write_bytes(orjson.dumps(again))
    assert oreline("record", "append", file, "--json").json["result"]["findings"] == []


def test_an_event_that_the_ledger_refuses_is_a_finding(oreline: Oreline, tmp_path: Path) -> None:
    other = event("assay-1", "weigh", 10, {"lot": "p:B2", "wet": mass("4.3")})
    file = tmp_path / "same-id.jsonl"
    file.write_bytes(orjson.dumps(other))
    call = oreline("record", "append", file, "--json")
    assert call.code == 1
    assert call.json["error"]["findings"][0]["code"] == "ORL-0200"


def test_a_correction_moves_the_book_and_leaves_the_old_event(
    oreline: Oreline, ledger: Path
) -> None:
    before = metal_mg(ledger, "p:C1")
    words = ("record", "correct", "assay-1", "--reason", "typing error", "--by", "clerk")
    call = oreline(*words, "--set", "body.results.0.value=56")
    assert call.code == 0, call.everything
    # The book takes the mean of seller and buyer: two points of 6 t less on one of them.
    assert before - metal_mg(ledger, "p:C1") == 60_000_000
    shown = oreline("record", "show", "assay-1", "--json").json["result"]
    assert shown["event"]["body"]["results"][0]["value"] == "58"
    assert shown["in_force"]["body"]["results"][0]["value"] == "56"
    assert "corrected by" in shown["stands"]
    earlier = oreline("record", "show", "assay-1", "--known-at", "15", "--json").json["result"]
    assert earlier["in_force"]["body"]["results"][0]["value"] == "58"


def test_an_event_can_be_voided(oreline: Oreline, ledger: Path) -> None:
    call = oreline("record", "correct", "assay-1", "--void", "--reason", "x", "--by", "clerk")
    assert call.code == 0, call.everything
    assert metal_mg(ledger, "p:C1") == 6_000_000_000 * 57 // 100
    assert oreline("record", "show", "assay-1", "--json").json["result"]["in_force"] is None


def test_a_correction_says_why(oreline: Oreline) -> None:
    assert oreline("record", "correct", "dig-1", "--void", "--by", "me", "--reason", " ").code == 2


@pytest.mark.parametrize(
    "changes",
    [
        [],
        ["--void", "--set", "site=far"],
        ["--set", "body"],
        ["--set", "body=x"],
        ["--set", "body.results.9.value=5"],
        ["--set", "body.results.x.value=5"],
        ["--set", "body.nothing.value=5"],
        ["--set", "body.results.0.value.x=5"],
        ["--set", "id=other"],
        ["--set", "site="],
        ["--set", "body.results:=[oops"],
    ],
)
def test_a_correction_that_is_not_understood_changes_nothing(
    changes: list[str], oreline: Oreline
) -> None:
    words = ("record", "correct", "assay-1", "--reason", "x", "--by", "clerk")
    call = oreline(*words, *changes)
    assert call.code == 2
    assert call.everything.startswith("Error: ")
    assert oreline("record", "status", "--json").json["result"]["size"] == 15


def test_a_held_event_is_released_by_a_name(oreline: Oreline) -> None:
    assert oreline("record", "status", "--json").json["result"]["held"] == ["bill-2"]
    words = ("record", "release", "bill-2", "--by", "manager", "--statement", "another truck")
    assert oreline(*words).code == 0
    assert oreline("record", "status", "--json").json["result"]["held"] == []
    assert oreline(*words).code == 2


def test_a_held_event_is_rejected(oreline: Oreline) -> None:
    assert oreline("record", "reject", "bill-2", "--by", "manager").code == 0
    assert oreline("record", "status", "--json").json["result"]["held"] == []
    assert "does not count" in oreline("record", "show", "bill-2").out


def test_who_enters_it_may_stand_in_the_environment(oreline: Oreline) -> None:
    assert oreline("record", "reject", "bill-2").code == 2
    assert oreline("record", "reject", "bill-2", env={"ORELINE_ACTOR": "manager"}).code == 0


def test_a_checkpoint_kept_elsewhere_is_verified(
    oreline: Oreline, key: tuple[Path, str], tmp_path: Path
) -> None:
    note = tmp_path / "checkpoint.txt"
    assert oreline("record", "checkpoint", "--key", key[0], "-o", note).code == 0
    words = ("record", "verify", "--checkpoint", note, "--verifier", key[1])
    call = oreline(*words)
    assert call.code == 0
    assert call.out.startswith("VERIFIED")
    assert oreline("record", "checkpoint", "--key", key[0], "-o", note).code == 2
    other = tmp_path / "other.txt"
    other.write_bytes(note.read_bytes().replace(b"\n15\n", b"\n14\n"))
    forged = oreline("record", "verify", "--checkpoint", other, "--verifier", key[1], "--json")
    assert forged.code == 1
    assert forged.json["ok"] is False


def test_without_a_checkpoint_the_word_is_not_verified(oreline: Oreline) -> None:
    call = oreline("record", "verify")
    assert call.code == 0
    assert call.out.startswith("CONSISTENT IN ITSELF")
    assert "internal" in call.out


def test_a_rewritten_ledger_is_named(
    oreline: Oreline, key: tuple[Path, str], ledger: Path, tmp_path: Path
) -> None:
    import sqlite3

    note = tmp_path / "checkpoint.txt"
    oreline("record", "checkpoint", "--key", key[0], "-o", note)
    with sqlite3.connect(ledger) as connection:
        names = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        ]
        for name in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(
            "UPDATE event SET bytes = CAST(replace(CAST(bytes AS TEXT), '58', '59') AS BLOB) "
            "WHERE id = 'assay-1'"
        )
    connection.close()
    words = ("record", "verify", "--checkpoint", note, "--verifier", key[1])
    call = oreline(*words)
    assert call.code == 1
    assert "NOT VERIFIED" in call.out
    assert "assay-1" in call.out
    assert oreline(*words, "--json").json["result"]["first_bad_id"] == "assay-1"


def test_an_inclusion_proof_holds_without_the_ledger(
    oreline: Oreline, key: tuple[Path, str], tmp_path: Path
) -> None:
    import base64

    from oreline.record import InclusionProof, check_inclusion, open_checkpoint, parse_verifier

    note, proof = tmp_path / "checkpoint.txt", tmp_path / "proof.json"
    oreline("record", "checkpoint", "--key", key[0], "-o", note)
    assert oreline("record", "prove", "assay-1", "-o", proof).code == 0
    told = json.loads(proof.read_bytes())
    checkpoint = open_checkpoint(note.read_bytes(), parse_verifier(key[1]))
    data = base64.b64decode(told["event_bytes"])
    check_inclusion(InclusionProof.from_json(told["proof"]), data, checkpoint)


def test_a_key_is_not_kept_in_a_chain_folder(bare: Oreline, tmp_path: Path) -> None:
    (tmp_path / "chain.toml").write_text('name = "x"\n')
    call = bare("record", "keygen", "--name", "x", "-o", tmp_path / "my.key")
    assert call.code == 2
    assert "shared" in call.everything


def test_a_planned_ledger_is_derived_and_says_so(oreline: Oreline, ledger: Path) -> None:
    call = oreline("record", "derive", "plan-2026", "--tense", "planned")
    assert call.code == 0, call.everything
    made = ledger.parent / "ledgers" / "plan-2026.db"
    with open_store(made) as store:
        assert (store.header.parent, store.header.parent_size) == ("small", 15)
    assert oreline("record", "derive", "plan-2026", "--tense", "planned").code == 3


def test_a_planned_ledger_finds_its_parent_and_is_marked(bare: Oreline, plan: Path) -> None:
    call = bare("trace", "origins", "plan:C1", "-e", "Sb", "--ledger", plan)
    assert call.code == 0, call.everything
    assert "PK" in call.out
    assert "PLANNED" in call.out
    assert "Weakest basis on the way: planned" in call.out
    lot = bare("record", "lot", "p:R1", "--ledger", plan, "--json").json["result"]
    assert [step["event"] for step in lot["timeline"]["steps"]] == ["dig-1", "float-1", "plan-1"]


def test_another_parent_is_refused(bare: Oreline, plan: Path, ledger: Path) -> None:
    assert bare("record", "status", "--ledger", ledger, "--parent", ledger).code == 2
    assert bare("record", "status", "--ledger", plan, "--parent", plan).code == 2


def test_findings_are_filtered(oreline: Oreline) -> None:
    rows = oreline("record", "findings", "--code", "ORL-0212", "--json").json["result"]["findings"]
    assert [row["event"] for row in rows] == ["sold-1"]
    assert oreline("record", "findings", "--event", "split-1").out.startswith("No findings.")


def test_an_event_is_told_readably(oreline: Oreline) -> None:
    out = oreline("record", "show", "float-1").out
    assert out.startswith("float-1: process at 2025-01-04T08:00:00Z")
    assert '"' not in out
    for told in ("entered by", "inputs 1 lot", "p:R1", "6 t (u 0.02)", "0.4 % (u 0.02)"):
        assert told in out
    words = ("record", "correct", "assay-1", "--reason", "typing error", "--by", "clerk-7")
    oreline(*words, "--set", "body.results.0.value=56")
    out = oreline("record", "show", "assay-1").out
    assert "counts as corrected by" in out
    assert "56 % (u 0.3)" in out
    for told in ("body/results/0/value 58 56", "typing error", "clerk-7", "replace"):
        assert told in " ".join(out.split()), out
    assert oreline("record", "release", "bill-2", "--by", "manager").code == 0
    assert "release" in oreline("record", "show", "bill-2").out
    raw = oreline("record", "show", "assay-1", "--json").json["result"]
    assert raw["event"]["body"]["results"][0]["value"] == "58"
    assert raw["touched_by"][0]["reason"] == "typing error"


def test_transit_of_a_lot_and_of_a_site(oreline: Oreline) -> None:
    whole = oreline("balance", "transit", "-e", "Sb", "--json").json["result"]
    lots = {trip["lot"] for trip in whole["trips"]} | {i["lot"] for i in whole["under_way"]}
    for lot in lots:
        one = oreline("balance", "transit", "-e", "Sb", "--lot", lot, "--json").json["result"]
        assert [trip for trip in whole["trips"] if trip["lot"] == lot] == one["trips"]
        assert [item for item in whole["under_way"] if item["lot"] == lot] == one["under_way"]
    assert lots
    assert oreline("balance", "transit", "-e", "Sb", "--lot", "p:none").code == 2
    assert oreline("balance", "transit", "-e", "Sb", "--site", "moon").code == 2
