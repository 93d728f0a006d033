"""Handing a ledger over, and checking a proof without one, from the command line."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import orjson
import pytest
from called import Oreline
from small_ledger import event, mass

from oreline.record import open_store


@pytest.fixture
def kept(bare: Oreline, oreline: Oreline, tmp_path: Path) -> tuple[Path, str]:
    """Append two events that withhold a weight; return a checkpoint and the verifier."""
    file = tmp_path / "hidden.jsonl"
    hidden = [
        {
            **event(name, "weigh", 10, {"lot": "p:B2", "wet": mass("4.3"), "gross": mass(gross)}),
            "party": party,
            "withhold": ["/body/gross"],
        }
        for name, party, gross in (("w-p", "p", "31.4159265"), ("w-q", "q", "27.1828182"))
    ]
    file.write_bytes(b"\n".join(orjson.dumps(item) for item in hidden))
    assert oreline("record", "append", file).code == 0
    key = tmp_path / "keys" / "log.key"
    call = bare("record", "keygen", "--name", "example.com/log", "-o", key, "--json")
    note = tmp_path / "checkpoint.txt"
    assert oreline("record", "checkpoint", "--key", key, "-o", note).code == 0
    return note, call.json["result"]["verifier"]


def test_a_party_sees_its_own_and_the_copy_verifies(
    oreline: Oreline, bare: Oreline, kept: tuple[Path, str], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    call = oreline("record", "share", "--for", "q", "-o", copy)
    assert call.code == 0, call.everything
    assert "Left out: 1 values of 1 events. Kept: 1." in call.out
    assert "w-p /body/gross" in call.out
    assert b"31.4159265" not in copy.read_bytes()
    assert b"27.1828182" in copy.read_bytes()
    words = ("record", "verify", "--checkpoint", kept[0], "--verifier", kept[1])
    report = bare(*words, "--ledger", copy)
    assert report.code == 0
    assert report.out.startswith("VERIFIED")
    assert "w-p /body/gross" in report.out
    told = bare(*words, "--ledger", copy, "--json").json["result"]
    assert told["withheld"] == [{"seq": 15, "event": "w-p", "pointer": "/body/gross"}]
    shown = bare("record", "show", "w-p", "--ledger", copy, "--json").json["result"]
    assert "gross" not in shown["in_force"]["body"]


def test_an_auditor_gets_nothing_withheld_but_one_event(
    oreline: Oreline, kept: tuple[Path, str], tmp_path: Path
) -> None:
    assert oreline("record", "share", "--withhold-all", "-o", tmp_path / "a.db").code == 0
    assert b"27.1828182" not in (tmp_path / "a.db").read_bytes()
    words = ("record", "share", "--withhold-all", "--show", "w-p", "-o", tmp_path / "b.db")
    told = oreline(*words, "--json").json["result"]
    assert told["kept"] == 1
    assert [item["event"] for item in told["removed"]] == ["w-q"]


def test_who_receives_it_is_said(oreline: Oreline, kept: tuple[Path, str], tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    assert oreline("record", "share", "-o", file).code == 2
    assert oreline("record", "share", "--for", "q", "--withhold-all", "-o", file).code == 2
    assert oreline("record", "share", "--for", "nobody", "-o", file).code == 2
    assert not file.exists()


def test_the_root_is_the_same_wherever_it_is_shown(
    oreline: Oreline, kept: tuple[Path, str], ledger: Path, tmp_path: Path
) -> None:
    root = oreline("record", "status", "--json").json["result"]["root"]
    key = tmp_path / "keys" / "log.key"
    made = oreline("record", "checkpoint", "--key", key, "-o", tmp_path / "again.txt", "--json")
    assert made.json["result"]["root"] == root
    assert base64.b64decode(kept[0].read_text().splitlines()[2]).hex() == root
    with open_store(ledger) as store:
        assert store.root().hex() == root


def test_a_proof_is_checked_without_a_ledger(
    oreline: Oreline, bare: Oreline, kept: tuple[Path, str], tmp_path: Path
) -> None:
    proof = tmp_path / "proof.json"
    assert oreline("record", "prove", "assay-1", "-o", proof).code == 0
    words = ("record", "check-proof", proof, "--verifier", kept[1])
    call = bare(*words, "--checkpoint", kept[0])
    assert call.code == 0, call.everything
    assert call.out.startswith("IN THE LOG")
    assert "others were shown" not in call.out
    alone = bare(*words)
    assert alone.code == 0
    assert "others were shown the same log" in alone.out
    told = bare(*words, "--json").json["result"]
    assert (told["in_log"], told["event"], told["written"]["id"]) == (True, "assay-1", "assay-1")


def test_a_proof_that_does_not_hold_is_told(
    oreline: Oreline, bare: Oreline, kept: tuple[Path, str], tmp_path: Path
) -> None:
    proof = tmp_path / "proof.json"
    oreline("record", "prove", "assay-1", "-o", proof)
    told = json.loads(proof.read_text())
    data = base64.b64decode(told["event_bytes"]).replace(b"58", b"59")
    forged = {**told, "event_bytes": base64.b64encode(data).decode()}
    cases = {
        "bytes": (forged, 1),
        "no checkpoint": ({key: told[key] for key in ("proof", "event_bytes")}, 2),
        "no proof": ({"proof": 7}, 2),
        "unsigned": ({**told, "checkpoint": told["checkpoint"].replace("17", "16")}, 1),
    }
    for name, (written, code) in cases.items():
        file = tmp_path / "other.json"
        file.write_text(json.dumps(written))
        call = bare("record", "check-proof", file, "--verifier", kept[1])
        assert call.code == code, (name, call.everything)
        assert "Traceback" not in call.everything
    assert bare("record", "check-proof", "nowhere.json", "--verifier", kept[1]).code == 2
