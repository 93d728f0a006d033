"""Prices and event studies of a server, from a chain folder's own files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from oreline.api import PREFIX, Settings, _market_desk, create_app, open_service
from oreline_testing.injected import FixedClock, FixedSalts

EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
TODAY = FixedClock(datetime(2026, 2, 2, tzinfo=UTC))
REPORT = """Shares move

Outlet: Daily Ore
Published: 2025-12-24

Shares of Illustration Buyer Inc. rose {percent}% to close at $5.00 on Tuesday.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the example chain folder with one report of a user's own."""
    place = tmp_path / "chain"
    (place / "evidence").mkdir(parents=True)
    shutil.copytree(EXAMPLE / "prices", place / "prices")
    for name in ("chain.toml", "parties.csv", "sites.csv", "materials.csv", "watch.toml",
                 "assumptions.csv", "documents.csv", "routes.csv", "permits.csv"):  # fmt: skip
        shutil.copy(EXAMPLE / name, place / name)
    (place / "evidence" / "one.txt").write_text(REPORT.format(percent=25))
    return place


@pytest.fixture
def client(
    settings: Settings, folder: Path, salts: FixedSalts, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """Serve the small ledger beside that folder; every question looks at the files."""
    monkeypatch.setattr(_market_desk, "LOOKS_EVERY_S", 0.0)
    service = open_service(replace(settings, chain=folder), clock=TODAY, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


def ask(client: TestClient, path: str, **query: object) -> Any:
    answer = client.get(f"{PREFIX}/watch{path}", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_a_users_price_file_stands_beside_the_claim(client: TestClient, folder: Path) -> None:
    found = ask(client, "/market")
    assert {"illus-buyer", "illus-index", "cu-worldbank"} <= {one["id"] for one in found["series"]}
    check = found["portfolio"]["checks"][0]
    assert (check["verdict"], check["close"], check["before"]) == ("agrees", "5.00", "4.00")
    prices = folder / "prices" / "shares" / "illustration-buyer.csv"
    prices.write_text(prices.read_text().replace("2025-12-22,4.00", "2025-12-22,4.50"))
    again = ask(client, "/market")["portfolio"]["checks"][0]
    assert (again["verdict"], again["before"]) == ("contradicts", "4.50")
    prices.write_text("Date,Close\n2025-12-22,-1\n")
    broken = ask(client, "/market")
    assert "ORL-1328" in {one["code"] for one in broken["findings"]}
    assert "illus-buyer" not in {one["id"] for one in broken["series"]}


def test_prices_are_given_as_known_on_a_day(client: TestClient) -> None:
    now = ask(client, "/market/history", series="sb-usgs")
    then = ask(client, "/market/history", series="sb-usgs", day="2023-06-01")
    assert then["prices"][-1]["Date"] == "2022-12-31"
    assert len(now["prices"]) > len(then["prices"])
    rows = client.get(f"{PREFIX}/watch/market/history.csv", params={"series": "sb-usgs"}).text
    assert rows.splitlines()[0].removeprefix("\ufeff").startswith("Date,Open,High,Low,Close")
    assert "USD/t" in rows
    asked = {"series": "sb-usgs", "day": ["2023-06-01", "2024-06-01"]}
    drawn = client.get(f"{PREFIX}/watch/market/chart.svg", params=asked)
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.text.count("<polyline") == 3
    assert "Source: U.S. Geological Survey" in drawn.text


def test_a_claim_is_studied(client: TestClient) -> None:
    claim = ask(client, "/claims", kind="move")["claims"][0]["id"]
    found = ask(client, "/study", claim=claim, index="illus-index")
    assert found["event_days"] == ["2025-12-23"]
    assert found["model"] == "market"
    assert found["windows"][0]["car"] == pytest.approx(0.25, abs=0.03)
    assert found["windows"][0]["p"] < 1e-6
    drawn = client.get(
        f"{PREFIX}/watch/study/chart.svg", params={"claim": claim, "index": "illus-index"}
    )
    assert "<polygon" in drawn.text
    rows = client.get(f"{PREFIX}/watch/study.csv", params={"claim": claim}).text
    assert len(rows.splitlines()) == 22


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/market/history", {"series": "nothing"}, 404),
        ("/market/chart.svg", {"series": "nothing"}, 404),
        ("/study", {"claim": "nothing"}, 422),
        ("/study", {"claim": "", "window": "x"}, 422),
        ("/market", {"day": "yesterday"}, 422),
    ],
)
def test_wrong_questions_are_refused(
    client: TestClient, path: str, query: dict[str, str], status: int
) -> None:
    answer = client.get(f"{PREFIX}/watch{path}", params=query)
    assert answer.status_code == status, answer.text


def test_a_watch_file_that_is_wrong_is_told_with_its_line(client: TestClient, folder: Path) -> None:
    (folder / "watch.toml").write_text("[[series]]\nfil = 'a.csv'\n")
    answer = client.get(f"{PREFIX}/watch/market")
    assert answer.status_code == 422
    assert "ORL-1331" in answer.text
