"""Plans on the command line: from a user's file to tables, JSON and exports."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from called import Oreline

sys.path.append(str(Path(__file__).parents[1] / "plan"))
from plan_designs import COSTS, DESIGNED, MILL
from plan_texts import RANGED, TINY


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with nothing but a plan."""
    (tmp_path / "plan.toml").write_text(TINY)
    return tmp_path


def test_a_file_gives_its_best_plan(bare: Oreline, place: Path) -> None:
    call = bare("plan", "solve", place)
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    for words in ("67.42 USD m", "optimal", "gap 0.000%", "seed 0", "assumed", "95.01%"):
        assert words in call.out
    target = place / "plan.xlsx"
    owned = 'owners = { fwo = "70 %", ussm = "30 %" }\nname'
    (place / "plan.toml").write_text(RANGED.replace("name", owned, 1))
    told = " ".join(bare("plan", "solve", place).out.split())
    assert "no price is paid" in told
    assert "mill 83.33 kt/y" in told
    (place / "plan.toml").write_text(TINY.replace("name", owned, 1))
    result = bare("plan", "solve", place, "--export", target, "--json").json["result"]
    assert result["npv_m"] == pytest.approx(67.418, abs=1e-3)
    assert result["conventions"]["timing"] == "end"
    parts = {one["party"]: one["npv_m"] for one in result["owners"]}
    assert parts == pytest.approx({one: part * result["npv_m"] for one, part in
                                   (("fwo", 0.7), ("ussm", 0.3))})  # fmt: skip
    names = fastexcel.read_excel(target).sheet_names
    assert names[:2] == ["builds", "cash flow"]
    assert "owners" in names
    paper = place / "plan.pdf"
    assert bare("plan", "report", place, paper).code == 0
    assert paper.read_bytes().startswith(b"%PDF")
    again = bare("plan", "report", place, paper)
    assert again.code == 2
    assert "exists" in again.everything
    assert "written as .pdf" in bare("plan", "report", place, place / "plan.doc").everything


def test_its_numbers_are_listed_with_their_source(bare: Oreline, place: Path) -> None:
    target = place / "numbers.csv"
    call = bare("plan", "check", place, "--export", target)
    assert call.code == 0
    frame = pl.read_csv(target)
    assert set(frame["source"]) == {"a test"}
    assert "units.mine.sizes.one.capital" in frame["number"].to_list()


def test_what_is_wrong_is_told_and_nothing_planned(bare: Oreline, place: Path) -> None:
    (place / "plan.toml").write_text(TINY.replace("lead_years = 1", "lead_years = -2", 1))
    target = place / "out.csv"
    call = bare("plan", "solve", place, "--export", target)
    assert call.code == 2
    assert "ORL-1106" in call.everything
    assert "Traceback" not in call.everything
    assert not target.exists()
    assert bare("plan", "check", place).code == 1


def test_limits_that_nothing_meets_are_named(bare: Oreline, place: Path) -> None:
    (place / "plan.toml").write_text(TINY.replace('id = "buyer"', 'id = "buyer"\nleast = "5 kt/y"'))
    call = bare("plan", "solve", place)
    assert call.code == 1
    assert "must be given is 5 kt too much in 2027" in " ".join(call.out.split())


def test_no_plan_is_there(bare: Oreline, tmp_path: Path) -> None:
    call = bare("plan", "solve", tmp_path)
    assert call.code == 2
    assert "name a folder with a plan.toml" in call.everything


SITES = """id,name,kind,country,operator,basis,source
pit,Pit,mine,PK,north,reported,a notice
port,Port,port,US,south,reported,a notice
"""
PARTIES = """id,name,country,basis,source
north,North,PK,reported,a notice
south,South,US,reported,a notice
"""


