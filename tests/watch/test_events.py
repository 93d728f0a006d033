"""Events over time and over outlets: lives, drift, trust, sums, and what nobody says."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled import document
from typer.testing import CliRunner

from oreline.cli import app
from oreline.watch import Event, claims_of, watch
from oreline.watch._arithmetic import counted, parts_of, times_of, yearly
from oreline.watch._claim import Money

DAY = date(2026, 3, 5)
SHARED = (
    "The move had been expected since last autumn, when the department asked miners and smelters "
    "for their views on the matter and got more answers than it had ever had before. "
)


def usd(millions: str, hedge: str = "") -> Money:
    value = Decimal(millions) * 1_000_000
    return Money(value, value, "USD", hedge, "", "sign", f"${millions} million")


def events(*told: tuple[str, date], kind: str) -> list[Event]:
    reports = [document(f"r{number}", text, day) for number, (text, day) in enumerate(told)]
    return [one for one in watch(reports).events if one.kind == kind]


def test_agreed_approved_and_closed_are_three_events_of_one_life() -> None:
    found = events(
        ("Tarn Valley Metals Corp. agreed to acquire Ostrava Alloys Ltd.", date(2026, 1, 12)),
        ("The government approved the acquisition of Ostrava Alloys Ltd by Tarn Valley Metals.",
         date(2026, 3, 2)),
        ("Tarn Valley Metals Corp. completed its acquisition of Ostrava Alloys Ltd.",
         date(2026, 3, 9)),
        kind="acquisition",
    )  # fmt: skip
    by_status = {one.claims[0].status: one for one in found}
    assert set(by_status) == {"agreed", "approved", "completed"}
    agreed, approved, completed = (by_status[one] for one in ("agreed", "approved", "completed"))
    assert agreed.follows == ()
    assert approved.follows == (agreed.id,)
    assert set(completed.follows) == {agreed.id, approved.id}


def test_the_same_day_told_twice_is_one_event_whatever_the_step() -> None:
    found = events(
        ("Tarn Valley Metals Corp. agreed to acquire Ostrava Alloys Ltd.", DAY),
        ("Tarn Valley Metals Corp. acquired Ostrava Alloys Ltd.", DAY),
        kind="acquisition",
    )
    assert len(found) == 1


def test_the_country_of_a_consignee_is_no_other_consignee() -> None:
    firm = "Laos shipped its first batch of antimony to Norland Metals GmbH. "
    state = "Laos dispatched its first shipment of antimony to {}. "
    (one,) = events((firm + state.format("Germany"), DAY), kind="shipment")
    assert len(one.claims) == 2
    (two,) = events((firm, DAY), (state.format("Germany"), date(2026, 3, 6)), kind="shipment")
    assert two.reports == ("r0", "r1")
    assert {one.slot: one.verdict for one in two.points}["to"] == "compatible"
    # The second consignee, the second country and the second batch are of another shipment.
    assert len(events((firm + firm.replace("Norland Metals", "Kestrel Alloys"), DAY),
                      kind="shipment")) == 2  # fmt: skip
    told = firm + state.format("Germany") + state.format("Japan")
    assert [len(found.claims) for found in events((told, DAY), kind="shipment")] == [2, 1]
    other = state.format("Germany").replace("first", "second")
    assert len(events((firm + other, DAY), kind="shipment")) == 2


def test_a_rewrite_that_says_added_where_its_source_says_proposed_is_told() -> None:
    told = "The Interior Department {} copper and silver {} its critical minerals list. "
    (event,) = events(
        (told.format("proposed adding", "to") + SHARED, DAY),
        (told.format("added", "to") + SHARED, DAY),
        kind="policy",
    )
    assert event.drift == ("r1 says adopted, r0, whose words it shares, says proposed",)
    (own,) = events((told.format("proposed adding", "to"), DAY), kind="policy")
    assert own.drift == ()


def test_a_rewrite_that_drops_up_to_is_told() -> None:
    told = "Kestrel Antimony Ltd won a contract worth {}$245 million from the Pentagon. "
    (event,) = events(
        (told.format("up to ") + SHARED, DAY), (told.format("") + SHARED, DAY), kind="deal"
    )
    assert event.drift == ("r1 drops 'up to' before USD 245,000,000, as r0 has it",)


@pytest.mark.parametrize(
    ("text", "letter", "reason"),
    [
        ("FORM 8-K\n\nKestrel Antimony Ltd signed a supply agreement with Norland GmbH.",
         "A", "a filing"),
        ("The embassy said Kestrel Antimony Ltd signed a supply agreement with Norland GmbH.",
         "B", "an official speaks"),
        ("Kestrel Antimony Ltd signed a supply agreement with Norland GmbH, said analyst Ann Lee.",
         "C", "a named source"),
        ("Kestrel Antimony Ltd signed a supply agreement with Norland GmbH, PR Newswire said.",
         "D", "distributes releases"),
        ("Kestrel Antimony Ltd signed a supply agreement with Norland GmbH.",
         "E", "neither outlet nor source"),
    ],
)  # fmt: skip
def test_trust_has_a_letter_and_its_reason(text: str, letter: str, reason: str) -> None:
    (event,) = events((text, DAY), kind="deal")
    assert event.trust is not None
    assert event.trust.letter == letter
    assert reason in event.trust.reasons[0]


def test_trust_is_lowered_by_what_is_paid_for_and_raised_by_an_independent_origin_only() -> None:
    said = "Kestrel Antimony Ltd signed a supply agreement with Norland GmbH, said analyst Ann Lee."
    paid = f"{said} This article was paid for by the company."
    (lowered,) = events((paid, DAY), kind="deal")
    assert lowered.trust is not None
    assert (lowered.trust.letter, lowered.trust.reasons[-1]) == ("D", "lowered: paid for")
    copies = [(said + " " + SHARED, DAY), (said + " " + SHARED + "So it ends.", DAY)]
    (copied,) = events(*copies, kind="deal")
    other = "Norland GmbH and Kestrel Antimony Ltd inked a supply agreement, said trader Bo Ek."
    (twice,) = events(copies[0], (other, DAY), kind="deal")
    assert copied.trust is not None
    assert twice.trust is not None
    assert (copied.trust.letter, twice.trust.letter) == ("C", "B")


def test_parts_are_added_to_the_sum_that_a_report_tells() -> None:
    parts = [usd(one) for one in ("50", "250", "135", "500", "40")]
    assert parts_of([usd("1000", "nearly"), *parts]) == (
        "holds: 50 + 250 + 135 + 500 + 40 = 975 million, said to be nearly USD 1000 million",
    )
    (line,) = parts_of([usd("1000"), *parts])
    assert line.startswith("does not hold")
    text = (
        "The Energy Department plans to award nearly $1 billion in funding. It will provide $50 "
        "million in grants for pilots. It will provide $250 million in grants for by-products. It "
        "will provide $675 million in loans for plants."
    )
    checks = [line for one in events((text, DAY), kind="funding") for line in one.checks]
    assert checks == ["r0 holds: 50 + 250 + 675 = 975 million, said to be nearly USD 1000 million"]


@given(st.lists(st.integers(1, 900), min_size=2, max_size=6, unique=True))
def test_parts_that_make_the_whole_always_hold(parts: list[int]) -> None:
    whole = usd(str(sum(parts)))
    (line,) = parts_of([whole, *(usd(str(one)) for one in parts)])
    assert line.startswith("holds")


def test_ratios_years_and_counts_are_worked_out() -> None:
    told = "a deal nearly 17 times larger than the revenue of $14.9 million"
    found = times_of(told, [usd("245")])
    wrong = times_of(told.replace("17", "30"), [usd("245")])
    assert found is not None
    assert wrong is not None
    assert found[0].startswith("holds: 245,000,000 is 16.4 times 14,900,000")
    assert wrong[0].startswith("does not hold")
    report = document("r", f"Kestrel Antimony Ltd won a $245 million contract. It is {told}.", DAY)
    assert claims_of(report)[0].checks == (found[0],)
    assert yearly("6,000 tonnes a year over 15 years", [Decimal(6000)]) == (
        "implies 6000 t x 15 years = 90000 t",
    )
    assert counted("The list of 50 grows by adding six and removing two") == (
        "implies 50 + 6 - 2 = 54",
    )


def test_what_no_report_says_is_told() -> None:
    (event,) = events(("Laos shipped antimony to Norland Metals GmbH.", DAY), kind="shipment")
    assert event.silent == ("quantity", "grade", "value", "port", "hs code", "assay")


def test_a_list_tells_what_it_gains_loses_and_leaves_unnamed() -> None:
    report = document(
        "r",
        "The department proposed a draft list of 54 critical minerals, adding six commodities "
        "including copper and silver, while removing arsenic and tellurium.",
        DAY,
    )
    (claim,) = claims_of(report)
    assert claim.names("materials") == ("copper", "silver")
    assert claim.names("removed") == ("arsenic", "tellurium")
    assert (claim.slot("count"), claim.slot("unnamed"), claim.slot("total")) == (6, 4, 54)


def test_from_a_file_to_the_face(tmp_path: Path) -> None:
    text = "Published: 2026-03-05\n\nKestrel Antimony Ltd won a contract from the Pentagon.\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["watch", str(tmp_path), "--json"])
    (event,) = json.loads(result.stdout)["result"]["events"]
    assert event["trust"]["letter"] == "E"
    assert event["silent"] == ["amount", "term", "binding"]
    assert (event["follows"], event["drift"], event["checks"]) == ([], [], [])
