"""The letter, word for word."""

from __future__ import annotations

import pytest
from told_events import Trace, seen

from oreline.ask import letter, open_questions, parse_documents
from oreline.model import Chain, InputError

PAPERS = """id,document,holder,settles,basis,source
D-1,Weight certificate,digger,mass moisture,assumed,practice
D-2,Delivery receipt,melter,receiving_plant,assumed,practice
"""
EXPECTED = """\
To: Digger Ltd
Date: 2025-11-01

Documents for: A small chain

We keep a record of this chain in which every figure names its source. Where no paper is
at hand we answer UNKNOWN and do not estimate. The following documents, which you would
hold by the practice of the trade, would answer what is open. A copy of each is enough;
prices may be struck out where they are confidential.

1. Weight certificate
   It would answer: How much is it? How much of the mass is water?
   It concerns: the lots d:cu and d:sb
   - Nothing can be balanced or paid without a mass.
   - Metal is counted on dry mass.

If a document does not exist, please say so: that too is an answer, and we record it.
"""


def test_a_letter_asks_for_documents_why_and_for_which_lots(trace: Trace, chain: Chain) -> None:
    tracer = trace([seen("r1", "2025-10-02", "delivered", "d:sb", "d:cu")])
    found = open_questions(tracer, chain, parse_documents(PAPERS)[0])
    written = letter(found, "digger", chain=chain.title, day="2025-11-01")
    assert written.to_text() == EXPECTED
    assert "1. **Weight certificate**" in written.to_markdown()
    assert "# Documents for: A small chain" in written.to_markdown()
    assert written.to_json()["text"] == EXPECTED


def test_who_holds_nothing_gets_no_letter(trace: Trace, chain: Chain) -> None:
    tracer = trace([seen("r1", "2025-10-02", "delivered", "d:sb")])
    found = open_questions(tracer, chain, parse_documents(PAPERS)[0])
    with pytest.raises(InputError, match="ask digger and melter"):
        letter(found, "nobody", chain=chain.title)
