"""From an empty folder to a ledger and back, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from called import Oreline

EVENTS = """event,kind,time,party,site,side,lot,material,wet_t,moisture_pct,Sb_pct,basis
dig-1,extract,2025-01-02T08:00:00Z,p,mine,out,p:R1,ore,100,5,6,measured
"""


@pytest.fixture
def chain(bare: Oreline, tmp_path: Path) -> Path:
    """Make a chain folder with one event."""
    folder = tmp_path / "pair"
    call = bare("init", folder, "--name", "Pair of mines")
    assert call.code == 0, call.everything
    (folder / "events" / "events.csv").write_text(EVENTS)
    (folder / "parties.csv").write_text("id,name,country,basis,source\np,P,PK,reported,letter\n")
    (folder / "sites.csv").write_text(
        "id,name,kind,country,district,operator,basis,source\n"
        "mine,Mine,mine,PK,Chitral,p,reported,letter\n"
    )
    (folder / "materials.csv").write_text(
        "id,name,form,stage,tracked,basis,source\nore,Ore,ore,ore,Sb,reported,letter\n"
    )
    return folder


def test_init_makes_a_folder_that_checks(bare: Oreline, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert bare("init", folder).code == 0
    assert (folder / "ledger.db").is_file()
    call = bare("check", folder)
    assert call.code == 0, call.everything
    assert "can be imported" in call.out
    assert bare("init", folder).code == 3


def test_a_chain_without_a_ledger_gets_one(bare: Oreline, chain: Path) -> None:
    (chain / "ledger.db").unlink()
    call = bare("init", chain, "--json")
    assert call.code == 0, call.everything
    assert call.json["result"]["is_new"] is False


def test_the_ledger_may_lie_elsewhere(bare: Oreline, tmp_path: Path) -> None:
    folder, place = tmp_path / "new", tmp_path / "elsewhere.db"
    assert bare("init", folder, "--ledger", place).code == 0
    assert place.is_file()
    assert not (folder / "ledger.db").exists()


def test_import_is_repeatable(bare: Oreline, chain: Path) -> None:
    first = bare("record", "import", chain, "--json")
    assert first.code == 0, first.everything
    assert first.json["result"]["appended"] > 0
    assert bare("record", "import", chain, "--json").json["result"]["appended"] == 0
    shown = bare("trace", "origins", "p:R1", "-e", "Sb", "--chain", chain)
    assert "Chitral" in shown.out


def test_a_fatal_finding_stops_everything(bare: Oreline, chain: Path) -> None:
    events = chain / "events" / "events.csv"
    events.write_text(EVENTS.replace(",100,5,", ",1.000,50 %,"))
    checked = bare("check", chain, "--json")
    assert checked.code == 1
    assert checked.json["error"]["findings"]
    refused = bare("record", "import", chain)
    assert refused.code == 1
    assert "Nothing was written." in refused.everything
    assert bare("record", "status", "--chain", chain, "--json").json["result"]["size"] == 0


@pytest.mark.parametrize("name", ["out.jsonl", "out.xlsx", "out.parquet", "out.csv", "out"])
def test_a_ledger_is_exported(name: str, bare: Oreline, chain: Path, tmp_path: Path) -> None:
    bare("record", "import", chain)
    form = name.partition(".")[2] or "chain"
    target = tmp_path / name
    call = bare("exchange", "export", "--format", form, "-o", target, "--chain", chain)
    assert call.code == 0, call.everything
    assert target.exists()
    assert bare("exchange", "export", "-o", target, "--chain", chain).code == 2


def test_a_file_is_imported_with_the_words_of_the_chain(
    bare: Oreline, chain: Path, tmp_path: Path
) -> None:
    bare("record", "import", chain)
    file = tmp_path / "more.csv"
    file.write_text(EVENTS.replace("dig-1", "dig-2").replace("p:R1", "p:R2"))
    call = bare("exchange", "import", file, "--chain", chain)
    assert call.code == 0, call.everything
    assert "Appended 1 events" in call.out


def test_the_doctor_looks_at_the_ledger(bare: Oreline, chain: Path, tmp_path: Path) -> None:
    told = bare("doctor", "--chain", chain, "--json").json["result"]
    assert told["ledger"]["id"] == "Pair of mines"
    assert told["missing"] == []
    without = bare("doctor", "--ledger", tmp_path / "none.db", "--json")
    assert without.code == 0
    assert without.json["result"]["missing"]
