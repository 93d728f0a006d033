"""The shelf finds the same on both databases, whatever is typed; the log knows nothing of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written import extract

from oreline.model import InputError
from oreline.record import Passage, Source, open_shelf, open_store, share_ledger, verify_ledger
from oreline.record._shelf_words import folded_words, parse_question


def passage(place, text, title="", **more):
    return Passage("report", place, title, text, 0, len(text), **more)


REPORTS = [
    passage(
        "a", "Zeta Metals shipped antimony ores to the smelter.", "Zeta ships", day="2026-01-02"
    ),
    passage("b", "The Élan mine sold copper concentrate for $500,000,000.", "Élan sells"),
    passage("c", "No antimony was found in Kohlu; copper was.", "Kohlu", day="2026-03-04"),
    Passage("event", "e-7", "assay", "lot zeta:parcel-1 antimony", seq=7),
]


@pytest.fixture
def shelf(any_store):
    shelf = any_store.shelf()
    shelf.put("test", [Source(one.place, "1", [one]) for one in REPORTS])
    return shelf


def found(shelf, question, **more):
    return [hit.passage.place for hit in shelf.search(question, **more)]


FINDS = [
    ("ANTIMONY", {"a", "c", "e-7"}),
    ("ore smelters", {"a"}),
    ("elan MINES", {"b"}),
    ("anti* -zeta", {"c"}),
    ('"antimony ores"', {"a"}),
    ('"ores antimony"', set()),
    ("500,000,000", {"b"}),
    ("zeta:parcel-1", {"e-7"}),
    ("kohlu smelter", set()),
]


def test_words_phrases_beginnings_and_unwanted_words(shelf):
    assert {question: set(found(shelf, question)) for question, _ in FINDS} == dict(FINDS)


def test_a_word_of_the_title_comes_first_and_kinds_and_sight_leave_out(shelf):
    assert found(shelf, "zeta")[0] == "a"
    assert found(shelf, "antimony", kinds=("event",)) == ["e-7"]
    assert set(found(shelf, "antimony", sees=lambda one: one.seq is None)) == {"a", "c"}
    assert len(found(shelf, "antimony", limit=2)) == 2


def test_marks_stand_on_the_words_in_snippet_and_report(shelf):
    text = "Nothing at all. " * 40 + "The Élan’s órés came." + " More." * 60
    shelf.put("test", [Source("long", "1", [Passage("report", "long", "", text, 100, 0)])])
    (hit,) = shelf.search("elan ore -zeta", kinds=("report",))[:1]
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["Élan", "órés"]
    assert [text[a - 100 : b - 100] for a, b in hit.places] == ["Élan", "órés"]
    assert len(hit.snippet) <= 240


def test_a_source_is_replaced_kept_and_dropped(shelf):
    shelf.put("test", [Source("a", "2", [passage("a", "Only tungsten now.")], "n = 1")])
    assert found(shelf, "antimony ores") == []
    assert found(shelf, "tungsten") == ["a"]
    assert shelf.marks("test") == {"a": "2", "b": "1", "c": "1", "e-7": "1"}
    assert list(shelf.kept("test")) == [("a", "2", "n = 1")]
    shelf.drop("test", ["a"])
    assert found(shelf, "tungsten") == []
    shelf.put("other", [Source("x", "1", [passage("x", "tungsten")])])
    shelf.drop("test")
    assert shelf.marks("test") == {}
    assert found(shelf, "tungsten") == ["x"]


HOSTILE = [
    "'; DROP TABLE event; --",
    '" OR 1=1 --',
    "NEAR(a b)",
    "words:zeta",
    "a AND OR NOT b",
    "{title words}: x",
    "zeta & ! ( | <->",
    "^zeta",
    "\x00zeta\x00",
    "*zeta**",
    "--zeta zeta",
    "'zeta':*A",
]


def test_no_syntax_reaches_the_database(shelf):
    for question in HOSTILE:
        shelf.search(question)
    assert len(shelf.marks("test")) == len(REPORTS)


@pytest.mark.parametrize("question", ["", " ", "!!", "-zeta", '""', "-", "*"])
def test_a_question_without_a_word_is_refused(question):
    shelf = open_shelf()
    with pytest.raises(InputError, match="no word"):
        shelf.search(question)
    with pytest.raises(InputError, match="at most"):
        shelf.search(question + "x" * 401)


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=0, max_size=60
) | st.lists(st.sampled_from(["ore", "Ores", "zeta", "é", "ı", "ß", "ﬁ", "-", '"', "*"])).map(
    " ".join
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_what_is_found_is_what_a_plain_reading_finds(texts, question):
    """The oracle: every passage is looked through word by word, without any index."""
    try:
        asked = parse_question(question)
    except InputError:
        return
    shelf = open_shelf()
    passages = [passage(str(at), unicodedata.normalize("NFC", one)) for at, one in enumerate(texts)]
    shelf.put("g", [Source(one.place, "1", [one]) for one in passages])

    def holds(words, term):
        runs = [words[at : at + len(term.words)] for at in range(len(words))]
        runs = [run for run in runs if len(run) == len(term.words)]
        if term.is_beginning:
            return any(
                tuple(run[:-1]) == term.words[:-1] and run[-1].startswith(term.words[-1])
                for run in runs
            )
        return any(tuple(run) == term.words for run in runs)

    expected = {
        one.place
        for one in passages
        if all(holds(folded_words(one.text), term) != term.is_excluded for term in asked.terms)
    }
    assert set(found(shelf, question)) == expected
    shelf.close()


def test_the_log_is_untouched_and_a_copy_for_another_party_has_no_shelf(any_store, tmp_path):
    any_store.append([extract("e1", "m:1")])
    root = any_store.root()
    any_store.shelf().put("g", [Source("a", "1", [passage("a", "a secret word")])])
    assert any_store.root() == root
    assert verify_ledger(any_store).ok
    place = tmp_path / "copy.db"
    assert share_ledger(any_store, place).root == root
    with open_store(place) as copy:
        assert copy.shelf().search("secret") == ()
    assert b"secret" not in place.read_bytes()
