"""The steps of an explanation: numbers that a person can check, and an honest end."""

from __future__ import annotations

from lot_ledgers import tracer_of
from mixing import day, declared_sites, grade, mass, written

from oreline.trace import explain


def ore(lot, tonnes, percent, site="mine/a", at=1):
    line = {"lot": lot, "dry": tonnes, "grades": [grade(percent)]}
    return written("extract", f"x-{lot}", day(at), {"outputs": [line]}, site=site)


def blend(inputs, lot="f:C", at=5, **more):
    body = {"inputs": inputs, "outputs": [{"lot": lot, **more}]}
    return written("blend", f"mix-{at}", day(at), body, site="mill")


INPUTS = [{"lot": "f:A", "dry": mass(4)}, {"lot": "f:B", "all": True}]


def test_a_blend_step_by_step():
    events = [ore("f:A", mass(10), 10), ore("f:B", mass(10), 30, "mine/d"), blend(INPUTS)]
    steps = explain(tracer_of([*declared_sites(), *events]), "f:C", "Sb").steps
    assert steps[0] == "f:C: 14 t dry made by mix-5 hold 3400 kg Sb (composition of what went in)"
    assert steps[1].startswith("mix mix-5 (into f:C): ")
    assert "f:A 400 kg = 0.117647" in steps[1]
    assert "f:B 3000 kg = 0.882353" in steps[1]
    assert steps[-2:] == ("CN: 88.2353% of the Sb", "PK: 11.7647% of the Sb")


def test_no_share_is_printed_where_one_mass_is_open():
    """Of 0.4 t and 1 to 3 t no part is known, though one of the masses is."""
    wide = {"low": "3.333333334", "high": "10", "unit": "t", "basis": "measured"}
    events = [ore("f:A", mass(10), 10), ore("f:B", wide, 30, "mine/d"), blend(INPUTS)]
    explained = explain(tracer_of([*declared_sites(), *events]), "f:C", "Sb")
    (mix,) = [step for step in explained.steps if step.startswith("mix")]
    assert " = " not in mix
    assert "f:A 400 kg" in mix
    assert any("at least" in step for step in explained.steps[-2:])


def test_a_pile_says_what_it_holds_and_what_was_added():
    pile = {"continuing": True}
    events = [
        *[ore("f:A", mass(10), 10), ore("f:B", mass(10), 30, "mine/d")],
        blend([{"lot": "f:A", "all": True}], "f:P", 2, **pile),
        blend([{"lot": "f:B", "all": True}], "f:P", 3, **pile),
        blend([{"lot": "f:P", "dry": mass(5)}], "f:D", 4),
    ]
    steps = explain(tracer_of([*declared_sites(), *events]), "f:P", "Sb").steps
    assert steps[0] == "f:P: topped up 2 times, last by mix-3; it holds 15 t dry with 3000 kg Sb"
    assert "f:P as it stood 1000 kg = 0.250000 + added to f:P 3000 kg = 0.750000" in steps[1]


def test_an_unrecorded_lot_and_an_overdraw_are_said():
    body = {"lots": [{"lot": "f:X"}], "status": "seen", "basis": "reported"}
    over = [{"lot": "f:A", "dry": mass(12)}]
    events = [written("observe", "o", day(1), body), ore("f:A", mass(10), 10), blend(over)]
    tracer = tracer_of([*declared_sites(), *events])
    assert "its Sb is UNKNOWN" in explain(tracer, "f:X", "Sb").steps[0]
    assert any(
        "drawn from f:A beyond its book 200 kg" in s for s in explain(tracer, "f:C", "Sb").steps
    )


def test_it_says_when_it_stops_early():
    events = [ore("f:A", mass(10), 10), ore("f:B", mass(10), 30, "mine/d"), blend(INPUTS)]
    tracer = tracer_of([*declared_sites(), *events])
    cut, whole = explain(tracer, "f:C", "Sb", steps_max=2), explain(tracer, "f:C", "Sb")
    assert not cut.complete
    assert whole.complete
    assert cut.to_json()["complete"] is False
    assert cut.steps[-1] == whole.steps[-1]
