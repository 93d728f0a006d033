"""A final invoice arrives in a planned ledger whose parent has settled its lots."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from called import Oreline

sys.path.append(str(Path(__file__).parents[1] / "settle"))

from shipped import LOT, SHIPMENT, event, terms

from oreline.exchange import init_folder
from oreline.record import create_store, derive_store, open_store
from oreline.settle import contract_text

FINAL = ("--contract", "cu-1", "--shipment", "by-sea", "--stage", "final", "--on", "2025-12-05")


def invoice(identity: str) -> Any:
    postings = [
        {"account": "fwo", "amount": "-1000", "currency": "USD"},
        {"account": "ussm", "amount": "1000", "currency": "USD"},
    ]
    body = {"type": "invoice", "lots": [LOT], "stage": "final", "postings": postings,
            "contract": "cu-1"}  # fmt: skip
    return event(identity, "money", "11-30", body, to_party="ussm")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Give a planned ledger whose parent has settled the shipment."""
    folder = tmp_path / "my-chain"
    init_folder(folder, name="trade")
    (folder / "contracts" / "cu.toml").write_text(contract_text(terms()))
    create_store(folder / "ledger.db", {"id": "trade", "tense": "actual"}).close()
    (folder / "ledgers").mkdir()
    with open_store(folder / "ledger.db") as parent:
        parent.append(sorted([*SHIPMENT, invoice("final-1")], key=lambda one: one["time"]))
        place = folder / "ledgers" / "plan.db"
        derive_store(parent, place, identity="plan", tense="planned").close()
    return place


def test_neither_command_settles_it_again(bare: Oreline, plan: Path, tmp_path: Path) -> None:
    events = tmp_path / "more.jsonl"
    events.write_text(json.dumps(invoice("final-2")) + "\n")
    call = bare("record", "append", events, "--ledger", plan)
    assert call.code == 1, call.everything
    assert "ORL-0840" in call.everything
    terms_ = plan.parents[1] / "contracts/cu.toml"
    words = [terms_ if word == "cu-1" else word for word in FINAL]
    call = bare("settle", "invoice", *words, "--by", "x", "--ledger", plan)
    assert call.code != 0
    assert "ORL-0840" in call.everything
    with open_store(plan) as store:
        assert store.size() == 0


def test_one_that_stands_already_is_told(bare: Oreline, plan: Path) -> None:
    with open_store(plan) as store:
        store.append([invoice("final-2")])
    call = bare("settle", "contracts", "--ledger", plan, "--json")
    codes = [one["code"] for one in call.json["result"]["findings"]]
    assert codes == ["ORL-0840"]
