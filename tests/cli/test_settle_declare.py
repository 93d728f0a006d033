"""A quotational period is declared at the command line, and prices the statement."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from called import Call, Oreline

sys.path.append(str(Path(__file__).parents[1] / "settle"))

from shipped import SHIPMENT, terms

from oreline.exchange import init_folder
from oreline.record import create_store
from oreline.settle import contract_text

MONTH = {"kind": "month", "event": "shipment"}
CONTRACT = terms(
    assays={"rule": "seller"},
    prices=[
        {
            "id": "lme", "series": "lme-cu", "provisional": "last_published",
            "qp": {**MONTH, "offset": 1},
            "options": [
                {"id": "m2", "by": "buyer", "qp": {**MONTH, "offset": 2},
                 "declare_event": "shipment", "declare_within_days": 3650},
                {"id": "past", "by": "buyer", "qp": {**MONTH, "offset": 2},
                 "declare_event": "shipment", "declare_within_days": 10},
            ],
        }
    ],
)  # fmt: skip
SALE = ("--contract", "cu-1", "--shipment", "by-sea")
FINAL = (*SALE, "--stage", "final", "--on", "2025-12-05")


@pytest.fixture
def chain(tmp_path: Path, bare: Oreline) -> Path:
    folder = tmp_path / "my-chain"
    init_folder(folder, name="trade")
    create_store(folder / "ledger.db", {"id": "trade", "tense": "actual"}).close()
    (folder / "contracts" / "cu.toml").write_text(contract_text(CONTRACT))
    days = [date(2025, 10, 1) + timedelta(days=count) for count in range(61)]
    rows = [f"lme-cu,{day},{9000 if day.month == 10 else 9100}," for day in days]
    listed = [row for row, day in zip(rows, days, strict=True) if day.weekday() < 5]
    values = "\n".join(["series,day,value,source", *listed])
    (folder / "prices" / "values.csv").write_text(values + "\n")
    (folder / "prices" / "series.csv").write_text(
        "id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source\n"
        "lme-cu,Copper cash,exchange,USD/t,0,London,in warehouse,,reported,London\n"
    )
    (folder / "parties.csv").write_text(
        "id,name,country,basis,source\nfwo,Frontier Works,PK,reported,a register\n"
        "ussm,Smelter of Missouri,US,reported,a register\n"
    )
    (folder / "materials.csv").write_text(
        "id,name,form,stage,tracked,basis,source\n"
        "cu-conc,Copper concentrate,concentrate,concentrate,Cu,reported,a paper\n"
    )
    call = bare("record", "import", folder)
    assert call.code == 0, call.everything
    events = tmp_path / "events.jsonl"
    ordered = sorted(SHIPMENT, key=lambda one: one["time"])
    events.write_text("".join(json.dumps(one) + "\n" for one in ordered))
    call = bare("record", "append", events, "--chain", folder)
    assert call.code == 0, call.everything
    return folder


def prices(bare: Oreline, chain: Path, *words: str) -> tuple[str, list[str]]:
    call: Call = bare("settle", "statement", *FINAL, *words, "--chain", chain, "--json")
    assert call.code in {0, 5}, call.everything
    made = call.json["result"]["statement"]
    return made["analytes"][0]["price_month"], made["notes"]


def test_a_declaration_goes_from_the_command_into_the_price(bare: Oreline, chain: Path) -> None:
    told = bare("settle", "periods", *SALE, "--on", "2025-10-02", "--chain", chain, "--json")
    assert told.code == 0, told.everything
    rows: list[Any] = told.json["result"]["periods"]
    assert [(one["option"], one["by"], one["month"]) for one in rows] == [
        ("", "", "2025-10"), ("m2", "buyer", "2025-11"), ("past", "buyer", "2025-11"),
    ]  # fmt: skip
    made = bare(
        "settle", "declare", "lme=m2", *SALE, "--party", "ussm", "--by", "t", "--chain", chain
    )
    assert made.code == 0, made.everything
    # Nobody had declared it by December 2025: the clock of this command is a later day.
    later = (*SALE, "--stage", "final", "--on", "2999-01-01")
    call = bare("settle", "statement", *later, "--chain", chain, "--json")
    made_later = call.json["result"]["statement"]
    assert made_later["analytes"][0]["price_month"] == "2025-11"
    assert any("m2 was declared by the buyer" in note for note in made_later["notes"])
    again = bare(
        "settle", "declare", "lme=m2", *SALE, "--party", "ussm", "--by", "t", "--chain", chain
    )
    assert again.code == 2
    assert "has declared m2 of lme" in " ".join(again.everything.split())
    shown = bare("settle", "periods", *SALE, "--on", "2999-01-01", "--chain", chain)
    assert "lme: m2 was declared" in shown.out


@pytest.mark.parametrize(
    ("text", "party", "words"),
    [
        ("lme=m2", "fwo", "which the buyer, ussm, may declare"),
        ("lme=m9", "ussm", "has no option 'm9'"),
        ("lme=past", "ussm", "could be declared until 2025-10-08"),
    ],
)
def test_what_cannot_be_declared_is_refused(
    text: str, party: str, words: str, bare: Oreline, chain: Path
) -> None:
    call = bare("settle", "declare", text, *SALE, "--party", party, "--by", "t", "--chain", chain)
    assert call.code == 2
    assert words in " ".join(call.everything.split())


def test_the_other_party_accepts_an_earlier_day(bare: Oreline, chain: Path) -> None:
    dated = ("--time", "2025-10-01T12:00:00Z", "--by", "t", "--chain", chain)
    made = bare("settle", "declare", "lme=past", *SALE, "--party", "ussm", *dated, "--json")
    assert made.code == 0, made.everything
    event = made.json["result"]["event"]
    month, notes = prices(bare, chain)
    assert (month, any("too late" in one for one in notes)) == ("2025-10", True)
    own = bare("settle", "accept-period", event, "--party", "ussm", "--by", "t", "--chain", chain)
    assert own.code == 2
    yes = bare("settle", "accept-period", event, "--party", "fwo", "--by", "t", "--chain", chain)
    assert yes.code == 0, yes.everything
    assert prices(bare, chain)[0] == "2025-11"


def test_an_option_given_with_the_question_is_noted(bare: Oreline, chain: Path) -> None:
    month, notes = prices(bare, chain, "--declared", "lme=m2@2025-10-01")
    assert month == "2025-11"
    assert any("not from the ledger" in one for one in notes)
    late = prices(bare, chain, "--declared", "lme=past@2025-10-09")
    assert late[0] == "2025-10"
    call = bare("settle", "statement", *FINAL, "--declared", "lme=m2@soon", "--chain", chain)
    assert call.code == 2
    assert "is no day" in call.everything
