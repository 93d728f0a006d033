"""Models of ISO 22095: what breaks them is found, claims never exceed what carried them."""

from __future__ import annotations

import pytest
from lot_ledgers import ledger_of, store_of, tracer_of
from mixing import day, declared_sites, grade, mass, written

from oreline.model import LedgerError
from oreline.record import load_ledger, open_books
from oreline.trace import Tracer, build_graph, check_custody


def ore(lot, tonnes, percent, site="mine/a", at=1):
    line = {"lot": lot, "dry": mass(tonnes), "grades": [grade(percent)]}
    return written("extract", f"x-{lot}", day(at), {"outputs": [line]}, site=site)


def blend(lots, **more):
    inputs = [{"lot": lot, "all": True} for lot in lots]
    body = {"inputs": inputs, "outputs": [{"lot": "f:C"}]}
    return written("blend", "mix", day(5), body, **{"site": "mill", **more})


def credit(name, action, value, at=10, **more):
    body = {
        "action": action,
        "model": "mass_balance",
        "account": "fwo",
        "analyte": "Sb",
        "attribute": "country:PK",
        "mass": mass(value) if isinstance(value, int) else value,
        **more,
    }
    return written("credit", name, day(at), body)


def sites(model):
    return declared_sites(mill={"custody_model": model})


def codes(*batches):
    return [found.code for found in check_custody(tracer_of(*batches), "Sb").findings]


LOTS = [
    ore("f:A", 10, 10),
    ore("f:A2", 10, 20),
    ore("f:B", 10, 10, "mine/b"),
    ore("f:D", 10, 10, "mine/d"),
]


@pytest.mark.parametrize(
    ("model", "lots", "expected"),
    [
        ("identity_preserved", ["f:A", "f:A2"], []),
        ("identity_preserved", ["f:A", "f:B"], ["ORL-0401"]),
        ("segregated", ["f:A", "f:B"], []),
        ("segregated", ["f:A", "f:D"], ["ORL-0401"]),
        ("controlled_blending", ["f:A", "f:D"], []),
        ("mass_balance", ["f:A", "f:D"], []),
    ],
)
def test_a_mix_is_found_where_the_model_forbids_it(model, lots, expected):
    assert codes([*sites(model), *LOTS, blend(lots)]) == expected


def test_a_mix_elsewhere_is_not_the_business_of_the_site():
    assert codes([*sites("identity_preserved"), *LOTS, blend(["f:A", "f:D"], site="mine/b")]) == []


@pytest.mark.parametrize("model", ["identity_preserved", "segregated"])
def test_a_mix_of_origins_that_nobody_stated_cannot_be_shown_to_keep_apart(model):
    """Two lots of unknown origin fall into one column; that is no proof that they are one."""
    seen = {"lots": [{"lot": "f:X"}, {"lot": "f:Y"}], "status": "seen", "basis": "reported"}
    events = [*sites(model), written("observe", "o", day(1), seen)]
    inputs = [{"lot": lot, "dry": mass(1), "grades": [grade(10)]} for lot in ("f:X", "f:Y")]
    body = {"inputs": inputs, "outputs": [{"lot": "f:C"}]}
    assert codes([*events, written("blend", "mix", day(5), body, site="mill")]) == ["ORL-0404"]


def test_controlled_blending_needs_known_proportions():
    vague = ore("f:V", 10, 10, "mine/d")
    vague["body"]["outputs"][0]["dry"] = {"low": "5", "high": "8", "unit": "t", "basis": "measured"}
    assert codes([*sites("controlled_blending"), *LOTS, vague, blend(["f:A", "f:V"])]) == [
        "ORL-0402"
    ]


def test_credits_are_issued_moved_and_retired():
    tracer = tracer_of(
        [*declared_sites(), ore("f:A", 100, 10)],
        [
            credit("c1", "issue", 10, lot="f:A", expires="2025-12-31"),
            credit("c2", "move", 4, 11, to_account="ussm"),
            credit("c3", "retire", 3, 12, claim="order 7"),
        ],
    )
    check = check_custody(tracer, "Sb")
    assert not check.findings
    held = {balance.key.account: balance.mass_mg for balance in check.credits}
    assert held == {"fwo": 3_000_000_000, "ussm": 4_000_000_000}
    assert check.to_frame()["mass_kg"].to_list() == ["3000", "4000"]
    assert check.to_json()["findings"] == []


@pytest.mark.parametrize(
    "taking",
    [
        credit("c2", "retire", 11),
        credit("c2", "move", 11, to_account="ussm"),
        credit("c2", "retire", 1, 12, attribute="country:CN"),
        credit("c2", "retire", 1, 12, model="book_and_claim"),
        {**credit("c2", "retire", 1), "time": "2025-12-31T06:00:00Z"},
    ],
)
def test_what_an_account_does_not_hold_is_refused_at_append(taking):
    """More than there is, another attribute, another model, or after the credit expired."""
    issue = credit("c1", "issue", 10, expires="2025-12-30")
    with store_of([issue]) as store, pytest.raises(LedgerError, match="ORL-0230"):
        store.append([taking])


def test_an_interval_is_issued_at_its_least_and_taken_at_its_most():
    vague = {"low": "8", "high": "10", "unit": "t", "basis": "measured"}
    with store_of([credit("c1", "issue", vague)]) as store:
        with pytest.raises(LedgerError, match="ORL-0230"):
            store.append([credit("c2", "retire", 9)])
        with pytest.raises(LedgerError, match="ORL-0230"):
            store.append([credit("c3", "retire", vague)])
        store.append([credit("c4", "retire", 8)])


@pytest.mark.parametrize(("tonnes", "expected"), [(10, []), (11, ["ORL-0403"])])
def test_a_credit_larger_than_the_metal_that_carried_it_is_found(tonnes, expected):
    events = [*declared_sites(), ore("f:A", 100, 10), credit("c", "issue", tonnes, lot="f:A")]
    assert codes(events) == expected


def test_only_metal_with_the_attribute_carries_a_credit():
    """1 t from Pakistan and 1 t from China: no more than 1 t can be Pakistani."""
    issued = [credit("c1", "issue", 1, lot="f:C"), credit("c2", "issue", mass(1, "mg"), lot="f:C")]
    events = [*declared_sites(), *LOTS, blend(["f:A", "f:D"]), *issued]
    found = check_custody(tracer_of(events), "Sb").findings
    assert [(one.code, one.where) for one in found] == [("ORL-0403", "c2")]


def test_a_credit_on_a_lot_that_nobody_weighed_is_found():
    body = {"lots": [{"lot": "f:X"}], "status": "seen", "basis": "reported"}
    events = [written("observe", "o", day(1), body), credit("c", "issue", 1, lot="f:X")]
    assert codes(events) == ["ORL-0403"]


def test_a_voided_issue_leaves_a_claim_that_nothing_covers():
    """Both were accepted in their time; the check names the claim that has lost its credit."""
    void = {"target": "c1", "action": "void", "reason": "issued twice"}
    ledger = ledger_of(
        [credit("c1", "issue", 10), credit("c2", "retire", 10, 11)],
        [written("correct", "v", day(20), void)],
    )
    check = check_custody(Tracer(build_graph(open_books(ledger))), "Sb")
    assert [(found.code, found.where) for found in check.findings] == [("ORL-0232", "c2")]


def test_as_of_before_the_credit_there_is_none():
    with store_of([credit("c1", "issue", 10)]) as store:
        ledger = load_ledger(store, as_of=day(9))
    assert check_custody(Tracer(build_graph(open_books(ledger))), "Sb").credits == ()
