"""Every address of the API is asked with all that its own description allows, and what it does not.

Schemathesis makes the requests up. Whatever comes: no answer is a defect, every status and body is
one that the description tells of, and nobody gets data without the right to it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.meta import TestPhase
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import PASSWORD, served
from small_ledger import EVENTS

from oreline.api import (
    PREFIX,
    RIGHTS,
    Accounts,
    Role,
    Settings,
    api_description,
    create_app,
    open_service,
)
from oreline.record import create_store
from oreline_testing.injected import FixedClock, FixedSalts

OPEN_PATHS = {"/health/live", "/health/ready", f"{PREFIX}/public/lot"}
ASKED_BY_POST = {
    "/log/verify", "/verify/proof", "/verify/continuation", "/verify/ledger", "/balance/contained",
    "/balance/products", "/balance/duplicates", "/balance/factors",
}  # fmt: skip
"""Questions that are too large for an address; they write nothing."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
POOLS = {
    "lot": ("p:B1", "p:R1", "x:Q", "p:C1", "no:such"),
    "earlier": ("p:R1", "p:B1"),
    "later": ("p:B1", "p:C1", "p:R1"),
    "element": ("Sb", "dry", "Cu"),
    "symbol": ("Sb", "Cu"),
    "subject": ("dig-1", "p:B1", "p:R1"),
    "value": ("6.5", "0", "100", "-1", "1e3", "x"),
    "event": ("dig-1", "dig-2", "d-mine", "no-such"),
    "origin": ("PK", "TJ", "mine", "p:R1", "Chitral"),
    "period": ("month", "day", "2025-01-01..2025-02-01", "2025-02-01..2025-01-01", "decade"),
    "site": ("mill", "mine", "no-such"),
    "to": ("p", "Government of Pakistan"),
    "as_of": ("2025-01-03", "2025-01-03T08:00:00Z", "1999-01-01", "2025-13-01", "3"),
    "known_at": ("5", "0", "99", "2026-01-01T00:00:07Z", "-1"),
    "earlier_size": ("0", "5", "15", "99"),
    "size": ("0", "5", "15", "99"),
    "franchise_pct": ("0.5", "-1", "x"),
    "kind": ("extract", "weigh", "nothing"),
    "flag": ("reported_only", "overdrawn", "x"),
    "search": ("p:", "B", "%", "_", "\\"),
    "sort": ("lot", "dry_kg", "last", "x"),
}
"""What the small ledger has, and what is nearly so: made-up names alone never reach the answers."""
DESCRIPTION = api_description()


Tests = Mapping[str, Callable[..., None]]
LABELS = [
    f"{method.upper()} {path}"
    for path, operations in DESCRIPTION["paths"].items()
    for method in operations
]


THOROUGH = os.environ.get("ORELINE_HYPOTHESIS_PROFILE") == "fuzz"
"""To make requests up is dear: ``make fuzz`` asks each address eight times as often."""
PATIENCE_S = 60
"""A busy machine may take long; what is tried here is what the answer is."""
HARD = settings(
    max_examples=36 if THOROUGH else 4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def made_up(test: Callable[..., None], *, mode: str, coverage: bool, asks: settings) -> Tests:
    """Make a test for each address; by a fixture, as it takes seconds in each process otherwise."""
    config = SchemathesisConfig.from_dict(
        {"generation": {"mode": mode}, "phases": {"coverage": {"enabled": coverage}}}
    )
    schema = schemathesis.openapi.from_dict(DESCRIPTION, config=config)
    made = get_all_tests(schema=schema, test_func=test, settings=asks, given_kwargs=None)
    return {operation.label: test for operation, test in (one.ok() for one in made)}


@dataclass(frozen=True)
class World:
    """A server, and the tokens of those who ask."""

    url: str
    tokens: dict[str, str]
    turns: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    path = folder / "ledger.db"
    clock, salts = FixedClock(), FixedSalts()
    with create_store(path, {"id": "small", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    limits = Settings(ledger=str(path), accounts=str(folder / "accounts.db"), sign_in=True)
    tokens: dict[str, str] = {}
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes) as accounts:
        # One who administers stays whatever is asked for, so that the server goes on.
        accounts.add_person("keeper", Role.ADMIN, password=PASSWORD)
        for name, role, party in (
            ("chief", Role.ADMIN, None),
            ("reader", Role.VIEWER, None),
            ("partner", Role.OPERATOR, "q"),
        ):
            accounts.add_person(name, role, party=party)
            tokens[name] = accounts.add_token(name, "test", RIGHTS[role], 366)
    with served(create_app(open_service(limits, clock=clock, salt=salts))) as url:
        yield World(url, tokens)


def ask(world: World, case: schemathesis.Case, name: str | None) -> Any:
    headers = {} if name is None else {"Authorization": f"Bearer {world.tokens[name]}"}
    for given in ("Authorization", "Cookie"):
        case.headers.pop(given, None)
    case.cookies.clear()
    answer = case.call(base_url=world.url, headers=headers, timeout=PATIENCE_S)
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400:
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["detail"], problem
    return answer


@pytest.fixture(scope="module")
def anything() -> Tests:
    return made_up(everybody_gets_what_is_theirs, mode="all", coverage=True, asks=HARD)


@pytest.fixture(scope="module")
def what_fits() -> Tests:
    often = settings(parent=HARD, max_examples=96 if THOROUGH else 12)
    return made_up(what_is_nearly_right_gets_an_answer, mode="positive", coverage=False, asks=often)


@pytest.mark.fuzz
@pytest.mark.parametrize("label", LABELS)
def test_everybody_gets_what_is_theirs(label: str, anything: Tests, world: World) -> None:
    anything[label](world=world)


@pytest.mark.fuzz
@pytest.mark.parametrize("label", LABELS)
def test_what_is_nearly_right_gets_an_answer(label: str, what_fits: Tests, world: World) -> None:
    what_fits[label](world=world)


def everybody_gets_what_is_theirs(case: schemathesis.Case, world: World) -> None:
    # To make a request up takes longer than to answer it, so each is asked by three. Those that
    # go through the description piece by piece are asked by one: they are about the answers.
    if case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE:
        a_stranger_gets_nothing(case, ask(world, case, None))
        whoever_may_only_read_changes_nothing(case, ask(world, case, "reader"))
    answer = ask(world, case, "chief")
    assert answer.status_code not in {401, 403}, answer.text


def a_stranger_gets_nothing(case: schemathesis.Case, answer: Any) -> None:
    if case.path not in OPEN_PATHS:
        assert answer.status_code in {400, 401, 405}, answer.text


def whoever_may_only_read_changes_nothing(case: schemathesis.Case, answer: Any) -> None:
    if case.method != "GET" and case.path.removeprefix(PREFIX) not in ASKED_BY_POST:
        assert answer.status_code >= 400, answer.text


def what_is_nearly_right_gets_an_answer(case: schemathesis.Case, world: World) -> None:
    for name in ("partner", "chief"):
        # Each value is as often asked for as any other, the same in every run.
        for parameter, values in POOLS.items():
            if parameter in case.query:
                turn = world.turns[parameter] = world.turns.get(parameter, 0) + 1
                case.query[parameter] = values[turn % len(values)]
        assert ask(world, case, name).status_code != 401
