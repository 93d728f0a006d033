"""The application store, in a file and on a PostgreSQL server: the same laws for both."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from served import PASSWORD, QUICK

from oreline.api import (
    RIGHTS,
    Accounts,
    Keep,
    NotFoundError,
    NotSignedInError,
    Person,
    Right,
    Role,
    Settings,
    TooManyError,
    check_settings,
)
from oreline.model import InputError, StoreError
from oreline_testing.injected import FixedClock

HOME = "127.0.0.1"


@pytest.fixture
def limits(accounts_place: str) -> Settings:
    return Settings(ledger="none", accounts=accounts_place, sign_in=True)


@pytest.fixture
def store(limits: Settings, clock: FixedClock) -> Iterator[Accounts]:
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes, QUICK) as opened:
        opened.add_person("chief", Role.ADMIN, password=PASSWORD)
        yield opened


def test_only_the_right_password_opens(store: Accounts) -> None:
    assert store.check_password("chief", PASSWORD, HOME).role is Role.ADMIN
    for name, password in (("chief", PASSWORD + "x"), ("chief", ""), ("nobody", PASSWORD)):
        with pytest.raises(NotSignedInError, match="the name or the password is wrong"):
            store.check_password(name, password, HOME)


@pytest.mark.parametrize(
    "name", ["x", "A.Khan", "a b", "a\0b", "a" * 41, "", "local", "é2", "../x"]
)
def test_a_name_that_events_cannot_carry_is_refused(store: Accounts, name: str) -> None:
    with pytest.raises(InputError, match="a name has 2 to 40 of"):
        store.add_person(name, Role.VIEWER)
    with pytest.raises(NotSignedInError):
        store.check_password(name, PASSWORD, HOME)


def test_a_name_is_given_once(store: Accounts) -> None:
    with pytest.raises(InputError, match="already somebody called chief"):
        store.add_person("chief", Role.VIEWER)


@pytest.mark.parametrize("letters", [11, 1_001])
def test_a_password_has_a_length(store: Accounts, letters: int) -> None:
    with pytest.raises(InputError, match="at least 12 letters"):
        store.add_person("other", Role.VIEWER, password="x" * letters)
    for fits in (12, 1_000):
        store.add_person(f"p{fits}", Role.VIEWER, password="x" * fits)


@pytest.mark.usefixtures("real_hashes")
def test_a_name_that_nobody_has_costs_as_much_as_a_wrong_password(
    limits: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    wrong: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: bytes) -> bool:
        checked.append(stored.rpartition("$")[0].rpartition("$")[0])
        try:
            return verify(self, stored, password)
        except VerifyMismatchError:
            # Computed to its end; a hash that cannot be read fails at once, with another error.
            wrong.append(stored)
            raise

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes) as store:
        store.add_person("chief", Role.ADMIN, password=PASSWORD)
        store.add_person("by-token", Role.VIEWER)
        store.add_person("gone", Role.VIEWER, password=PASSWORD)
        store.change_person("gone", disabled=True)
        for name, password in (
            ("chief", "wrong"),
            ("nobody", PASSWORD),
            ("by-token", PASSWORD),
            ("gone", PASSWORD),
            ("not a name", PASSWORD),
        ):
            with pytest.raises(NotSignedInError, match="the name or the password is wrong"):
                store.check_password(name, password, HOME)
    # The same work with the same parameters, whether there is such a person or not.
    assert len(checked) == 5
    assert len(wrong) == 4  # all but the right password of who is shut out
    assert set(checked) == {"$argon2id$v=19$m=65536,t=3,p=4"}


def test_guesses_are_counted_and_time_forgives(
    store: Accounts, limits: Settings, clock: FixedClock
) -> None:
    for _ in range(limits.sign_in_tries_max):
        with pytest.raises(NotSignedInError):
            store.check_password("chief", "wrong", HOME)
    with pytest.raises(TooManyError, match="wait 15 minutes"):
        store.check_password("chief", PASSWORD, "192.0.2.9")
    clock.advance(timedelta(seconds=limits.sign_in_wait_s))
    assert store.check_password("chief", PASSWORD, HOME).name == "chief"


def test_many_names_from_one_address_are_counted_together(
    limits: Settings, clock: FixedClock
) -> None:
    few = replace(limits, sign_in_tries_per_address_max=3)
    with Accounts(few.accounts, few, clock, secrets.token_bytes, QUICK) as store:
        store.add_person("chief", Role.ADMIN, password=PASSWORD)
        for number in range(3):
            with pytest.raises(NotSignedInError):
                store.check_password(f"name{number}", "wrong", f"2001:db8::{number}")
        with pytest.raises(TooManyError):
            store.check_password("chief", PASSWORD, "2001:db8::ffff")
        assert store.check_password("chief", PASSWORD, "2001:db8:0:1::1").name == "chief"


def test_guesses_at_once_are_not_each_the_first(limits: Settings, clock: FixedClock) -> None:
    answers: list[str] = []
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes, QUICK) as store:
        store.add_person("chief", Role.ADMIN, password=PASSWORD)

        def guess() -> None:
            try:
                store.check_password("chief", "wrong", HOME)
            except TooManyError:
                answers.append("too many")
            except NotSignedInError:
                answers.append("wrong")

        threads = [threading.Thread(target=guess) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 24
    assert answers.count("wrong") <= limits.sign_in_tries_max


@pytest.mark.usefixtures("real_hashes")
def test_an_old_hash_is_renewed_when_its_person_comes(limits: Settings, clock: FixedClock) -> None:
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes, QUICK) as store:
        store.add_person("chief", Role.ADMIN, password=PASSWORD)
    with Accounts(limits.accounts, limits, clock, secrets.token_bytes) as store:
        assert stored_password(store).startswith("$argon2id$v=19$m=8,t=1,p=1$")
        store.check_password("chief", PASSWORD, HOME)
        assert stored_password(store).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert store.check_password("chief", PASSWORD, HOME).name == "chief"


def stored_password(store: Accounts) -> str:
    with store._engine.connect() as connection:
        return str(connection.scalar(sa.text("select password from app_person")))


def test_a_session_ends_by_rest_by_age_and_by_leaving(
    store: Accounts, limits: Settings, clock: FixedClock
) -> None:
    chief = store.people()[0].person
    secret, session = store.start_session(chief)
    assert store.session(secret) == session
    assert store.session(secret + "0") is None
    clock.advance(timedelta(seconds=limits.session_idle_s - 10))
    assert store.session(secret) is not None
    clock.advance(timedelta(seconds=limits.session_idle_s + 10))
    assert store.session(secret) is None

    secret, _ = store.start_session(chief)
    for _ in range(limits.session_life_s // limits.session_idle_s + 1):
        assert store.session(secret) is not None
        clock.advance(timedelta(seconds=limits.session_idle_s - 10))
    clock.advance(timedelta(seconds=limits.session_idle_s - 10))
    assert store.session(secret) is None

    secret, _ = store.start_session(chief)
    store.end_session(secret)
    assert store.session(secret) is None


@pytest.mark.parametrize(
    "change",
    [{"role": Role.VIEWER}, {"disabled": True}, {"password": "another long one"}, {"party": "p"}],
)
def test_a_change_of_access_ends_sessions(store: Accounts, change: dict[str, object]) -> None:
    other = store.add_person("other", Role.APPROVER, password=PASSWORD)
    secret, _ = store.start_session(other)
    kept, _ = store.start_session(store.people()[0].person)
    store.change_person("other", **change)  # type: ignore[arg-type]
    assert store.session(secret) is None
    assert store.session(kept) is not None


def test_a_party_is_taken_away_only_when_said(store: Accounts) -> None:
    store.add_person("other", Role.VIEWER, party="p")
    store.change_person("other", role=Role.OPERATOR)
    assert by_name(store)["other"].party == "p"
    store.change_person("other", party=Keep.AS_IS, role=Role.VIEWER)
    assert by_name(store)["other"].party == "p"
    store.change_person("other", party=None)
    assert by_name(store)["other"].party is None


def by_name(store: Accounts) -> dict[str, Person]:
    return {item.person.name: item.person for item in store.people()}


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"disabled": True}])
def test_somebody_always_administers(store: Accounts, change: dict[str, object]) -> None:
    with pytest.raises(InputError, match="chief is the last who administers"):
        store.change_person("chief", **change)  # type: ignore[arg-type]
    assert by_name(store)["chief"].role is Role.ADMIN
    store.add_person("second", Role.ADMIN)
    store.change_person("chief", **change)  # type: ignore[arg-type]


def test_two_who_demote_each_other_at_once_are_not_both_gone(store: Accounts) -> None:
    store.add_person("second", Role.ADMIN)
    begun, never = threading.Event(), threading.Event()

    def linger() -> None:
        # The change is made but not kept yet, while the other one is asked for.
        begun.set()
        never.wait(0.5)

    first = threading.Thread(
        target=store.change_person, args=("chief",), kwargs={"role": Role.VIEWER, "note": linger}
    )
    first.start()
    begun.wait()
    with pytest.raises(InputError, match="second is the last who administers"):
        store.change_person("second", role=Role.VIEWER)
    first.join()
    assert {name: person.role for name, person in by_name(store).items()} == {
        "chief": Role.VIEWER,
        "second": Role.ADMIN,
    }


def test_what_cannot_be_noted_does_not_happen(store: Accounts) -> None:
    def fails() -> None:
        raise StoreError("the ledger cannot be written")

    value = store.add_token("chief", "t", frozenset({Right.READ}), 1)
    (token,) = store.tokens()
    before = store.people()
    for act in (
        lambda: store.add_person("other", Role.ADMIN, note=fails),
        lambda: store.change_person("chief", password="another long one", note=fails),
        lambda: store.add_token("chief", "u", frozenset({Right.READ}), 1, fails),
        lambda: store.revoke_token(token["id"], None, fails),
    ):
        with pytest.raises(StoreError, match="the ledger cannot be written"):
            act()
    assert store.people() == before
    assert len(store.tokens()) == 1
    assert store.person_of_token(value) is not None
    assert store.check_password("chief", PASSWORD, HOME).name == "chief"


def test_a_token_has_some_rights_for_some_days(store: Accounts, clock: FixedClock) -> None:
    store.add_person("clerk", Role.OPERATOR)
    value = store.add_token("clerk", "scale", frozenset({Right.RECORD}), 2)
    person = store.person_of_token(value)
    assert person is not None
    assert (person.name, person.rights) == ("clerk", frozenset({Right.RECORD}))
    assert store.person_of_token(value[:-1]) is None
    clock.advance(timedelta(days=2, seconds=10))
    assert store.person_of_token(value) is None


def test_a_token_never_has_more_than_its_person(store: Accounts) -> None:
    store.add_person("clerk", Role.OPERATOR)
    for rights in (frozenset({Right.DECIDE}), frozenset(Right), frozenset[Right]()):
        with pytest.raises(InputError, match="clerk cannot give a token"):
            store.add_token("clerk", "t", rights, 1)
    value = store.add_token("clerk", "t", RIGHTS[Role.OPERATOR], 1)
    store.change_person("clerk", role=Role.VIEWER)
    person = store.person_of_token(value)
    assert person is not None
    assert person.rights == frozenset({Right.READ})
    store.change_person("clerk", disabled=True)
    assert store.person_of_token(value) is None


def test_the_life_of_a_token_is_bounded(store: Accounts, limits: Settings) -> None:
    store.add_token("chief", "t", frozenset({Right.READ}), limits.token_days_max)
    for days in (0, -1, limits.token_days_max + 1):
        with pytest.raises(InputError, match="a token lasts 1 to 366 days"):
            store.add_token("chief", "t", frozenset({Right.READ}), days)


def test_one_ends_one_s_own_tokens_only(store: Accounts) -> None:
    store.add_person("clerk", Role.OPERATOR)
    value = store.add_token("chief", "t", frozenset({Right.READ}), 1)
    (token,) = store.tokens()
    with pytest.raises(NotFoundError):
        store.revoke_token(token["id"], "clerk")
    store.revoke_token(token["id"], "chief")
    assert store.person_of_token(value) is None


def test_the_store_holds_no_secret(store: Accounts) -> None:
    value = store.add_token("chief", "t", frozenset({Right.READ}), 1)
    secret, _ = store.start_session(store.people()[0].person)
    state = store.secret()
    store.keep_flow(state, "nonce", "verifier", "/")
    with store._engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        kept = [
            cell
            for table in tables.sorted_tables
            for row in connection.execute(sa.select(table))
            for cell in row
        ]
    for hidden in (PASSWORD, value, value.removeprefix("orl_"), secret, state):
        for cell in kept:
            held = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            assert hidden.encode() not in held


def test_a_sign_in_under_way_is_taken_once(store: Accounts, clock: FixedClock) -> None:
    store.keep_flow("a", "nonce", "verifier", "/lots")
    assert store.take_flow("b") is None
    assert store.take_flow("a") == ("nonce", "verifier", "/lots")
    assert store.take_flow("a") is None
    store.keep_flow("c", "nonce", "verifier", "/lots")
    clock.advance(timedelta(minutes=11))
    assert store.take_flow("c") is None


def test_an_upload_is_its_person_s_and_expires(store: Accounts, clock: FixedClock) -> None:
    identity = store.keep_upload("chief", "a.csv", b"[]")
    assert store.upload(identity, "chief") == ("a.csv", b"[]")
    with pytest.raises(NotFoundError):
        store.upload(identity, "other")
    clock.advance(timedelta(days=1, seconds=10))
    with pytest.raises(NotFoundError):
        store.upload(identity, "chief")


def test_of_many_uploads_the_latest_are_kept(store: Accounts, limits: Settings) -> None:
    other = store.keep_upload("other", "b.csv", b"[]")
    kept = [store.keep_upload("chief", "a.csv", b"[]") for _ in range(limits.uploads_kept_max)]
    assert store.upload(kept[0], "chief") == ("a.csv", b"[]")
    store.keep_upload("chief", "a.csv", b"[]")
    with pytest.raises(NotFoundError):
        store.upload(kept[0], "chief")
    assert store.upload(kept[1], "chief") == ("a.csv", b"[]")
    assert store.upload(other, "other") == ("b.csv", b"[]")


def test_comings_are_remembered_the_latest_first(
    store: Accounts, limits: Settings, clock: FixedClock
) -> None:
    store.remember("signed in", "chief", HOME)
    with pytest.raises(NotSignedInError):
        store.check_password("chief", "wrong", "192.0.2.1")
    assert [(item["what"], item["address"]) for item in store.remembered(10)] == [
        ("sign-in failed", "192.0.2.1"),
        ("signed in", HOME),
    ]
    assert len(store.remembered(1)) == 1
    clock.advance(timedelta(seconds=limits.audit_keep_s))
    store.remember("signed out", "chief", HOME)
    assert [item["what"] for item in store.remembered(10)] == ["signed out"]


def test_another_version_of_the_store_is_refused(store: Accounts, limits: Settings) -> None:
    with store._engine.begin() as connection:
        connection.execute(sa.text("update app_store set value = '99'"))
    with pytest.raises(StoreError, match="has version 99"):
        Accounts(limits.accounts, limits, store._clock, secrets.token_bytes)


def test_the_file_is_its_owner_s_alone(tmp_path: Path, clock: FixedClock) -> None:
    place = tmp_path / "own" / "accounts.db"
    limits = Settings(ledger="none", accounts=str(place))
    Accounts(str(place), limits, clock, secrets.token_bytes).close()
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0


def test_a_store_that_is_none_says_so_without_its_password(
    tmp_path: Path, clock: FixedClock
) -> None:
    limits = Settings(ledger="none", accounts="")
    broken = tmp_path / "accounts.db"
    broken.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Accounts(str(broken), limits, clock, secrets.token_bytes)
    url = f"postgresql://someone:hush@/none?host={tmp_path}"
    with pytest.raises(StoreError) as failed:
        Accounts(url, limits, clock, secrets.token_bytes)
    assert "hush" not in str(failed.value)


@pytest.mark.parametrize(
    ("more", "can_sign_in", "words"),
    [
        ({"host": "0.0.0.0"}, True, "add --sign-in"),
        ({"host": "192.0.2.1"}, True, "oreline people add NAME --role admin"),
        ({"host": "::"}, True, "people must sign in"),
        ({"sign_in": True}, False, "nobody could sign in"),
        ({"sign_in": True, "public_url": "chain.example.org"}, True, "the public address is like"),
        ({"sign_in": True, "public_url": "https://a.example/b"}, True, "the public address is"),
    ],
)
def test_strangers_are_not_served(more: dict[str, object], can_sign_in: bool, words: str) -> None:
    settings = Settings(ledger="l.db", accounts="a.db", **more)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words):
        check_settings(settings, can_sign_in=can_sign_in)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.9.1"])
def test_this_machine_is_served_without_sign_in(host: str) -> None:
    check_settings(Settings(ledger="l.db", accounts="a.db", host=host), can_sign_in=False)
