"""The invoice of an umpire, entered at the command line, is a line of the final statement."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from called import Call, Oreline

sys.path.append(str(Path(__file__).parents[1] / "settle"))

from shipped import LOT, SHIPMENT, assay, percent, terms

from oreline.exchange import init_folder
from oreline.record import create_store
from oreline.settle import contract_text

CONTRACT = terms(
    assays={
        "rule": "exchange", "umpire": "binding", "umpire_cost": "further_pays", "clause": "6.4",
        "limits": [{"analyte": "Cu", "limit": "0.05 %"}], "umpire_laboratories": ["lab"],
    }
)  # fmt: skip
FEE = ("settle", "exchange", "fee", LOT, "--contract", "cu-1", "--by", "clerk")
ASKED = ("--laboratory", "lab", "--to", "seller", "--amount", "450 USD", "--document", "AK-77")
FINAL = ("--contract", "cu-1", "--shipment", "by-sea", "--stage", "final", "--on", "2025-12-05")


@pytest.fixture
def chain(tmp_path: Path, bare: Oreline) -> Path:
    folder = tmp_path / "my-chain"
    init_folder(folder, name="trade")
    create_store(folder / "ledger.db", {"id": "trade", "tense": "actual"}).close()
    (folder / "contracts" / "cu.toml").write_text(contract_text(CONTRACT))
    told = [*SHIPMENT, assay("umpire", "11-25", [percent("Cu", "25.85")])]
    events = tmp_path / "events.jsonl"
    ordered = sorted(told, key=lambda one: one["time"])
    events.write_text("".join(json.dumps(one) + "\n" for one in ordered))
    call = bare("record", "append", events, "--chain", folder)
    assert call.code == 0, call.everything
    return folder


def statement(bare: Oreline, chain: Path) -> Any:
    call: Call = bare("settle", "statement", *FINAL, "--chain", chain, "--json")
    assert call.code == 0, call.everything
    return call.json["result"]["statement"]


def umpires(made: Any) -> list[str]:
    return [one["amount"] for one in made["lines"] if one["kind"] == "umpire"]


def test_a_fee_of_the_umpire_is_settled(bare: Oreline, chain: Path) -> None:
    before = statement(bare, chain)
    assert umpires(before) == []
    assert any("Nobody states what the umpire cost" in note for note in before["notes"])
    made = bare(*FEE, *ASKED, "--time", "2025-12-01T08:00:00Z", "--chain", chain)
    assert made.code == 0, made.everything
    # Seller 26.00, buyer 25.90, umpire 25.85: the seller lies further off and was asked itself.
    assert umpires(statement(bare, chain)) == ["0.00"]
    shown = bare("settle", "statement", *FINAL, "--chain", chain)
    assert "borne by: seller" in " ".join(shown.out.split())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("lab", "other", "not agreed as umpire; agreed are lab"),
        ("450 USD", "0 USD", "write what it asks for"),
        ("450 USD", "450", "has no unit"),
        ("450 USD", "450 USD/t", "is a price"),
    ],
)
def test_what_is_no_fee_is_refused(
    old: str, new: str, words: str, bare: Oreline, chain: Path
) -> None:
    given = [new if word == old else word for word in ASKED]
    call = bare(*FEE, *given, "--chain", chain)
    assert call.code == 2, call.everything
    assert words in " ".join(call.everything.split())
