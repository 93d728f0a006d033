"""A chain under stress over the API: from files of a chain's folder to what is lost and where."""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from oreline.api import Accounts, Right, Role, Settings, create_app, open_service
from oreline.reference import table
from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parents[1] / "plan"))

from plan_texts import TINY
from served import PASSWORD

EXAMPLES = Path(__file__).parents[2] / "examples"
STORM = """
[stress]
basis = "assumed"
source = "a test"
[[stress.event]]
id = "storm"
kind = "route"
of = "sea"
start = "2029"
probability = 0.5
"""
PLAN = TINY.replace(
    'budget = "60 USD m"', '\n[[budgets]]\nid = "money"\namount = "60 USD m"'
).replace('"20 USD m"', '{ value = 20, low = 15, high = 30, unit = "USD m" }')


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain folder with a plan of one mine and one mill, and a storm."""
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLES / "mine-to-magnet", folder)
    (folder / "plan.toml").write_text(PLAN)
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "storm.toml").write_text(STORM)
    (folder / "security.toml").write_text(
        '[[material]]\nid = "concentrate"\nstage = "concentrate"\n'
    )
    return folder


def ask(client: TestClient, path: str, **given: Any) -> Any:
    answer = client.get(f"/api/v1/stress/{path}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


@contextmanager
def own_reliance(chain: Path, printed: str) -> Iterator[None]:
    """Let the chain folder bring a table of its own for a while."""
    rows = (pl.col("mineral") == "antimony") & (pl.col("measure") == "net import reliance")
    mine = table("us_salient").with_columns(
        text=pl.when(rows).then(pl.lit(printed)).otherwise("text"),
        value=pl.when(rows).then(float(printed)).otherwise("value"),
    )
    (chain / "tables").mkdir()
    mine.write_csv(chain / "tables" / "us_salient.csv")
    yield
    shutil.rmtree(chain / "tables")


def test_what_events_do_over_the_api(chain: Path, settings: Settings, clock: FixedClock,
                                     salts: FixedSalts) -> None:  # fmt: skip
    opened = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(opened), base_url="http://localhost") as client:
        inputs = ask(client, "chain/inputs")
        assert inputs["scenarios"] == ["storm"]
        assert {one["id"] for one in inputs["routes"]} == {"sea"}
        found = ask(client, "chain", scenario="storm", close_route="sea", months=6, start="2029-01")
        storm, given = found["alone"]
        assert storm["deliveries"][0]["lost_t_as_planned"] == pytest.approx(9000)
        assert given["deliveries"][0]["lost_t_as_planned"] == pytest.approx(4500)
        assert found["by_probability"]["method"] == "all 4 combinations"
        assert len(found["points"]["points"]) == 5
        secured = ask(client, "security", samples=4, amount=60)
        budget = secured["budgets"][-1]
        assert budget["stages"][1]["stops_here"]
        assert budget["stages"][1]["net_import_reliance_pct"]["after"] == "91"
        with own_reliance(chain, "50"):
            own = ask(client, "security", samples=4, amount=60)["budgets"][-1]
        assert own["stages"][1]["net_import_reliance_pct"]["after"] == "50"
        for path, words in (
            ("chain/chart.svg", "What hangs on each part"),
            ("chain/chart.svg?chart=deliveries&scenario=storm", "12 months from 2029-01"),
            ("security/chart.svg?samples=4&amount=60", "USA: China"),
        ):
            drawn = client.get(f"/api/v1/stress/{path}")
            assert drawn.headers["content-type"] == "image/svg+xml"
            assert words in drawn.text
            assert "Source: " in drawn.text
        assert "cash_as_planned" in client.get("/api/v1/stress/chain.csv").text
        table = client.get("/api/v1/stress/security.csv", params={"samples": 4, "amount": 60}).text
        assert "counted_t_per_y_high" in table
        lost = {"samples": 4, "amount": 60, "loss": True}
        (told,) = ask(client, "security", **lost)["loss"]["budgets"]
        assert told["minerals"][0]["changes"][0]["change"]["low"] < 0
        assert "change_low" in client.get("/api/v1/stress/security.csv", params=lost).text
        book = client.get("/api/v1/stress/chain.xlsx", params={"scenario": "storm"}).content
        assert book.startswith(b"PK")
        wrong = client.get("/api/v1/stress/chain", params={"close_route": "see"})
        assert wrong.status_code == 422
        assert wrong.json()["findings"][0]["fix"] == "did you mean sea?"
        assert client.get("/api/v1/stress/chain", params={"scenario": "no"}).status_code == 404
        prices = [f"sb=0.{one}" for one in range(1, 9)]
        many = client.get("/api/v1/stress/chain", params={"price_shock": prices, "ban": "CN"})
        assert many.status_code == 422


def test_a_chain_without_a_plan_is_stressed_by_its_ledger(
    tmp_path: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> None:
    """The small ledger digs, floats and ships; no contract and no plan is there."""
    opened = open_service(settings, clock=clock, salt=salts)
    with TestClient(create_app(opened), base_url="http://localhost") as client:
        inputs = ask(client, "chain/inputs")
        assert inputs["rests_on"] == "what the ledger tells"
        assert {"mine", "far"} <= {one["id"] for one in inputs["sites"]}
        found = ask(client, "chain", close_site="mine", months=1)
        assert found["ledger"]["tense"] == "actual"
        assert found["deliveries"]
        assert 0 < found["alone"][0]["deliveries"][0]["lost_part_as_it_ran"]["high"] <= 1
        assert not found["cash"]["is_known"]
        assert "part_as_it_ran" in str(found["points"])
        assert "others" in client.get("/api/v1/stress/chain.csv").text
        for chart in ("points", "deliveries&close_site=mine"):
            drawn = client.get(f"/api/v1/stress/chain/chart.svg?chart={chart}")
            assert drawn.headers["content-type"] == "image/svg+xml"
            assert "actual ledger small" in drawn.text
        assert client.get("/api/v1/stress/chain.xlsx").content.startswith(b"PK")
        wrong = client.get("/api/v1/stress/chain", params={"close_site": "mien"})
        assert wrong.json()["findings"][0]["fix"] == "did you mean mine?"
        assert client.get("/api/v1/stress/chain", params={"by": "plan"}).status_code == 404
        assert client.get("/api/v1/stress/chain", params={"by": "hope"}).status_code == 422


def test_a_scenario_is_written_once_and_trace_and_balance_answer_it(
    chain: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> None:
    """Half a year without the sea: 4,500 of a year's 9,000 t of antimony, by balance and trace."""
    opened = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    asked = {
        "id": "half", "issuer": "north", "answer": "as-planned",
        "operators": {"pit": "north", "port": "south"},
        "events": [{"kind": "route", "of": "sea", "start": "2029-01", "months": 6}],
    }  # fmt: skip
    with TestClient(create_app(opened), base_url="http://localhost") as client:
        made = client.post("/api/v1/stress/ledgers", json=asked)
        assert made.status_code == 201, made.text
        header = made.json()["result"]
        assert (header["tense"], header["parent"], header["is_new"]) == ("scenario", "small", True)
        again = client.post("/api/v1/stress/ledgers", json=asked).json()["result"]
        assert not again["is_new"]
        assert again["root"] == header["root"]
        other = {**asked, "answer": "replanned"}
        assert client.post("/api/v1/stress/ledgers", json=other).status_code == 409
        beyond = {**asked, "id": "../x"}
        assert client.post("/api/v1/stress/ledgers", json=beyond).status_code == 422
        empty = {**asked, "id": "none", "events": []}
        assert client.post("/api/v1/stress/ledgers", json=empty).status_code == 422
        assert [one["id"] for one in ask(client, "ledgers")["ledgers"]] == ["half"]
        found = ask(client, "ledger", id="half", element="Sb")
        came: dict[str, float] = {}
        for one in found["trace"]:
            year = one["month"][:4]
            came[year] = came.get(year, 0.0) + float(one["metal_kg"]["low"])
        # As in the answer of the page: what is planned, less half of a year.
        stressed = ask(client, "chain", close_route="sea", start="2029-01", months=6)
        for row in stressed["alone"][0]["by_year"]:
            if row["unit"] == "t":
                assert came.get(str(row["year"]), 0.0) == pytest.approx(1e3 * row["as_planned"])
        assert came["2029"] == pytest.approx(4_500_000)
        origins = {one["origin"] for lot in found["trace"] for one in lot["origins"]}
        assert all("pit" in one for one in origins)
        verdicts = {row["verdict"] for row in found["balance"]["chain"]}
        assert "DOES NOT CLOSE" not in verdicts
        assert {row["site"] for row in found["balance"]["sites"]} >= {"pit", "port"}
        data = client.get("/api/v1/stress/ledger.db", params={"id": "half"}).content
        assert data.startswith(b"SQLite format 3")
        assert client.get("/api/v1/stress/ledger", params={"id": "no"}).status_code == 404


def test_a_chain_under_stress_is_no_partys_to_see(
    chain: Path, guarded: Settings, clock: FixedClock, salts: FixedSalts
) -> None:
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("admin", Role.ADMIN, password=PASSWORD)
    service = open_service(replace(guarded, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        assert client.get("/api/v1/stress/chain").status_code == 401
        service.accounts.add_person("clerk", Role.VIEWER, party="mine-co")
        token = service.accounts.add_token("clerk", "test", frozenset({Right.READ}), 1)
        headers = {"Authorization": f"Bearer {token}"}
        for path in ("chain/inputs", "chain", "chain?by=ledger", "ledgers", "security"):
            answer = client.get(f"/api/v1/stress/{path}", headers=headers)
            assert answer.status_code == 404, path
            assert "storm" not in answer.text
