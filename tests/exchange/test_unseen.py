"""Names that nobody has seen before: told once, with what was meant, and never all lots read."""

from __future__ import annotations

import string
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oreline.exchange import KnownNames, unseen_names
from oreline.exchange._near_lots import NEAR_MAX, NEIGHBOURS, near_lots
from oreline.exchange._unseen import NEAR_ASKED_MAX, UNSEEN_MAX
from oreline.model import Severity

LETTERS = string.ascii_letters + string.digits + "._/+-"
LOCAL = st.text(LETTERS, min_size=1, max_size=12)
PLACES = {"site": {"mine", "mill"}, "party": {"seller", "carrier-co"}, "material": {"sb-conc"}}


class Lots:
    """Lots in memory, which count how many names anybody was given of them."""

    def __init__(self, names: Collection[str]) -> None:
        self.names, self.ordered, self.given = set(names), sorted(names), 0

    def known(self, names: Collection[str]) -> set[str]:
        found = self.names & set(names)
        self.given += len(found)
        return found

    def around(self, name: str, count: int) -> Sequence[str]:
        at = bisect_left(self.ordered, name)
        found = self.ordered[max(at - count, 0) : at + count]
        self.given += len(found)
        return found


class Unordered(Lots):
    """Lots of which nobody knows which stand next to each other."""

    def around(self, name: str, count: int) -> Sequence[str]:
        return ()


def told(*drafts: dict[str, Any], lots: Collection[str] = ("p:ore-1",)) -> list[tuple[str, ...]]:
    known = KnownNames(Lots(lots), PLACES.__getitem__)
    return [
        (found.code, str(found.severity), found.where, found.fix.partition("?")[0])
        for found in unseen_names(drafts, known)
    ]


def draft(kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schema": f"{kind}/1", "id": "e", "body": body, **more}


@given(others=st.sets(LOCAL, max_size=30), local=LOCAL, data=st.data())
def test_whatever_one_slip_of_the_hand_made_is_found(
    others: set[str], local: str, data: st.DataObject
) -> None:
    meant = f"fwo:{local}"
    at = data.draw(st.integers(0, len(local) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    slips = {
        f"fwo:{local[:at]}{local[at + 1 :]}", f"fwo:{local[:at]}{letter}{local[at:]}",
        f"fwo:{local[:at]}{letter}{local[at + 1 :]}", f"fwo:{local.swapcase()}" * local.isupper(),
        f"fwo:{local[:at]}{local[at : at + 2][::-1]}{local[at + 2 :]}", meant[1:],
        meant.upper() * (local in {local.upper(), local.lower()}),
    }  # fmt: skip
    for typed in slips - {meant, ""}:
        assert meant in near_lots(typed, Unordered({meant, *(f"zz:{other}" for other in others)}))


def test_a_large_ledger_is_not_read_for_one_name() -> None:
    lots = Lots([f"fwo:SB-{number:06}" for number in range(50_000)])
    near = near_lots("fwo:SB-04999", lots)
    assert "fwo:SB-004999" in near
    assert len(near) <= NEAR_MAX
    # A slip in six digits can make some fifty other numbers; the rest is never looked at.
    assert lots.given <= 2 * NEIGHBOURS + 60
    assert near_lots("x:q", lots) == []


def test_each_kind_of_name_is_told_at_its_place_with_what_was_meant() -> None:
    sent = draft(
        "dispatch",
        {"lots": [{"lot": "p:ore1", "material": "sb-con"}], "carrier": "carier-co"},
        site="mine", to_site="mil", party="seller", to_party="buyer",
    )  # fmt: skip
    assert told(sent) == [
        ("ORL-0363", "warning", "e body/lots/0/lot", "did you mean p:ore-1"),
        ("ORL-0343", "warning", "e to_party",
         "declare it first, or add it to the chain folder"),
        ("ORL-0343", "warning", "e body/carrier", "did you mean carrier-co"),
        ("ORL-0343", "warning", "e to_site", "did you mean mill"),
        ("ORL-0343", "warning", "e body/lots/0/material", "did you mean sb-conc"),
    ]  # fmt: skip


def test_what_a_batch_brings_is_known_and_each_name_is_told_once() -> None:
    dug = draft("extract", {"outputs": [{"lot": "p:new"}]})
    site = draft("declare", {"type": "site", "id": "port", "data": {}})
    weighed = draft("weigh", {"lot": "p:new"}, site="port")
    assert told(weighed, dug, site) == []
    twice = [row[2] for row in told(draft("weigh", {"lot": "p:x"}), draft("weigh", {"lot": "p:x"}))]
    assert twice == ["e body/lot"]


def test_a_lot_from_outside_is_a_note_unless_one_is_spelt_alike() -> None:
    first = told(draft("receive", {"lots": [{"lot": "q:box-77"}]}))
    assert [row[1] for row in first] == [str(Severity.NOTE)]
    alike = told(draft("count", {"lot": "p:ore-2"}))
    assert [row[1] for row in alike] == [str(Severity.WARNING)]


def test_a_chain_without_parties_mistakes_none_and_nonsense_is_passed_over() -> None:
    known = KnownNames(Lots([]), lambda _: frozenset())
    odd: list[dict[str, Any]] = [
        draft("weigh", {"lot": 7}, party="p"), {"schema": 3, "body": []}, {},
        draft("sample", {"lot": "no colon", "parts": [1, {"holder": "h"}], "inputs": "x"}),
        draft("weigh", {"lot": "a:" + "b" * 1_000_000}),
    ]  # fmt: skip
    assert unseen_names(odd, known) == []


def test_a_large_batch_is_told_in_few_words() -> None:
    lots = Lots([f"p:lot-{number:04}" for number in range(300)])
    batch = [draft("weigh", {"lot": f"p:lt-{number:04}"}) for number in range(300)]
    found = unseen_names(batch, KnownNames(lots, lambda _: ()))
    assert len(found) == UNSEEN_MAX + 1
    assert found[-1].message.startswith("100 more")
    assert sum("did you mean" in one.fix for one in found) == NEAR_ASKED_MAX
