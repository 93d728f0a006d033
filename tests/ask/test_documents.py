"""The table of documents: every problem at its place, the rest used."""

from __future__ import annotations

import pytest

from oreline.ask import general_documents, parse_documents, subjects
from oreline.model import Basis, Party, Severity

HEAD = "id,document,holder,settles,basis,source\n"


def test_a_row_is_read_as_it_stands() -> None:
    (one,), findings = parse_documents(
        HEAD + "D-1,Bill of lading,carrier,mass status,assumed,own\n"
    )
    assert findings == ()
    assert (one.name, one.holder, one.settles) == ("Bill of lading", "carrier", ("mass", "status"))


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("id,document\nD-1,Bill\n", "ORL-0600", "documents.csv"),
        (HEAD + "D-1,,carrier,mass,assumed,own\n", "ORL-0601", "documents.csv row 2 document"),
        (
            HEAD + "D-1,A,x,mass,assumed,own\nD-1,B,x,mass,assumed,own\n",
            "ORL-0602",
            "documents.csv row 3 id",
        ),
        (HEAD + "D-1,A,x,mass colour,assumed,own\n", "ORL-0603", "documents.csv row 2 settles"),
    ],
)
def test_a_problem_is_told_with_its_place(text: str, code: str, where: str) -> None:
    documents, findings = parse_documents(text)
    assert [(finding.code, finding.where) for finding in findings] == [(code, where)]
    fatal = findings[0].severity is Severity.FATAL
    assert len(documents) == (1 if code in {"ORL-0602", "ORL-0603"} else 0)
    assert fatal is (code != "ORL-0603")


def test_general_documents_find_their_holder_by_role() -> None:
    seller = Party(id="digger", name="Digger Ltd", roles=("seller",), basis=Basis.REPORTED)
    held = {one.name: one.holder for one in general_documents([seller])}
    assert held["Commercial invoice"] == "digger"
    assert held["Bill of lading"] == "carrier"


def test_every_subject_can_be_settled_by_some_general_document() -> None:
    settled = {name for one in general_documents([]) for name in one.settles}
    assert settled == set(subjects())
