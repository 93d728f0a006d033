"""Drill hole tables handed over through the API: looked at, kept whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from oreline.api import (
    LOCAL,
    NotAllowedError,
    Settings,
    create_app,
    kept_holes,
    open_service,
)
from oreline.exchange import init_folder
from oreline_testing.injected import FixedClock, FixedSalts

API = "/api/v1/explore"
COLLARS = "Hole,East,North,RL,Depth (m)\nA,0,0,300,20\nB,50,0,300,20\nC,0,50,300,20\n"
ASSAYS = "Hole,From (m),To (m),Cu_pct\n" + "".join(
    f"{hole},{depth},{depth + 2},0.{number}{depth:02}\n"
    for number, hole in enumerate("ABC", 1)
    for depth in range(0, 20, 2)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "chain"
    init_folder(place, "A chain")
    return place


@pytest.fixture
def client(
    folder: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> Iterator[TestClient]:
    told = replace(settings, chain=folder, upload_bytes_max=20_000)
    with TestClient(
        create_app(open_service(told, clock=clock, salt=salts)), base_url="http://localhost"
    ) as opened:
        yield opened


def files(**texts: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", (f"{name}.csv", text.encode())) for name, text in texts.items()]


def post(client: TestClient, path: str, given: Any, **form: str) -> Any:
    return client.post(f"{API}/holes{path}", files=given, data=form)


def there(folder: Path) -> list[str]:
    """Return everything below the folder that this could have left."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if "drillholes" in path.as_posix().removeprefix(folder.as_posix())
    )


def test_tables_are_looked_at_then_kept_and_explored(client: TestClient, folder: Path) -> None:
    before = there(folder)
    given = files(collars=COLLARS, assays=ASSAYS)
    answer = post(client, "/check", given, density_t_per_m3="2.7", density_source="a test")
    assert answer.status_code == 200, answer.text
    found = answer.json()["result"]
    assert found["usable"]
    assert found["holes"]["holes"] == 3
    assert found["statistics"][0]["count"] == 30
    assert {one["file"]: one["rows"] for one in found["files"]} == {
        "collars.csv": 3, "assays.csv": 30,
    }  # fmt: skip
    assert "t_per_m3 = 2.7" in found["model"]["text"]
    assert there(folder) == before

    text = found["mapping"] + found["model"]["text"]
    kept = post(client, "", given, name="first", mapping=text)
    assert kept.status_code == 201, kept.text
    assert there(folder)[-3:] == [f"drillholes/first/{name}" for name in
                                  ("assays.csv", "collars.csv", "explore.toml")]  # fmt: skip
    told = client.get(f"{API}/model", params={"set": "first"}).json()["result"]
    assert told["tonnage"]["rows"][0]["tonnes"] > 0
    again = post(client, "", given, name="first", mapping=text)
    assert (again.status_code, "already" in again.json()["detail"]) == (422, True)


def test_nothing_is_kept_of_what_cannot_be_used(client: TestClient, folder: Path) -> None:
    given, before = files(collars=COLLARS, assays=ASSAYS), there(folder)
    mapping = post(client, "/check", given).json()["result"]["mapping"]
    wrong = re.sub(r'length_unit = "m"', 'length_unit = "yd"', mapping, count=1)
    answer = post(client, "", given, name="first", mapping=wrong)
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["code"] == "ORL-0900"
    for name in ("", "../up", "Upper", "-x", "a" * 61):
        assert post(client, "", given, name=name, mapping=mapping).status_code == 422, name
    assert post(client, "", given, name="first").status_code == 422
    long = files(collars=COLLARS, assays=ASSAYS + " " * 20_000)
    answer = post(client, "/check", long)
    assert answer.status_code == 413, answer.text
    assert there(folder) == before


def test_a_folder_that_cannot_be_written_keeps_nothing(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, before = files(collars=COLLARS, assays=ASSAYS), there(folder)
    mapping = post(client, "/check", given).json()["result"]["mapping"]

    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    answer = post(client, "", given, name="first", mapping=mapping)
    assert (answer.status_code, "No space left" in answer.json()["detail"]) == (422, True)
    assert there(folder) == before


def test_a_party_keeps_no_holes_of_the_chain(
    folder: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> None:
    service = open_service(replace(settings, chain=folder), clock=clock, salt=salts)
    try:
        view = service.desk.view(replace(LOCAL, party="north"))
        with pytest.raises(NotAllowedError, match="belongs to no party"):
            kept_holes(view, "first", {"c.csv": b"x"}, 1_000, "")
    finally:
        service.close()
