"""Events of a scenario file: read with their places, and everything that is wrong told at once."""

from __future__ import annotations

import pytest
from plan_texts import TINY, problem_of

from oreline.model import InputError, LimitExceededError
from oreline.stress import EventTable, KnownPlaces, given_events, read_events

PROBLEM = problem_of(TINY)
PLACES = KnownPlaces(
    frozenset({"pit", "port"}), frozenset({"sea"}), frozenset({"port"}), frozenset(PROBLEM.prices),
    PROBLEM.elements(), (12 * PROBLEM.years[0], 12 * (PROBLEM.years[-1] + 1)),
)  # fmt: skip
START = 12 * 2028
HEAD = '[stress]\nbasis = "assumed"\nsource = "a test"\n'


def read(text: str) -> tuple[list[str], list[str]]:
    """Return ids of the events that are read, and findings as code and place."""
    events, findings = read_events(text.encode(), "one.toml", PLACES, START)
    return [one.id for one in events], [f"{one.code} {one.where}" for one in findings]


def test_events_are_read_with_what_they_do_not_say() -> None:
    text = HEAD + (
        '[[stress.event]]\nkind = "route"\nof = "sea"\nmonths = 6\n'
        '[[stress.event]]\nid = "ban"\nkind = "ban"\nof = "CN"\nto = ["US"]\nelements = ["Sb"]\n'
        'start = "2029 Q3"\nprobability = 0.25\n'
    )
    events, findings = read_events(text.encode(), "one.toml", PLACES, START)
    assert not findings
    sea, ban = events
    assert (sea.id, sea.start, sea.months, sea.severity, sea.probability) == (
        "route-sea", "2028-01", 6, 1, 1,
    )  # fmt: skip
    assert (ban.start, ban.to, ban.elements, ban.probability) == ("2029-07", ("US",), ("Sb",), 0.25)
    assert str(ban.basis) == "assumed"
    assert ban.source == "a test"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    events, findings = read(
        HEAD
        + '[[stress.event]]\nkind = "route"\nof = "see"\nmonths = -1\n'
        + '[[stress.event]]\nkind = "site"\nof = "pit"\nseverity = 1.5\nprobability = 2\n'
        + '[[stress.event]]\nkind = "port"\nof = "pit"\nstart = "1999"\n'
        + '[[stress.event]]\nkind = "price"\nof = "Sb"\n'
        + '[[stress.event]]\nkind = "ban"\nof = "XX"\nstart = "soon"\n'
        + '[[stress.event]]\nkind = "flood"\nof = "pit"\nmonth = 3\n'
    )
    assert not events
    assert findings == [
        "ORL-1252 one.toml:6",
        "ORL-1253 one.toml:7",
        "ORL-1253 one.toml:11",
        "ORL-1253 one.toml:12",
        "ORL-1252 one.toml:15",
        "ORL-1254 one.toml:16",
        "ORL-1253 one.toml:17",
        "ORL-1252 one.toml:22",
        "ORL-1254 one.toml:23",
        "ORL-1251 one.toml:25",
        "ORL-1251 one.toml:27",
    ]


def test_a_name_that_is_nearly_right_is_offered() -> None:
    text = HEAD + '[[stress.event]]\nkind = "route"\nof = "see"\n'
    _, (finding,) = read_events(text.encode(), "one.toml", PLACES, START)
    assert finding.fix == "did you mean sea?"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["ORL-1251 one.toml:1"]),
        ("stress = 3", ["ORL-1251 one.toml:1"]),
        ("[stress", ["ORL-1250 one.toml:1"]),
        ('[[stress.event]]\nkind = "site"\nof = "pit"', ["ORL-1251 one.toml:1"]),
        ("stress.event = [3]", ["ORL-1251 one.toml:1"]),
        (
            HEAD + 2 * '[[stress.event]]\nkind = "site"\nof = "pit"\n',
            ["ORL-1256 one.toml"],
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_none(text: str, codes: list[str]) -> None:
    events, findings = read(text)
    assert not events
    assert findings == codes


def test_what_is_no_utf8_or_too_large_is_refused() -> None:
    _, (finding,) = read_events(b"\xff", "one.toml", PLACES, START)
    assert finding.code == "ORL-1250"
    with pytest.raises(LimitExceededError):
        read_events(b" " * 1_000_001, "one.toml", PLACES, START)


def test_given_events_raise_with_their_findings() -> None:
    table = EventTable(kind="route", of="sky", months=0, basis="assumed", source="a test")
    with pytest.raises(InputError) as raised:
        given_events([table], PLACES, START)
    assert [one.code for one in raised.value.findings] == ["ORL-1252", "ORL-1253"]
