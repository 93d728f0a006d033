"""Conditions: Kleene's truth tables, exact thresholds, bounds, and what is wrong with a text."""

from __future__ import annotations

import sys
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.comply import (
    Argument,
    Between,
    Judgement,
    Kind,
    Missing,
    Parameter,
    Reading,
    Value,
    Verdict,
    Word,
    judge,
    read_condition,
    vocabulary,
)

WORDS = vocabulary(
    (
        Word("a", Kind.TRUTH, "one fact"),
        Word("b", Kind.TRUTH, "another fact"),
        Word("c", Kind.TRUTH, "a third fact"),
        Word("x", Kind.NUMBER, "tonnes delivered", unit="t"),
        Word("y", Kind.NUMBER, "tonnes agreed", unit="t"),
        Word("i", Kind.NUMBER, "a count"),
        Word("j", Kind.NUMBER, "another count"),
        Word("today", Kind.DAY, "the day asked about"),
        Word("rule", Kind.TEXT, "what a rule says", (Parameter("id", Kind.TEXT),)),
    )
)
TRUTHS: dict[str, bool | None] = {"true": True, "false": False, "unknown": None}
OUTCOME = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.UNKNOWN}


def judged(text: str, **values: Value | None) -> Judgement:
    """Judge a text with some values; None is UNKNOWN."""
    condition, findings = read_condition(text, WORDS, "here")
    assert condition is not None, [str(one) for one in findings]

    def answer(word: str, _given: tuple[Argument, ...]) -> Reading:
        value = values[word]
        cites = frozenset([f"event-{word}"])
        if value is None:
            return Reading(None, cites, frozenset([Missing(word, "nobody has said")]))
        return Reading(value, cites)

    return judge(condition, answer)


@pytest.mark.parametrize(("left", "right"), list(product(TRUTHS, TRUTHS)))
def test_truth_tables(left: str, right: str) -> None:
    """Kleene's strong logic, written out from its definition: false < unknown < true."""
    rank = {False: 0, None: 1, True: 2}
    back = {0: False, 1: None, 2: True}
    a, b = TRUTHS[left], TRUTHS[right]
    assert judged("a && b", a=a, b=b).verdict is OUTCOME[back[min(rank[a], rank[b])]]
    assert judged("a || b", a=a, b=b).verdict is OUTCOME[back[max(rank[a], rank[b])]]
    assert judged("!a", a=a).verdict is OUTCOME[back[2 - rank[a]]]
    same = None if a is None or b is None else a == b
    assert judged("a == b", a=a, b=b).verdict is OUTCOME[same]
    assert judged("has(a)", a=a).verdict is OUTCOME[a is not None]


@pytest.mark.parametrize("condition", TRUTHS)
def test_a_choice_is_open_only_where_its_sides_differ(condition: str) -> None:
    for one, other in product(TRUTHS.values(), repeat=2):
        found = judged("a ? b : c", a=TRUTHS[condition], b=one, c=other).verdict
        if TRUTHS[condition] is None:
            wanted = one if one is other else None
        else:
            wanted = one if TRUTHS[condition] else other
        assert found is OUTCOME[wanted]


def test_only_what_could_still_decide_is_missing() -> None:
    assert [one.name for one in judged("a && (b || c)", a=None, b=None, c=True).missing] == ["a"]
    assert judged("a && b", a=None, b=False).missing == ()
    assert [one.name for one in judged("a && b", a=None, b=None).missing] == ["a", "b"]


def test_parts_are_the_sides_that_must_all_hold() -> None:
    found = judged("x >= 10 && (a || b)", x=Fraction(9), a=True, b=None)
    assert [(one.text, one.verdict) for one in found.parts] == [
        ("x >= 10", Verdict.FAIL),
        ("a || b", Verdict.PASS),
    ]
    assert [(one.question, one.answer) for one in found.parts[0].asked] == [("x", "9")]
    assert found.cites == ("event-a", "event-b", "event-x")


def test_thresholds_are_exact_where_doubles_are_not() -> None:
    assert 0.1 + 0.2 != 0.3
    assert judged("0.1 + 0.2 == 0.3").verdict is Verdict.PASS
    assert judged("x >= 0.3", x=Fraction("0.3")).verdict is Verdict.PASS
    nearly = Fraction("0.3") - Fraction(1, 10**30)
    assert judged("x >= 0.3", x=nearly).verdict is Verdict.FAIL
    big = Fraction(2**53 + 1)
    assert judged(f"x > {2**53}", x=big).verdict is Verdict.PASS
    assert judged("x * 3 == 1", x=Fraction(1, 3)).verdict is Verdict.PASS


def test_days_are_compared_as_days() -> None:
    assert judged('today < date("2026-07-01")', today=date(2026, 6, 30)).verdict is Verdict.PASS
    assert judged('today <= date("2026-06-29")', today=date(2026, 6, 30)).verdict is Verdict.FAIL


def test_by_nothing_is_not_divided() -> None:
    found = judged("x / y > 1 && a", x=Fraction(1), y=Fraction(0), a=True)
    assert found.verdict is Verdict.UNKNOWN
    assert found.missing[0].name == "x / y"
    assert judged("x / y > 1 && a", x=Fraction(1), y=Fraction(0), a=False).verdict is Verdict.FAIL
    around = Between(Fraction(-1), Fraction(1))
    assert judged("x / y > 1", x=Fraction(1), y=around).verdict is Verdict.UNKNOWN


