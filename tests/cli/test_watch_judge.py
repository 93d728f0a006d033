"""Names judged by a person, from a user's reports to what the terminal tells of their events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from called import Oreline

from oreline.exchange import init_folder
from oreline.record import open_store

REPORTS = {
    "zeta.txt": "Zeta Metals Corp signed a supply agreement with Norland Metals GmbH on Monday.",
    "falcon.txt": "Norland Metals GmbH and Falcon Minerals Ltd inked a supply agreement.",
}


@pytest.fixture
def folder(bare: Oreline, tmp_path: Path, ledger: Path) -> Path:
    """Return a chain folder of a user with two reports and a ledger."""
    place = tmp_path / "chain"
    init_folder(place, "small", title="A small chain")
    (place / "evidence").mkdir(exist_ok=True)
    for name, text in REPORTS.items():
        (place / "evidence" / name).write_text(f"{name} Wire\n2025-01-20\n\n{text}\n")
    ledger.rename(place / "ledger.db")
    return place


def deals(bare: Oreline, folder: Path) -> list[Any]:
    result = bare("watch", folder, "--json").json["result"]
    return [one for one in result["events"] if one["kind"] == "deal"]


def test_a_judgement_joins_two_events_and_voiding_it_parts_them(
    bare: Oreline, folder: Path
) -> None:
    words = ("watch", "judge", "Zeta Metals", "Falcon Minerals", "same", "--by", "desk",
             "--note", "renamed", "--chain", folder)  # fmt: skip
    assert len(deals(bare, folder)) == 2
    first = bare(*words, "--json")
    assert first.code == 0, first.everything
    event = first.json["result"]["file"]
    (one,) = deals(bare, folder)
    assert one["independent"] == 2
    assert bare(*words, "--json").json["result"]["appended"] == 0
    (kept,) = bare("watch", "judged", "--chain", folder, "--json").json["result"]["judged"]
    assert (kept["event"], kept["verdict"], kept["note"]) == (event, "same", "renamed")
    words = ("record", "correct", event, "--void", "--reason", "other firm", "--by", "x")
    assert bare(*words, "--chain", folder).code == 0
    assert len(deals(bare, folder)) == 2
    assert "no two names" in bare("watch", "judged", "--chain", folder).out


def test_a_later_judgement_takes_the_place_of_an_earlier_and_a_contradiction_is_refused(
    bare: Oreline, folder: Path
) -> None:
    def judge(first: str, second: str, verdict: str) -> Any:
        return bare("watch", "judge", first, second, verdict, "--by", "desk", "--chain", folder)

    assert judge("Zeta Metals", "Falcon Minerals", "same").code == 0
    assert judge("Falcon Minerals", "Zeta Metals", "different").code == 0
    assert len(deals(bare, folder)) == 2
    (one,) = bare("watch", "judged", "--chain", folder, "--json").json["result"]["judged"]
    assert one["verdict"] == "different"
    assert judge("Zeta Metals", "Old Name", "same").code == 0
    with open_store(folder / "ledger.db") as store:
        size = store.size()
    refused = judge("Falcon Minerals", "Old Name", "same")
    assert refused.code != 0
    assert "contradicts what was judged" in refused.everything
    assert judge("Zeta Metals", "Falcon Minerals", "same").code == 0
    assert judge("Falcon Minerals", "Old Name", "different").code != 0
    assert judge("Falcon", "falcon", "perhaps").code != 0
    with open_store(folder / "ledger.db") as store:
        assert store.size() == size + 1
