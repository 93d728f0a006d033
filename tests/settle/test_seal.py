"""Neither party sees the other's assay before its own is fixed, and a stranger can check it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealing import (
    CONTRACT,
    LOT,
    NAMES,
    attest,
    correction,
    grade,
    opening,
    results,
    seal,
    secret,
    told,
    whole,
)

from oreline.model import InputError
from oreline.record import create_store, load_ledger
from oreline.settle import (
    ACCEPTED,
    EXTENDED,
    STATEMENT_MAX,
    AnalyteRule,
    Exchange,
    ExchangeRule,
    ExchangeState,
    GradeLimit,
    How,
    Lack,
    LateRule,
    SealReport,
    Side,
    UmpireVariant,
    event_day,
    exchange_log,
    exchange_of,
    make_secret,
    may_open,
    read_secret,
    verify_exchange,
)

SELLER, BUYER = Side.SELLER, Side.BUYER
MINE, THEIRS = secret(SELLER, "28.30"), secret(BUYER, "28.00")
RULE = ExchangeRule(
    (AnalyteRule("Cu", "%", (GradeLimit(Decimal("0.30")),)),),
    variant=UmpireVariant.BINDING,
    late=LateRule.OTHER_CONCLUSIVE,
    days=45,
    open_days=5,
)
START = date(2025, 12, 20)
DAY = timedelta(days=1)
FAIR = [
    seal("s1", MINE),
    seal("s2", THEIRS),
    *opening("o1", MINE, "s1"),
    *opening("o2", THEIRS, "s2"),
]


@pytest.fixture
def store(tmp_path, clock, salts):
    with create_store(
        tmp_path / "ledger.db", {"id": "l", "tense": "actual"}, clock=clock, salt=salts
    ) as made:
        yield made


def report(store, *events: dict[str, Any], parties=NAMES) -> SealReport:
    return verify_exchange(exchange_log(told(store, *events), LOT), parties, CONTRACT)


def state(ledger, today: date = date(2026, 1, 2), rule: ExchangeRule = RULE) -> Exchange:
    log = exchange_log(ledger, LOT)
    return exchange_of(log, rule, today=today, start=START, parties=NAMES, contract=CONTRACT)


def said(found: SealReport) -> list[tuple[str, str]]:
    return [(item.code, item.where) for item in found.findings]


def test_the_seal_is_the_hash_that_anybody_can_compute():
    scheme = b"oreline-assay-seal/1\n"
    assert MINE.hash == hashlib.sha256(scheme + MINE.text.encode()).hexdigest()
    content = json.loads(MINE.text)
    assert sorted(content) == ["assay", "contract", "nonce", "party", "scheme"]
    assert json.dumps(content, separators=(",", ":"), sort_keys=True) == MINE.text
    assert "28.30" not in json.dumps(seal("s1", MINE))


def test_a_fair_exchange(store):
    found = report(store, *FAIR)
    assert (found.ok, found.is_complete, said(found)) == (True, True, [])
    assert "both seals stand in the log before the first opening, position 2" in found.proved
    made = state(told(store))
    (copper,) = made.decision.analytes
    assert (copper.state, copper.assay) == (ExchangeState.AGREED, Decimal("28.15"))
    assert copper.evidence == ("s1", "o1", "o1-assay", "s2", "o2", "o2-assay")
    assert made.decision.unruled == ("H2O",)


def test_who_takes_part_is_found_without_a_contract(store):
    assert report(store, *FAIR, parties=None).ok


@pytest.mark.parametrize("order", [[0, 1, 4, 5, 2, 3], [1, 0, 2, 3, 4, 5], [1, 0, 4, 5, 2, 3]])
def test_who_is_first_makes_no_difference(store, order):
    found = report(store, *(FAIR[place] for place in order))
    assert (found.ok, found.is_complete) == (True, True)
    assert state(told(store)).decision.analytes[0].assay == Decimal("28.15")


def test_opened_before_the_other_had_sealed(store):
    found = report(
        store, seal("s1", MINE), *opening("o1", MINE, "s1"), seal("s2", THEIRS),
        *opening("o2", THEIRS, "s2"),
    )  # fmt: skip
    assert not found.ok
    assert said(found) == [("ORL-0850", "o1")]
    assert "sealed with s2 at position 3" in found.findings[0].message


def test_opened_while_the_other_never_sealed(store):
    found = report(store, seal("s1", MINE), *opening("o1", MINE, "s1"))
    assert (found.ok, said(found)) == (True, [("ORL-0850", "o1")])


def test_results_changed_after_sealing(store):
    changed = secret(SELLER, "28.60")
    found = report(store, *FAIR[:2], *opening("o1", changed, "s1"))
    assert not found.ok
    assert said(found)[0] == ("ORL-0851", "o1")
    assert state(told(store)).decision.analytes[0].missing == (
        Lack.SELLER_OPENING,
        Lack.BUYER_OPENING,
    )


def test_a_nonce_changed_after_sealing(store):
    other = secret(SELLER, "28.30", nonce="6" * 64)
    assert said(report(store, *FAIR[:2], *opening("o1", other, "s1")))[0] == ("ORL-0851", "o1")


def test_a_copied_seal_can_not_be_opened(store):
    copied = seal("s2", THEIRS)
    copied["body"] = copied["body"] | {"hash": MINE.hash}
    events = [seal("s1", MINE), copied, *opening("o1", MINE, "s1")]
    assert ("ORL-0852", "s2") in said(report(store, *events))
    stolen = opening("o2", MINE, "s2")[0] | {"party": "ussm", "to_party": "fwo"}
    stolen["body"] = stolen["body"] | {"issuer": "ussm"}
    found = report(store, stolen)
    assert ("ORL-0852", "o2") in said(found)
    assert "ussm opens what is sealed for fwo" in [item.message for item in found.findings]
    assert found.of(BUYER).opening is None


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (secret(SELLER, "28.30", party="ussm"), "fwo opens what is sealed for ussm"),
        (secret(SELLER, "28.30", lot="fwo:CU-2"), "the text is of fwo:CU-2"),
        (secret(SELLER, "28.30", contract="other"), "the text is under other"),
        (secret(BUYER, "28.30", party="fwo"), "the text is the buyer's, which fwo is not"),
    ],
)
def test_what_is_inside_the_hash_binds(store, kept, words):
    sealed = seal("s1", MINE)
    sealed["body"] = sealed["body"] | {"hash": kept.hash}
    opened = opening("o1", MINE, "s1")[0]
    opened["body"] = opened["body"] | {"statement": kept.text, "hash": kept.hash}
    log = exchange_log(told(store, sealed, seal("s2", THEIRS), opened), LOT)
    found = verify_exchange(log, NAMES)
    assert ("ORL-0852", "o1") in said(found)
    assert any(words in item.message for item in found.findings)


def test_who_sealed_twice_cannot_choose_later(store):
    first, second = MINE, secret(SELLER, "29.90", nonce="7" * 64)
    events = [seal("s0", first), seal("s1", second), seal("s2", THEIRS)]
    found = report(store, *events, *opening("o2", THEIRS, "s2"), *opening("o1", first, "s0"))
    assert ("ORL-0853", "o1") in said(found)
    assert found.of(SELLER).seal.id == "s1"
    assert report(store, *opening("o3", second, "s1")).of(SELLER).opening.id == "o3"


def test_a_seal_may_be_taken_back_until_somebody_opens(store):
    anew = secret(SELLER, "28.20", nonce="8" * 64)
    early = [seal("s1", MINE), correction("c1", "s1"), seal("s3", anew), seal("s2", THEIRS)]
    found = report(store, *early, *opening("o3", anew, "s3"), *opening("o2", THEIRS, "s2"))
    assert (found.ok, found.of(SELLER).seal.id, found.is_complete) == (True, "s3", True)


def test_a_seal_is_not_taken_back_afterwards(store):
    anew = secret(SELLER, "28.20", nonce="8" * 64)
    late = [*FAIR[:2], *opening("o2", THEIRS, "s2"), correction("c1", "s1"), seal("s3", anew)]
    found = report(store, *late, *opening("o3", anew, "s3"))
    assert found.of(SELLER).seal.id == "s1"
    assert ("ORL-0853", "o3") in said(found)
    assert ("ORL-0855", "s1") in said(found)


def test_an_opening_without_a_seal(store):
    found = report(store, seal("s2", THEIRS), *opening("o1", MINE, "s1"))
    assert said(found)[0] == ("ORL-0853", "o1")


def test_somebody_else_speaks_for_the_seller(store):
    forged = opening("o1", MINE, "s1")[0] | {"party": "ussm"}
    assert ("ORL-0852", "o1") in said(report(store, *FAIR[:2], forged))
    sealed = seal("s9", secret(SELLER, "10")) | {"party": "ussm"}
    found = report(store, sealed)
    assert ("ORL-0857", "s9") in said(found)
    assert found.of(SELLER).seal.id == "s1"


def test_a_text_that_is_no_text(store):
    torn = opening("o1", MINE, "s1")[0]
    torn["body"] = torn["body"] | {"statement": MINE.text[:-1]}
    assert ("ORL-0851", "o1") in said(report(store, *FAIR[:2], torn))


def test_another_assay_is_recorded_than_was_opened(store):
    opened, assay = opening("o1", MINE, "s1")
    assay["body"] = results(SELLER, "28.90")
    found = report(store, *FAIR[:2], opened, assay, *FAIR[4:])
    assert (found.ok, said(found)) == (False, [("ORL-0854", "o1-assay")])
    # What was opened is settled, whatever was recorded.
    assert state(told(store)).decision.analytes[0].assay == Decimal("28.15")


def test_the_assay_is_not_recorded(store):
    found = report(store, *FAIR[:2], FAIR[2], *FAIR[4:])
    assert (found.ok, said(found)) == (True, [("ORL-0854", "o1")])


def test_a_correction_after_the_exchange_needs_both(store):
    better = results(SELLER, "28.10")
    own_change = correction("c1", "o1-assay", body=better) | {"party": "fwo"}
    ledger = told(store, *FAIR, own_change)
    found = verify_exchange(exchange_log(ledger, LOT), NAMES, CONTRACT)
    assert (found.ok, said(found)) == (True, [("ORL-0855", "o1-assay")])
    assert state(ledger).decision.analytes[0].assay == Decimal("28.15")
    own = told(store, attest("a0", ACCEPTED, "c1", "fwo"))
    assert state(own).decision.analytes[0].assay == Decimal("28.15")
    both = told(store, attest("a1", ACCEPTED, "c1", "ussm"))
    assert state(both).decision.analytes[0].assay == Decimal("28.05")


def test_nobody_corrects_the_others_assay_alone(store):
    forced = correction("c1", "o1-assay", body=results(SELLER, "20.00")) | {"party": "ussm"}
    ledger = told(store, *FAIR, forced, attest("a1", ACCEPTED, "c1", "ussm"))
    assert state(ledger).decision.analytes[0].assay == Decimal("28.15")
    agreed = told(store, attest("a2", ACCEPTED, "c1", "fwo"))
    assert state(agreed).decision.analytes[0].state is ExchangeState.UMPIRE


def test_what_was_accepted_is_not_what_is_corrected_later(store):
    first = correction("c1", "o1-assay", body=results(SELLER, "28.10")) | {"party": "fwo"}
    accepted = attest("a1", ACCEPTED, "c1", "ussm")
    assert state(told(store, *FAIR, first, accepted)).decision.analytes[0].assay == Decimal("28.05")
    later = correction("c2", "o1-assay", body=results(SELLER, "28.20")) | {"party": "fwo"}
    assert state(told(store, later)).decision.analytes[0].assay == Decimal("28.15")
    told(store, correction("c3", "c2"))
    inner = {"replacement": {"body": results(SELLER, "28.28")}}
    sly = correction("c4", "c1", body=inner) | {"party": "fwo"}
    assert state(told(store)).decision.analytes[0].assay == Decimal("28.05")
    assert state(told(store, sly)).decision.analytes[0].assay == Decimal("28.15")


def test_an_agreed_assay_needs_both(store):
    body = results(SELLER, "28.22") | {"role": "agreed"}
    agreed = whole("g1", {"schema": "assay/1", "party": "fwo", "body": body})
    assert state(told(store, *FAIR, agreed)).decision.analytes[0].assay == Decimal("28.15")
    stranger = state(told(store, attest("a0", ACCEPTED, "g1", "stranger")))
    assert stranger.decision.analytes[0].assay == Decimal("28.15")
    made = state(told(store, attest("a1", ACCEPTED, "g1", "ussm"))).decision.analytes[0]
    assert (made.how, made.assay) == (How.AGREED, Decimal("28.22"))


def test_a_party_that_never_opens_loses_its_say(store):
    ledger = told(store, *FAIR[:2], *opening("o2", THEIRS, "s2"))
    waiting = state(ledger)
    assert waiting.decision.analytes[0].missing == (Lack.SELLER_OPENING,)
    assert said(waiting.report) == [("ORL-0856", "s1")]
    late = state(ledger, today=date(2026, 1, 1) + 6 * DAY).decision.analytes[0]
    assert (late.how, late.of, late.late) == (How.DEFAULT, (BUYER,), (SELLER,))


def test_when_a_party_may_open(store):
    def why(side: Side, today: date = date(2026, 1, 2)) -> str:
        return may_open(state(told(store), today), RULE, side)

    assert why(SELLER) == "the seller has sealed nothing"
    told(store, seal("s1", MINE))
    assert why(SELLER).startswith("the buyer has not sealed yet")
    assert why(SELLER, START + 46 * DAY) == ""
    assert why(SELLER, START + 45 * DAY) != ""
    told(store, seal("s2", THEIRS))
    assert why(SELLER) == ""
    told(store, *opening("o1", MINE, "s1"))
    assert why(SELLER) == "the seller has opened with o1"


def test_an_extension_is_the_other_partys_to_grant(store):
    granted = attest("x1", EXTENDED, LOT, "ussm", valid_to="2026-03-01", statement="strike")
    made = state(told(store, granted))
    assert made.decision.deadlines == {SELLER: date(2026, 3, 1), BUYER: START + 45 * DAY}
    own = attest("x2", EXTENDED, LOT, "fwo", valid_to="2026-09-01")
    assert state(told(store, own)).decision.deadlines[SELLER] == date(2026, 3, 1)


def test_results_given_in_the_clear_count_from_their_day(store):
    clear = [
        whole(f"a{side}", {"schema": "assay/1", "party": NAMES[side], "body": results(side, value)})
        for side, value in ((SELLER, "28.30"), (BUYER, "27.00"))
    ]
    made = state(told(store, *clear))
    assert made.facts.submissions[SELLER].on == date(2026, 1, 1)
    assert made.decision.analytes[0].state is ExchangeState.UMPIRE
    umpire = results(SELLER, "28.00") | {"role": "umpire"}
    done = state(told(store, whole("u", {"schema": "assay/1", "party": "lab", "body": umpire})))
    assert (done.decision.analytes[0].assay, done.decision.analytes[0].evidence) == (
        Decimal("28.00"),
        ("u",),
    )


def test_two_contracts_on_one_lot_are_two_exchanges(store):
    onward = {SELLER: "ussm", BUYER: "maker"}
    theirs = make_secret(results(SELLER, "28.05"), "ussm", "onward-1", "9" * 64)
    told(store, *FAIR, seal("s7", theirs) | {"to_party": "maker"})
    ledger = told(store, *opening("o7", theirs, "s7"))
    first = verify_exchange(exchange_log(ledger, LOT, CONTRACT), NAMES, CONTRACT)
    assert (first.ok, first.is_complete) == (True, True)
    second = verify_exchange(exchange_log(ledger, LOT, "onward-1"), onward, "onward-1")
    assert said(second) == [("ORL-0850", "o7")]


def test_the_day_that_deadlines_are_counted_from(store):
    taken = {"sample": "S-1", "lot": LOT}
    later = whole("m1", {"schema": "sample/1", "body": taken}) | {"time": "2025-12-20T23:00:00Z"}
    gone = whole("d1", {"schema": "dispatch/1", "body": {"lots": [{"lot": LOT}]}})
    ledger = told(store, later, gone)
    assert event_day(ledger, LOT, "sealing") == START
    assert event_day(ledger, LOT, "shipment") == date(2025, 9, 1)
    assert event_day(ledger, LOT, "arrival") is None
    assert event_day(ledger, LOT, "invoice") is None
    assert event_day(ledger, "fwo:CU", "sealing") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": "umpire"}, "seller and buyer"),
        ({"lot": None}, "null"),
        ({"results": [], "moisture": None}, "no result|null|NoneType"),
        ({"results": [grade("Cu", "28"), grade("Cu", "29")]}, "two results for Cu"),
        ({"results": [grade("Cu", "128")]}, "more than 100 %"),
        ({"results": [grade("Xx", "28")]}, "no element"),
        ({"certificate": None}, "null"),
        ({"laboratory": "x" * 5000}, f"an opening holds {STATEMENT_MAX}"),
    ],
)
def test_results_that_could_never_be_opened_are_not_sealed(change, words):
    with pytest.raises(InputError, match=words):
        make_secret(results(SELLER, "28.3") | change, "fwo", CONTRACT, "5" * 64)


@pytest.mark.parametrize("nonce", ["", "5" * 63, "G" * 64, "5" * 32])
def test_a_nonce_is_256_bits(nonce):
    with pytest.raises(InputError, match="nonce"):
        make_secret(results(SELLER, "28.3"), "fwo", CONTRACT, nonce)


def test_one_text_only():
    with pytest.raises(InputError, match="canonical"):
        read_secret(json.dumps(json.loads(MINE.text)))
    with pytest.raises(InputError, match="scheme"):
        read_secret(MINE.text.replace("seal/1", "seal/2"))


@given(st.integers(0, 9999), st.integers(0, 2**256 - 1), st.sampled_from([SELLER, BUYER]))
def test_what_is_read_is_what_was_sealed(hundredths: int, nonce: int, side: Side) -> None:
    kept = secret(side, f"{hundredths / 100:.2f}", nonce=f"{nonce:064x}")
    again = read_secret(kept.text)
    assert (again.hash, again.assay, again.side) == (kept.hash, kept.assay, side)


@given(st.integers(0, 399), st.sampled_from("0123456789abcdef"))
def test_any_other_text_has_another_seal(place: int, digit: str) -> None:
    place %= len(MINE.text)
    other = MINE.text[:place] + digit + MINE.text[place + 1 :]
    assert (secret_hash(other) == MINE.hash) == (other == MINE.text)


def secret_hash(text: str) -> str:
    """Say the scheme again, by hand."""
    return hashlib.sha256(b"oreline-assay-seal/1\n" + text.encode()).hexdigest()


def test_the_pages_of_the_findings_show_what_is_printed(store):
    changed = secret(SELLER, "28.60")
    found = report(store, *FAIR[:2], *opening("o1", changed, "s1"), *FAIR[4:])
    for item in found.findings:
        page = Path(__file__).parents[2] / "docs" / "findings" / f"{item.code}.md"
        assert str(item) in page.read_text(encoding="utf-8")
    assert [item.code for item in found.findings] == ["ORL-0851", "ORL-0856"]


def test_as_of_a_moment_only_what_had_happened_counts(store):
    late = [event | {"time": "2025-10-01T00:00:00Z"} for event in FAIR[2:]]
    told(store, *FAIR[:2], *late)
    early = verify_exchange(exchange_log(load_ledger(store, as_of="2025-09-30"), LOT), NAMES)
    assert (early.ok, early.is_complete) == (True, False)
    before = verify_exchange(exchange_log(load_ledger(store, as_of="2025-08-01"), LOT), NAMES)
    assert all(part.seal is None for part in before.sides)
    half = verify_exchange(exchange_log(load_ledger(store, known_at=4), LOT), NAMES)
    assert [part.opening is not None for part in half.sides] == [True, False]


def test_a_text_that_a_copy_does_not_have(store):
    hidden = FAIR[2] | {"withhold": ["/body/statement"]}
    told(store, *FAIR[:2], hidden)
    whole_ledger = load_ledger(store)
    assert verify_exchange(exchange_log(whole_ledger, LOT), NAMES).of(SELLER).opening.id == "o1"
    copy = replace(whole_ledger, withheld={})
    found = verify_exchange(exchange_log(copy, LOT), NAMES)
    assert ("ORL-0851", "o1") in said(found)
    assert "withheld in this copy" in found.findings[0].message


DECOYS = {
    side: [secret(side, value, nonce=digit * 64) for value, digit in (("28.1", "1"), ("28.4", "2"))]
    for side in (SELLER, BUYER)
}


def said_by(side: Side, event: dict[str, Any]) -> dict[str, Any]:
    """Let a side enter an event in its own name."""
    body = event["body"] | {"issuer": NAMES[side]}
    return event | {"party": NAMES[side], "to_party": NAMES[side.other], "body": body}


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw two seals and their openings in any order, with seals, openings, voidings between."""
    of = {side: draw(st.sampled_from(DECOYS[side])) for side in (SELLER, BUYER)}
    events = [seal(f"s-{side}", kept) for side, kept in of.items()]
    events += [opening(f"o-{side}", kept, f"s-{side}")[0] for side, kept in of.items()]
    if draw(st.booleans()):
        events = draw(st.permutations(events))
    for number in range(draw(st.integers(0, 3))):
        name, place = f"e{number}", draw(st.integers(0, len(events)))
        side = draw(st.sampled_from([SELLER, BUYER]))
        whose = draw(st.sampled_from([side, side, side.other]))
        kept = draw(st.sampled_from(DECOYS[whose]))
        seals = [one["id"] for one in events[:place] if one["body"].get("type") == "assay-sealed"]
        kind = draw(st.sampled_from(["seal", "open", "void"])) if seals else "seal"
        if kind == "seal":
            made = said_by(side, seal(name, kept))
            made = made | {"extra": made["extra"] | {"settle.role": str(side)}}
        elif kind == "open":
            made = said_by(side, opening(name, kept, draw(st.sampled_from(seals)))[0])
        else:
            made = correction(name, draw(st.sampled_from(seals)))
        events.insert(place, made)
    return events


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_whoever_is_proved_to_be_fair_could_not_have_chosen(
    tmp_path_factory, clock, salts, events
) -> None:
    """Read the history the slow way: when was which text first shown, and when was it fixed?"""
    place = tmp_path_factory.mktemp("sealing") / "ledger.db"
    with create_store(place, {"id": "l", "tense": "actual"}, clock=clock, salt=salts) as made:
        found = report(made, *events)
    shown: dict[str, int] = {}
    for position, event in enumerate(events):
        text = event["body"].get("statement", "")
        issuer = event["body"].get("issuer")
        fixed = [
            one
            for one in events[:position]
            if one["body"].get("hash") == secret_hash(text) and one["body"]["issuer"] == issuer
        ]
        if event["body"].get("type") == "assay-opened" and fixed:
            shown.setdefault(issuer, position)
    for part in found.sides:
        if part.opening is None:
            continue
        text = part.opening.body["statement"]
        assert part.secret is not None
        assert json.loads(text)["party"] == part.party
        sealed = next(n for n, one in enumerate(events) if one["id"] == part.seal.id)
        assert events[sealed]["body"]["hash"] == secret_hash(text)
        other = NAMES[part.side.other]
        if found.ok and found.is_complete:
            assert sealed < shown[other]
            later = [
                one["id"]
                for one in events[sealed + 1 : min(shown.values())]
                if one["body"].get("type") == "assay-sealed" and one["body"]["issuer"] == part.party
            ]
            voided = {one["body"]["target"] for one in events if "target" in one["body"]}
            assert set(later) <= voided
