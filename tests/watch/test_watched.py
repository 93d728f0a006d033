"""Reports of one event side by side: what agrees, what differs, and what counts once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from labelled import document
from typer.testing import CliRunner

from oreline.cli import app
from oreline.watch import Event, Watched, claims_of, likeness, read_reports, watch

ROOT = Path(__file__).parents[2]
ONE = "Kestrel Antimony Ltd signed a supply agreement with Norland Metals GmbH on Monday. "
DAY = date(2026, 3, 5)


def events(*texts: str, kind: str = "deal") -> list[Event]:
    reports = [document(f"r{number}", text, DAY) for number, text in enumerate(texts)]
    return [one for one in watch(reports).events if one.kind == kind]


def test_two_reports_in_their_own_words_agree() -> None:
    (event,) = events(ONE, "Norland Metals GmbH and Kestrel Antimony Ltd inked a supply agreement.")
    assert (event.verdict, event.independent) == ("agreed", 2)


def test_a_copy_counts_once() -> None:
    more = "It is the first such contract of the mine, and it runs until the end of next year."
    reports = [document(f"r{number}", ONE + more + tail, DAY) for number, tail in enumerate("xyz")]
    (event,) = [one for one in watch(reports).events if one.kind == "deal"]
    assert (event.verdict, event.independent, len(event.reports)) == ("single", 1, 3)
    found = watch([reports[0], reports[0]])
    assert len(found.documents) == 1


def test_what_differs_is_told_with_the_difference() -> None:
    worth = " The agreement is worth ${} million."
    (event,) = events(ONE + worth.format(140), ONE + "Quite so." + worth.format(150))
    (point,) = [one for one in event.points if one.slot == "amount"]
    assert (event.verdict, point.verdict) == ("differs", "differs")
    assert point.note == "140,000,000 against 150,000,000, 10,000,000 apart"


def test_the_first_batch_is_not_the_second_and_a_rise_is_no_fall() -> None:
    text = "Laos shipped its {} batch of antimony to Norland Metals GmbH."
    assert len(events(text.format("first"), text.format("second"), kind="shipment")) == 2
    move = "Shares in Kestrel Antimony Ltd {} 5% to $2.10 on Monday."
    assert len(events(move.format("rose"), move.format("fell"), kind="move")) == 2


def test_a_quotation_makes_no_conflict_of_dates() -> None:
    told = "Kestrel Antimony Ltd and Norland Metals GmbH signed a supply agreement in February."
    said = (
        "“Our supply agreement with Norland Metals GmbH, signed earlier this month, is a start,” "
        "Kestrel Antimony Ltd said this week."
    )
    (event,) = events(told, said)
    (point,) = [one for one in event.points if one.slot == "when"]
    assert point.verdict == "compatible"
    assert "2026-02" in point.note


def test_readings_of_a_quotation_are_days_apart_and_not_all_days_between() -> None:
    told = "Kestrel Antimony Ltd and Norland Metals GmbH signed a supply agreement on {} March."
    said = (
        "“Our supply agreement with Norland Metals GmbH, signed on Thursday, is a start,” "
        "Kestrel Antimony Ltd said this week."
    )
    verdicts = []
    for day in (3, 5):
        (event,) = events(told.format(day), said)
        verdicts += [one.verdict for one in event.points if one.slot == "when"]
    assert verdicts == ["differs", "compatible"]


@pytest.mark.parametrize(
    ("one", "two", "is_same"),
    [
        ("lithium corp", "sigma lithium", False),
        ("lithium", "lithium americas", False),
        ("usa rare earth", "american rare earths", False),
        ("kestrel antimony", "kestrell antimony", True),
        ("kestrel antimony", "kestrel antimony", True),
        ("arafura resources", "arafura rare earths", True),
    ],
)
def test_words_that_many_share_decide_nothing(one: str, two: str, is_same: bool) -> None:
    assert (likeness(one, two)[0] >= 80) == is_same


def test_arithmetic_is_checked() -> None:
    report = document("r", "Shares in Kestrel Antimony Ltd rose over 900% to $0.44 on Monday.", DAY)
    (claim,) = claims_of(report)
    assert claim.checks == ("implies at most USD 0.044 before",)
    wrong = document("r", "The stock ended at $1.86, up 104% from $0.61 on Friday.", DAY)
    (claim,) = claims_of(wrong)
    assert "does not hold" in claim.checks[-1]


def test_the_same_reports_give_the_same_bytes() -> None:
    reports = [document("a", ONE, DAY), document("b", ONE + "So it is said.", DAY)]
    assert json.dumps(watch(reports).to_json()) == json.dumps(watch(reports).to_json())


@pytest.fixture
def both(shared_dir: Path) -> Watched:
    documents, findings = read_reports(shared_dir / "facts" / "reports", today=date(2026, 12, 1))
    return watch(documents, findings=findings)


@pytest.mark.shared
def test_both_reports_of_the_example(both: Watched, shared_dir: Path) -> None:
    first, second = both.documents
    assert (first.outlet.value, first.published.day) == ("Benzinga", date(2025, 10, 3))
    assert (second.outlet.value, second.published.day) == (None, date(2025, 10, 6))
    assert first.assisted is not None
    deal, shipment = both.events[:2]
    verdicts = {point.slot: point.verdict for point in deal.points}
    assert (verdicts["amount"], verdicts["instrument"], verdicts["when"]) == (
        "agreed", "differs", "compatible",
    )  # fmt: skip
    assert {point.slot: point.note for point in deal.points}["when"].endswith(
        "2025-09-01 to 2025-09-30"
    )
    days = {str(one.when) for one in shipment.claims if one.when is not None}
    assert "2025-10-02" in days
    assert (deal.independent, shipment.independent) == (1, 1)
    for claim in both.claims:
        raw = (shared_dir / "facts" / "reports" / claim.document).read_text(encoding="utf-8")
        assert raw[claim.start : claim.end].replace("\u00a0", " ") == claim.sentence


@pytest.mark.shared
def test_claims_given_as_examples_are_found_at_their_characters(
    both: Watched, shared_dir: Path
) -> None:
    given = json.loads((shared_dir / "facts/watch/example_claims.json").read_text("utf-8"))
    kinds = {"shipment": "shipment", "shipment.materials": "shipment", "deal": "deal",
             "statement": "quotation", "discovery": "discovery"}  # fmt: skip
    names = {"S0": "report-2025-10-06.txt", "S1": "report-2025-10-03.txt"}
    found = {(one.document, one.kind, one.start, one.end) for one in both.claims}
    wanted = [one for one in given["claims"] if one["type"] in kinds]
    assert len(wanted) >= 5
    for one in wanted:
        key = (names[one["doc"]], kinds[one["type"]], *one["sentence_chars"])
        assert key in found, one["id"]


def test_a_folder_of_reports_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Published: 2026-03-05\nOutlet: A\n\n{ONE}", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    table = tmp_path / "claims.csv"
    result = CliRunner().invoke(app, ["watch", str(tmp_path), "--json", "--export", str(table)])
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [one["code"] for one in answer["result"]["findings"]] == ["ORL-1301"]
    (event,) = answer["result"]["events"]
    assert event["claims"][0]["sentence"] == ONE.strip()
    assert ONE.strip() in table.read_text(encoding="utf-8")


def test_the_example_ships_what_its_claims_rest_on() -> None:
    result = CliRunner().invoke(app, ["watch", str(ROOT / "examples" / "pakistan-us"), "--json"])
    answer = json.loads(result.stdout)["result"]
    assert result.exit_code == 0, answer
    assert {one["outlet"]["value"] for one in answer["reports"]} >= {"Benzinga", None}
    assert {one["kind"] for one in answer["events"]} >= {"deal", "shipment", "facility"}
