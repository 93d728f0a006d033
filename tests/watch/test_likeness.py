"""Names that are one are found as one, and no two firms are made one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.watch import likeness, normal_name
from oreline.watch._entities import known_things, resolve
from oreline.watch._likeness import ALIKE_MIN, SAME_MIN

ONE = [
    ("USA Rare Earth", "USA Rare Earth, Inc."),
    ("U.S. Strategic Metals", "US Strategic Metals LLC"),
    ("United States Antimony Corporation", "US Antimony Corp."),
    ("Frontier Works Organization (FWO)", "the Frontier Works Organisation"),
    ("Arafura Resources", "Arafura Rare Earths"),
    ("Siemens Aktiengesellschaft", "Siemens AG"),
    ("Société Générale S.A.", "SOCIETE GENERALE SA"),
    ("PricewaterhouseCoopers LLP", "Pricewaterhouse Coopers LLP"),
]
TWO = [
    ("Lithium Corp", "Sigma Lithium Corp"),
    ("Lithium Corp", "Lithium Americas Corp"),
    ("USA Rare Earth", "American Rare Earths"),
    ("Critical Metals", "Strategic Metals"),
    ("Deutsche Bank AG", "Deutsche Bank GmbH"),
    ("BAE Systems, Inc.", "BAE Industries, Inc."),
    ("Bank of China (Hong Kong) Limited", "Bank of China (Singapore) Limited"),
    ("Apollo Investment Fund VIII L.P.", "Apollo Investment Fund IX L.P."),
    ("Saudi Arabian Gas Company", "Saudi Arabian Oil Company"),
    ("Phase 2 Minerals", "Phase 3 Minerals"),
    ("Lynas Rare Earths", "Linus Rare Earths"),
]


@pytest.mark.parametrize(("one", "two"), ONE)
def test_one_firm_in_two_spellings(one: str, two: str) -> None:
    plain = normal_name(one), normal_name(two)
    assert max(likeness(one, two)[0], likeness(*plain)[0]) >= SAME_MIN


@pytest.mark.parametrize(("one", "two"), TWO)
def test_two_firms_are_never_made_one(one: str, two: str) -> None:
    assert likeness(one, two)[0] < SAME_MIN


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Kestrel Fund XVII L.P.", "Kestrel Fund XVIII L.P."),
        ("Kestrel Loan Trust 2004-1", "Kestrel Loan Trust 2005-1"),
    ],
)
def test_another_number_is_another_thing_and_nobody_is_asked(one: str, two: str) -> None:
    assert likeness(one, two) == (0.0, "another number")


def test_what_is_spelt_nearly_so_is_asked_about() -> None:
    score, reason = likeness("Glenmore plc", "Glencore plc")
    assert ALIKE_MIN <= score < SAME_MIN
    assert reason == "a word is spelt nearly so"
    thing, _, told = resolve("Linas Rare Earths", "company", known_things(None))
    assert thing is None
    assert told.startswith("resembles Lynas")


WORDS = st.sampled_from(
    ["kestrel", "norland", "arafura", "lithium", "metals", "rare", "earths", "corp", "ltd", "of",
     "the", "us", "bank", "iv", "44", "group"]
)  # fmt: skip


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, min_size=1, max_size=4))
def test_likeness_has_no_side_and_a_name_is_like_itself(one: list[str], two: list[str]) -> None:
    first, second = " ".join(one), " ".join(two)
    assert likeness(first, second) == likeness(second, first)
    assert likeness(first, first)[0] == 100.0
    assert 0.0 <= likeness(first, second)[0] <= 100.0
