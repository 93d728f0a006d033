"""A tranche is released by the ledger alone, and what comes to be known later counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from framework import (
    NOW,
    TEXT,
    approval,
    assay,
    corrected,
    declared,
    event,
    money,
    permit,
    reading,
    ready,
    shipment,
    sites,
    standing,
    stored,
)
from hypothesis import given
from hypothesis import strategies as st

from oreline.fund import (
    Approval,
    InstrumentStanding,
    Standing,
    TrancheState,
    read_instrument,
    release_tranche,
)
from oreline.model import LedgerError
from oreline.record import Store

INSTRUMENT, WRONG = read_instrument(TEXT, "equity.toml")
assert INSTRUMENT is not None, [str(one) for one in WRONG]
TERMS = INSTRUMENT.terms


def first(found: InstrumentStanding) -> Standing:
    (standing, _) = found.tranches
    return standing


def released(store: Store, name: str = "release-1", time: str = NOW) -> Standing:
    _, standing = release_tranche(
        lambda event, size: store.append([event], at_size=size),
        lambda: reading(store),
        "first",
        identity=name,
        time=time,
        actor="treasurer",
    )
    return standing


def refusals(store: Store, name: str = "release-x") -> list[str]:
    """Return why the first tranche is not released; nothing is written."""
    before = store.size()
    with pytest.raises(LedgerError) as caught:
        released(store, name)
    assert store.size() == before
    assert {one.code for one in caught.value.findings} == {"ORL-1175"}
    return [one.message for one in caught.value.findings]


def test_what_holds_is_released_and_says_on_what(tmp_path: Path) -> None:
    with stored(tmp_path, ready(TERMS)) as store:
        before = standing(store)
        assert first(before).state is TrancheState.READY
        assert before.tranches[1].reasons == (
            "first has not been released",
            'spent does not hold: spent("equity") is 0 USD',
        )
        size, root = store.size(), store.root()
        released(store)
        written = store.event("release-1")
        judged = written["body"]["judged"]
        assert (judged["size"], judged["root"]) == (size, root.hex())
        assert judged["terms"] == TERMS
        # The made lot, its way and its assay, and the permit.
        assert judged["events"] == ["assay", "came", "made", "permit", "sent"]
        assert judged["approvals"] == ["approval-fwo-ali-first", "approval-ussm-beth-first"]
        assert [one["amount"] for one in written["body"]["postings"]] == ["200", "-200"]
        found = standing(store)
        assert first(found).state is TrancheState.RELEASED
        assert found.accounts.total("release") == 200
        assert refusals(store) == ["it was released by release-1"]


def test_a_downward_correction_before_the_release_refuses_it(tmp_path: Path) -> None:
    with stored(tmp_path, [*ready(TERMS), corrected("39.9")]) as store:
        (reason,) = refusals(store)
        assert reason == 'delivered does not hold: received_t("Sb", "plant") is 3.99 t'
    # One milligram more than is asked for is enough, one less is not.
    for name, grade, state in (("a", "40", "READY"), ("b", "39.9999999", "OPEN")):
        with stored(str(tmp_path / name), [*ready(TERMS), corrected(grade)]) as store:
            assert first(standing(store)).state is TrancheState[state]


def test_a_downward_correction_afterwards_contests_it_and_blocks_the_next(tmp_path: Path) -> None:
    with stored(tmp_path, ready(TERMS)) as store:
        released(store)
        store.append([money("spending", "spend", "180", "12-01")])
        assert standing(store).tranches[1].reasons == (
            "no approval by a person of its own for fwo, ussm",
        )
        store.append([corrected("39.9")])
        found = standing(store)
        assert first(found).state is TrancheState.CONTESTED
        assert found.at_risk == first(found).at_risk == Decimal(200)
        assert first(found).reasons == (
            'delivered does not hold: received_t("Sb", "plant") is 3.99 t',
        )
        second = found.tranches[1]
        assert second.state is TrancheState.OPEN
        assert second.reasons == ("first is contested: 200 USD at risk",)
        # The release itself stands as it was written: nothing is rewritten.
        assert store.event("release-1")["body"]["judged"]["events"][0] == "assay"
        undone = {"target": "corrected-39.9", "action": "void", "reason": "the recount was wrong"}
        store.append([event("undone", "correct", "12-01", undone)])
        assert first(standing(store)).state is TrancheState.RELEASED


def test_what_becomes_otherwise_later_contests_nothing(tmp_path: Path) -> None:
    """The permit is revoked and lapses; on the day of the release it was in force."""
    with stored(tmp_path, ready(TERMS)) as store:
        released(store)
        revoked = {**permit(status="revoked"), "id": "revoked", "time": "2025-12-01T18:00:00Z"}
        store.append([revoked])
        found = standing(store, "2026-02-01T00:00:00Z")
        assert first(found).state is TrancheState.RELEASED
    with stored(str(tmp_path / "late"), ready(TERMS)) as store:
        late = first(standing(store, "2026-02-01T00:00:00Z"))
        assert late.state is TrancheState.OPEN
        assert late.reasons == ('lawful does not hold: rule("may-export") is FAIL',)


def test_one_person_does_not_approve_for_both(tmp_path: Path) -> None:
    kept = [one for one in ready(TERMS) if one["id"] != "approval-ussm-beth-first"]
    with stored(tmp_path, [*kept, approval("ussm", "ali", TERMS)]) as store:
        assert first(standing(store)).state is TrancheState.WAITING
        assert refusals(store) == ["no approval by a person of its own for ussm"]


def test_an_approval_of_other_terms_or_for_another_party_counts_not(tmp_path: Path) -> None:
    kept = [one for one in ready(TERMS) if not one["id"].startswith("approval")]
    stranger = {**approval("ussm", "carl", TERMS), "party": "fwo"}
    others = [approval("fwo", "ali", "0" * 64), approval("lab", "dora", TERMS), stranger]
    with stored(tmp_path, [*kept, *others]) as store:
        assert first(standing(store)).missing_approvals == ("fwo", "ussm")


def test_terms_that_change_after_the_approvals_need_new_ones(tmp_path: Path) -> None:
    harder = TEXT.replace(">= 4'", ">= 3'")
    with stored(tmp_path, [*ready(TERMS), declared(harder, "11-20", "terms-2")]) as store:
        assert first(standing(store)).state is TrancheState.WAITING


def test_a_release_is_judged_under_the_terms_it_cites(tmp_path: Path) -> None:
    with stored(tmp_path, ready(TERMS)) as store:
        released(store)
        store.append([declared(TEXT.replace(">= 4'", ">= 400'"), "12-01", "terms-2")])
        assert first(standing(store)).state is TrancheState.RELEASED


def test_a_release_that_says_nothing_of_its_grounds_is_unproven(tmp_path: Path) -> None:
    bare = money("bare", "release", "200", "12-01", tranche="first")
    with stored(tmp_path, [*ready(TERMS), bare]) as store:
        found = standing(store)
        assert first(found).state is TrancheState.UNPROVEN
        assert found.at_risk == 200
        assert "bare does not say on which terms it was judged" in first(found).reasons
        assert found.tranches[1].reasons[0] == "first is released unproven: 200 USD at risk"


@pytest.mark.parametrize(
    ("left_out", "more", "reason"),
    [
        ("permit", [], 'lawful is UNKNOWN: permit("export-1"): no permit export-1 is declared'),
        ("assay", [], "delivered is UNKNOWN"),
        ("assay", [assay(basis="assumed")], "it rests on assumed numbers"),
        ("permit", [permit(status="")], "its status is not stated"),
        ("permit", [permit(status="applied for")], 'rule("may-export") is FAIL'),
        ("came", [], 'received_t("Sb", "plant") is 0 t'),
        ("committed", [], "only 0 USD of what is committed is not released yet"),
        ("", [money("strange", "spend", "1", currency="EUR")], "moves no money in USD alone"),
        ("committed", [{**money("c", "commitment", "500"), "party": "fwo"}], "only ussm enters"),
        ("site-plant", [], "no site plant is declared"),
    ],
)
def test_what_is_missing_is_named(
    tmp_path: Path, left_out: str, more: list[Any], reason: str
) -> None:
    kept = [one for one in ready(TERMS) if one["id"] != left_out]
    with stored(tmp_path, [*kept, *more]) as store:
        assert any(reason in told for told in refusals(store)), refusals(store)


def test_what_strangers_enter_of_an_instrument_stands_in_nobodys_way(tmp_path: Path) -> None:
    strange = [
        {**money(f"by-lab-{kind}", kind, "200", tranche="first"), "party": "lab"}
        for kind in ("commitment", "release", "spend")
    ]
    with stored(tmp_path, [*ready(TERMS), *strange]) as store:
        assert standing(store).accounts.total("commitment") == 500
        assert released(store).state is TrancheState.READY
        assert standing(store).at_risk == 0


def test_the_ledger_that_grows_while_it_is_judged_is_judged_again(tmp_path: Path) -> None:
    """The correction arrives after the reading and before the release: it counts."""
    with stored(tmp_path, ready(TERMS)) as store:
        loads = 0

        def load() -> Any:
            nonlocal loads
            loads += 1
            found = reading(store)
            if loads == 1:
                store.append([corrected("39.9")])
            return found

        with pytest.raises(LedgerError, match="nothing was released"):
            release_tranche(
                lambda event, size: store.append([event], at_size=size), load, "first",
                identity="r", time=NOW, actor="treasurer",
            )  # fmt: skip
        assert loads == 2
        assert standing(store).accounts.total("release") == 0


def test_of_many_that_release_at_once_one_does(tmp_path: Path) -> None:
    def one(number: int) -> bool:
        try:
            released(store, f"release-{number}")
        except LedgerError:
            return False
        return True

    with stored(tmp_path, ready(TERMS)) as store, ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(8))) == [False] * 7 + [True]
        assert standing(store).accounts.total("release") == 200


def test_a_second_release_written_by_hand_puts_both_at_risk(tmp_path: Path) -> None:
    with stored(tmp_path, ready(TERMS)) as store:
        released(store)
        store.append([money("twice", "release", "200", "12-01", tranche="first")])
        found = standing(store)
        assert first(found).state is TrancheState.UNPROVEN
        assert found.at_risk == 400


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("wxyz")), max_size=8))
def test_as_many_parties_as_can_have_a_person_of_their_own(pairs: list[tuple[str, str]]) -> None:
    """Against every choice of people for the parties."""
    from itertools import product

    from oreline.fund._approvals import counted

    parties = ("a", "b", "c")
    base = INSTRUMENT.tranches[0] if INSTRUMENT is not None else None
    assert base is not None
    from dataclasses import replace

    tranche = replace(base, approvals=parties)
    given_ = [Approval(f"e{n}", party, person, "t") for n, (party, person) in enumerate(pairs)]
    choices = [[None, *{one for party, one in pairs if party == wanted}] for wanted in parties]
    best = 0
    for chosen in product(*choices):
        people = [one for one in chosen if one is not None]
        if len(set(people)) == len(people):
            best = max(best, len(people))
    found = counted(tranche, given_)
    assert len(found) == best
    assert len({one.person for one in found}) == len({one.party for one in found}) == len(found)


def test_everything_needed_is_in_the_example(tmp_path: Path) -> None:
    with stored(tmp_path, [*sites(), declared(), *shipment()]) as store:
        found = standing(store)
        assert [one.tranche.id for one in found.tranches] == ["first", "second"]
        assert found.next is first(found)
