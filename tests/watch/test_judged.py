"""Names that people judged: obeyed when events are put together and names resolved."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from labelled import document

from oreline.watch import NOT_JUDGED, Event, Judgement, Judgements, Watched, watch
from oreline.watch._judged import JudgedKeys

DAY = date(2026, 3, 5)
SIGNED = "{} signed a supply agreement with Norland Metals GmbH on Monday."


def judged(*told: tuple[str, str, str]) -> Judgements:
    return Judgements(
        tuple(Judgement(f"e{at}", *one, "", "desk", "") for at, one in enumerate(told))
    )


def reports(*names: str) -> list[str]:
    return [SIGNED.format(name) for name in names]


def read(judgements: Judgements, *texts: str) -> Watched:
    documents = [document(f"r{number}", text, DAY) for number, text in enumerate(texts)]
    return watch(documents, judgements=judgements)


def deals(found: Watched) -> list[Event]:
    return [one for one in found.events if one.kind == "deal"]


def test_two_names_judged_the_same_are_one_party_of_one_event() -> None:
    texts = (
        SIGNED.format("Kestrel Antimony Ltd"),
        "Norland Metals GmbH and Falcon Minerals Ltd inked a supply agreement.",
    )
    apart = deals(read(NOT_JUDGED, *texts))
    assert [one.verdict for one in apart] == ["single", "single"]
    same = judged(("Falcon Minerals", "Kestrel Antimony", "same"))
    (event,) = deals(read(same, *texts))
    assert (event.verdict, event.independent) == ("agreed", 2)
    through = judged(
        ("Falcon Minerals", "Old Name", "same"), ("kestrel  antimony", "OLD NAME", "same")
    )
    assert len(deals(read(through, *texts))) == 1


def test_two_names_judged_different_never_have_one_key() -> None:
    texts = reports("Kestrel Antimony", "Kestrel Antimony Works Ltd")
    assert len(deals(read(NOT_JUDGED, *texts))) == 1
    different = judged(("Kestrel Antimony", "Kestrel Antimony Works", "different"))
    assert len(deals(read(different, *texts))) == 2
    texts = reports("Kestrel Antimony Corp", "Kestrel Antimony Ltd")
    assert len(deals(read(NOT_JUDGED, *texts))) == 1
    forms = judged(("Kestrel Antimony Corp", "Kestrel Antimony Ltd", "different"))
    assert len(deals(read(forms, *texts))) == 2


def test_a_name_is_resolved_to_what_it_was_judged_to_be_and_not_to_what_it_is_not() -> None:
    text = SIGNED.format("United States Antimony Corp")
    (one,) = [each for each in read(NOT_JUDGED, text).entities if "Antimony" in each.name]
    assert one.table == "companies"
    other = judged((one.name, one.known_as or "", "different"))
    (known,) = [
        each for each in read(judged(("Falcon Minerals", one.name, "same")),
                              SIGNED.format("Falcon Minerals Ltd")).entities
        if "Falcon" in each.name
    ]  # fmt: skip
    assert (known.table, known.id, known.score) == ("companies", one.id, 100.0)
    assert known.reason == f"desk judged it the same as {one.name}"
    (new,) = [each for each in read(other, text).entities if each.name == one.name]
    assert (new.table, new.reason) == (None, f"new: desk judged it another than {one.known_as}")


NAMES = st.sampled_from(["Alpha", "Beta", "Gamma", "Delta", "Epsilon"])
PAIRS = st.dictionaries(
    st.frozensets(NAMES, min_size=2, max_size=2), st.sampled_from(["same", "different"])
)


@given(PAIRS, st.dictionaries(NAMES, st.sampled_from(["alpha", "beta", "zeta"])))
def test_a_graph_of_judgements_keeps_its_laws(
    told: dict[frozenset[str], str], rules: dict[str, str]
) -> None:
    known = judged(*((*sorted(pair), verdict) for pair, verdict in told.items()))
    keys = JudgedKeys(rules, known)
    for one in known.all:
        is_one = keys[one.first] == keys[one.second]
        if one.verdict == "different":
            assert not is_one
        elif one not in known.set_aside:
            assert is_one
    for one in known.set_aside:
        either = (known.other_than(one.first), known.other_than(one.second))
        assert any(either), "whatever is set aside contradicts a judgement"
