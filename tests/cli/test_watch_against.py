"""Claims beside the ledger, from a user's chain folder: what contradicts it, and what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from called import Oreline
from hypothesis import given
from hypothesis import strategies as st
from kept_ledgers import put_ledger

from oreline.exchange import init_folder
from oreline.watch._against_ledger import AgainstLedger, LedgerPoint, said_bounds
from oreline_testing.injected import FixedClock, FixedSalts

HEAD = "A test\n2025-03-01\n\n"
PARTIES = """zeta,Zeta Metals Corp,PK,,seller,,,,reported,a test
omega,Omega Smelting Ltd,US,,buyer,,,,reported,a test
gamma,Gamma Refining Corp,US,,buyer,,,,reported,a test
"""
PHASES = """
[[phases]]
id = "framework"
name = "Framework"
budget = "40000000"
currency = "USD"
basis = "reported"
source = "a test"

[[phases]]
id = "smelter"
name = "A smelter in Nowshera"
basis = "planned"
source = "a test"
"""


def mass(value: str) -> dict[str, str]:
    return {"value": value, "unit": "t", "basis": "measured", "u": "0.1"}


def event(identity: str, kind: str, day: str, body: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"schema": f"{kind}/1", "id": identity, "time": f"{day}T08:00:00Z", "actor": "clerk",
            "party": "zeta", **more, "body": body}  # fmt: skip


def shipped(
    number: int, day: str, arrived: str | None, material: str = "sb"
) -> list[dict[str, Any]]:
    lot = f"zeta:S{number}"
    made = [
        event(f"dig-{number}", "extract", "2025-01-01",
              {"outputs": [{"lot": lot, "material": material, "wet": mass("40")}]}, site="mine"),
        event(f"send-{number}", "dispatch", day, {"lots": [{"lot": lot}]}, site="mine",
              to_site="port", to_party="omega"),
    ]  # fmt: skip
    if arrived is not None:
        body = {"lots": [{"lot": lot}], "dispatch": f"send-{number}"}
        made.append(event(f"got-{number}", "receive", arrived, body, site="port", party="omega"))
    return made


MATERIAL = {"type": "material", "id": "sb", "data": {"name": "antimony ore", "tracked": ["Sb"]}}
OTHER = {"type": "material", "id": "cu", "data": {"name": "copper ore", "tracked": ["Cu"]}}
EVENTS = [
    event("d-sb", "declare", "2025-01-01", MATERIAL),
    event("d-cu", "declare", "2025-01-01", OTHER),
    *shipped(3, "2025-01-04", "2025-01-29", "cu"),
    *shipped(1, "2025-01-08", "2025-01-20"),
    *shipped(2, "2025-02-10", None),
]


@pytest.fixture
def chain(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Path:
    """Return a chain folder whose ledger has two shipments of antimony and one of copper."""
    folder = tmp_path / "chain"
    init_folder(folder, "small")
    (folder / "evidence").mkdir(exist_ok=True)
    with (folder / "parties.csv").open("a") as parties:
        parties.write(PARTIES)
    with (folder / "chain.toml").open("a") as settings:
        settings.write(PHASES)
    put_ledger(folder / "ledger.db", {"id": "small", "tense": "actual"}, EVENTS, clock, salts)
    return folder


def points(bare: Oreline, chain: Path, sentence: str) -> dict[str, tuple[str, str]]:
    for old in (chain / "evidence").glob("*.txt"):
        old.unlink()
    (chain / "evidence" / "r.txt").write_text(HEAD + sentence + "\n")
    call = bare("watch", "read", chain, "--json")
    assert call.code == 0, call.everything
    found = call.json["result"]["against_ledger"]["points"]
    return {one["slot"]: (one["verdict"], one["why"]) for one in found}


SAME = (
    "The first shipment of 40 tonnes of antimony from Zeta Metals Corp was delivered to "
    "Omega Smelting Ltd"
)


def test_what_the_ledger_has_agrees_and_each_altered_point_contradicts_it(
    bare: Oreline, chain: Path
) -> None:
    found = points(bare, chain, f"{SAME} on 20 January 2025.")
    verdicts = {slot: verdict for slot, (verdict, _) in found.items()}
    assert verdicts == dict.fromkeys(
        ("status", "when", "ordinal", "materials", "to", "from", "quantity"), "agrees"
    )
    for old, new, slot in (
        ("20 January", "22 January", "when"),
        ("antimony", "tungsten", "materials"),
        ("40 tonnes", "60 tonnes", "quantity"),
        ("Omega Smelting Ltd", "Gamma Refining Corp", "to"),
        ("Omega Smelting Ltd", "Sigma Tau Corp", "to"),
    ):
        sentence = f"{SAME} on 20 January 2025.".replace(old, new)
        altered = points(bare, chain, sentence)
        assert altered[slot][0] == "contradicts", (slot, altered)
        rest = {name: verdict for name, (verdict, _) in altered.items() if name != slot}
        assert set(rest.values()) == {"agrees"}, altered


def test_further_than_the_ledger_not_in_it_and_not_said_are_three_answers(
    bare: Oreline, chain: Path
) -> None:
    second = points(bare, chain, SAME.replace("first", "second") + " on 20 February 2025.")
    assert second["status"] == (
        "more than the ledger", "the ledger has no receipt yet, only dispatched",
    )  # fmt: skip
    assert second["when"][0] == "UNKNOWN"
    third = points(bare, chain, SAME.replace("first", "third") + " on 20 February 2025.")
    assert third["shipment"] == (
        "not in the ledger", "the ledger has 2 such shipments between them, not 3",
    )  # fmt: skip
    which = points(bare, chain, SAME.replace("The first", "A") + ".")
    assert which["shipment"][0] == "UNKNOWN"
    assert which["shipment"][1].startswith("which of 2 shipments")
    strangers = points(bare, chain, "Delta Ltd delivered 3 tonnes of antimony to Theta Corp.")
    assert strangers["shipment"][0] == "UNKNOWN"
    both = points(bare, chain, SAME.replace("antimony", "antimony and tungsten") + " in January.")
    assert both["materials"][0] == "more than the ledger"


def test_money_and_works_are_held_against_phases(bare: Oreline, chain: Path) -> None:
    deal = "Zeta Metals Corp signed a {} agreement with Omega Smelting Ltd in January 2025."
    assert points(bare, chain, deal.format("$40 million"))["amount"] == ("agrees", "the same sum")
    assert points(bare, chain, deal.format("$41 million"))["amount"][0] == "not in the ledger"
    assert points(bare, chain, deal.format("€40 million"))["amount"][0] == "not in the ledger"
    others = deal.replace("Zeta Metals Corp", "Delta Ltd").replace("Omega Smelting", "Theta")
    assert points(bare, chain, others.format("$40 million"))["amount"][0] == "UNKNOWN"
    works = points(bare, chain, "Zeta Metals Corp plans to build a smelter in Pakistan.")
    assert works["facility"][0] == "agrees"
    mill = points(bare, chain, "Zeta Metals Corp plans to build a magnet plant in Pakistan.")
    assert mill["facility"][0] == "not in the ledger"


def test_the_terminal_shows_what_contradicts_and_a_ledger_is_not_needed(
    bare: Oreline, chain: Path
) -> None:
    points(bare, chain, f"{SAME} on 22 January 2025.")
    call = bare("watch", "read", chain)
    assert "Against the ledger" in call.out
    assert "1 contradicts" in call.out
    (chain / "ledger.db").unlink()
    assert "against_ledger" not in bare("watch", "read", chain, "--json").json["result"]


@given(st.decimals(1, 10**6, places=2), st.sampled_from(["", "about", "up to", "more than"]))
def test_a_number_lies_within_its_own_bounds_and_a_hedge_makes_them_wider(
    value: Any, hedge: str
) -> None:
    low, high = said_bounds(value, hedge)
    narrow = said_bounds(value, "")
    assert low <= float(value) <= high
    assert low <= narrow[0] or hedge == "more than"
    assert high >= narrow[1] or hedge == "up to"


def test_of_an_event_the_gravest_verdict_is_told() -> None:
    told = [("a", "agrees"), ("a", "contradicts"), ("a", "UNKNOWN"), ("b", "agrees")]
    found = tuple(LedgerPoint("c", event, "when", verdict, "", "", "") for event, verdict in told)
    assert AgainstLedger(found, "small", 9).gravest() == {"a": "contradicts", "b": "agrees"}
