"""Designs over the API: from the file in a chain's folder to streams, what if, and comparison."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from oreline.api import Settings, create_app, open_service
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
