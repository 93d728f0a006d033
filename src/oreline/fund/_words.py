"""The words of conditions on money: what the ledger and the verbs can be asked."""

from __future__ import annotations

from oreline.comply import Kind, Parameter, Vocabulary, Word, vocabulary

_ELEMENT = Parameter("element", Kind.TEXT)
_SITE = Parameter("site", Kind.TEXT)
_FROM = Parameter("from", Kind.DAY)
_TO = Parameter("to", Kind.DAY)
_ID = Parameter("id", Kind.TEXT)


def words_in(currency: str) -> Vocabulary:
    """Return the words with money in a currency; masses are contained metal, tonnes."""
    return vocabulary(
        (
            Word("today", Kind.DAY, "the day on which is judged"),
            Word(
                "received_t",
                Kind.NUMBER,
                "the element in all lots that a site has received from elsewhere, by the book",
                (_ELEMENT, _SITE),
                "t",
            ),
            Word(
                "extracted_t",
                Kind.NUMBER,
                "the element extracted at a site from a day up to, and without, another",
                (_ELEMENT, _SITE, _FROM, _TO),
                "t",
            ),
            Word(
                "recovery_pct",
                Kind.NUMBER,
                "the element in the products of a site for that in its feed, between two days",
                (_ELEMENT, _SITE, _FROM, _TO),
                "%",
            ),
            Word(
                "closes",
                Kind.TRUTH,
                "whether the balance of the element at a site closes, between two days",
                (_ELEMENT, _SITE, _FROM, _TO),
            ),
            Word(
                "grade_pct",
                Kind.NUMBER,
                "the grade of a lot by the book, on the dry basis",
                (Parameter("lot", Kind.TEXT), Parameter("analyte", Kind.TEXT)),
                "%",
            ),
            Word("permit", Kind.TRUTH, "whether a permit is in force on the day", (_ID,)),
            Word("permit_until", Kind.DAY, "the last day of a permit", (_ID,)),
            Word(
                "phase_open",
                Kind.TRUTH,
                "whether every permit that gates a phase is in force on the day",
                (_ID,),
            ),
            Word(
                "attested",
                Kind.TRUTH,
                "whether somebody attests this of a subject, in force on the day",
                (Parameter("type", Kind.TEXT), Parameter("subject", Kind.TEXT)),
            ),
            Word(
                "released", Kind.NUMBER, "what has been released of an instrument", (_ID,), currency
            ),
            Word("spent", Kind.NUMBER, "what has been spent of an instrument", (_ID,), currency),
            Word("rule", Kind.TEXT, "what a rule of the instrument says: PASS or FAIL", (_ID,)),
        )
    )


WORDS = words_in("money")
"""The words, for those who list them."""