def test_bounds_decide_where_they_can() -> None:
    some = Between(Fraction(900), Fraction(1100))
    assert judged("x >= 900", x=some).verdict is Verdict.PASS
    assert judged("x < 900", x=some).verdict is Verdict.FAIL
    opened = judged("x >= 1000", x=some)
    assert opened.verdict is Verdict.UNKNOWN
    assert opened.missing[0].why == "it is only known to be 900 to 1,100"
    assert judged("x >= 900", x=Between(Fraction(900), None)).verdict is Verdict.PASS
    assert judged("x in [1, 2]", x=some).verdict is Verdict.FAIL


NUMBERS = st.fractions(min_value=-5, max_value=5, max_denominator=4)
ARITHMETIC = st.recursive(
    st.one_of(st.sampled_from(["x", "y"]), st.integers(0, 4).map(str)),
    lambda inner: st.builds(
        "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/"]), inner
    ),
    max_leaves=6,
)
RELATION = st.builds(
    "{} {} {}".format, ARITHMETIC, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), ARITHMETIC
)


@given(RELATION, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_what_bounds_decide_every_value_within_decides(
    text: str, one: Fraction, other: Fraction, inside: Fraction, y: Fraction
) -> None:
    """Bounds may leave a question open; they never answer it otherwise than the value does."""
    low, high = min(one, other, inside), max(one, other, inside)
    within = judged(text, x=Between(low, high) if low < high else low, y=y).verdict
    for value in (low, high, inside):
        exact = judged(text, x=value, y=y).verdict
        assert within is Verdict.UNKNOWN or exact in {within, Verdict.UNKNOWN}


LOGIC = st.recursive(
    st.one_of(st.sampled_from(["a", "b", "c", "(i < j)", "(i == j)", "true", "false"])),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||", "=="]), inner),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@given(LOGIC, st.tuples(*[st.booleans()] * 3), st.integers(0, 3), st.integers(0, 3))
def test_the_language_as_another_implementation_has_it(
    text: str, facts: tuple[bool, bool, bool], i: int, j: int
) -> None:
    """Where everything is known and whole, cel-python's own evaluation gives the same."""
    import celpy

    limit = sys.getrecursionlimit()
    environment = celpy.Environment()
    sys.setrecursionlimit(limit)  # it raises that of the whole process
    program = environment.program(environment.compile(text))
    given_ = dict(zip("abc", facts, strict=True))
    activation: dict[str, celpy.celtypes.Value] = {
        name: celpy.celtypes.BoolType(value) for name, value in given_.items()
    }
    activation |= {"i": celpy.celtypes.IntType(i), "j": celpy.celtypes.IntType(j)}
    wanted = bool(program.evaluate(activation))
    assert judged(text, **given_, i=Fraction(i), j=Fraction(j)).verdict is OUTCOME[wanted]


@given(LOGIC, st.tuples(*[st.sampled_from([True, False, None])] * 3))
def test_what_is_said_while_some_is_unknown_stays_said(
    text: str, facts: tuple[bool | None, bool | None, bool | None]
) -> None:
    """A verdict that was reached before all was known holds whatever becomes known."""
    before = judged(
        text, **dict(zip("abc", facts, strict=True)), i=Fraction(1), j=Fraction(2)
    ).verdict
    if before is Verdict.UNKNOWN:
        return
    for filled in product(*[[one] if one is not None else [True, False] for one in facts]):
        assert (
            judged(
                text, **dict(zip("abc", filled, strict=True)), i=Fraction(1), j=Fraction(2)
            ).verdict
            is before
        )


@pytest.mark.parametrize(
    ("text", "code", "where", "said"),
    [
        ("x >= ", "ORL-1160", "here character 5", "ends too early"),
        ("x >= 10 &", "ORL-1160", "here character 9", "not understood"),
        ("", "ORL-1160", "here character 1", "empty"),
        ("x.t > 1", "ORL-1160", "here character 1", "no parts"),
        ("x % 2 == 0", "ORL-1160", "here character 1", "remainder"),
        ('b"x" == b"y"', "ORL-1160", "here character 1", "no use"),
        ("null == null", "ORL-1160", "here character 1", "no use"),
        ('today > date("2026-02-30")', "ORL-1160", "here character 14", "no day"),
        ("x > 1e999", "ORL-1160", "here character 5", "beyond"),
        ("tonnes > 1", "ORL-1161", "here character 1", "no word"),
        ("x", "ORL-1162", "here character 1", "not true or false"),
        ("a && x", "ORL-1162", "here character 6", "number stands beside &&"),
        ("x > today", "ORL-1162", "here character 1", "compared with a day"),
        ("a && true < b", "ORL-1162", "here character 6", "not less or more"),
        ("a < b", "ORL-1162", "here character 1", "not less or more"),
        ("1 < x < 3", "ORL-1162", "here character 1", "compared with a number"),
        ('rule("r", "s") == "PASS"', "ORL-1163", "here character 1", "asked with 2"),
        ('a &&\n rule(x) == "PASS"', "ORL-1162", "here line 2 character 7", "text is needed"),
        ("(" * 70 + "a" + ")" * 70, "ORL-1160", "here character 1", "deep"),
        ("a || " * 2000 + "a", "ORL-1160", "here character 1", "characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, code: str, where: str, said: str) -> None:
    condition, findings = read_condition(text, WORDS, "here")
    assert condition is None
    assert (findings[0].code, findings[0].where) == (code, where)
    assert said in findings[0].message
    assert findings[0].fix


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, findings = read_condition('foo && bar && rule("r") > 1', WORDS, "here")
    assert [one.code for one in findings] == ["ORL-1161", "ORL-1161", "ORL-1162"]


def test_a_near_word_is_offered() -> None:
    _, findings = read_condition('ruel("r") == "PASS"', WORDS, "here")
    assert findings[0].fix == "did you mean rule(id)?"
