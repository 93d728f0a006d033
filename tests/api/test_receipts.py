"""Whoever sent something sees what arrived of it, and nothing else of the receiver's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

sys.path.append(str(Path(__file__).parents[1] / "oracle"))

from lot_ledgers import ledger_of
from small_ledger import event, grade, mass, site
from trade import dated

from oreline.api._desk import Reading
from oreline.balance import transit
from oreline.settle import CONTRACT, SEALED


def declared(name: str) -> dict[str, Any]:
    return event(f"d-{name}", "declare", 1, {"type": "party", "id": name, "data": {"name": name}})


def made(lot: str, who: str = "seller", where: str = "mine") -> dict[str, Any]:
    line = {"lot": lot, "dry": mass("10", u="0.01"), "grades": [grade("Sb", "50", u="0.2")]}
    return dated("extract", f"dug-{lot}", 2, {"outputs": [line]}, party=who, site=where)


def sent(identity: str, *lots: str, **more: Any) -> dict[str, Any]:
    lines = [
        {"lot": lot, "wet": mass("11", u="0.01"), "moisture": grade("H2O", "9", u="0.1")}
        for lot in lots
    ]
    given = {"to_site": "plant", "to_party": "buyer", **more}
    return dated("dispatch", identity, 5, {"lots": lines, "mode": "sea"}, **given)


def came(identity: str, dispatch: str | None, *lots: str, **more: Any) -> dict[str, Any]:
    moisture = {"moisture": grade("H2O", "9.5", u="0.1")} if more.pop("moist", True) else {}
    lines = [{"lot": lot, "wet": mass("10.8", u="0.01"), **moisture} for lot in lots]
    body = {"lots": lines} | ({} if dispatch is None else {"dispatch": dispatch})
    return dated("receive", identity, 20, body, **{"site": "plant", "party": "buyer", **more})


def seal(who: str, lot: str, contract: str = "s-b-1") -> dict[str, Any]:
    body = {
        "type": SEALED,
        "subject": lot,
        "issuer": who,
        "statement": "sealed",
        "hash": "ab" * 32,
    }
    more = {"extra": {CONTRACT: contract}}
    return dated("attest", f"seal-{who}-{contract}", 21, body, party=who, site="plant", **more)


PLACES = [
    *map(declared, ("seller", "buyer", "other")),
    site("mine", "PK", "Chitral", operator="seller"),
    site("pit", "TJ", "Ayni", operator="other"),
    site("plant", "US", "Missouri", operator="buyer"),
]
TRADE = [*PLACES, made("seller:A"), made("seller:B"), made("other:C", "other", "pit")]


def reading_of(*batches: Any) -> Reading:
    return Reading(ledger_of(*batches), None, ())


def seen(party: str, *batches: Any) -> set[str]:
    """Return the receipts and what is said of them that a party sees."""
    own = reading_of(*batches).of_party(party).ledger
    names = {orjson.loads(data)["id"] for data in own.raw.values()}
    return {name for name in names if name.startswith(("came", "fix", "sign"))}


def test_the_sender_sees_what_arrived_and_nobody_else_does() -> None:
    events = [
        *TRADE,
        sent("out", "seller:A", "seller:B"),
        came("came-A", "out", "seller:A"),
        came("came-B", "out", "seller:B"),
    ]
    assert seen("seller", events) == {"came-A", "came-B"}
    assert seen("other", events) == set()
    assert seen("buyer", events) == {"came-A", "came-B"}
    trips = transit(reading_of(events).of_party("seller").books, "Sb")
    whole = transit(reading_of(events).books, "Sb")
    assert [(one.dispatch, one.receipt, one.lot) for one in trips] == [
        ("out", "came-A", "seller:A"),
        ("out", "came-B", "seller:B"),
    ]
    assert trips.rows == whole.rows


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([sent("out", "seller:A"), came("came-A", None, "seller:A")], "it names no dispatch"),
        ([sent("out", "seller:A"), came("came-A", "in", "seller:A")], "it names another one"),
        (
            [sent("out", "seller:A"), came("came-AC", "out", "seller:A", "other:C")],
            "it shows somebody else's lot",
        ),
        ([came("came-A", "out", "seller:A"), sent("out", "seller:A")], "the dispatch came later"),
        (
            [sent("out", "seller:A", to_party="other"), came("came-A", "out", "seller:A")],
            "it was sent to somebody else",
        ),
        (
            [sent("out", "seller:A", party="other"), came("came-A", "out", "seller:A")],
            "somebody else sent it",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_of_a_partys_own_sending_stays_hidden(events: Any, why: str) -> None:
    batches = [TRADE, *([one] for one in events)]
    assert seen("seller", *batches) == set(), why
    own = reading_of(*batches).of_party("seller").ledger
    assert "other:C" not in own.columns.lots.index
    assert not any(b"other:C" in data for data in own.raw.values())


def test_a_dispatch_that_names_nobody_may_be_answered_by_whoever_received() -> None:
    events = [*TRADE, sent("out", "seller:A", to_party=None), came("came-A", "out", "seller:A")]
    events = [{k: v for k, v in one.items() if v is not None} for one in events]
    assert seen("seller", events) == {"came-A"}


def test_a_dispatch_cannot_be_made_to_fit_a_receipt_afterwards() -> None:
    """Who guesses the lots of a receipt that names theirs learns nothing by a correction."""
    wider = {"body": sent("out", "seller:A", "other:C")["body"]}
    correction = dated(
        "correct", "fit", 22,
        {"target": "out", "action": "replace", "replacement": wider, "reason": "more"},
    )  # fmt: skip
    batches = [
        TRADE,
        [sent("out", "seller:A"), came("came-AC", "out", "seller:A", "other:C")],
        [correction],
    ]
    assert seen("seller", *batches) == set()


def test_a_receipt_is_seen_as_it_counts_and_with_what_is_said_of_it() -> None:
    void = {"target": "came-A", "action": "void", "reason": "typing error"}
    named = {"body": came("came-B", "out", "seller:B")["body"]}
    batches = [
        TRADE,
        [sent("out", "seller:A", "seller:B")],
        [came("came-A", "out", "seller:A"), came("came-B", None, "seller:B")],
        [
            dated("correct", "fix-A", 22, void, party="buyer", site="plant"),
            dated(
                "correct", "fix-B", 22,
                {"target": "came-B", "action": "replace", "replacement": named, "reason": "which"},
                party="buyer", site="plant",
            ),
            dated(
                "attest", "sign-B", 23,
                {"type": "signature", "subject": "came-B", "issuer": "buyer", "statement": "ok"},
                party="buyer", site="plant",
            ),
        ],
    ]  # fmt: skip
    assert seen("seller", *batches[:3]) == {"came-A"}
    assert seen("seller", *batches) == {"came-A", "came-B", "fix-A", "fix-B", "sign-B"}
    assert seen("other", *batches) == set()


@pytest.mark.parametrize("moist", [True, False])
def test_nobody_learns_a_result_from_a_receipt_before_sealing_its_own(moist: bool) -> None:
    batches = [
        TRADE,
        [sent("out", "seller:A"), came("came-A", "out", "seller:A", moist=moist)],
        [seal("buyer", "seller:A")],
        [seal("seller", "seller:A", "another")],
        [seal("seller", "seller:A")],
    ]
    weights_only = set() if moist else {"came-A"}
    assert seen("seller", *batches[:2]) == {"came-A"}
    assert seen("seller", *batches[:3]) == weights_only
    assert seen("seller", *batches[:4]) == weights_only
    assert seen("seller", *batches) == {"came-A"}


def test_a_receipt_hands_its_sender_nothing_that_it_only_claims_to_have_sent() -> None:
    """A name that was guessed is confirmed by the receiver, and still no country is told."""
    guess = sent("out", "other:C", site="mine")
    batches = [TRADE, [guess], [came("came-C", "out", "other:C")]]
    whole = reading_of(*batches)
    assert seen("seller", *batches) == {"came-C"}
    assert whole.untold_to("seller") == {"other:C"}
    handed = came("came-D", "out", "other:C", to_party="seller")
    assert reading_of(*batches, [handed]).untold_to("seller") == set()
