"""Events as written: what is wrong is said in words, with the place and the remedy, all at once."""

from __future__ import annotations

import copy

import pytest

from oreline.model import KINDS, Severity, check_event, parse_event
from oreline.model._event import EVENT_CLASSES

MASS = {"value": "24.35", "unit": "t", "basis": "measured"}
GRADE = {"analyte": "Sb", "value": "52.3", "unit": "%", "basis": "measured"}
EXTRACT = {
    "schema": "extract/1",
    "id": "e1",
    "time": "2025-09-01T06:00:00Z",
    "actor": "clerk-1",
    "body": {"outputs": [{"lot": "fwo:SB-1", "wet": MASS, "grades": [GRADE]}]},
}


def changed(path: str, value: object) -> dict:
    event = copy.deepcopy(EXTRACT)
    node: object = event
    *parents, last = path.split("/")
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return event


LINE = "body/outputs/0"
WRONG = [
    ("schema", "dig/1", "ORL-0101", "schema 'dig/1' is not known"),
    ("schema", "extract/2", "ORL-0101", "is not known"),
    ("schema", 5, "ORL-0101", "is not known"),
    ("actor", ..., "ORL-0103", "Field required"),
    ("extra_field", "x", "ORL-0104", "Extra inputs are not permitted"),
    (f"{LINE}/wet/value", 24.35, "ORL-0105", "valid string (given: 24.35)"),
    (f"{LINE}/lot", "SB 1", "ORL-0106", "not of the form expected (given: 'SB 1')"),
    ("time", "2025-09-01", "ORL-0106", "not of the form expected"),
    ("time", "2025-09-01T06:00:00+05:00", "ORL-0106", "not of the form expected"),
    ("time", "2025-02-30T06:00:00Z", "ORL-0108", "no such day in the calendar"),
    (f"{LINE}/wet/unit", "tons", "ORL-0107", "'short ton'"),
    (f"{LINE}/wet/basis", "guessed", "ORL-0107", "'measured'"),
    (f"{LINE}/grades/0/value", "104", "ORL-0108", "more than 100 %"),
    (f"{LINE}/grades/0/analyte", "antimony", "ORL-0108", "no element, formula or aggregate"),
    (f"{LINE}/wet/high", "30", "ORL-0108", "exactly one of"),
    ("body/outputs", [], "ORL-0109", "at least 1 item"),
    ("seq", "5", "ORL-0102", "valid integer"),
    ("evidence", ["abc"], "ORL-0106", "not of the form expected"),
]


@pytest.mark.parametrize(("path", "value", "code", "message"), WRONG)
def test_one_problem_gives_one_finding_with_place_and_remedy(path, value, code, message):
    found = check_event(changed(path, value), "row 7")
    assert [finding.code for finding in found] == [code]
    assert message in found[0].message
    assert found[0].severity is Severity.FATAL
    assert found[0].where.startswith("row 7")
    assert found[0].fix
    if code != "ORL-0101":
        assert path.removesuffix("/high").removesuffix("/value") in found[0].where


def test_all_problems_are_reported_at_once():
    event = changed("time", "yesterday")
    event["actor"] = "a b"
    event["body"]["outputs"].append({"lot": "bad lot", "wet": {"value": "x", "unit": "t"}})
    event["body"]["outputs"][0]["grades"][0]["value"] = 5
    places = [finding.where for finding in check_event(event, "")]
    assert places == [
        *("time", "actor", "body/outputs/0/grades/0/value", "body/outputs/1/lot"),
        "body/outputs/1/wet/value",
    ]


def test_a_well_formed_event_is_parsed():
    event, findings = parse_event(EXTRACT)
    assert findings == ()
    assert event is not None
    assert event.body.outputs[0].wet.bounds_mg == (24_350_000_000,) * 2
    assert event.model_dump(mode="json", by_alias=True, exclude_defaults=True) == EXTRACT


def test_every_kind_has_a_class_of_its_own():
    assert tuple(EVENT_CLASSES) == KINDS
    assert len({cls.__name__ for cls in EVENT_CLASSES.values()}) == len(KINDS)
    for kind in KINDS:
        found = check_event({"schema": f"{kind}/1", "body": {}})
        assert "ORL-0101" not in {finding.code for finding in found}
        assert {"event id", "event time", "event actor"} <= {f.where for f in found}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [None, [], "x", 5, {"x": {"y": []}}])
def test_no_body_however_odd_raises(kind, body):
    assert check_event({**EXTRACT, "schema": f"{kind}/1", "body": body})


@pytest.mark.parametrize("value", [True, "true"])
def test_all_is_true_or_absent(value):
    event = changed(f"{LINE}/all", value)
    assert bool(check_event(event)) == (value is not True)
