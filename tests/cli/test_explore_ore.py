"""From drill holes to a chain's ore by command: its table, a design fed by it, planned ledgers."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
SET = ("--set", "illus-carbonatite")
FLOWSHEET = """
name = "A rare-earth mill"
basis = "assumed"
source = "an example"
hours_per_year = 7800

[components]
elements = ["La", "Ce", "Nd", "Pr", "C", "F", "O"]
minerals = ["bastnaesite"]

[minerals.bastnaesite]
rare_earths = { La = 0.35, Ce = 0.48, Pr = 0.042, Nd = 0.122 }

[[feeds]]
id = "ore"
to = "flotation"
site = "mine"
ore = { file = "ores/carbonatite.csv" }
minerals = ["bastnaesite"]

[[units]]
id = "flotation"
site = "mill"
law = "split"
outlets = { concentrate = "concentrate", tailings = "tails" }
parameters.to_concentrate = { bastnaesite = "80 %", "*" = "2 %" }

[[products]]
id = "concentrate"

[[products]]
id = "tails"
kind = "waste"
"""
SITES = """id,name,kind,country,operator,basis,source
mine,Mine,mine,PK,north,reported,a notice
mill,Mill,concentrator,PK,north,reported,a notice
"""
PARTIES = "id,name,country,basis,source\nnorth,North,PK,reported,a notice\n"


@pytest.fixture
def chain(tmp_path: Path, bare: Oreline) -> Path:
    """Give a chain folder with the drill holes of the example, and two planned ledgers."""
    folder = tmp_path / "chain"
    assert bare("init", folder).code == 0
    files = {"sites.csv": SITES, "parties.csv": PARTIES, "processes.toml": FLOWSHEET}
    for name, text in files.items():
        (folder / name).write_text(text)
    holes = EXAMPLE / "drillholes" / "illus-carbonatite"
    shutil.copytree(holes, folder / "drillholes" / "illus-carbonatite")
    assert bare("record", "import", folder).code == 0
    for name in ("dug", "plan"):
        call = bare("record", "derive", name, "--tense", "planned", "--chain", folder)
        assert call.code == 0, call.everything
    return folder


def test_holes_feed_a_design_and_planned_ledgers(bare: Oreline, chain: Path) -> None:
    table = chain / "ores" / "carbonatite.csv"
    table.parent.mkdir()
    call = bare("explore", "ore", chain, "--export", table)
    assert call.code == 0, call.everything
    assert "months independent" in " ".join(call.out.split())
    rows = pl.read_csv(table, schema_overrides={"year": pl.String})
    own = {
        (year, name): value for year, name, value in rows.select("year", "quantity", "value").rows()
    }
    years = sorted({int(year) for year, _ in own if year != "life"})

    # A design is fed by it, grades and minerals following from the holes.
    solved = bare("design", "solve", chain, "--json").json["result"]
    (feed,) = [one for one in solved["streams"] if one["from"] is None or one["id"] == "ore"]
    assert feed["dry_t_per_h"] == pytest.approx(own["life", "ore"] / 7800)
    assert feed["contained_t_per_h"]["Nd"] == pytest.approx(
        feed["dry_t_per_h"] * own["life", "Nd"] / 100, rel=0.05
    )
    assert "ORL-1071" in bare("design", "check", chain).out

    # What is dug each year, as a ledger that trace and balance answer.
    dug = ("--ledger", chain / "ledgers" / "dug.db")
    words = ("explore", "ledger", chain, "--start", "2027-01", "--site", "mine",
             "--issuer", "north", "--by", "planner", *dug)  # fmt: skip
    call = bare(*words)
    assert call.code == 0, call.everything
    assert f"Appended {len(years)} events" in call.out
    assert "Appended 0 events" in bare(*words).out
    told = bare("trace", "origins", "north:ore-2028", "--element", "Nd", *dug, "--json").json
    kilograms = 1000 * own["2", "ore"] * own["2", "Nd"] / 100
    assert float(told["result"]["metal_kg"]["low"]) == pytest.approx(kilograms, rel=1e-9)
    assert bare("balance", "events", "--element", "Nd", *dug).code == 0
    wrong = bare(*words[:-1], chain / "ledger.db")
    assert (wrong.code, "never enters the actual ledger" in wrong.everything) == (2, True)
    assert bare(*words[:6], "dump", *words[7:]).code == 2
    assert bare(*words, "--per", "week").code == 2

    # The design's own ledger, fed year by year.
    plan = ("--ledger", chain / "ledgers" / "plan.db")
    call = bare("design", "ledger", chain, "--start", "2027-12", "--months", "13", "--ore-years",
                "--issuer", "north", "--by", "planner", *plan)  # fmt: skip
    assert call.code == 0, call.everything
    for lot, year, days in (("2027-12", "1", 31 / 365), ("2028-12", "2", 31 / 366)):
        name = f"north:design-ore-{lot}"
        metal = bare("trace", "origins", name, "--element", "Nd", *plan, "--json").json["result"]
        tonnes = own[year, "ore"] * days
        assert float(metal["metal_kg"]["low"]) == pytest.approx(
            1000 * tonnes * own[year, "Nd"] / 100, rel=0.05
        )
    assert bare("balance", "events", "--element", "Nd", *plan).code == 0
    call = bare("design", "ledger", chain, "--start", "2027-12", "--months", "999", "--ore-years",
                "--issuer", "north", "--by", "planner", *plan)  # fmt: skip
    assert (call.code, "its last is" in call.everything) == (2, True)


def test_a_set_that_cannot_be_ore_says_why(bare: Oreline, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(EXAMPLE / "drillholes" / "illus-carbonatite", folder)
    file = folder / "explore.toml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("[mine]")])
    call = bare("explore", "ore", folder)
    assert (call.code, "has no [mine]" in call.everything) == (2, True)
    file.write_text(text.replace("price_per_t = 14000", "price_per_t = 1"))
    call = bare("explore", "ore", folder)
    assert (call.code, "no block of set pays" in call.everything) == (2, True)
