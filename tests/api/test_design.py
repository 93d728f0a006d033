"""Designs over the API: from the file in a chain's folder to streams, what if, and comparison."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from starlette.testclient import TestClient

from oreline.api import Settings, create_app, open_service
from oreline.api._engine import ENGINE_PYTHON, engine_of_server
from oreline_testing.injected import FixedClock, FixedSalts

API = "/api/v1/design"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain folder with the published flotation circuit, both readings of it."""
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLES / "mine-to-magnet", folder)
    shutil.copy(EXAMPLES / "mountain-pass" / "processes.toml", folder)
    (folder / "designs").mkdir()
    shutil.copy(EXAMPLES / "mountain-pass" / "figure-2.toml", folder / "designs")
    return folder


@pytest.fixture
def designs(
    chain: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> Iterator[TestClient]:
    service = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


def told(client: TestClient, path: str = "", **given: Any) -> Any:
    answer = client.get(f"{API}{path}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_the_flowsheets_of_the_folder_are_listed(designs: TestClient, chain: Path) -> None:
    (chain / "designs" / "broken.toml").write_text('name = "Broken"\n')
    listed = {one["file"]: one for one in told(designs)["flowsheets"]}
    assert list(listed) == ["processes.toml", "designs/broken.toml", "designs/figure-2.toml"]
    assert not listed["designs/broken.toml"]["usable"]
    assert listed["designs/broken.toml"]["findings"]
    assert listed["designs/broken.toml"]["name"] == "Broken"


def test_a_file_gives_its_recovery(designs: TestClient) -> None:
    found = told(designs, "/solution")
    (product,) = (row for row in found["products"] if row["product"] == "concentrate")
    assert product["recovery"]["REO"] == pytest.approx(0.80065, abs=5e-6)


def test_what_if_a_number_were_another(designs: TestClient) -> None:
    changed = told(designs, "/solution", set="rougher.to_concentrate[REO]=0.90")
    (product,) = (row for row in changed["products"] if row["product"] == "concentrate")
    assert product["recovery"]["REO"] < 0.79
    (number,) = (one for one in changed["numbers"] if one["name"] == "rougher.to_concentrate[REO]")
    assert number["value"] == 0.944, "the numbers listed are the file's"


def test_the_waterfall_adds_up(designs: TestClient) -> None:
    found = told(designs, "/waterfall", element="REO")
    assert sum(row["share"] for row in found["rows"]) == pytest.approx(1)


def test_two_designs_are_compared(designs: TestClient) -> None:
    found = told(designs, "/comparison", other="designs/figure-2.toml")
    assert found["inputs"]
    assert found["results"]


@pytest.mark.parametrize(
    ("path", "given", "status", "said"),
    [
        ("/solution", {"file": "chain.toml"}, 404, "no flowsheet chain.toml"),
        ("/solution", {"file": "../secret.toml"}, 404, "no flowsheet"),
        ("/solution", {"set": "rougher.colour=1"}, 422, "is no number of"),
        ("/solution", {"set": "ore.dry_t_per_h=nan"}, 422, "write NAME=VALUE"),
        ("/solution", {"set": "ore.dry_t_per_h"}, 422, "write NAME=VALUE"),
        ("/waterfall", {"element": "Xx"}, 422, "Xx"),
    ],
)
def test_what_cannot_be_answered_says_why(
    designs: TestClient, path: str, given: dict[str, str], status: int, said: str
) -> None:
    answer = designs.get(f"{API}{path}", params=given)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_chain_without_flowsheets_lists_none(client: TestClient) -> None:
    assert told(client)["flowsheets"] == []
    assert client.get(f"{API}/solution").status_code == 404


@pytest.fixture
def refinery(settings: Settings, clock: FixedClock, salts: FixedSalts) -> Iterator[TestClient]:
    """Serve the example that has costs beside its flowsheet and its variant."""
    served = replace(settings, chain=EXAMPLES / "pakistan-us")
    with TestClient(
        create_app(open_service(served, clock=clock, salt=salts)), base_url="http://localhost"
    ) as opened:
        yield opened


def test_costs_of_a_file_by_every_rule_and_as_a_what_if(refinery: TestClient) -> None:
    costs = told(refinery, "/costs")
    assert costs["capital"][-1]["name"] == "total capital"
    rules = {row["rule"] for row in costs["allocations"]["costs"] if row["operating_cost_per_kg"]}
    assert rules >= {"mass", "value", "stated"}
    by_name = {row["product"]: row for row in costs["products"]}
    dearer = told(refinery, "/costs", set=["price: magnets=140", "re-ore.dry_t_per_h=25"])
    changed = {row["product"]: row for row in dearer["products"]}
    assert changed["magnets"]["price_per_kg"] == 2 * by_name["magnets"]["price_per_kg"]
    assert changed["magnets"]["mass_kg_per_y"] > 1.2 * by_name["magnets"]["mass_kg_per_y"]
    (price,) = (one for one in dearer["numbers"] if one["name"] == "price: magnets")
    assert (price["value"], price["source"]) == (140, "what if")
    wrong = refinery.get(f"{API}/costs", params={"set": "price: gold=1"})
    assert wrong.status_code == 422
    assert "price: gold is no number" in wrong.text


def test_uncertainty_of_a_file_with_what_drives_it(refinery: TestClient) -> None:
    spread = told(refinery, "/uncertainty", samples=20, seed=3)
    assert (spread["samples"], spread["failed"], spread["failures"]) == (20, 0, [])
    (npv,) = (row for row in spread["outputs"] if row["output"].startswith("NPV"))
    assert npv["p10"] < npv["p50"] < npv["p90"]
    bars = [one for one in spread["histograms"] if one["output"] == npv["output"]]
    assert sum(one["samples"] for one in bars) == 20
    tornado = told(refinery, "/tornado", output="full cost: magnets")
    assert tornado["bars"][0]["swing"] >= tornado["bars"][-1]["swing"]
    assert {bar["output"] for bar in tornado["bars"]} == {"full cost: magnets"}
    shares = told(refinery, "/sobol", output="full cost: magnets", points=16)
    assert {one["output"] for one in shares["indices"]} == {"full cost: magnets"}
    assert shares["evaluations"] == 16 * (len(spread["inputs"]) + 2)
    for path, given, said in (
        ("/uncertainty", {"samples": 10_001}, "DESIGN_SAMPLES_MAX"),
        ("/sobol", {"points": 512}, "DESIGN_SOBOL_SAMPLES_MAX"),
        ("/tornado", {"output": "fame"}, "there is no result"),
    ):
        refused = refinery.get(f"{API}{path}", params=given)
        assert refused.status_code in (413, 422), refused.text
        assert said in refused.text


def test_every_table_is_a_sheet_and_a_file(refinery: TestClient) -> None:
    book = refinery.get(f"{API}/tables.xlsx", params={"samples": 20, "seed": 3})
    sheets = fastexcel.read_excel(book.content).sheet_names
    wanted = {"streams", "units", "waterfall", "passport", "costs, capital", "costs, operating",
              "costs, allocations", "costs, numbers", "tornado", "uncertainty, spread",
              "uncertainty, histograms", "uncertainty, failed samples"}  # fmt: skip
    assert wanted <= set(sheets), sheets
    packed = zipfile.ZipFile(io.BytesIO(refinery.get(f"{API}/tables.zip").content))
    assert {"streams.csv", "costs-products.csv"} <= set(packed.namelist())
    one = refinery.get(f"{API}/tables.csv", params={"table": "costs, products"})
    products = pl.read_csv(io.BytesIO(one.content))
    assert products["product"].to_list() == ["copper cathode", "antimony metal", "magnets"]
    assert refinery.get(f"{API}/tables.csv", params={"table": "rumours"}).status_code == 404


def test_a_variant_is_compared_with_its_costs(refinery: TestClient) -> None:
    found = told(refinery, "/comparison", other="designs/no-recycle.toml")
    costs = {row["what"]: row for row in found["costs"]}
    assert costs["operating cost: magnets"]["second"] > costs["operating cost: magnets"]["first"]


def test_a_file_without_costs_says_how_to_get_them(designs: TestClient, chain: Path) -> None:
    answer = designs.get(f"{API}/costs")
    assert answer.status_code == 404
    assert "write costs.toml beside it" in answer.text
    shutil.copy(EXAMPLES / "pakistan-us" / "costs.toml", chain / "designs" / "figure-2.costs.toml")
    listed = {one["file"]: one["has_costs"] for one in told(designs)["flowsheets"]}
    assert listed == {"processes.toml": False, "designs/figure-2.toml": True}


def test_a_server_starts_no_engine_that_nobody_named(
    chain: Path, designs: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file names a calculation, never a program; who runs the server names the interpreter."""
    (chain / "designs" / "engine.toml").write_text(ENGINE_SHEET)
    monkeypatch.delenv(ENGINE_PYTHON, raising=False)
    engine_of_server.cache_clear()
    refused = designs.get(f"{API}/solution", params={"file": "designs/engine.toml"})
    assert refused.status_code == 422
    assert "difflow is not installed" in refused.text
    answer = '{"version": "9.9", "shares": {"extract": [[0.25]], "raffinate": [[0.75]]}}'
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\ncat > /dev/null\necho '{answer}'\n")
    python.chmod(0o755)
    monkeypatch.setenv(ENGINE_PYTHON, str(python))
    engine_of_server.cache_clear()
    # A file that was changed is read anew, with the engine that is named now.
    (chain / "designs" / "engine.toml").write_text(f"# again\n{ENGINE_SHEET}")
    try:
        found = told(designs, "/solution", file="designs/engine.toml")
    finally:
        engine_of_server.cache_clear()
    (unit,) = found["units"]
    assert "computed by difflow 9.9" in unit["notes"][0]
    (loaded,) = (row for row in found["products"] if row["product"] == "loaded")
    assert loaded["recovery"]["Nd"] == pytest.approx(0.25)


ENGINE_SHEET = """\
name = "elsewhere"
basis = "assumed"
source = "test"

[components]
elements = ["Nd"]

[[feeds]]
id = "liquor"
to = "extraction"
phase = "solution"
dry_t_per_h = 1
water_t_per_h = 100
grades = { Nd = "2 %" }

[[units]]
id = "extraction"
law = "external_difflow_kremser"
outlets = { extract = "loaded", raffinate = "raffinate" }
parameters.d = { Nd = 6 }
parameters.phase_ratio = 1
parameters.stages = 3

[[products]]
id = "loaded"
[[products]]
id = "raffinate"
kind = "waste"
"""
