"""The calculators on the command line: options, tables, and problems at their cell."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

TABLES = Path(__file__).parents[2] / "docs" / "tutorials" / "calculators"
GALENA = (
    "--grade-pct", "5", "--mineral-pct", "86.6", "--mineral-density", "7.5", "--gangue-density",
    "2.65", "--liberation-cm", "0.015", "--error-pct", "2",
)  # fmt: skip


def test_two_product_from_options(bare: Oreline) -> None:
    call = bare(
        "balance", "two-product", "--feed", "2+-5%", "--concentrate", "20+-5%", "--tailings",
        "0.5+-5%", "--json",
    )  # fmt: skip
    case = call.json["result"]["cases"][0]
    assert case["recovery"]["value"].startswith("0.76923")
    assert case["recovery"]["u"].startswith("0.017475")
    assert case["recovery"]["basis"] == "derived"


def test_a_feed_outside_of_its_products_is_an_answer_with_a_warning(bare: Oreline) -> None:
    call = bare("balance", "two-product", "--feed", "2", "--concentrate", "1", "--tailings", "0.5")
    assert call.code == 0
    assert "300 ± UNKNOWN %" in call.out
    assert "ORL-0541" in call.out


@pytest.mark.parametrize("command", ["products", "duplicates", "factors"])
def test_tables_of_the_tutorial(bare: Oreline, tmp_path: Path, command: str) -> None:
    target = tmp_path / "out.csv"
    call = bare("balance", command, TABLES / f"{command}.csv", "--export", target)
    assert call.code == 0, call.everything
    assert pl.read_csv(target).height > 0
    assert max(len(line) for line in call.out.splitlines()) <= 80


@pytest.mark.parametrize("command", ["two-product", "contained"])
def test_tables_given_by_option(bare: Oreline, tmp_path: Path, command: str) -> None:
    target = tmp_path / "out.parquet"
    call = bare("balance", command, "--table", TABLES / f"{command}.csv", "--export", target)
    assert call.code == 0, call.everything
    assert pl.read_parquet(target).height > 0


def test_every_problem_of_a_table_is_told_at_its_cell(bare: Oreline, tmp_path: Path) -> None:
    table = tmp_path / "assays.csv"
    table.write_text(
        "id,feed,concentrate,tailings,unit\na,2%,20,0.5,%\nb,2,,0.5,%\nc,2,20,0.5,pct\n"
        "d,2,120,0.5,%\ne,2,20,0.5,%\n"
    )
    call = bare("balance", "two-product", "--table", table, "--json")
    assert call.code == 2
    places = {item["where"]: item["code"] for item in call.json["error"]["findings"]}
    assert places == {
        "assays.csv row 2 column feed": "ORL-0333",
        "assays.csv row 3 column concentrate": "ORL-0309",
        "assays.csv row 4 column unit": "ORL-0310",
        "assays.csv row 5": "ORL-0554",
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("two-product", "--feed", "2"), "give --feed, --concentrate and --tailings"),
        (("two-product", "--feed", "2,1", "--concentrate", "9", "--tailings", "1"), "not under"),
        (("two-product", "--feed", "2", "--concentrate", "9", "--tailings", "1",
          "--correlation", "feed=1"), "write --correlation"),
        (("contained", "--wet-t", "5"), "give --wet-t"),
        (("contained", "--wet-t", "5", "--moisture-pct", "8", "--grade", "2",
          "--shared-wet-pct", "1"), "several lots"),
        (("products", "no-such.csv"), "cannot be read"),
        (("gold-sample", "--grade-g-t", "2", "--grain-mm", "1", "--shape", "0.5"), "give either"),
        (("sampling", *GALENA, "--top-size-cm", "1", "--analysis-u", "1"), "together"),
        (("sampling", *GALENA, "--top-size-cm", "1", "--splitting-limit", "1"), "needs --analysis"),
    ],
)  # fmt: skip
def test_wrong_calls_are_told_in_words(bare: Oreline, words: tuple[str, ...], told: str) -> None:
    call = bare("balance", *words)
    assert call.code == 2
    assert told in " ".join(call.everything.split())


def test_a_plan_of_sampling(bare: Oreline) -> None:
    sizes = [word for size in ("2.5", "0.5", "0.1", "0.004") for word in ("--top-size-cm", size)]
    call = bare(
        "balance", "sampling", *GALENA, *sizes, "--analysis-u", "0.02", "--other-pct", "0", "--json"
    )
    told = call.json["result"]
    assert [stage["mass_g"][:6] for stage in told["stages"]] == [
        "136963", "24500.", "438.28", "0.0724",
    ]  # fmt: skip
    assert float(told["assay"]["u"]) == pytest.approx(0.0412, abs=1e-4)
    told = bare(
        "balance", "sampling", *GALENA, *sizes, "--analysis-u", "0.02", "--other-pct", "0",
        "--splitting-limit", "0.1", "--json",
    ).json["result"]["umpire"]  # fmt: skip
    # Two independent results of u differ by more than 0.1 with erfc(0.1 / 2u).
    whole = math.hypot(5 * 0.02 / 1.96 / 2**0.5, 0.02)
    assert float(told["own_samples"]) == pytest.approx(math.erfc(0.1 / (2 * whole)), abs=5e-5)
    assert float(told["one_sample"]) == pytest.approx(math.erfc(0.1 / (2 * 0.02)), abs=5e-5)
    assert "ORL-0543" in bare(
        "balance", "sampling", *GALENA[:8], "--liberation-cm", "0.05", "--error-pct", "2", "--gold",
        "--top-size-cm", "1",
    ).everything  # fmt: skip


def test_gold_by_grains_and_its_mass(bare: Oreline) -> None:
    words = ("balance", "gold-sample", "--grade-g-t", "2", "--grain-mm", "0.5", "--shape", "0.5")
    assert "92.0" in bare(*words, "--sample-g", "50").out
    told = bare(*words, "--error-pct", "10", "--json").json["result"]
    assert float(told["expected_grains"]) == pytest.approx(100)


def test_contained_metal_by_simulation_and_from_lots(bare: Oreline) -> None:
    words = ("--wet-t", "1000+-2", "--moisture-pct", "8+-0.2", "--grade", "28+-0.14")
    call = bare("balance", "contained", *words, "--trials", "20000", "--seed", "3")
    assert "257.6 ± 3.0 t" in call.out
    assert "NOT KEPT" in call.out
    again = bare("balance", "contained", *words, "--trials", "20000", "--seed", "3")
    assert again.out == call.out
    table = ("balance", "contained", "--table", TABLES / "contained.csv", "--json")
    own, shared = (
        float(bare(*table, *more).json["result"]["u_rel"])
        for more in ((), ("--shared-grade-pct", "0.3"))
    )
    assert shared > own
