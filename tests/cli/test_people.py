"""``oreline people``: who may come in, and what the ledger keeps of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from called import Call, Oreline

from oreline.api import Right, Role
from oreline.cli._people import RightName, RoleName
from oreline.record import open_store

EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
PASSWORD = "correct horse battery"


PARTY = {
    "schema": "declare/1",
    "id": "d-p",
    "time": "2025-01-01T08:00:00Z",
    "actor": "clerk",
    "body": {"type": "party", "id": "p", "data": {"name": "P Mining"}},
}


@pytest.fixture
def people(oreline: Oreline, ledger: Path) -> Oreline:
    with open_store(ledger) as store:
        store.append([PARTY])

    def call(*words: object, password: str = PASSWORD, **more: object) -> Call:
        return oreline("people", *words, input=f"{password}\n", **more)

    return call


def kept(ledger: Path) -> list[tuple[str, str, str, str]]:
    """Return who changed whose access to what, as the ledger has it."""
    with open_store(ledger) as store:
        events = [json.loads(row.data) for row in store.rows(16)]
    return [
        (item["actor"], item["body"]["type"], item["body"]["subject"], item["body"]["statement"])
        for item in events
    ]


def test_a_person_comes_changes_and_goes(people: Oreline, bare: Oreline, ledger: Path) -> None:
    chief = ("--by", "chief")
    assert people("add", "chief", "--role", "admin", "--password-stdin", *chief).code == 0
    added = people("add", "clerk", "--party", "p", "--no-password", *chief, "--json")
    assert added.json["result"] == {
        "name": "clerk",
        "role": "viewer",
        "party": "p",
        "has_password": False,
    }
    assert people("role", "clerk", "--role", "operator", "--party", "all", *chief).code == 0
    assert people("password", "clerk", "--password-stdin", *chief).code == 0
    assert people("remove", "clerk", *chief).code == 0
    listed = bare("people", "list", "--json").json["result"]["people"]
    assert [(item["name"], item["role"], item["party"], item["disabled"]) for item in listed] == [
        ("chief", "admin", None, False),
        ("clerk", "operator", None, True),
    ]
    shown = bare("people", "list").out
    assert "shut out" in shown
    assert people("restore", "clerk", *chief).code == 0
    token = people("token", "clerk", "--right", "read", "--days", 5, *chief)
    assert token.out.startswith("orl_")
    assert kept(ledger) == [
        ("chief", "access-granted", "chief", "role admin, party all"),
        ("chief", "access-granted", "clerk", "role viewer, party p"),
        ("chief", "access-changed", "clerk", "role operator, party all"),
        ("chief", "access-changed", "clerk", "a new password"),
        ("chief", "access-changed", "clerk", "shut out"),
        ("chief", "access-changed", "clerk", "let in again"),
        ("chief", "access-token", "clerk", "read for 5 days"),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "A B", "--no-password"), "a name has 2 to 40 of"),
        (("add", "local", "--no-password"), "a name has 2 to 40 of"),
        (("add", "short", "--password-stdin"), "a password has at least 12 letters"),
        (("add", "asked"), "give --password-stdin or --no-password"),
        (("role", "nobody", "--role", "viewer"), "nobody is called nobody"),
        (("role", "nobody"), "nothing about nobody would change"),
        (("remove", "nobody"), "nobody is called nobody"),
        (("token", "nobody", "--right", "read"), "nobody is called nobody"),
        (("add", "clerk", "--party", "nobody", "--no-password"), "the chain has no party nobody"),
        (("add", "clerk", "--party", "nobody", "--no-password"), "add it to parties.csv"),
        (("add", "clerk", "--party", "pp", "--no-password"), "did you mean p?"),
        (("role", "clerk", "--party", "nobody"), "the chain has no party nobody"),
    ],
)
def test_what_is_refused_is_told_and_leaves_nothing(
    people: Oreline, bare: Oreline, ledger: Path, words: tuple[object, ...], told: str
) -> None:
    call = people(*words, password="short")
    assert call.code == 2
    assert told in " ".join(call.everything.split())
    assert kept(ledger) == []
    assert bare("people", "list", "--json").json["result"]["people"] == []


def test_a_party_may_stand_in_the_folder_alone(people: Oreline, ledger: Path) -> None:
    for table in EXAMPLE.glob("*.*"):
        shutil.copy(table, ledger.parent)
    assert people("add", "smith", "--party", "fwo", "--no-password").code == 0
    assert people("add", "miner", "--party", "p", "--no-password").code == 0


def test_no_access_is_given_that_the_ledger_cannot_keep(bare: Oreline, tmp_path: Path) -> None:
    call = bare("people", "add", "chief", "--no-password", "--ledger", tmp_path / "nothing.db")
    assert call.code == 3
    assert bare("people", "list", "--json").json["result"]["people"] == []
    assert "Nobody may come in yet" in bare("people", "list").out


def test_the_command_knows_the_roles_and_rights_of_the_server() -> None:
    """They are written twice, for reading the server's own takes long on every command."""
    assert {role.name: role.value for role in RoleName} == {role.name: role.value for role in Role}
    assert {one.name: one.value for one in RightName} == {one.name: one.value for one in Right}
