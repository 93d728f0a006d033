"""Whether the words of a condition are known, and its sides of one kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from oreline.comply._syntax import (
    Asked,
    Choice,
    Constant,
    Known,
    Node,
    OneOf,
    Pair,
    Place,
    Sign,
)
from oreline.comply._vocabulary import Kind, Vocabulary


class Problem(NamedTuple):
    """What is wrong at a place of a condition, and what to write instead."""

    code: str
    message: str
    fix: str
    place: Place


def problems_of(node: Node, words: Vocabulary) -> list[Problem]:
    """Return everything that is wrong with a condition; it must give a truth value."""
    found: list[Problem] = []
    kind = _kind(node, words, found)
    if kind not in {Kind.TRUTH, None}:
        message = f"the condition gives a {kind}, not true or false"
        fix = "compare it with something, for example >= 100"
        found.append(Problem("ORL-1162", message, fix, node.place))
    return found


def _kind(node: Node, words: Vocabulary, found: list[Problem]) -> Kind | None:
    """Return what a node gives; None where that is not known because something in it is wrong."""
    match node:
        case Constant(value):
            return _kind_of(value)
        case Asked():
            return _asked(node, words, found)
        case Known(operand):
            _kind(operand, words, found)
            return Kind.TRUTH
        case Sign(operator, operand):
            wanted = Kind.TRUTH if operator == "!" else Kind.NUMBER
            _want(operand, wanted, f"after {operator}", words, found)
            return wanted
        case Pair():
            return _pair(node, words, found)
        case OneOf(operand, items):
            kind = _kind(operand, words, found)
            for item in items:
                _want(item, kind, "in this list", words, found)
            return Kind.TRUTH
        case Choice(condition, one, other):
            _want(condition, Kind.TRUTH, "before ?", words, found)
            kind = _kind(one, words, found)
            _want(other, kind, "after :", words, found)
            return kind


def _kind_of(value: Fraction | str | bool | date) -> Kind:
    if isinstance(value, bool):
        return Kind.TRUTH
    if isinstance(value, Fraction):
        return Kind.NUMBER
    return Kind.TEXT if isinstance(value, str) else Kind.DAY


def _want(
    node: Node, wanted: Kind | None, where: str, words: Vocabulary, found: list[Problem]
) -> None:
    kind = _kind(node, words, found)
    if wanted is not None and kind not in {wanted, None}:
        message = f"a {kind} stands {where}, where a {wanted} is needed"
        found.append(Problem("ORL-1162", message, f"write a {wanted} there", node.place))


def _pair(node: Pair, words: Vocabulary, found: list[Problem]) -> Kind | None:
    operator = node.operator
    if operator in {"&&", "||"}:
        for side in (node.left, node.right):
            _want(side, Kind.TRUTH, f"beside {operator}", words, found)
        return Kind.TRUTH
    if operator in {"+", "-", "*", "/"}:
        for side in (node.left, node.right):
            _want(side, Kind.NUMBER, f"beside {operator}", words, found)
        return Kind.NUMBER
    left, right = (_kind(side, words, found) for side in (node.left, node.right))
    if None not in (left, right) and left is not right:
        message = f"a {left} is compared with a {right}"
        fix = f"compare with a {left}" + _written(left)
        found.append(Problem("ORL-1162", message, fix, node.place))
    elif left in {Kind.TRUTH, Kind.TEXT} and operator not in {"==", "!="}:
        message = f"a {left} is not less or more than another"
        found.append(Problem("ORL-1162", message, "compare with == or !=", node.place))
    return Kind.TRUTH


def _written(kind: Kind | None) -> str:
    examples = {Kind.NUMBER: "12.5", Kind.TEXT: '"PASS"', Kind.DAY: 'date("2026-06-30")'}
    return f", for example {examples[kind]}" if kind in examples else ""


def _asked(node: Asked, words: Vocabulary, found: list[Problem]) -> Kind | None:
    word = words.get(node.word)
    if word is None:
        near = difflib.get_close_matches(node.word, words, 1)
        fix = f"did you mean {words[near[0]].form}?" if near else f"words: {_listed(words)}"
        found.append(Problem("ORL-1161", f"{node.word} is no word of conditions", fix, node.place))
        for argument in node.arguments:
            _kind(argument, words, found)
        return None
    if len(node.arguments) != len(word.parameters):
        message = f"{word.name} is asked with {len(node.arguments)} things"
        found.append(Problem("ORL-1163", message, f"write {word.form}", node.place))
    for argument, parameter in zip(node.arguments, word.parameters, strict=False):
        _want(argument, parameter.kind, f"as {parameter.name} of {word.name}", words, found)
        if not isinstance(argument, Constant):
            message = f"{parameter.name} of {word.name} is worked out"
            fix = "write it out, so that all can see what is asked for"
            found.append(Problem("ORL-1163", message, fix, argument.place))
    return word.kind


def _listed(words: Vocabulary) -> str:
    return ", ".join(words[name].form for name in sorted(words))


def words_asked(node: Node) -> Iterator[Asked]:
    """Yield every question that a condition asks, in the order of its text."""
    match node:
        case Asked(_, arguments):
            yield node
            for argument in arguments:
                yield from words_asked(argument)
        case Sign(_, operand) | Known(operand):
            yield from words_asked(operand)
        case Pair(_, left, right):
            yield from words_asked(left)
            yield from words_asked(right)
        case OneOf(operand, items):
            for one in (operand, *items):
                yield from words_asked(one)
        case Choice(condition, one, other):
            for part in (condition, one, other):
                yield from words_asked(part)
        case Constant():
            return
