"""The account of a month from the terminal: signed, corrected, shown in both versions, printed."""

from __future__ import annotations

from pathlib import Path

from called import Oreline

ACCOUNT = ("balance", "account", "mill", "--period", "2025-01", "-e", "Sb")


def test_sign_correct_and_see_both_versions(oreline: Oreline, tmp_path: Path) -> None:
    first = oreline(*ACCOUNT, "--json").json["result"]
    assert first["signing"]["state"] == "NOT SIGNED"
    assert first["restatement"] is None
    who = ("--as", "metallurgist", "--by", "clerk-1", "--party", "p")
    made = oreline(*ACCOUNT, "--sign", "A. Khan", *who, "--json").json["result"]
    assert made["hash"] == first["hash"]
    told = oreline(*ACCOUNT, "--json").json["result"]
    assert told["signing"]["state"] == "SIGNED"
    assert told["signing"]["signatures"][0]["name"] == "A. Khan"
    reviewed = oreline(*ACCOUNT, "--review", "B", "--as", "auditor", "--by", "x", "--party", "p")
    assert reviewed.code == 0, reviewed.everything
    assert oreline(*ACCOUNT, "--json").json["result"]["signing"]["state"] == "SIGNED AND REVIEWED"

    change = (
        "--set",
        "body.outputs.0.grades.0.value=7",
        "--reason",
        "wrong bag",
        "--by",
        "clerk-1",
    )
    assert oreline("record", "correct", "dig-1", *change).code == 0
    told = oreline(*ACCOUNT, "--json").json["result"]
    assert told["signing"]["state"] == "RESTATED SINCE IT WAS SIGNED"
    if told["restatement"]["legs"]:
        leg = told["restatement"]["legs"][0]
        assert leg["before"] != leg["after"]
    text = oreline(*ACCOUNT)
    assert "RESTATED SINCE IT WAS SIGNED" in text.out
    paper = tmp_path / "account.pdf"
    assert oreline(*ACCOUNT, "--out", paper).code in {0, 1}
    assert paper.read_bytes().startswith(b"%PDF")
    assert oreline(*ACCOUNT, "--out", paper).code == 2, "nothing is overwritten"


def test_the_sum_and_its_value(oreline: Oreline) -> None:
    words = ("balance", "cusum", "mill", "-e", "Sb", "--price", "21000", "--price-source", "test")
    told = oreline(*words, "--json").json["result"]
    assert told["price"]["unit"] == "USD/t"
    assert told["points"][-1]["cumulative_value"]["currency"] == "USD"