def test_a_plan_becomes_a_ledger_that_trace_and_balance_answer(
    bare: Oreline, tmp_path: Path
) -> None:
    chain = tmp_path / "chain"
    assert bare("init", chain).code == 0
    for name, text in (("sites.csv", SITES), ("parties.csv", PARTIES), ("plan.toml", TINY)):
        (chain / name).write_text(text)
    assert bare("record", "import", chain).code == 0
    assert bare("record", "derive", "build-up", "--tense", "planned", "--chain", chain).code == 0
    ledger = ("--ledger", chain / "ledgers" / "build-up.db")
    words = ("plan", "ledger", chain, "--issuer", "north", "--by", "planner", *ledger)
    call = bare(*words)
    assert call.code == 0, call.everything
    assert "already" in bare(*words).out, "the same plan again changes nothing"
    lot = "north:plan-mill-float-concentrate-2029"
    origins = bare("trace", "origins", lot, "-e", "Sb", *ledger)
    assert "100.00 %" in origins.out
    balance = bare("balance", "events", "-e", "Sb", *ledger, "--json").json["result"]["events"]
    assert {one["dry_unaccounted"]["high"] for one in balance} == {"0"}
    assert (
        bare("plan", "ledger", chain, "--issuer", "north", "--by", "p", "--chain", chain).code == 2
    )
    # Read as if it had happened, it is what was planned; as of 2029 the last year is to come.
    told = bare("plan", "actual", chain, *ledger, "--json").json["result"]["deliveries"]
    rows = {(one["element"], one["year"]): one for one in told}
    assert rows["Sb", 2029]["planned_t"] == pytest.approx(9000)
    assert rows["Sb", 2029]["actual_low_t"] == pytest.approx(9000, abs=1e-6)
    assert rows["dry", 2028]["difference_high_t"] == pytest.approx(0, abs=1e-6)
    assert rows["Sb", 2030]["state"] == "so far"
    early = ("--as-of", "2029-06-30T00:00:00Z")
    told = bare("plan", "actual", chain, *ledger, *early, "--json").json["result"]["deliveries"]
    rows = {(one["element"], one["year"]): one for one in told}
    assert rows["Sb", 2028]["difference_low_t"] == pytest.approx(0, abs=1e-6)
    assert (rows["Sb", 2029]["state"], rows["Sb", 2029]["actual_low_t"]) == ("so far", 0)
    assert rows["Sb", 2030]["actual_low_t"] is None
    call = bare("plan", "actual", chain, *ledger, *early)
    assert "UNKNOWN" in call.out
    assert max(len(line) for line in call.out.splitlines()) <= 80
    text = TINY.replace('"port"', '"quay"')
    (chain / "plan.toml").write_text(text)
    assert "ORL-1119" in bare("plan", "actual", chain, *ledger).everything


def test_budgets_fronts_and_tornados_are_told(bare: Oreline, place: Path) -> None:
    price = '{ value = 10000, low = 6000, high = 15000, unit = "USD/t" }'
    text = TINY.replace('values = "10000 USD/t"', f"values = {price}")
    text += '\n[[budgets]]\nid = "all"\namount = "60 USD m"\n'
    (place / "plan.toml").write_text(text)
    call = bare("plan", "budget", place, "--of", "all", "--amount", 60, "--country", "US",
                "--samples", 3)  # fmt: skip
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    assert "no single figure" in " ".join(call.out.split())
    call = bare("plan", "budget", place, "--of", "all", "--amount", 60, "--country", "US",
                "--samples", 2, "--break-even", "lode=Sb", "--json")  # fmt: skip
    assert call.json["result"]["break_even"][0]["points"][0]["pays_in"] is not None
    told = bare("plan", "budget", place, "--samples", 2, "--json").json["result"]
    assert (told["budget"], told["country"], len(told["builds"])) == ("all", "US", 4)
    call = bare("plan", "pareto", place, "--goal", "deliver:Sb@US", "--json")
    assert call.json["result"]["points"][0]["certificate"]["status"] == "optimal"
    target = place / "tornado.csv"
    assert bare("plan", "tornado", place, "--export", target).code == 0
    assert pl.read_csv(target)["input"].to_list() == ["prices.sb.values"]
    assert bare("plan", "pareto", place, "--goal", "deliver:Cu@US").code == 2


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_another_solver_reads_the_model_and_finds_the_same(
    bare: Oreline, place: Path, suffix: str
) -> None:
    import highspy

    target = place / f"model{suffix}"
    call = bare("plan", "export", place, target)
    assert call.code == 0, call.everything
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(target))
    solver.run()
    assert abs(solver.getObjectiveValue()) == pytest.approx(67.418, abs=1e-3)
    assert "capacity" in target.read_text()
    assert bare("plan", "export", place, target).code == 2, "what is there is not written over"
    assert bare("plan", "export", place, place / "model.txt").code == 2
    network = place / f"network{suffix}"
    assert bare("plan", "export", place, network, "--to", "pypsa").code == 0
    assert (network / "generators.csv").is_file()
    call = bare("plan", "export", place, place / "other", "--to", "gams")
    assert call.code == 2
    assert "model or pypsa" in call.everything


SMELTER = """
[[materials]]
id = "metal"
grades = { Sb = "99 %" }
[[units]]
id = "smelter"
site = "pit"
lead_years = 1
life_years = 10
estimate_class = 5
[[units.sizes]]
id = "one"
capacity = "20 kt/y"
capital = { value = 5, low = 4, high = 9, unit = "USD m" }
[[units.recipes]]
id = "smelt"
rates = { concentrate = -1, metal = 0.48 }
cost = "300 USD/t"
[[routes]]
id = "sea-metal"
from = "pit"
to = "port"
materials = ["metal"]
cost = "100 USD/t"
[[markets]]
id = "maker"
site = "port"
materials = ["metal"]
pays = [{ price = "sb", element = "Sb", payable = "98 %" }]
[retained]
country = "PK"
local_share = "40 %"
owned_share = "50 %"
"""


