"""The ranking of documents: a case worked by hand, and laws of a greedy cover."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oreline.ask import Document, OpenQuestion, Standing, rank_documents, subjects

NAMES = tuple(subjects())


def question(subject: str, about: str = "d:1", *, reported: bool = True) -> OpenQuestion:
    return OpenQuestion(subject, about, Standing.UNKNOWN, "", (about,), reported)


def document(identity: str, *settles: str) -> Document:
    return Document(identity, f"paper {identity}", "digger", settles, "assumed", "practice")


def test_the_document_that_settles_most_comes_first_then_the_one_that_adds_most() -> None:
    questions = [question(name) for name in ("mass", "moisture", "assay", "price", "mine")]
    documents = [
        document("A", "mass", "moisture", "assay"),
        document("B", "mass", "moisture"),
        document("C", "price"),
        document("D", "price", "mine"),
        document("E", "status"),
    ]
    ranked = rank_documents(questions, documents, reported=True)
    assert [(one.document.id, one.rank, one.settles, one.adds) for one in ranked] == [
        ("A", 1, 3, 3),
        ("D", 2, 2, 2),
        ("B", 3, 2, 0),
        ("C", 4, 1, 0),
    ]


def test_a_question_counts_once_for_each_lot() -> None:
    questions = [question("mass", "d:1"), question("mass", "d:2"), question("price", "d:1")]
    ranked = rank_documents(
        questions, [document("A", "price"), document("B", "mass")], reported=True
    )
    assert [(one.document.id, one.settles) for one in ranked] == [("B", 2), ("A", 1)]


def test_ties_go_to_the_document_that_settles_more_then_to_the_smaller_id() -> None:
    questions = [question(name) for name in ("mass", "price", "mine")]
    documents = [document("Z", "mass"), document("B", "price"), document("C", "mine", "mass")]
    ranked = rank_documents(questions, documents, reported=True)
    assert [one.document.id for one in ranked] == ["C", "B", "Z"]


def test_papers_on_reports_do_not_count_for_books() -> None:
    questions = [question("mass"), question("mass", "d:2", reported=False)]
    for reported in (True, False):
        (one,) = rank_documents(questions, [document("A", "mass")], reported=reported)
        assert one.settles == 1
        assert questions[one.questions[0]].reported is reported


POOLS = st.lists(st.sampled_from(NAMES), max_size=30)
PAPERS = st.lists(st.frozensets(st.sampled_from(NAMES), max_size=6), max_size=8)


@given(POOLS, PAPERS)
def test_what_documents_add_sums_to_what_can_be_settled(
    open_ones: list[str], papers: list[frozenset[str]]
) -> None:
    questions = [question(name, f"d:{number}") for number, name in enumerate(open_ones)]
    documents = [document(f"{place:02}", *sorted(paper)) for place, paper in enumerate(papers)]
    ranked = rank_documents(questions, documents, reported=True)
    can_be = {n for n, q in enumerate(questions) if any(q.subject in p for p in papers)}
    assert sum(one.adds for one in ranked) == len(can_be)
    assert [one.adds for one in ranked] == sorted((one.adds for one in ranked), reverse=True)
    assert all(one.settles >= one.adds for one in ranked)
    assert len({one.document.id for one in ranked}) == len(ranked)
    for one in ranked:
        assert one.settles == sum(q.subject in one.document.settles for q in questions)
