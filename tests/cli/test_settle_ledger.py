"""From a user's folder to a printed statement: contract and prices imported, events appended."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from called import Call, Oreline

sys.path.append(str(Path(__file__).parents[1] / "settle"))

from shipped import SHIPMENT, assay, percent, terms

from oreline.exchange import init_folder
from oreline.record import create_store
from oreline.settle import contract_text

Asked = Callable[..., Call]
MONTH = {"kind": "month", "event": "arrival", "offset": 0}
PRICE = {"id": "lme", "series": "lme-cu", "qp": MONTH, "provisional": "last_published"}
SALE = ("--contract", "cu-1", "--shipment", "by-sea")
PROVISIONAL = ("--stage", "provisional", "--on", "2025-10-02")
FINAL = ("--stage", "final", "--on", "2025-12-05")
NET = {
    # 37.16 t dry (loaded: 20.5 t at 8.0 % and 20.0 t at 8.5 %) × 26.00 % × 96 % × 9,000 USD/t
    "provisional": Decimal("83476.22"),
    # 37.178 t dry (landed: 20.4 t at 7.5 % and 19.9 t at 8.0 %) × 25.95 % × 96 % × 9,100 USD/t
    "final": Decimal("84282.23"),
}


def write_prices(folder: Path) -> None:
    """Write 9,000 USD/t for October and 9,100 for the month of arrival, November."""
    days = [date(2025, 10, 1) + timedelta(days=count) for count in range(61)]
    rows = [
        f"lme-cu,{day},{9000 if day.month == 10 else 9100},"
        for day in days
        if day.weekday() < 5 and day.month < 12
    ]
    (folder / "values.csv").write_text("\n".join(["series,day,value,source", *rows]) + "\n")
    (folder / "series.csv").write_text(
        "id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source\n"
        "lme-cu,Copper cash,exchange,USD/t,0,London,in warehouse,,reported,London\n"
        "usgs-cu,Copper of a year,annual,USD/t,0,United States,,,reported,a yearbook\n"
    )


@pytest.fixture
def chain(tmp_path: Path, bare: Oreline) -> Path:
    """Do what a user does: fill a folder, import it, append the events of the shipment."""
    folder = tmp_path / "my-chain"
    init_folder(folder, name="trade")
    create_store(folder / "ledger.db", {"id": "trade", "tense": "actual"}).close()
    (folder / "contracts" / "cu.toml").write_text(contract_text(terms(prices=[PRICE])))
    write_prices(folder / "prices")
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
    ordered = sorted([*SHIPMENT, agreed()], key=lambda one: one["time"])
    events.write_text("".join(json.dumps(one) + "\n" for one in ordered))
    call = bare("record", "append", events, "--chain", folder)
    assert call.code == 0, call.everything
    return folder


def agreed() -> Any:
    """Return what both agreed on, with its uncertainty."""
    return assay("agreed", "11-25", [percent("Cu", "25.95", "0.05")])


@pytest.fixture
def settle(bare: Oreline, chain: Path) -> Asked:
    def ask(*words: object) -> Call:
        return bare("settle", *words, "--chain", chain)

    return ask


def found(call: Call) -> Any:
    assert call.code == 0, call.everything
    return call.json["result"]


def test_contracts_come_with_their_shipments(settle: Asked, tmp_path: Path) -> None:
    (one,) = found(settle("contracts", "--json"))["contracts"]
    assert (one["id"], one["stages"]) == ("cu-1", ["provisional", "final"])
    (shipment,) = one["shipments"]
    assert (shipment["shipment"], shipment["lots"]) == ("by-sea", ["fwo:CU-1"])
    shown = settle("contracts").out
    assert "by-sea" in shown
    assert "nothing" in shown
    out = tmp_path / "contracts.csv"
    assert settle("contracts", "--export", out).code == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert (row["contract"], row["shipment"], row["documents"]) == ("cu-1", "by-sea", "BL-by-sea")


def test_the_terms_are_told_in_words(settle: Asked, bare: Oreline, chain: Path) -> None:
    told = found(settle("contract", "cu-1", "--json"))
    words = {one["subject"]: one["text"] for one in told["clauses"]}
    assert words["Cu paid"] == "96 % of the content; at price lme"
    assert "96 % of the content" in " ".join(settle("contract", "cu-1").out.split())
    of_file = bare("settle", "contract", chain / "contracts" / "cu.toml", "--json")
    assert found(of_file) == told
    wrong = settle("contract", "cu-2")
    assert wrong.code == 2
    assert "did you mean cu-1?" in wrong.everything


@pytest.mark.parametrize("when", [PROVISIONAL, FINAL])
def test_a_shipment_is_settled_from_the_ledger_alone(settle: Asked, when: tuple[str, ...]) -> None:
    told = found(settle("statement", *SALE, *when, "--json"))
    statement = told["statement"]
    assert Decimal(statement["net_value"]) == NET[when[1]]
    assert statement["status"] == ("SETTLED" if when is FINAL else "PROVISIONAL")
    assert told["interval"] is None or Decimal(told["interval"]["low"]) < NET[when[1]]
    assert told["prices"] == {"Cu": f"{9000 if when is PROVISIONAL else 9100:,} USD/t"}
    shown = " ".join(settle("statement", *SALE, *when).out.split())
    for part in (f"{NET[when[1]]:,f} USD", "assay-", "Ledger", told["hash"][:20]):
        assert part in shown


@pytest.mark.parametrize("named", ["BL-by-sea", "fwo:CU-1", "fwo:CU-1-02"])
def test_a_shipment_goes_by_its_papers_and_lots(settle: Asked, named: str) -> None:
    told = found(settle("statement", "--contract", "cu-1", "--shipment", named, *FINAL, "--json"))
    assert Decimal(told["statement"]["net_value"]) == NET["final"]


def test_a_file_may_give_the_contract_and_a_folder_the_prices(
    settle: Asked, chain: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(contract_text(terms(prices=[PRICE], treatment={"rate": "100 USD/dmt"})))
    told = found(
        settle("statement", "--contract", other, "--shipment", "by-sea", *FINAL,
               "--prices", chain / "prices", "--json")
    )  # fmt: skip
    assert Decimal(told["statement"]["net_value"]) == NET["final"] - Decimal("3717.80")


@pytest.mark.parametrize("suffix", ["pdf", "xlsx", "csv", "parquet"])
def test_a_statement_is_written_with_the_ledgers_checkpoint(
    settle: Asked, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"final.{suffix}"
    call = settle("statement", *SALE, *FINAL, "--export", out, "--json")
    assert (call.code, call.json["exported"]) == (0, str(out))
    if suffix == "xlsx":
        cells = [
            str(value)
            for sheet in pl.read_excel(out, sheet_id=0, has_header=False).values()
            for row in sheet.rows()
            for value in row
        ]
        assert any("Frontier Works (fwo)" in one for one in cells)
        assert any("events, root" in one for one in cells)
    else:
        assert out.stat().st_size > 300


def test_without_a_contract_the_missing_clauses_are_named(settle: Asked) -> None:
    for command in ("statement", "compare", "risk"):
        call = settle(command, "--shipment", "by-sea", "--json")
        assert call.code == 5
        assert call.json["error"]["kind"] == "not_settled"
        missing = call.json["result"]["statement"]["missing"]
        assert {one["where"] for one in missing} >= {"weight", "assays", "prices"}
    shown = settle("statement", "--shipment", "by-sea")
    assert "known here: cu-1" in " ".join(shown.out.split())


def test_what_is_not_settled_yet_says_so(settle: Asked) -> None:
    early = ("--stage", "final", "--on", "2025-11-10")
    for command in ("statement", "risk"):
        call = settle(command, *SALE, *early)
        assert call.code == 5, call.everything
        assert "What is missing" in call.out
    assert settle("compare", *SALE, "--to", "final@2025-11-10").code == 5


def test_from_provisional_to_final_the_effects_sum_to_the_cent(settle: Asked) -> None:
    told = found(settle("compare", *SALE, "--to", "final@2025-12-05",
                        "--from", "provisional@2025-10-02", "--json"))  # fmt: skip
    steps = {one["effect"]: Decimal(one["amount"]) for one in told["steps"]}
    assert list(steps) == ["weight", "assay", "price", "charge"]
    assert sum(steps.values()) == NET["final"] - NET["provisional"] == Decimal(told["difference"])
    assert (told["before_stage"], told["before_on"]) == ("provisional", "2025-10-02")
    assert Decimal(told["after_value"]) == NET["final"]
    assert steps["assay"] < 0 < steps["price"]
    bad = settle("compare", *SALE, "--to", "late@2025-12-05")
    assert bad.code == 2


def test_a_stage_is_invoiced_once_and_the_next_takes_it_off(settle: Asked) -> None:
    who = ("--by", "trader-1")
    first = found(settle("invoice", *SALE, *PROVISIONAL, *who, "--document", "INV-1",
                         "--time", "2025-10-03T00:00:00Z", "--json"))  # fmt: skip
    assert first["appended"] == 1
    again = settle("invoice", *SALE, *PROVISIONAL, *who)
    assert again.code == 2
    assert f"was invoiced at this stage by {first['invoice']}" in " ".join(again.everything.split())
    before = found(settle("statement", *SALE, *PROVISIONAL, "--json"))
    assert (before["invoice"], before["hash"]) == (first["invoice"], first["hash"])
    last = found(settle("statement", *SALE, *FINAL, "--json"))
    due = Decimal(first["statement"]["due"])
    assert due == (NET["provisional"] * 90 / 100).quantize(Decimal("0.01"))
    assert Decimal(last["statement"]["paid_before"]) == due
    # The day of the invoice is that of the statement before.
    change = found(settle("compare", *SALE, "--to", "final@2025-12-05", "--json"))
    assert change["before_on"] == "2025-10-03"
    old = settle("invoice", *SALE, *FINAL, *who, "--hash", first["hash"])
    assert old.code == 2
    assert "has changed since it was shown" in old.everything
    shown = settle("invoice", *SALE, *FINAL, *who, "--hash", last["hash"])
    assert shown.code == 0
    assert "Due now" in shown.out
    assert "Invoiced by invoice-" in shown.out
    twice = settle("invoice", *SALE, *FINAL, *who, "--json")
    assert twice.code == 1
    assert "refuses the invoice of by-sea" in twice.json["error"]["message"]
    (finding,) = twice.json["error"]["findings"]
    assert finding["code"] == "ORL-0207"
    assert "settled finally" in finding["message"]
    (one,) = found(settle("contracts", "--json"))["contracts"]
    assert one["shipments"][0]["invoiced"] == ["provisional", "final"]


def test_nothing_is_invoiced_that_is_not_settled(settle: Asked) -> None:
    call = settle("invoice", *SALE, "--stage", "final", "--on", "2025-11-10", "--by", "t", "--json")
    assert call.code == 5
    assert call.json["result"]["invoice"] is None
    (one,) = found(settle("contracts", "--json"))["contracts"]
    assert one["shipments"][0]["invoiced"] == []


def test_open_prices_of_the_ledger_by_metal_and_month(settle: Asked, tmp_path: Path) -> None:
    asked = ("exposure", "--on", "2025-11-14")
    (row,) = found(settle(*asked, "--json"))["exposures"]
    # Ten of the twenty days of November are published.
    assert Decimal(row["unpriced_t"]) * 2 == Decimal(row["payable_t"])
    assert (row["month"], row["parcels"]) == ("2025-11", ["by-sea"])
    assert found(settle(*asked, *SALE, "--json"))["exposures"] == [row]
    assert settle(*asked, "--shipment", "by-sea").code == 2
    out = tmp_path / "open.csv"
    assert settle(*asked, "--export", out).code == 0
    assert "lme-cu" in out.read_text()
    assert found(settle("exposure", "--on", "2025-12-05", "--json"))["exposures"] == []


def test_risk_plays_trials_and_asks_how_likely_the_umpire_is(settle: Asked) -> None:
    asked = ("risk", *SALE, *PROVISIONAL, "--trials", "200")
    told = found(settle(*asked, "--json"))
    u, played = Decimal(told["spread"]["u"]), told["trials"]
    assert played["trials"] == 200
    assert abs(Decimal(played["u"]) / u - 1) < Decimal("0.25")
    assert [one["analyte"] for one in told["umpire"]] == ["Cu"]
    assert told == found(settle(*asked, "--json"))
    shown = " ".join(settle(*asked).out.split())
    assert "By 200 trials" in shown
    assert "How likely the umpire is called" in shown


def test_prices_are_listed_with_their_last_value(
    settle: Asked, bare: Oreline, chain: Path, tmp_path: Path
) -> None:
    told = found(settle("prices", "--on", "2025-11-03", "--json"))
    rows = {one["id"]: one for one in told["series"]}
    assert (rows["lme-cu"]["last_day"], rows["lme-cu"]["last_value"]) == ("2025-11-03", "9100")
    assert (rows["usgs-cu"]["kind"], rows["usgs-cu"]["last_value"]) == ("annual", None)
    assert "UNKNOWN" in settle("prices", "--on", "2025-11-03").out
    one = found(settle("prices", "lme-cu", "--on", "2025-11-03", "--json"))
    assert one["values"][-1] == {"day": "2025-11-03", "value": "9100", "published": ""}
    assert len(one["values"]) == one["count"] == 24
    of_files = bare("settle", "prices", "lme-cu", "--prices", chain / "prices",
                    "--on", "2025-11-03", "--json")  # fmt: skip
    assert found(of_files) == one
    out = tmp_path / "lme.csv"
    assert settle("prices", "lme-cu", "--on", "2025-11-03", "--export", out).code == 0
    assert out.read_text().startswith('day,value,published\n2025-10-01,9000,""\n')
    wrong = settle("prices", "lme-co")
    assert wrong.code == 2
    assert "did you mean lme-cu?" in wrong.everything


def test_assays_are_held_against_a_published_specification(bare: Oreline) -> None:
    asked = ("settle", "specification", "mmta-sb-grade-ii")
    bad = bare(*asked, "--assay", "Sb=99.7%", "--assay", "Pb=0.25%", "--json")
    assert bad.code == 1
    assert bad.json["result"]["meets"] is False
    assert "Pb 0.25 % is more than 0.2 %" in bad.json["error"]["message"]
    open_ = bare(*asked, "--assay", "Sb=99.7%")
    assert open_.code == 0
    assert "UNKNOWN" in open_.out
    limits = bare(*asked, "--json").json["result"]["limits"]
    every = [
        word
        for one in limits
        for word in ("--assay", f"{one['analyte']}={(one['min'] or one['max'])}")
    ]
    good = bare(*asked, *every)
    assert good.code == 0
    assert "MET" in good.out
    for wrong in ("Sb", "Sb=99.7", "Sb=99.7 USD", "Sb=120%"):
        assert bare(*asked, "--assay", wrong).code == 2
    assert "mmta-sb-grade-ii" in bare("settle", "specification").out
    assert bare("settle", "specification", "none").code == 2


def test_files_or_the_ledger_never_both(settle: Asked, tmp_path: Path) -> None:
    both = settle("statement", *SALE, "--parcel", tmp_path / "x.toml")
    neither = settle("statement", "--contract", "cu-1")
    for call in (both, neither):
        assert call.code == 2
        assert "--shipment NAME" in call.everything
    twice = settle("statement", *SALE, "--contract", "cu-2", *FINAL)
    assert twice.code == 2
    gone = settle("statement", "--contract", "cu-1", "--shipment", "by-air", *FINAL)
    assert gone.code == 2
    assert "known are" in gone.everything


def test_as_of_a_day_nothing_later_is_known(settle: Asked) -> None:
    told = found(settle("statement", *SALE, "--as-of", "2025-10-02", "--json"))
    assert told["on"] == "2025-10-02"
    assert Decimal(told["statement"]["net_value"]) == NET["provisional"]


def test_the_commands_of_the_page_run(
    bare: Oreline, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "settle.md"
    section = page.read_text("utf-8").partition("### On a ledger")[2].partition("\n## ")[0]
    lines = section.split("\n")
    commands = [line.removeprefix("$ oreline ") for line in lines if line.startswith("$ oreline ")]
    assert len(commands) == 10
    monkeypatch.chdir(chain.parent)
    for command in commands:
        call = bare(*command.split())
        assert call.code == 0, f"{command}: {call.everything}"


def test_what_ships_later_is_no_exposure_yet(settle: Asked) -> None:
    assert found(settle("exposure", "--on", "2025-09-27", "--json")) == {
        "on": "2025-09-27", "exposures": [], "unknown": [],
    }  # fmt: skip
    # Its invoice of later does not close what was open on a day before.
    who = ("--by", "t", "--time", "2025-12-06T00:00:00Z")
    assert settle("invoice", *SALE, *FINAL, *who).code == 0
    (row,) = found(settle("exposure", "--on", "2025-11-14", "--json"))["exposures"]
    assert row["month"] == "2025-11"
    told = settle("exposure", "--on", "2025-09-29")
    assert "Cu, lme-cu is UNKNOWN: " in " ".join(told.out.split())


def test_another_assay_moves_money(settle: Asked) -> None:
    asked = ("assay-buyer-fwo:CU-1", "--grade", "Cu=26.00", "--on", "2025-12-05")
    told = found(settle("what-if", *asked, "--json"))
    (final,) = told["statements"]
    # Half of 0.10 % of 37.178 t × 96 % × 9,100 USD/t: the mean of both counts.
    assert (final["stage"], final["difference"]) == ("final", "162.39")
    assert final["before"]["net_value"] == f"{NET['final']}"
    assert "+162.39" in settle("what-if", *asked).out
    assert settle("what-if", "nothing", "--grade", "Cu=26").code == 2
    assert settle("what-if", "assay-buyer-fwo:CU-1", "--grade", "Cu").code == 2


def test_a_shipment_is_held_against_the_limits_of_its_contract(settle: Asked, chain: Path) -> None:
    none = settle("specification", *SALE)
    assert none.code == 2
    assert "states no specification" in none.everything
    limits = {"limits": [{"analyte": "Cu", "min": "18 %"}, {"analyte": "As", "max": "0.05 %"}]}
    file = chain / "tighter.toml"
    file.write_text(contract_text(terms(prices=[PRICE], specification=limits)))
    asked = ("specification", "--contract", file, "--shipment", "by-sea")
    call = settle(*asked, "--json")
    assert call.code == 1, call.everything
    rows = {one["subject"]: one for one in call.json["result"]["checks"]}
    assert (rows["Cu"]["verdict"], rows["As"]["verdict"]) == ("PASS", "OUTSIDE")
    assert rows["As"]["evidence"] == ["assay-seller-fwo:CU-1"]
    assert "OUTSIDE" in settle(*asked).out
    published = settle("specification", "mmta-sb-grade-ii", *SALE, "--json")
    assert published.json["result"]["verdict"] in {"OUTSIDE", "UNKNOWN"}
    assert settle(*asked, "--assay", "Cu=20%").code == 2