def test_what_has_to_be_proved_and_what_refining_keeps(bare: Oreline, place: Path) -> None:
    (place / "plan.toml").write_text(TINY + SMELTER)
    target = place / "break-even.csv"
    words = ("plan", "break-even", place, "--resource", "lode", "--element", "Sb")
    call = bare(*words, "--grade", "10%", "--samples", 2, "--export", target)
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    assert "100% of draws" in call.out
    assert "the plan says 250.0 kt at 10.0000%" in " ".join(call.out.split())
    (ore,) = pl.read_csv(target)["ore_kt"]
    assert 50 < ore < 96, "with a smelter less is needed than the 95.6 kt without"
    assert bare(*words, "--grade", "0%").code == 2
    (each,) = bare("plan", "break-even", place, "--json").json["result"]["break_even"]
    assert (each["resource"], each["element"]) == ("lode", "Sb")
    call = bare("plan", "stages", place, "--country", "US", "--samples", 2)
    assert call.code == 0, call.everything
    assert "smelter instead of selling concentrate" in call.out
    told = bare("plan", "stages", place, "--country", "US", "--samples", 2, "--json").json["result"]
    rows = {one["figure"]: one for one in told["figures"]}
    assert rows["stays in PK"]["low"] > 0
    assert rows["net present value"]["low"] > 0


def test_what_runs_is_planned_in_quarters_while_builds_are_held(bare: Oreline, place: Path) -> None:
    (place / "plan.toml").write_text(TINY + STATES)
    target = place / "quarters.csv"
    call = bare("plan", "quarters", place, "--what-if", "low", "--export", target)
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    assert "2028 Q1" in call.out
    assert pl.read_csv(target)["quarter"].n_unique() == 10, "ore lasts ten quarters"
    result = bare("plan", "quarters", place, "--what-if", "low", "--json").json["result"]
    assert result["what_if"][0]["change_m"] < -10
    assert result["annual"]["certificate"]["status"] == "optimal"
    assert bare("plan", "quarters", place, "--what-if", "lo").code == 2
    call = bare("plan", "solve", place, "--window", 2)
    assert call.code == 0
    assert "in 2 windows" in " ".join(call.out.split())


STATES = """
[[scenarios]]
id = "low"
probability = 0.25
changes = [{ number = "prices.sb", multiply = 0.5 }]
"""


def test_builds_are_decided_before_it_is_known_which_state_comes(
    bare: Oreline, place: Path
) -> None:
    (place / "plan.toml").write_text(TINY + STATES)
    target = place / "hedge.xlsx"
    call = bare("plan", "hedge", place, "--risk", "50%", "--worst", "30%", "--export", target)
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    for words in ("expected value", "worst 30%", "gain over a plan for means", "as written"):
        assert words in call.out
    assert fastexcel.read_excel(target).sheet_names == ["states", "builds", "cash flow"]
    result = bare("plan", "hedge", place, "--probability", "low=100%", "--json").json["result"]
    assert [one["state"] for one in result["states"]] == ["low"]
    assert result["value_of_perfect_information_m"] == pytest.approx(0, abs=1e-6)
    call = bare("plan", "hedge", place, "--probability", "low=120%")
    assert call.code == 2
    assert "ORL-1117" in call.everything


def test_a_search_that_is_stopped_keeps_its_best_plan() -> None:
    from plan_texts import problem_of, random_plan

    from oreline.cli._search_bar import search_bar
    from oreline.plan import make_plan

    problem = problem_of(random_plan(1, years=12))
    seen = []
    before = signal.getsignal(signal.SIGINT)
    with search_bar("USD m") as watch:

        def watched(seconds: float, value: float, bound: float) -> bool:
            if value > 0:  # there is a plan: Ctrl-C
                signal.raise_signal(signal.SIGINT)
            seen.append((value, bound))
            return watch(seconds, value, bound)

        plan = make_plan(problem, watch=watched)
    assert signal.getsignal(signal.SIGINT) is before
    certificate = plan.certificate
    assert certificate.status == "interrupted by user"
    assert not certificate.is_proven
    assert plan.npv == pytest.approx(seen[-1][0])
    best = make_plan(problem).npv
    assert plan.npv < best <= certificate.bound
    assert certificate.gap == pytest.approx((certificate.bound - plan.npv) / plan.npv)


def test_a_plan_follows_the_design_beside_it(bare: Oreline, tmp_path: Path) -> None:
    (tmp_path / "designs").mkdir()
    (tmp_path / "plan.toml").write_text(DESIGNED)
    (tmp_path / "designs" / "mill.toml").write_text(MILL)
    (tmp_path / "designs" / "mill.costs.toml").write_text(COSTS)
    first = bare("plan", "solve", tmp_path, "--json").json["result"]
    (tmp_path / "designs" / "mill.toml").write_text(MILL.replace("Sb = 0.9,", "Sb = 0.8,"))
    second = bare("plan", "solve", tmp_path, "--json").json["result"]
    assert second["npv_m"] < first["npv_m"] - 1
    (tmp_path / "designs" / "mill.toml").unlink()
    call = bare("plan", "solve", tmp_path)
    assert call.code == 2
    assert "designs/mill.toml is not beside the plan" in " ".join(call.everything.split())
