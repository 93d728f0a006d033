"""The commands of ``oreline design`` about costs, from a user's file to screen, JSON and Excel."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from called import Oreline

COSTS = Path(__file__).parents[2] / "docs" / "tutorials" / "design" / "refinery-costs.toml"


def test_costs_on_screen_and_as_json(bare: Oreline) -> None:
    call = bare("design", "cost", COSTS)
    assert call.code == 0, call.everything
    assert "total capital" in call.out
    assert "class 5" in call.out
    assert "ORL-1043" in call.out
    told = bare("design", "cost", COSTS, "--json").json["result"]
    total = sum(row["operating_cost_per_y"] for row in told["products"])
    assert total == pytest.approx(told["operating_cost"], abs=0.01)
    assert told["capital"][0]["source"].startswith("Avalon")


def test_costs_as_a_workbook_with_a_passport_of_every_number(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "costs.xlsx"
    call = bare("design", "cost", COSTS, "--export", target)
    assert call.code == 0, call.everything
    sheets = pl.read_excel(target, sheet_id=0)
    assert set(sheets) == {
        "capital", "operating", "products", "stages", "burdens", "numbers", "allocations",
    }  # fmt: skip
    prices = sheets["numbers"].filter(pl.col("number") == "price: NdPr oxide")
    assert prices["source"][0].startswith("USGS")
    assert bare("design", "cost", COSTS, "--export", target).code == 2
    table = tmp_path / "costs.csv"
    assert bare("design", "cost", COSTS, "--export", table).code == 0
    assert set(pl.read_csv(table)["table"]) == {"capital", "operating"}


def test_rules_of_sharing_side_by_side(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "rules.csv"
    call = bare("design", "allocate", COSTS, "--export", target)
    assert call.code == 0, call.everything
    assert "not every product states one" in " ".join(call.out.split())
    table = pl.read_csv(target)
    assert set(table["rule"]) == {"mass", "value", "net value", "stated", "main"}
    # Each rule shares the same total.
    masses = {"NdPr oxide": 5513e3, "SEG concentrate": 748e3, "heavy concentrate": 1293e3}
    totals = {
        str(rule[0]): sum(
            cost * masses[name]
            for name, cost in rows.select("product", "operating_cost_per_kg").rows()
        )
        for rule, rows in table.drop_nulls("operating_cost_per_kg").group_by("rule")
    }
    assert set(totals) == {"mass", "value", "net value", "main"}
    assert len({round(total) for total in totals.values()}) == 1


def test_uncertainty_with_everything_to_draw_it_again(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "spread.xlsx"
    words = ("--samples", "500", "--sobol-points", "16", "--output", "margin", "--seed", "3")
    call = bare("design", "uncertainty", COSTS, *words, "--export", target)
    assert call.code == 0, call.everything
    assert "500 samples" in call.out
    assert set(pl.read_excel(target, sheet_id=0)) == {
        "spread", "drivers", "histograms", "convergence", "failed samples", "sobol",
    }  # fmt: skip
    told = bare("design", "uncertainty", COSTS, *words, "--json").json["result"]
    assert told["seed"] == 3
    assert [one["output"] for one in told["outputs"]] == ["margin"]
    assert {one["rank"] for one in told["correlations"]} == {0.6, 0.8, 0.5}
    again = bare("design", "uncertainty", COSTS, *words, "--json").json["result"]
    assert again == told
    assert told["outputs"][0]["p10"] < told["outputs"][0]["p50"] < told["outputs"][0]["p90"]


def test_a_tornado(bare: Oreline) -> None:
    call = bare("design", "tornado", COSTS)
    assert call.code == 0, call.everything
    words = " ".join(call.out.split())
    assert "1,140.3 M as it stands" in words
    assert words.index("NdPr") < words.index("power")
    told = bare("design", "tornado", COSTS, "--output", "operating cost", "--json").json["result"]
    swings = [bar["swing"] for bar in told["bars"]]
    assert swings == sorted(swings, reverse=True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cost", "nowhere.toml"), "cannot be read"),
        (("uncertainty", COSTS, "--method", "dice"), "latin-hypercube"),
        (("uncertainty", COSTS, "--sobol-points", "1000"), "power of two"),
        (("uncertainty", COSTS, "--samples", "0"), "at least one"),
        (("tornado", COSTS, "--output", "luck"), "there are total capital"),
    ],
)
def test_wrong_calls(bare: Oreline, words: tuple[str, ...], said: str) -> None:
    call = bare("design", *words)
    assert call.code == 2
    assert said in " ".join(call.everything.split())


def test_all_problems_of_a_file_are_told_at_their_lines(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "costs.toml"
    text = (
        COSTS.read_text("utf-8")
        .replace("USD/MWh", "USD/t")
        .replace('"rare earth oxides"\n', '"reo"\n')
    )
    file.write_text(text, "utf-8")
    call = bare("design", "cost", tmp_path, "--json")
    assert call.code != 0
    found = {finding["code"] for finding in call.json["error"]["findings"]}
    assert found == {"ORL-1047"}
    assert len(call.json["error"]["findings"]) >= 3


def test_a_flowsheet_and_its_costs_from_one_folder(bare: Oreline, tmp_path: Path) -> None:
    folder = COSTS.parents[3] / "examples" / "light-rare-earths"
    told = bare("design", "cost", folder, "--json").json["result"]
    assert {row["burden"] for row in told["burdens"]} == {"co2 scope 2", "water", "tailings"}
    target = tmp_path / "spread.xlsx"
    words = ("--samples", "300", "--output", "margin", "--output", "amount: NdPr oxide")
    call = bare("design", "uncertainty", folder, *words, "--export", target)
    assert call.code == 0, call.everything
    names = pl.read_excel(target, sheet_name="drivers")["input"].to_list()
    assert "flowsheet: rougher.to_concentrate[Nd2O3]" in names
    assert "price: NdPr oxide" in names


def test_a_variant_has_the_chain_s_assumptions_and_costs_until_it_has_its_own(
    bare: Oreline, tmp_path: Path
) -> None:
    """One rule for a file that goes with a flowsheet; the server keeps the same one."""
    chain = tmp_path / "chain"
    designs = chain / "designs"
    designs.mkdir(parents=True)
    example = Path(__file__).parents[2] / "examples" / "mountain-pass" / "processes.toml"
    text = example.read_text("utf-8").replace("REO = 0.944", 'REO = "A-R"')
    text = f"hours_per_year = 8000\n{text}" if "hours_per_year" not in text else text
    head = "id,value,low,high,unit,reasoning,source\n"
    (chain / "processes.toml").write_text(text)
    (chain / "assumptions.csv").write_text(f"{head}A-R,94,90,96,%,a plant like this,own\n")
    (chain / "costs.toml").write_text(SMALL_COSTS.format(price=10))
    (designs / "dry.toml").write_text(text)

    def of(file: Path) -> tuple[float, float]:
        numbers = bare("design", "check", file, "--json").json["result"]["numbers"]
        (share,) = (one for one in numbers if one["name"] == "rougher.to_concentrate[REO]")
        costs = bare("design", "cost", file, "--json").json["result"]
        return share["value"], costs["products"][0]["price_per_kg"]

    assert of(chain) == of(designs / "dry.toml") == (pytest.approx(0.94), pytest.approx(10))
    (designs / "dry.assumptions.csv").write_text(f"{head}A-R,92,90,96,%,drier,own\n")
    (designs / "dry.costs.toml").write_text(SMALL_COSTS.format(price=12))
    assert of(designs / "dry.toml") == (pytest.approx(0.92), pytest.approx(12))
    by_costs = bare("design", "cost", designs / "dry.costs.toml", "--json").json["result"]
    assert by_costs["products"][0]["price_per_kg"] == pytest.approx(12)
    compared = bare("design", "compare", chain, designs / "dry.toml", "--json").json["result"]
    revenue = next(one for one in compared["costs"] if one["what"] == "revenue")
    assert revenue["change"] > 0
    assert of(chain) == (pytest.approx(0.94), pytest.approx(10))
    dearer = bare("design", "cost", chain, "--set", "price: concentrate=11", "--json")
    assert dearer.json["result"]["products"][0]["price_per_kg"] == pytest.approx(11)


SMALL_COSTS = """\
format = "oreline-costs-1"

[estimate]
currency = "USD"
year = "2024"
class = 5
allocation = "mass"

[flows]
concentrate = {{ product = "concentrate" }}

[[operating]]
name = "all of it"
kind = "general"
stage = "mill"
price = {{ value = 100, unit = "USD/t", basis = "assumed", source = "a test" }}
amount_of = "concentrate"

[[products]]
name = "concentrate"
amount_of = "concentrate"
price = {{ value = {price}, unit = "USD/kg", basis = "assumed", source = "a test" }}
day = "2024"
payable = {{ value = 100, unit = "%", basis = "assumed", source = "a test" }}
"""
