"""What a condition says of what is known: true, false or UNKNOWN, part by part, with reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from oreline.comply._kinds import words_asked
from oreline.comply._numbers import arithmetic, compare, negative, number_text
from oreline.comply._syntax import Asked, Choice, Constant, Known, Node, OneOf, Pair, Sign
from oreline.comply._values import (
    Between,
    Missing,
    Reading,
    Value,
    all_missing,
    cited,
    conjunction,
    disjunction,
    known,
    negation,
    unknown,
)
from oreline.comply._vocabulary import Vocabulary

Argument = Fraction | str | bool | date
Answerer = Callable[[str, tuple[Argument, ...]], Reading]
"""Answers what a condition asks: a word, and what it is asked with."""


class Verdict(StrEnum):
    """What is said of a condition."""

    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question of a condition with its answer, as a person reads them.

    ``unit`` and ``basis`` are those of a number; empty for a pure one and for what is no number.
    """

    question: str
    answer: str
    unit: str
    basis: str
    missing: tuple[Missing, ...]
    cites: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "question": self.question,
            "answer": self.answer,
            "unit": self.unit,
            "basis": self.basis,
            "missing": [one.to_json() for one in self.missing],
            "cites": list(self.cites),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One of the sides that ``&&`` joins at the top: each must hold."""

    text: str
    verdict: Verdict
    asked: tuple[Asking, ...]
    missing: tuple[Missing, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "text": self.text,
            "verdict": str(self.verdict),
            "asked": [one.to_json() for one in self.asked],
            "missing": [one.to_json() for one in self.missing],
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a condition.

    Parameters
    ----------
    verdict
        UNKNOWN where what is not known could still decide either way.
    missing
        What would have to be known, in the order of names; empty unless UNKNOWN.
    cites
        Every event that was read for it, in order.
    parts
        The sides of the topmost ``&&``, so that one sees which of them holds.
    """

    verdict: Verdict
    missing: tuple[Missing, ...]
    cites: tuple[str, ...]
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the judgement as a JSON object."""
        return {
            "verdict": str(self.verdict),
            "missing": [one.to_json() for one in self.missing],
            "cites": list(self.cites),
            "parts": [one.to_json() for one in self.parts],
        }


@dataclass(slots=True)
class _Run:
    """One reading of a condition: each question is asked once."""

    text: str
    words: Vocabulary
    answer: Answerer
    answered: dict[tuple[str, tuple[Argument, ...]], Reading]


def judge_node(node: Node, text: str, words: Vocabulary, answer: Answerer) -> Judgement:
    """Judge a condition whose words and kinds have been checked."""
    run = _Run(text, words, answer, {})
    readings: list[Reading] = []
    parts: list[Part] = []
    for side in _sides(node):
        reading = _reading(side, run)
        readings.append(reading)
        parts.append(_part(side, reading, run))
    whole = readings[0]
    for reading in readings[1:]:
        whole = conjunction(whole, reading)
    return Judgement(
        _verdict(whole),
        tuple(sorted(whole.missing)) if whole.value is None else (),
        tuple(sorted(cited(readings))),
        tuple(parts),
    )


def _sides(node: Node) -> list[Node]:
    if isinstance(node, Pair) and node.operator == "&&":
        return [*_sides(node.left), *_sides(node.right)]
    return [node]


def _verdict(reading: Reading) -> Verdict:
    if reading.value is None:
        return Verdict.UNKNOWN
    assert isinstance(reading.value, bool), "a condition gives a truth value"
    return Verdict.PASS if reading.value else Verdict.FAIL


def _part(node: Node, reading: Reading, run: _Run) -> Part:
    asked = {_text(one, run): _asking(one, run) for one in words_asked(node)}
    missing = tuple(sorted(reading.missing)) if reading.value is None else ()
    return Part(_text(node, run), _verdict(reading), tuple(asked.values()), missing)


def _asking(node: Asked, run: _Run) -> Asking:
    found = _answered(node, run)
    is_number = isinstance(found.value, Fraction | Between)
    return Asking(
        _text(node, run),
        value_text(found.value),
        run.words[node.word].unit if is_number else "",
        "" if found.basis is None else str(found.basis),
        tuple(sorted(found.missing)),
        tuple(sorted(found.cites)),
    )


def _text(node: Node, run: _Run) -> str:
    return " ".join(run.text[node.place.start : node.place.end].split())


def value_text(value: Value | None) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return "UNKNOWN"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction | Between):
        return number_text(value)
    return value if isinstance(value, str) else value.isoformat()


def _reading(node: Node, run: _Run) -> Reading:
    match node:
        case Constant(value):
            return Reading(value)
        case Asked():
            return _answered(node, run)
        case Known(operand):
            inner = _reading(operand, run)
            return known(inner.value is not None, inner)
        case Sign("!", operand):
            return negation(_reading(operand, run))
        case Sign(_, operand):
            inner = _reading(operand, run)
            if inner.value is None:
                return inner
            return Reading(negative(_number(inner)), inner.cites, inner.missing)
        case Pair():
            return _pair(node, run)
        case OneOf(operand, items):
            return _one_of(operand, items, node, run)
        case Choice(condition, one, other):
            return _choice(condition, one, other, run)


def _answered(node: Asked, run: _Run) -> Reading:
    arguments = tuple(one.value for one in node.arguments if isinstance(one, Constant))
    assert len(arguments) == len(node.arguments), "what a word is asked with is written out"
    key = node.word, arguments
    if key not in run.answered:
        run.answered[key] = run.answer(node.word, arguments)
    return run.answered[key]


def _number(reading: Reading) -> Fraction | Between:
    assert isinstance(reading.value, Fraction | Between)
    return reading.value


def _pair(node: Pair, run: _Run) -> Reading:
    left, right = _reading(node.left, run), _reading(node.right, run)
    if node.operator == "&&":
        return conjunction(left, right)
    if node.operator == "||":
        return disjunction(left, right)
    open_sides = [one for one in (left, right) if one.value is None]
    if open_sides:
        return unknown(all_missing(open_sides), left, right)
    if node.operator in ("+", "-", "*", "/"):
        number = arithmetic(node.operator, _number(left), _number(right))
        if number is None:
            why = f"{_text(node.right, run)} is or may be zero, and by it is divided"
            return unknown([Missing(_text(node, run), why)], left, right)
        return Reading(number, cited((left, right)), all_missing((left, right)))
    return _compared(node, left, right, run)


def _compared(node: Pair, left: Reading, right: Reading, run: _Run) -> Reading:
    a, b, relation = left.value, right.value, node.operator
    assert relation in ("<", "<=", ">", ">=", "==", "!=")
    if isinstance(a, Fraction | Between) and isinstance(b, Fraction | Between):
        holds = compare(relation, a, b)
    elif relation in ("==", "!="):
        holds = (a == b) is (relation == "==")
    else:
        assert isinstance(a, date)
        assert isinstance(b, date)
        holds = compare(relation, Fraction(a.toordinal()), Fraction(b.toordinal()))
    if holds is not None:
        return known(holds, left, right)
    missing = all_missing((left, right)) or frozenset(
        Missing(_text(side, run), f"it is only known to be {value_text(reading.value)}")
        for side, reading in ((node.left, left), (node.right, right))
        if isinstance(reading.value, Between)
    )
    return unknown(missing, left, right)


def _one_of(operand: Node, items: tuple[Node, ...], node: Node, run: _Run) -> Reading:
    whole = known(value=False)
    for item in items:
        same = Pair("==", operand, item, node.place)
        whole = disjunction(whole, _pair(same, run))
    # With an empty list what was asked still counts as read.
    return Reading(whole.value, whole.cites | _reading(operand, run).cites, whole.missing)


def _choice(condition: Node, one: Node, other: Node, run: _Run) -> Reading:
    chosen, left, right = (_reading(part, run) for part in (condition, one, other))
    if chosen.value is not None:
        taken = left if chosen.value else right
        return Reading(taken.value, cited((chosen, left, right)), taken.missing)
    if left.value is not None and left.value == right.value:
        return Reading(left.value, cited((chosen, left, right)), all_missing((left, right)))
    return unknown(all_missing((chosen,)), chosen, left, right)
