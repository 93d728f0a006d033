"""Plans over the API: from plan.toml in a chain's folder to builds, what-ifs, why there is none.

The plan is a small one, of which every number can be reckoned by hand: a server makes it in a
fraction of a second.
"""

from __future__ import annotations

import io
import secrets
import shutil
import sys
import zipfile
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from starlette.testclient import TestClient

from oreline.api import Accounts, Right, Role, Service, Settings, create_app, open_service
from oreline.api._planning import PLANNING, Planning
from oreline.api._problems import TooManyError
from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parents[1] / "plan"))

from plan_designs import COSTS, DESIGNED, MILL
from plan_texts import TINY
from served import PASSWORD

API = "/api/v1/plan"
SCENARIOS = """
[[scenarios]]
id = "poor"
name = "Antimony at a fifth of its price"
changes = [{ number = "prices.sb.values", multiply = 0.2 }]
"""
GOAL = "deliver:Sb@US"
OF_PRICE = 'values = "10000 USD/t"'
RANGED = 'values = { value = 10000, unit = "USD/t", low = 9000, high = 11500 }'
ABROAD = """
[[sites]]
id = "other-port"
country = "JP"
[[routes]]
id = "other-sea"
from = "pit"
to = "other-port"
materials = ["concentrate"]
cost = "100 USD/t"
[[markets]]
id = "trader"
site = "other-port"
materials = ["concentrate"]
pays = [{ price = "sb", element = "Sb", payable = "70 %" }]
[[budgets]]
id = "all"
amount = "60 USD m"
phases = ["works"]
"""
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain folder with a plan of one mine and one mill."""
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLES / "mine-to-magnet", folder)
    (folder / "plan.toml").write_text(TINY + SCENARIOS)
    return folder


@pytest.fixture
def plans(
    chain: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> Iterator[TestClient]:
    service = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


def told(client: TestClient, path: str = "", **given: Any) -> Any:
    answer = client.get(f"{API}{path}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_the_plans_of_the_folder_and_what_they_ask(plans: TestClient, chain: Path) -> None:
    (chain / "broken.plan.toml").write_text('name = "Broken"\n')
    listed = told(plans)["plans"]
    assert [(one["file"], one["usable"]) for one in listed] == [
        ("plan.toml", True),
        ("broken.plan.toml", False),
    ]
    assert {one["code"] for one in listed[1]["findings"]} == {"ORL-1101"}
    asked = told(plans, "/inputs")
    assert asked["goals"] == [{"goal": GOAL, "elements": ["Sb"], "country": "US"}]
    assert [one["scenario"] for one in asked["scenarios"]] == ["poor"]
    (budget,) = asked["budgets"]
    assert (budget["number"], budget["stated"], budget["unit"]) == (
        "phases.works.budget", 60, "USD m",
    )  # fmt: skip
    numbers = {one["number"]: one for one in asked["numbers"]}
    assert numbers["prices.sb.values"]["places"] == 4
    assert numbers["prices.sb.values"]["basis"] == "assumed"
    assert numbers["prices.sb.values"]["source"] == "a test"


def test_a_file_gives_the_plan_that_a_hand_reckons(plans: TestClient, chain: Path) -> None:
    """Mine and mill are begun in 2027 and run from 2028: 100, 100 and 50 kt of ore."""
    found = told(plans, "/solution")
    assert found["feasible"]
    plan = found["plan"]
    assert {(one["unit"], one["begun"], one["runs_from"]) for one in plan["builds"]} == {
        ("mine", 2027, 2028), ("mill", 2027, 2028),
    }  # fmt: skip
    # A kt of ore gives 0.18 kt of concentrate of 50 %: 250 kt bring 22.5 kt of antimony.
    (delivered,) = plan["delivered"]
    assert (delivered["country"], delivered["element"]) == ("US", "Sb")
    assert delivered["t"] == pytest.approx(22_500)
    first = plan["terms"][0]
    assert first["capital"] == pytest.approx(-50)
    assert first["discounted"] == pytest.approx(-50 / 1.1)
    # 80 % of 10,000 USD/t is paid for 9 kt of antimony a year.
    assert plan["terms"][1]["sales"] == pytest.approx(72)
    for row in plan["terms"]:
        kinds = sum(row[kind] for kind in ("sales", "capital", "costs", "levies"))
        assert row["net"] == pytest.approx(kinds)
    assert plan["terms"][-1]["cumulative_discounted"] == pytest.approx(plan["npv_m"])
    (phase,) = found["board"]["phases"]
    assert phase["used_m"] == pytest.approx(50)
    assert phase["budget"]["left_m"] == pytest.approx(10)
    # Where costs grow by a tenth a year from 2026, a budget is used by what is then paid.
    nominal = TINY.replace('money = "real"', 'money = "nominal"\ninflation = "10 %/y"')
    nominal = nominal.replace("money_year = 2027", "money_year = 2026")
    (chain / "nominal.plan.toml").write_text(nominal)
    (phase,) = told(plans, "/solution", file="nominal.plan.toml")["board"]["phases"]
    assert phase["used_m"] == pytest.approx(55)
    assert phase["budget"]["left_m"] == pytest.approx(5)
    proof = plan["certificate"]
    assert proof["status"] == "optimal"
    assert proof["gap"] <= 1e-4
    assert set(proof["versions"]) == {"linopy", "highspy"}
    assert proof["input_sha256"] == told(plans, "/inputs")["input_sha256"]


def test_a_design_that_is_changed_changes_the_plan(plans: TestClient, chain: Path) -> None:
    """The mill is solved from a flowsheet of the folder; nothing is kept of the one before."""
    designs = chain / "designs"
    designs.mkdir(exist_ok=True)
    (chain / "plan.toml").write_text(DESIGNED)
    missing = plans.get(f"{API}/solution")
    assert missing.status_code == 422
    assert "designs/mill.toml is not beside the plan" in missing.text
    (designs / "mill.costs.toml").write_text(COSTS)
    (designs / "mill.toml").write_text(MILL)
    before = told(plans, "/solution")["plan"]
    assert before["delivered"][0]["t"] == pytest.approx(22_500)
    (designs / "mill.toml").write_text(MILL.replace("Sb = 0.9,", "Sb = 0.8,"))
    after = told(plans, "/solution")["plan"]
    assert after["delivered"][0]["t"] == pytest.approx(20_000)
    assert after["npv_m"] < before["npv_m"] - 1
    digests = [one["certificate"]["input_sha256"] for one in (before, after)]
    assert digests[0] != digests[1]
    numbers = {one["number"]: one for one in told(plans, "/inputs")["numbers"]}
    recovery = numbers["units.mill.recipes.float.recovers.concentrate"]
    assert (recovery["value"], recovery["basis"]) == (pytest.approx(0.8), "reported")


def test_the_build_up_tells_places_routes_and_the_ways_of_an_element(plans: TestClient) -> None:
    found = told(plans, "/flows", element="Sb")
    sites = {one["site"]: one for one in found["sites"]}
    assert list(sites) == ["pit", "port"], "in the order in which material passes"
    assert {(one["unit"], one["begun"], one["runs_from"]) for one in sites["pit"]["units"]} == {
        ("mine", 2027, 2028), ("mill", 2027, 2028),
    }  # fmt: skip
    assert sites["port"]["markets"] == ["buyer"]
    years = {one["year"]: one for one in found["years"]}
    assert years[2027]["routes"] == years[2027]["links"] == []
    (route,) = years[2028]["routes"]
    assert (route["route"], route["kt"], route["t"]) == (
        "sea", pytest.approx(18), pytest.approx(9_000),
    )  # fmt: skip
    assert years[2028]["sold_t"] == pytest.approx(9_000)
    (sold,) = (one for one in years[2028]["links"] if one["to"]["kind"] == "market")
    assert (sold["from"]["id"], sold["t"]) == ("mill", pytest.approx(9_000))
    wrong = plans.get(f"{API}/flows", params={"element": "Au"})
    assert wrong.status_code == 422
    assert "nothing in the plan holds Au; there are: Sb" in wrong.text
    none = plans.get(f"{API}/flows", params={"element": "Sb", "set": "phases.works.budget=5"})
    assert none.status_code == 422
    assert none.json()["findings"][0]["code"] == "ORL-1109"


def test_studies_of_a_file(plans: TestClient, chain: Path) -> None:
    """Two buyers: the one abroad pays less, so that metal to it costs value."""
    (chain / "plan.toml").write_text(TINY.replace(OF_PRICE, RANGED) + SCENARIOS + ABROAD)
    front = told(plans, "/front", front="deliver:Sb@JP", points=3)
    values = [(one["npv_m"], one["t"]) for one in front["points"]]
    assert len(values) == 3
    assert values == sorted(values, key=lambda one: (-one[0], one[1]))
    assert values[0][1] == pytest.approx(0)
    assert values[-1][1] == pytest.approx(22_500)
    # Half of it at a tenth less of what is paid for.
    middle = told(plans, "/solution", front="deliver:Sb@JP", points=3, point=2)["plan"]
    assert middle["npv_m"] == pytest.approx(values[1][0])
    assert plans.get(f"{API}/solution", params={"front": "deliver:Sb@JP", "points": 3,
                                                "point": 4}).status_code == 422  # fmt: skip
    rows = {one["scenario"]: one for one in told(plans, "/scenarios")["scenarios"]}
    assert rows[""]["npv_m"] == pytest.approx(values[0][0], rel=1e-3)
    assert [one["unit"] for one in rows["poor"]["not_built"]] == ["mine", "mill"]
    tornado = told(plans, "/tornado")
    (bar,) = tornado["bars"]
    assert bar["at_low"] < tornado["npv_m"] < bar["at_high"]
    budgets = told(plans, "/budgets", amount=[40, 60], country="US", samples=5)
    figures = {(one["budget_m"], one["figure"]): one for one in budgets["figures"]}
    assert figures[40, "capital"]["high"] == 0, "40 million buy no mine with its mill"
    npv = figures[60, "net present value"]
    assert 0 < npv["low"] < npv["high"]
    assert budgets["assumed_numbers"] == budgets["numbers"]
    assert budgets["assumptions_dominate"]
    even = told(plans, "/break-even", resource="lode", element="Sb")
    (point,) = even["points"]
    assert 0 < point["ore_kt"] < even["plan_says"]["ore_kt"] == 250
    assert point["metal_t"] == pytest.approx(100 * point["ore_kt"])
    many = plans.get(f"{API}/budgets", params={"samples": 61})
    assert many.status_code == 413
    assert "PLAN_DRAWS_MAX" in many.text


def test_every_table_and_a_report_are_files(plans: TestClient) -> None:
    book = plans.get(f"{API}/tables.xlsx", params={"scenarios": True, "scenario": "poor"})
    assert 'filename="plan-plan-poor.xlsx"' in book.headers["content-disposition"]
    sheets = fastexcel.read_excel(book.content).sheet_names
    assert {"plan", "builds", "cash flow", "cash by kind", "amounts", "elements", "scenarios",
            "worth of limits", "numbers", "element flows"} <= set(sheets), sheets  # fmt: skip
    cash = plans.get(f"{API}/tables.parquet", params={"table": "cash by kind"})
    rows = pl.read_parquet(io.BytesIO(cash.content))
    assert rows["sales"].to_list() == pytest.approx([0, 72, 72, 36])
    one = plans.get(f"{API}/tables.csv", params={"table": "element flows"})
    flows = pl.read_csv(io.BytesIO(one.content))
    assert flows.filter(pl.col("to") == "buyer")["t"].sum() == pytest.approx(22_500)
    assert plans.get(f"{API}/tables.csv", params={"table": "rumours"}).status_code == 404
    packed = zipfile.ZipFile(io.BytesIO(plans.get(f"{API}/tables.zip").content))
    assert "cash-flow.csv" in packed.namelist()
    report = plans.get(f"{API}/report.pdf")
    assert report.headers["content-type"] == "application/pdf"
    assert report.content.startswith(b"%PDF")
    assert report.content == plans.get(f"{API}/report.pdf").content
    none = plans.get(f"{API}/report.pdf", params={"set": "phases.works.budget=5"})
    assert none.status_code == 422


def test_what_if_prices_are_low_a_number_another_or_the_budget_too_small(
    plans: TestClient,
) -> None:
    low = told(plans, "/solution", scenario="poor")
    assert low["plan"]["builds"] == []
    (phase,) = low["board"]["phases"]
    assert {one["unit"] for one in phase["not_built"]} == {"mine", "mill"}
    stated = told(plans, "/solution")["plan"]["npv_m"]
    given = {"numbers": {"prices.sb.values": 20}}
    answer = plans.post(f"{API}/solution", json=given)
    assert answer.status_code == 200, answer.text
    dearer = answer.json()["result"]
    # Twice the price (USD m a kt is a thousand USD a tonne).
    assert dearer["plan"]["terms"][1]["sales"] == pytest.approx(144)
    assert dearer["plan"]["npv_m"] > stated
    none = told(plans, "/solution", set="phases.works.budget=5")
    assert not none["feasible"]
    assert none["plan"] is None
    assert "5 USD m of works pays for nothing" in none["says"]
    assert none["findings"][0]["code"] == "ORL-1109"


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"file": "chain.toml"}, 404, "no plan chain.toml"),
        ({"file": "../plan.toml"}, 404, "no plan"),
        ({"scenario": "por"}, 422, "did you mean poor?"),
        ({"set": "prices.sb.valuess=1"}, 422, "did you mean prices.sb.values?"),
        ({"set": "prices.sb.values"}, 422, "write NAME=VALUE"),
        ({"goal": "fame"}, 422, "is no goal"),
        ({"goal": "deliver:Au@US"}, 422, "no market of the plan takes Au to US"),
        ({"seconds": 61}, 422, "cannot be used"),
    ],
)
def test_what_cannot_be_answered_says_why(
    plans: TestClient, given: dict[str, Any], status: int, said: str
) -> None:
    answer = plans.get(f"{API}/solution", params=given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_a_plan_too_large_for_a_server_is_refused(plans: TestClient, chain: Path) -> None:
    text = TINY.replace("2030", "2060").replace(
        'sizes = [{ id = "one", capacity = "100 kt/y", capital = "30 USD m" }]',
        "sizes = ["
        + ", ".join(
            f'{{ id = "s{n}", capacity = "{n} kt/y", capital = "{n} USD m" }}'
            for n in range(1, 130)
        )
        + "]",
    )
    (chain / "plan.toml").write_text(text)
    answer = plans.get(f"{API}/solution")
    assert answer.status_code == 413, answer.text
    assert "PLANNED_CHOICES_MAX" in answer.text


def test_the_same_plan_is_made_once_and_a_changed_file_is_another(
    plans: TestClient, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    get = PLANNING.get

    def counted(key: Hashable, what: str, make: Callable[[Any], Any]) -> Any:
        def counting(watch: Any) -> Any:
            made.append(what)
            return make(watch)

        return get(key, what, counting)

    monkeypatch.setattr(PLANNING, "get", counted)
    (chain / "plan.toml").write_text(TINY + "# this test's\n")
    first = told(plans, "/solution")["plan"]
    assert told(plans, "/solution")["plan"] == first
    assert len(made) == 1
    (chain / "plan.toml").write_text(TINY.replace("10 %/y", "9 %/y"))
    assert told(plans, "/solution")["plan"]["npv_m"] > first["npv_m"]
    assert len(made) == 2


def test_no_more_than_so_many_wait_and_others_see_how_far_it_is() -> None:
    planning = Planning(kept_max=2, waiting_max=1)

    def make(watch: Any) -> str:
        assert watch(1.0, 100.0, 110.0)
        under_way = planning.under_way()
        assert under_way is not None
        assert (under_way["what"], under_way["gap"]) == ("a plan", pytest.approx(0.1))
        with pytest.raises(TooManyError, match="PLANS_WAITING_MAX = 1"):
            planning.get("other", "another", make)
        return "made"

    assert planning.get("one", "a plan", make) == "made"
    assert planning.under_way() is None
    assert planning.get("one", "a plan", make) == "made"


def test_a_plan_is_its_chains_and_no_partys(
    chain: Path, guarded: Settings, clock: FixedClock, salts: FixedSalts
) -> None:
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("admin", Role.ADMIN, password=PASSWORD)
    service = open_service(replace(guarded, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        assert client.get(API).status_code == 401
        assert client.post(f"{API}/solution", json={}).status_code == 401
        headers = bearer(service, "clerk", "mine-co")
        assert client.get(API, headers=headers).json()["result"]["plans"] == []
        for path in ("/inputs", "/solution"):
            assert client.get(f"{API}{path}", headers=headers).status_code == 404
        whole = bearer(service, "chief", None)
        assert client.post(f"{API}/solution", json={}, headers=whole).status_code == 200


def bearer(service: Service, name: str, party: str | None) -> dict[str, str]:
    service.accounts.add_person(name, Role.VIEWER, party=party)
    token = service.accounts.add_token(name, "test", frozenset({Right.READ}), 1)
    return {"Authorization": f"Bearer {token}"}


def test_a_chain_without_a_plan_lists_none(client: TestClient) -> None:
    assert told(client)["plans"] == []
    assert client.get(f"{API}/solution").status_code == 404


def test_a_plan_in_quarters_and_what_if_another_state_comes(plans: TestClient) -> None:
    """As reckoned by hand in tests/plan: 250 kt of ore in ten quarters."""
    found = told(plans, "/quarters", what_if=["poor"])
    flows = found["quarterly"]["cash_flow"]
    assert [one["quarter"] for one in flows[:5]] == [
        "2027 Q1", "2027 Q2", "2027 Q3", "2027 Q4", "2028 Q1",
    ]  # fmt: skip
    assert [one["net"] for one in flows[:4]] == pytest.approx([-12.5] * 4)
    assert found["annual"]["npv_m"] == pytest.approx(told(plans, "/solution")["plan"]["npv_m"])
    rate = found["conventions"]["rate_per_quarter"]
    worth = sum(one["net"] / (1 + rate) ** (at + 1) for at, one in enumerate(flows))
    assert found["quarterly"]["npv_m"] == pytest.approx(worth)
    (poor,) = found["what_if"]
    assert poor["scenario"] == "poor"
    # At a fifth of the price a quarter earns 0.25 * (14.4 - 5 - 1.8 - 0.9), less fixed costs.
    held = [-12.5] * 4 + [0.25 * 6.7 - 0.25] * 10 + [-0.25, -2.25]
    assert poor["npv_m"] == pytest.approx(
        sum(one / (1 + rate) ** (at + 1) for at, one in enumerate(held))
    )
    assert poor["change_m"] == pytest.approx(poor["npv_m"] - worth)
    assert plans.get(f"{API}/quarters", params={"what_if": "rich"}).status_code == 422
    assert plans.get(f"{API}/quarters", params={"what_if": ["poor"] * 13}).status_code == 422


def test_builds_for_several_states_at_once(plans: TestClient, chain: Path) -> None:
    refused = plans.get(f"{API}/hedge")
    assert refused.status_code == 422
    assert refused.json()["findings"][0]["code"] == "ORL-1117"
    found = told(plans, "/hedge", probability=["poor=0.3"])
    states = {one["state"]: one for one in found["states"]}
    assert {name: one["probability"] for name, one in states.items()} == {
        "as written": pytest.approx(0.7), "poor": pytest.approx(0.3),
    }  # fmt: skip
    mean = sum(one["probability"] * one["value_m"] for one in states.values())
    assert found["expected_m"] == pytest.approx(mean)
    assert found["expected_m"] > 0
    assert states["poor"]["value_knowing_m"] == pytest.approx(0)
    assert found["value_of_perfect_information_m"] == pytest.approx(
        0.3 * states["poor"]["regret_m"]
    )
    # Whom only the worst tenth concerns, builds nothing.
    careful = told(plans, "/hedge", probability=["poor=0.3"], risk=1, worst=0.1)
    assert careful["at_risk_m"] == pytest.approx(0, abs=1e-6)
    # What the file says counts where nobody says otherwise.
    stated = SCENARIOS.replace('id = "poor"', 'id = "poor"\nprobability = 0.3')
    (chain / "plan.toml").write_text(TINY + stated)
    assert told(plans, "/hedge")["expected_m"] == pytest.approx(mean)
    many = [f"s{number}=0.01" for number in range(12)]
    assert "PLAN_STATES_MAX" in plans.get(f"{API}/hedge", params={"probability": many}).text


def test_what_the_ledger_proves_of_a_plan(plans: TestClient) -> None:
    found = told(plans, "/actual")
    assert found["scenario"] == ""
    assert {one["site"] for one in found["deliveries"]} == {"port"}
    metal = [one for one in found["deliveries"] if one["element"] == "Sb"]
    assert [(one["year"], one["planned_t"]) for one in metal] == [
        (2028, pytest.approx(9_000)), (2029, pytest.approx(9_000)), (2030, pytest.approx(4_500)),
    ]  # fmt: skip
    assert all(one["actual_low_t"] is None for one in metal), "years to come are UNKNOWN"
    assert [one["code"] for one in found["findings"]] == ["ORL-1119"]


def test_all_states_together_take_no_longer_than_a_study(
    plans: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oreline.api._plan_question.STUDY_SECONDS_MAX", 10.0)
    rows = told(plans, "/scenarios", seconds=30)["scenarios"]
    assert {one["certificate"]["seconds_limit"] for one in rows} == {5.0}
