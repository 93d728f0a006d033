"""Canonical JSON against the independent `rfc8785` package, and the strict reader."""

from __future__ import annotations

import enum
import json
from collections import OrderedDict

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError, LimitExceededError
from oreline.model._canonical import (
    JSON_DEPTH_MAX,
    JSON_INTEGER_MAX,
    canonical_json,
    strict_loads,
)

# Surrogates have no UTF-8 form; the ranges on both sides of them are where the two orders differ.
TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            '\0\x08\t\n\x0c\r\x1b\x1f\x7f"\\/aA~\u2028\u2029\ud7ff\ue000\uffff😀𐀀\U0010ffff'
        ),
    ),
    max_size=8,
)
INTEGERS = st.one_of(
    st.integers(-JSON_INTEGER_MAX, JSON_INTEGER_MAX),
    st.sampled_from([JSON_INTEGER_MAX, -JSON_INTEGER_MAX, 0]),
)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)


@given(VALUES)
def test_bytes_equal_those_of_an_independent_implementation(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@given(VALUES)
def test_reading_gives_back_what_was_written(value):
    encoded = canonical_json(value)
    assert strict_loads(encoded) == value
    assert strict_loads(encoded.decode()) == value
    assert strict_loads(json.dumps(value, indent=1)) == value


@given(st.lists(TEXT, unique=True, max_size=6))
def test_key_order_does_not_depend_on_insertion_order(keys):
    forward = {key: index for index, key in enumerate(keys)}
    backward = {key: forward[key] for key in reversed(keys)}
    assert canonical_json(forward) == canonical_json(backward)


def test_keys_beyond_the_basic_plane_sort_by_utf16():
    # 😀 begins with the unit D83D, below E000; in UTF-8 it would come last.
    expected = '{"a":{"😀":1,"\ue000":2},"z":0}'.encode()
    assert canonical_json({"z": 0, "a": {"\ue000": 2, "😀": 1}}) == expected


def test_every_character_is_escaped_as_the_scheme_says():
    for code in [*range(0xD800), *range(0xE000, 0x10000), 0x10000, 0x10FFFF]:
        character = chr(code)
        expected = json.dumps(character, ensure_ascii=False).encode()
        assert canonical_json(character) == expected, hex(code)


class _Grade(enum.StrEnum):
    HIGH = "high"


class _Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "pointer", "reason"),
    [
        (1.5, '""', "float 1.5"),
        ({"a": [0, {"b/c~d": 0.1}]}, "/a/1/b~1c~0d", "float 0.1"),
        ([float("nan")], "/0", "float nan"),
        ([float("inf")], "/0", "float inf"),
        ([1.0], "/0", "decimal string"),
        ({"n": JSON_INTEGER_MAX + 1}, "/n", "9007199254740992"),
        ({"n": -JSON_INTEGER_MAX - 1}, "/n", "-9007199254740992"),
        ({"n": 10**5000}, "/n", "bits"),
        ({"a": {1: 2}}, "/a", "key 1 is of type int"),
        ({"a": {_Text("k"): 2}}, "/a", "type _Text"),
        ({"a": {None: 2}}, "/a", "NoneType"),
        ([(1, 2)], "/0", "tuple"),
        ([b"x"], "/0", "bytes"),
        ([_Text("x")], "/0", "_Text"),
        ([_Grade.HIGH], "/0", "_Grade"),
        ([OrderedDict(a=1)], "/0", "OrderedDict"),
        ([{1}], "/0", "set"),
        (["ok", "\ud800"], "/1", "lone surrogate"),
        ({"\udfff": 1}, '""', "lone surrogate"),
        ({"é": {"\udfff": 1}}, "/\\xe9", "lone surrogate"),
    ],
)
def test_refused_values_are_named_by_pointer(value, pointer, reason):
    with pytest.raises(InputError) as caught:
        canonical_json(value)
    assert f"at {pointer}: " in str(caught.value)
    assert reason in str(caught.value)


@given(VALUES, st.sampled_from([0.5, float("nan"), 2**53, (), b"", "\udc00"]), st.data())
def test_one_foreign_value_anywhere_is_refused(value, foreign, data):
    path = data.draw(st.lists(st.sampled_from(["list", "object"]), max_size=4))
    value = [value, foreign]
    for step in path:
        value = [value] if step == "list" else {"k": value}
    with pytest.raises(InputError, match="at /"):
        canonical_json(value)


def _nested(depth, leaf=0):
    value = leaf
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_limited():
    deepest = _nested(JSON_DEPTH_MAX)
    assert strict_loads(canonical_json(deepest)) == deepest
    with pytest.raises(LimitExceededError, match="JSON_DEPTH_MAX = 100"):
        canonical_json(_nested(JSON_DEPTH_MAX + 1))
    cycle = []
    cycle.append(cycle)
    with pytest.raises(LimitExceededError):
        canonical_json(cycle)


@pytest.mark.parametrize("depth", [JSON_DEPTH_MAX + 1, 500, 1023, 2000, 100_000])
def test_reader_depth_is_limited(depth):
    with pytest.raises(LimitExceededError, match="JSON_DEPTH_MAX"):
        strict_loads("[" * depth + "]" * depth)
    with pytest.raises((LimitExceededError, InputError)):
        strict_loads('{"a":' + "[" * depth + "]" * depth + ',"a":1}')


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b'{"a":1,"a":2}', 'at "": the key "a" stands twice'),
        (b'{"x":[{"a":1,"b":0,"\\u0061":1}]}', 'at /x/0: the key "a" stands twice'),
        (b'{"x":{"a":1.5},"x":1}', 'the key "x" stands twice'),
        (b'{"kg":12.5}', "at /kg: the number 12.5 is not a plain integer"),
        (b"[1e2]", "at /0: the number 1e2"),
        (b"[1.0]", "decimal string"),
        (b"9007199254740992", "beyond"),
        (b"[-9007199254740992]", "at /0"),
        (b"[" + b"9" * 300 + b"]", "at /0: the integer 9999"),
        (b"[" + b"9" * 10_000 + b"]", "number"),
        (b"[18446744073709551616]", "at /0: the integer 18446744073709551616"),
        (b"NaN", "not a JSON document"),
        (b"[Infinity]", "not a JSON document"),
        (b"", "not a JSON document"),
        (b"[1,]", "not a JSON document"),
        (b"[01]", "not a JSON document"),
        (b'"a\nb"', "not a JSON document"),
        (b'"\\ud800"', "not a JSON document"),
        (b'"\xff"', "not a JSON document"),
        (b"\xef\xbb\xbf{}", "not a JSON document"),
        ('"\ud800"', "lone surrogate at character 1"),
        (b"[1] 2", "not a JSON document"),
        (b"'a'", "not a JSON document"),
    ],
)
def test_reader_refuses(document, reason):
    with pytest.raises(InputError) as caught:
        strict_loads(document)
    assert reason in str(caught.value)


def test_reader_accepts_any_layout_and_order():
    text = '\t{ "b" : [ -0, 9007199254740991 ],\r\n "a" : "\\u00e9\\/" } '
    assert strict_loads(text) == {"b": [0, 9007199254740991], "a": "é/"}
