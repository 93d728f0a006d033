"""Conditions as they are written: the part of the Common Expression Language that oreline judges.

The text is parsed with the grammar of cel-python; this module turns the tree into few, plain nodes,
each with its place in the text. Numbers keep the digits that were written: the language's own
doubles never enter. What a condition has no use for (maps, bytes, objects, null, ``%``) is named,
not ignored.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

TEXT_MAX = 4000
"""Characters that a condition may have."""
DEPTH_MAX = 64
"""How deep brackets, calls and signs may stand in one another."""
EXPONENT_MAX = 100
"""The greatest power of ten that a number may be written with."""


@dataclass(frozen=True, slots=True)
class Place:
    """From which character of the text to which, the last one not counted."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, a truth value, or a day written as ``date("2026-06-30")``."""

    value: Fraction | str | bool | date
    place: Place


@dataclass(frozen=True, slots=True)
class Asked:
    """A word of the vocabulary with what it is asked with."""

    word: str
    arguments: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Sign:
    """``!`` before a truth value, ``-`` before a number."""

    operator: Literal["!", "-"]
    operand: Node
    place: Place


Operator: TypeAlias = Literal["&&", "||", "<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides with an operator between them."""

    operator: Operator
    left: Node
    right: Node
    place: Place


@dataclass(frozen=True, slots=True)
class OneOf:
    """``x in [a, b]``."""

    operand: Node
    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """``condition ? one : other``."""

    condition: Node
    one: Node
    other: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Known:
    """``has(x)``: whether something is known at all; always true or false."""

    operand: Node
    place: Place


Node: TypeAlias = Constant | Asked | Sign | Pair | OneOf | Choice | Known


class UnreadableError(ValueError):
    """A text that is no condition: what is wrong, where, and what to write instead."""

    def __init__(self, message: str, fix: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.at = at


def parse(text: str) -> Node:
    """Return the nodes of a condition.

    Raises
    ------
    UnreadableError
        At the first character that cannot be understood.
    """
    if len(text) > TEXT_MAX:
        message = f"the condition has {len(text)} characters; at most {TEXT_MAX} are read"
        raise UnreadableError(message, "write several conditions", 0)
    if not text.strip():
        raise UnreadableError(
            "the condition is empty", 'write one, for example permit("lease-1")', 0
        )
    _see_depth(text)
    return _node(_tree(text), text)


_SIGNS_BEFORE = 400
"""How many brackets and signs a condition may have at all: each makes the tree deeper."""


def _see_depth(text: str) -> None:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    crowded = sum(text.count(sign) for sign in "([{!-?") > _SIGNS_BEFORE
    if deepest > DEPTH_MAX or crowded:
        message = f"brackets stand more than {DEPTH_MAX} deep, or too many signs are used"
        raise UnreadableError(message, "write several conditions", 0)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    """Return a parser with the grammar of cel-python.

    Its own parser is one for the whole process and loses the places of ``true`` and ``false``.
    """
    found = find_spec("celpy")
    assert found is not None, "cel-python is installed with oreline"
    assert found.submodule_search_locations is not None, "it is a package"
    return Lark(
        Path(found.submodule_search_locations[0], "cel.lark").read_text(encoding="utf-8"),
        parser="lalr",
        start="expr",
        g_regex_flags=re.MULTILINE,
        lexer_callbacks={"IDENT": _truth_value},
        propagate_positions=True,
        maybe_placeholders=False,
    )


def _truth_value(token: Token) -> Token:
    """Return ``true`` and ``false`` as values: the grammar takes them for names."""
    if token in {"true", "false"}:
        return Token.new_borrow_pos("BOOL_LIT", str(token), token)
    return token


def _tree(text: str) -> Tree[Token]:
    try:
        return _parser().parse(text)
    except (UnexpectedCharacters, UnexpectedToken) as error:
        is_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        position: int | None = error.pos_in_stream
        at = len(text.rstrip()) if is_end or position is None else position
        rest = text[at:].split("\n")[0][:20]
        what = "the condition ends too early" if is_end else f"{rest!r} is not understood here"
        raise UnreadableError(
            what, "see docs/reference/conditions.md for what may stand", at
        ) from error


_BINARY: dict[str, Operator] = {
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_eq": "==",
    "relation_ne": "!=",
    "addition_add": "+",
    "addition_sub": "-",
    "multiplication_mul": "*",
    "multiplication_div": "/",
}


def _place(tree: Tree[Token]) -> Place:
    return Place(tree.meta.start_pos, tree.meta.end_pos)


def _children(tree: Tree[Token]) -> list[Any]:
    return tree.children


def _node(tree: Tree[Token], text: str) -> Node:
    """Return the node of a tree; levels of the grammar that add nothing fall away."""
    children = _children(tree)
    name = tree.data
    if name == "expr" and len(children) == 3:
        condition, one, other = (_node(child, text) for child in children)
        return Choice(condition, one, other, _place(tree))
    if name in {"conditionalor", "conditionaland"} and len(children) == 2:
        operator: Literal["||", "&&"] = "||" if name == "conditionalor" else "&&"
        left, right = (_node(child, text) for child in children)
        return Pair(operator, left, right, _place(tree))
    if name in {"relation", "addition", "multiplication"} and len(children) == 2:
        return _binary(tree, text)
    if name == "unary" and len(children) == 2:
        sign: Literal["!", "-"] = "!" if children[0].data == "unary_not" else "-"
        return Sign(sign, _node(children[1], text), _place(tree))
    if name == "literal":
        return _constant(tree)
    if name == "ident":
        return Asked(str(children[0]), (), _place(tree))
    if name == "ident_arg":
        return _asked(tree, text)
    passing = {"expr", "conditionalor", "conditionaland", "relation", "addition"}
    passing |= {"multiplication", "unary", "member", "primary", "paren_expr"}
    if name in passing and len(children) == 1:
        return _node(children[0], text)
    raise _unused(tree, text)


def _binary(tree: Tree[Token], text: str) -> Node:
    head, tail = _children(tree)
    (before,) = _children(head)
    if head.data == "relation_in":
        items = _list_of(tail, text)
        return OneOf(_node(before, text), tuple(items), _place(tree))
    operator = _BINARY.get(head.data)
    if operator is None:
        raise _unused(head, text)
    left, right = _node(before, text), _node(tail, text)
    return Pair(operator, left, right, _place(tree))


def _list_of(tree: Tree[Token], text: str) -> Iterator[Node]:
    found = tree
    while found.data != "list_lit":
        children = _children(found)
        if len(children) != 1 or not hasattr(children[0], "data"):
            message, fix = "'in' needs a list after it", 'write x in ["a", "b"]'
            raise UnreadableError(message, fix, tree.meta.start_pos)
        found = children[0]
    for child in _children(found):
        yield from (_node(one, text) for one in _children(child))


def _asked(tree: Tree[Token], text: str) -> Node:
    name, *rest = _children(tree)
    arguments = tuple(_node(one, text) for part in rest for one in _children(part))
    if name == "has":
        if len(arguments) != 1:
            raise UnreadableError("has() asks about one thing", "write has(x)", tree.meta.start_pos)
        return Known(arguments[0], _place(tree))
    if name == "date":
        return _day(arguments, tree)
    return Asked(str(name), arguments, _place(tree))


def _day(arguments: tuple[Node, ...], tree: Tree[Token]) -> Constant:
    fix = 'write a day as date("2026-06-30")'
    given = arguments[0] if len(arguments) == 1 else None
    if not isinstance(given, Constant) or not isinstance(given.value, str):
        raise UnreadableError("date() takes one day in quotes", fix, tree.meta.start_pos)
    try:
        day = date.fromisoformat(given.value)
    except ValueError:
        message = f"{given.value!r} is no day"
        raise UnreadableError(message, fix, given.place.start) from None
    return Constant(day, _place(tree))


def _constant(tree: Tree[Token]) -> Constant:
    token = tree.children[0]
    assert isinstance(token, Token)
    place, written = _place(tree), str(token)
    if token.type == "BOOL_LIT":
        return Constant(written == "true", place)
    if token.type in {"INT_LIT", "FLOAT_LIT"}:
        return Constant(_number(written, place), place)
    if token.type == "STRING_LIT":
        return Constant(_text(written, place), place)
    raise _unused(tree, written)


def _number(written: str, place: Place) -> Fraction:
    if "0x" in written:
        return Fraction(int(written, 16))
    exponent = written.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > EXPONENT_MAX:
        message = f"{written} is beyond what is reckoned with"
        raise UnreadableError(message, f"use powers of ten up to {EXPONENT_MAX}", place.start)
    return Fraction(written)


def _text(written: str, place: Place) -> str:
    try:
        value = ast.literal_eval(written)
    except (SyntaxError, ValueError):
        message = f"the text {written} cannot be read"
        raise UnreadableError(message, "write it in plain quotes", place.start) from None
    return str(value)


_UNUSED = {
    "multiplication_mod": ("a remainder (%) has no use here", "write a share as a number: 0.85"),
    "member_dot": ("a word has no parts", "write the word that gives the number itself"),
    "member_dot_arg": ("words are asked by themselves", "write word(x), not x.word()"),
    "member_index": ("nothing is counted with [ ] here", "write the word that gives the value"),
    "member_object": ("objects have no use here", "write numbers, texts, days and words"),
    "list_lit": ("a list stands after 'in' only", 'write x in ["a", "b"]'),
    "map_lit": ("maps have no use here", "write numbers, texts, days and words"),
    "dot_ident": ("a word begins with a letter", "take the point away"),
    "dot_ident_arg": ("a word begins with a letter", "take the point away"),
    "literal": ("such a value has no use here", "write numbers, texts, days, true or false"),
}


def _unused(tree: Tree[Token], text: str) -> UnreadableError:
    at: int = tree.meta.start_pos
    message, fix = _UNUSED.get(
        str(tree.data), (f"{text[at : tree.meta.end_pos]!r} is not understood", "write it plainly")
    )
    return UnreadableError(message, fix, at)
