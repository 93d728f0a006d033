"""A condition: a text that people can read, checked once and judged whenever more is known."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.comply._judge import Answerer, Judgement, judge_node
from oreline.comply._kinds import problems_of, words_asked
from oreline.comply._syntax import Constant, Node, UnreadableError, parse
from oreline.comply._vocabulary import Vocabulary
from oreline.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition whose words are known and whose sides are of one kind.

    Parameters
    ----------
    text
        As it was written.
    """

    text: str
    vocabulary: Vocabulary
    _node: Node

    @property
    def words(self) -> frozenset[str]:
        """Return the words that the condition asks."""
        return frozenset(one.word for one in words_asked(self._node))

    def asked_with(self, word: str) -> frozenset[tuple[object, ...]]:
        """Return with what a word is asked in the condition."""
        return frozenset(
            tuple(given.value for given in one.arguments if isinstance(given, Constant))
            for one in words_asked(self._node)
            if one.word == word
        )


def read_condition(
    text: str, words: Vocabulary, where: str
) -> tuple[Condition | None, tuple[Finding, ...]]:
    """Return the condition that a text writes, or None and everything that is wrong with it.

    Parameters
    ----------
    text
        In the Common Expression Language, as far as ``docs/reference/conditions.md`` describes it.
    words
        What it may ask.
    where
        Where it stands, for the findings.

    Returns
    -------
    condition, findings
        ORL-1160 what cannot be read, ORL-1161 an unknown word, ORL-1162 sides of different kinds,
        ORL-1163 a word asked with the wrong things.
    """
    try:
        node = parse(text)
    except UnreadableError as error:
        place = _place(text, error.at, where)
        return None, (Finding("ORL-1160", Severity.FATAL, place, error.message, error.fix),)
    findings = tuple(
        Finding(
            one.code, Severity.FATAL, _place(text, one.place.start, where), one.message, one.fix
        )
        for one in problems_of(node, words)
    )
    return (None if findings else Condition(text, words, node)), findings


def _place(text: str, at: int, where: str) -> str:
    before = text[:at]
    line = before.count("\n")
    column = len(before) - (before.rfind("\n") + 1) + 1
    told = f"line {line + 1} character {column}" if "\n" in text else f"character {column}"
    return f"{where} {told}".strip()


def judge(condition: Condition, answer: Answerer) -> Judgement:
    """Return what a condition says of what is known.

    Parameters
    ----------
    answer
        Gives the answer of a word; it is asked once for each question, also where another side
        has already decided, so that all that is known is shown.

    >>> from fractions import Fraction
    >>> from oreline.comply import Kind, Missing, Reading, Word, judge, read_condition, vocabulary
    >>> words = vocabulary((Word("t", Kind.NUMBER, "tonnes delivered", unit="t"),))
    >>> condition, _ = read_condition("t >= 0.3", words, "here")
    >>> judge(condition, lambda word, given: Reading(Fraction(3, 10))).verdict
    <Verdict.PASS: 'PASS'>
    >>> nothing = Reading(None, missing=frozenset([Missing("t", "no weight is recorded")]))
    >>> judge(condition, lambda word, given: nothing).missing[0].why
    'no weight is recorded'
    """
    return judge_node(condition._node, condition.text, condition.vocabulary, answer)
