"""Retold reports: what the rules find in them is held, and which claims are of one event."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from labelled import Labelled, reports, score, total

from oreline.watch import Claim, Event, watch

FOLDER = Path(__file__).parent / "retold"


@pytest.fixture(scope="module")
def retold() -> list[Labelled]:
    return list(reports("retold.toml", FOLDER))


def test_the_phenomena_are_found_whole(retold: list[Labelled]) -> None:
    scores, told = score("retold.toml", FOLDER)
    whole = total(scores.values())
    assert len(retold) >= 30
    assert whole.matched == whole.labelled, told
    assert whole.whole == whole.labelled, told
    assert whole.found == whole.labelled, told


def test_claims_of_one_event_find_each_other(retold: list[Labelled]) -> None:
    """Hold the B-cubed F1 (Bagga and Baldwin, 1998) of events over the labelled claims."""
    found = watch([one.document for one in retold])
    event_of = {claim.id: event.id for event in found.events for claim in event.claims}
    items = [
        (gold["event"], event_of[claim.id])
        for one in retold
        for gold in one.gold
        if "event" in gold and (claim := _claim(found.claims, one.id, gold)) is not None
    ]
    assert b_cubed(items) >= 0.93


def b_cubed(items: list[tuple[str, str]]) -> float:
    """Give the F1 of how many of those in one's group belong there, and of those that belong."""
    precision = recall = 0.0
    for gold, given in items:
        both = sum(one == (gold, given) for one in items)
        precision += both / sum(one[1] == given for one in items)
        recall += both / sum(one[0] == gold for one in items)
    precision, recall = precision / len(items), recall / len(items)
    return 2 * precision * recall / (precision + recall)


def _claim(claims: tuple[Claim, ...], report: str, gold: Mapping[str, Any]) -> Claim | None:
    return next(
        (
            one
            for one in claims
            if one.document == report
            and one.kind == gold["type"]
            and gold["quote"] in " ".join(one.sentence.split())
        ),
        None,
    )


def test_b_cubed_of_all_in_one_and_of_each_alone() -> None:
    # Two events of two claims: all in one gives precision 1/2, each alone gives recall 1/2.
    whole = [("a", "x"), ("a", "x"), ("b", "x"), ("b", "x")]
    alone = [("a", "1"), ("a", "2"), ("b", "3"), ("b", "4")]
    assert b_cubed(whole) == pytest.approx(2 / 3)
    assert b_cubed(alone) == pytest.approx(2 / 3)


def test_what_follows_what_and_what_drifted(retold: list[Labelled]) -> None:
    events = watch([one.document for one in retold]).events
    kinds: dict[str, Event] = {
        one.claims[0].status: one
        for one in events
        if one.kind == "acquisition" and "Alderley Alloys" in one.title
    }
    assert set(kinds) == {"agreed", "approved", "completed"}
    assert kinds["approved"].follows == (kinds["agreed"].id,)
    (draft,) = [one for one in events if one.kind == "policy" and "r-07" in one.reports]
    assert draft.reports == ("r-07", "r-08")
    (final,) = [one for one in events if one.kind == "policy" and "r-09" in one.reports]
    assert draft.id in final.follows
    (energy,) = [
        one for one in events if one.kind == "funding" and "nearly USD 1,000,000,000" in one.title
    ]
    assert energy.checks == (
        "r-10 holds: 50 + 250 + 135 + 500 + 40 = 975 million, said to be nearly USD 1000 million",
    )
