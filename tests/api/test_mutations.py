"""Events that are nearly right: whatever is wrong with them is told, and nothing falls over."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served import served
from small_ledger import EVENTS

from oreline.api import PREFIX, RIGHTS, Accounts, Role, Settings, create_app, open_service
from oreline.record import create_store
from oreline_testing.injected import FixedClock, FixedSalts

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 1.5, "", " ", "x" * 5_000, "1e999", "NaN", "٣", "\ud800", "a\0b",
    "2025-13-40T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", [], [[]], {}, {"value": "1"},
    ["p:R1", "p:R1"], {"lot": {}}, "p:R1", "mill", "correct/1", "attest/1", "declare/9", "dig-1",
)  # fmt: skip


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a program that may all, and a server that it asks."""
    folder = tmp_path_factory.mktemp("mutations")
    path = folder / "ledger.db"
    clock, salts = FixedClock(), FixedSalts()
    with create_store(path, {"id": "small", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    limits = Settings(ledger=str(path), accounts=str(folder / "accounts.db"), sign_in=True)
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes) as accounts:
        accounts.add_person("chief", Role.ADMIN)
        accounts.add_person("other", Role.ADMIN, password="a long enough one")
        token = accounts.add_token("chief", "test", RIGHTS[Role.ADMIN], 366)
    with served(create_app(open_service(limits, clock=clock, salt=salts))) as url:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        with httpx.Client(base_url=f"{url}{PREFIX}", headers=headers, timeout=60) as one:
            yield one


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands in an event."""
    if at:
        yield at
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, part in inner:
        yield from places(part, (*at, key))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Make an event of the ledger with one to three things in it odd, gone, or named otherwise."""
    event = copy.deepcopy(draw(st.sampled_from(EVENTS)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(places(event)) or [("id",)]))
        holder: Any = event
        for key in place[:-1]:
            holder = holder[key]
        odd = copy.deepcopy(draw(st.sampled_from(ODD)))
        change = draw(st.sampled_from(("odd", "odd", "gone", "more")))
        if change == "gone" and len(event) > 1:
            del holder[place[-1]]
        elif change == "more" and isinstance(holder, dict):
            holder[draw(st.sampled_from(("odd", "lot", "wet", "moisture", "refs")))] = odd
        else:
            holder[place[-1]] = odd
    if draw(st.booleans()):
        event["id"] = f"m-{draw(st.integers(0, 10**9))}"
    return event


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_an_event_that_is_nearly_right_gets_an_answer(
    program: httpx.Client, event: dict[str, Any]
) -> None:
    body = json.dumps({"events": [event]})
    tried = program.post("/events/check", content=body)
    assert tried.status_code in {200, 404, 409, 413, 422}, tried.text
    written = program.post("/events", content=body)
    assert written.status_code in {201, 404, 409, 413, 422}, written.text
    if written.status_code >= 400:
        told = written.json()
        assert told["detail"]
        assert told["status"] == written.status_code


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    event=st.sampled_from([event["id"] for event in EVENTS]),
    path=st.sampled_from(
        (
            "time",
            "site",
            "body",
            "body.outputs",
            "body.outputs.0.wet.value",
            "body.0",
            "id",
            "",
            "=",
        )
    ),
    value=st.sampled_from([odd for odd in ODD if isinstance(odd, str)] + ["[]", "{}", "null", "{"]),
    dry_run=st.booleans(),
)
def test_a_correction_that_is_nearly_right_gets_an_answer(
    program: httpx.Client, event: str, path: str, value: str, dry_run: bool
) -> None:
    given = {"reason": "try", "changes": [f"{path}={value}"], "dry_run": dry_run}
    answer = program.post("/event/corrections", params={"event": event}, content=json.dumps(given))
    assert answer.status_code in {201, 404, 409, 413, 422}, answer.text


def test_after_all_of_that_every_question_still_has_an_answer(program: httpx.Client) -> None:
    for path in ("/overview", "/brief", "/questions", "/lots", "/events", "/log"):
        answer = program.get(path)
        assert answer.status_code == 200, (path, answer.text)
    answer = program.post("/log/verify", data={}, headers={"Content-Type": FORM})
    assert answer.status_code == 200
    assert answer.json()["result"]["ok"], answer.text


FORM = "application/x-www-form-urlencoded"
