"""The streams of a site from its entries: what counts as measured, and what it makes of a month."""

from __future__ import annotations

from typing import Any

import pytest
from balance_ledgers import books, event, grade, line, mass

from oreline.balance import Class, Quantity, Status, reconcile_site, site_network
from oreline.model import InputError


def count(identity: str, day: str, lot: str, dry: str, sb: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"lot": lot, "dry": mass(dry, u="1"), "method": "survey"}
    if sb is not None:
        body["grades"] = [grade("Sb", sb, u="0.1")]
    return event("count", identity, day, body, site="works")


def month(product: str = "10.0", closing: str = "59.0") -> list[dict[str, Any]]:
    """Ore in, concentrate and tailings out, stocks counted at both ends."""
    ore = {
        "dry": mass("100", u="1"),
        "continuing": True,
        "material": "ore",
        "grades": [grade("Sb", "5", u="0.05")],
    }
    fed = {"dry": mass("92", u="1"), "continuing": True}
    made = [
        line(
            "w:CON",
            dry=mass(product, u="0.1"),
            continuing=True,
            material="concentrate",
            grades=[grade("Sb", "40", u="0.4")],
        ),
        line(
            "w:TAILS",
            dry=mass("82", u="1"),
            continuing=True,
            material="tailings",
            grades=[grade("Sb", "0.73", u="0.02")],
        ),
    ]
    return [
        count("c1", "2025-09-30", "w:ROM", "50", "5"),
        event("extract", "dig", "2025-10-03", {"outputs": [line("w:ROM", **ore)]}, site="works"),
        event(
            "process",
            "mill",
            "2025-10-10",
            {"inputs": [line("w:ROM", **fed)], "outputs": made, "unit": "flotation"},
            site="works",
        ),
        event(
            "assay",
            "feed-assay",
            "2025-10-11",
            {
                "lot": "w:ROM",
                "event": "mill",
                "results": [grade("Sb", "5.02", u="0.05")],
                "role": "plant",
            },
        ),
        count("c2", "2025-10-31", "w:ROM", closing),
        event("extract", "later", "2025-11-02", {"outputs": [line("w:ROM", **ore)]}, site="works"),
    ]


def test_streams_of_a_month() -> None:
    made = site_network(books(month()), "works", "2025-10")
    streams = {stream.name: stream for stream in made.network.streams}
    assert set(streams) == {
        "extracted.ore",
        "fed.ore.flotation",
        "made.concentrate.flotation",
        "made.tailings.flotation",
        "opening.ore",
        "closing.ore",
        "closing.concentrate",
        "closing.tailings",
    }
    fed = streams["fed.ore.flotation"]
    assert (fed.origin, fed.destination) == ("stock of ore", "flotation")
    assert fed.dry_t is not None
    assert (fed.dry_t.value, fed.dry_t.u) == pytest.approx((92, 1))
    # The assay of the draw itself, not the book's grade of the stock.
    assert fed.grades_pct["Sb"].value == pytest.approx(5.02)
    # Its spread is that of the assay: the error of the one mass cancels in a mean of one entry.
    assert fed.grades_pct["Sb"].u == pytest.approx(0.05)
    closing = streams["closing.ore"].dry_t
    assert closing is not None
    assert closing.value == pytest.approx(59)
    assert streams["closing.tailings"].dry_t is None
    assert {finding.code for finding in made.findings} == {"ORL-0534"}


def test_a_month_is_reconciled_with_its_stock_takes() -> None:
    result = reconcile_site(books(month()), "works", "2025-10", ["Sb"])
    found = result.found
    assert found.status is Status.RECONCILED
    value = {item.quantity: item.value or 0.0 for item in found}

    def dry(stream: str) -> float:
        return value[Quantity(stream, "dry_t")]

    assert dry("opening.ore") + dry("extracted.ore") == pytest.approx(
        dry("fed.ore.flotation") + dry("closing.ore"), rel=1e-12
    )
    assert found.of("closing.tailings", "dry_t").known is Class.OBSERVABLE
    assert found.of("closing.tailings", "dry_t").value == pytest.approx(
        dry("made.tailings.flotation")
    )
    assert result.to_json()["site"] == "works"


def test_a_wrong_stock_take_is_named() -> None:
    found = reconcile_site(books(month(closing="75")), "works", "2025-10", ["Sb"]).found
    assert found.status is Status.GROSS_ERROR
    # What enters and leaves one heap alone cannot be told apart; the feed has a second witness.
    first = found.suspects[0]
    named = {first.quantity, *(quantity for quantity, _ in first.alternatives)}
    assert named == {
        Quantity(stream, "dry_t") for stream in ("extracted.ore", "opening.ore", "closing.ore")
    }
    again = reconcile_site(
        books(month(closing="75")),
        "works",
        "2025-10",
        ["Sb"],
        exclude=[Quantity("closing.ore", "dry_t")],
    ).found
    assert again.status is Status.RECONCILED
    assert again.of("closing.ore", "dry_t").value == pytest.approx(58, abs=2)


def test_an_entry_without_a_mass_of_its_own_makes_its_stream_unmeasured() -> None:
    events = month()
    events[2]["body"]["outputs"][1].pop("dry")
    made = site_network(books(events), "works", "2025-10")
    streams = {stream.name: stream for stream in made.network.streams}
    assert streams["made.tailings.flotation"].dry_t is None
    told = [f.where for f in made.findings]
    assert "stream made.tailings.flotation" in told


def test_wrong_calls_are_refused() -> None:
    held = books(month())
    for site, period in (("nowhere", "2025-10"), ("works", "2024-01"), ("works", "october")):
        with pytest.raises(InputError):
            reconcile_site(held, site, period)
