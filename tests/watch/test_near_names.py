"""Which names a name can be like: the index gives all that likeness would, on made-up names."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.watch import likeness
from oreline.watch._either import either
from oreline.watch._likeness import NearNames

WORDS = st.sampled_from(
    [
        "glencore", "glenmore", "lithium", "rare", "earth", "corp", "inc", "zeta", "zetta", "sigma",
        "kohlu", "mining", "first", "1st", "us", "usa", "metals", "metal", "organization",
        "organisation", "frontier", "works", "phase", "ii", "iii", "the", "ag", "gmbh",
    ]
)  # fmt: skip
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), NAMES)
def test_every_name_that_is_like_another_is_given(known: list[str], name: str) -> None:
    near = NearNames((one, (one,)) for one in known)
    given_names = list(near.like(name))
    for one in known:
        assert one in given_names or likeness(name, one)[0] == 0


@given(st.lists(st.text("ab.c ", min_size=1, max_size=4), min_size=1), st.text("ab.c ", max_size=9))
def test_either_word_matches_what_the_longest_of_them_does(words: list[str], text: str) -> None:
    plain = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    assert [one.group() for one in re.finditer(either(words), text)] == [
        one.group() for one in re.finditer(plain, text)
    ]
