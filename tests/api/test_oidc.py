"""Coming in by OpenID Connect, with a real provider on loopback; and what a bad one gets."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey, RSAKey
from provider import CLIENT, SECRET, SmallProvider
from served import LIMIT_S, PASSWORD, alert, served

from oreline.api import (
    PREFIX,
    Accounts,
    OidcSettings,
    Role,
    Service,
    Settings,
    check_settings,
    create_app,
    open_service,
)
from oreline.model import InputError
from oreline.record import open_store
from oreline_testing.injected import FixedClock, FixedSalts

ROLES = {"mine-managers": "admin", "mine-auditors": "auditor", "mine-readers": "viewer"}
JANE = {
    "sub": "7f3a",
    "preferred_username": "Jane.Doe",
    "name": "Jane Doe",
    "realm_access": {"roles": ["offline", "mine-readers", "mine-auditors"]},
    "party": "p",
}


@dataclass(frozen=True)
class Pair:
    """A server and the provider that it trusts."""

    url: str
    service: Service
    provider: SmallProvider

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=False, timeout=LIMIT_S)

    def come(self, browser: httpx.Client, target: str = "/lots") -> httpx.Response:
        """Go to the provider and come back; give the answer to the coming back."""
        there = browser.get("/sign-in/provider", params={"next": target})
        assert there.status_code == 303, there.text
        back = browser.get(there.headers["location"])
        assert back.status_code == 303, back.text
        return browser.get(back.headers["location"])

    def refused(self) -> str:
        """Come once; give why the server did not let us in."""
        with self.browser() as browser:
            answer = self.come(browser)
            assert answer.status_code == 401, answer.text
            assert "oreline_session" not in browser.cookies
            assert browser.get(f"{PREFIX}/me").status_code == 401
        return alert(answer)


@pytest.fixture
def pair(settings: Settings, clock: FixedClock, salts: FixedSalts) -> Iterator[Pair]:
    provider = SmallProvider(lambda: clock.now.timestamp(), person=dict(JANE))
    with served(provider.app()) as issuer:
        provider.issuer = issuer
        oidc = OidcSettings(
            issuer=issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            roles=ROLES,
            role_claim="realm_access.roles",
            party_claim="party",
            title="Mine",
        )
        own = replace(settings, sign_in=True, oidc=oidc)
        service = open_service(own, clock=clock, salt=salts)
        with served(create_app(service)) as url:
            yield Pair(url, service, provider)


def test_the_page_offers_the_provider(pair: Pair) -> None:
    with pair.browser() as browser:
        page = browser.get("/sign-in", params={"next": "/lots?a=b"}).text
    assert '<a class="btn quiet" href="/sign-in/provider?next=%2Flots%3Fa%3Db">' in page
    assert "Sign in with Mine" in page


def test_whoever_the_provider_vouches_for_comes_in(pair: Pair) -> None:
    with pair.browser() as browser:
        answer = pair.come(browser, "/lots?search=x")
        assert (answer.status_code, answer.headers["location"]) == (303, "/lots?search=x")
        me = browser.get(f"{PREFIX}/me").json()["result"]
        assert "oreline_flow" not in browser.cookies
    # The first role in the order of the settings that she has.
    assert (me["name"], me["title"], me["role"], me["party"]) == (
        "jane.doe",
        "Jane Doe",
        "auditor",
        "p",
    )


def test_another_role_at_the_provider_is_another_role_here_and_the_ledger_keeps_it(
    pair: Pair,
) -> None:
    with pair.browser() as browser:
        pair.come(browser)
        pair.come(browser)
        pair.provider.person["realm_access"] = {"roles": ["mine-managers"]}
        pair.provider.person["preferred_username"] = "jane.married"
        pair.come(browser)
        me = browser.get(f"{PREFIX}/me").json()["result"]
    # The name that events carry stays; the subject says that it is her.
    assert (me["name"], me["role"]) == ("jane.doe", "admin")
    with open_store(pair.service.settings.ledger) as store:
        told = [json.loads(row.data) for row in store.rows(15)]
    assert [(item["actor"], item["body"]["type"], item["body"]["statement"]) for item in told] == [
        ("jane.doe", "access-granted", "role auditor, party p, by the provider"),
        ("jane.doe", "access-changed", "role admin, party p, by the provider"),
    ]


def test_who_was_shut_out_stays_out(pair: Pair) -> None:
    with pair.browser() as browser:
        pair.come(browser)
        pair.service.accounts.change_person("jane.doe", disabled=True)
        assert browser.get(f"{PREFIX}/me").status_code == 401
    assert pair.refused() == "this person may not come in any more"


def test_nobody_gets_the_name_of_somebody_with_a_password(pair: Pair) -> None:
    pair.service.accounts.add_person("jane.doe", Role.ADMIN, password=PASSWORD)
    assert pair.refused() == "there is already somebody called jane.doe"


def test_nobody_is_called_as_whoever_sits_at_the_machine(pair: Pair) -> None:
    pair.provider.person["preferred_username"] = "LOCAL"
    assert pair.refused() == "nobody can be called local"


@pytest.mark.parametrize(
    ("claim", "value", "words"),
    [
        ("aud", "somebody-else", "aud"),
        ("aud", ["oreline", "somebody-else"], "azp"),
        ("azp", "somebody-else", "azp"),
        ("iss", "https://evil.example", "iss"),
        ("nonce", "another", "nonce"),
        ("nonce", None, "nonce"),
        ("exp", 1, "expired"),
        ("exp", None, "exp"),
        ("exp", "soon", "exp"),
        ("iat", 99_999_999_999, "in the future"),
        ("sub", None, "sub"),
        ("at_hash", "bm8", "at_hash"),
    ],
)
def test_a_token_for_others_or_of_another_time_is_refused(
    pair: Pair, claim: str, value: object, words: str
) -> None:
    pair.provider.changes[claim] = value
    told = pair.refused()
    assert told.startswith("the provider&#x27;s token does not hold"), told
    assert words in told.lower()


def test_a_signature_by_another_key_is_refused(pair: Pair) -> None:
    pair.provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert "bad_signature" in pair.refused()
    # The keys were read once more, in case that they had changed, and not over and over.
    assert pair.provider.keys_read == 2


def test_a_key_that_nobody_knows_is_refused(pair: Pair) -> None:
    pair.provider.signs_with = RSAKey.generate_key(2048, {"kid": "two"})
    assert "does not hold" in pair.refused()


def test_a_changed_key_is_fetched(pair: Pair) -> None:
    with pair.browser() as browser:
        assert pair.come(browser).status_code == 303
        pair.provider.key = ECKey.generate_key("P-256", {"kid": "two"})
        pair.provider.algorithm = "ES256"
        assert pair.come(browser).status_code == 303
        assert pair.come(browser).status_code == 303
    assert pair.provider.keys_read == 2


def test_a_token_without_a_signature_is_refused(pair: Pair) -> None:
    pair.provider.algorithm = "none"
    assert "does not hold" in pair.refused()


@pytest.mark.parametrize("by", ["public key", "client secret"])
def test_a_shared_secret_signs_nothing(pair: Pair, by: str) -> None:
    public = pair.provider.key.as_pem(private=False)
    pair.provider.shared_secret = public if by == "public key" else SECRET.encode()
    assert "does not hold" in pair.refused()


def test_a_sign_in_works_once(pair: Pair) -> None:
    with pair.browser() as browser:
        there = browser.get("/sign-in/provider")
        back = browser.get(there.headers["location"]).headers["location"]
        flow = browser.cookies["oreline_flow"]
        assert browser.get(back).status_code == 303
        session = browser.cookies["oreline_session"]
        browser.cookies.set("oreline_flow", flow)
        replayed = browser.get(back)
        assert replayed.status_code == 401
        assert alert(replayed).startswith("this sign-in is too old, was used before")
        assert browser.cookies["oreline_session"] == session


def test_nobody_is_led_into_somebody_else_s_sign_in(pair: Pair) -> None:
    with pair.browser() as attacker, pair.browser() as victim:
        there = attacker.get("/sign-in/provider")
        back = attacker.get(there.headers["location"]).headers["location"]
        answer = victim.get(back)
        assert answer.status_code == 401
        victim.get("/sign-in/provider")
        assert victim.get(back).status_code == 401
        assert "oreline_session" not in victim.cookies


def test_a_code_of_another_sign_in_is_refused(pair: Pair) -> None:
    with pair.browser() as attacker, pair.browser() as victim:
        stolen = _query(attacker.get(attacker.get("/sign-in/provider").headers["location"]))
        own = _query(victim.get(victim.get("/sign-in/provider").headers["location"]))
        answer = victim.get(
            "/sign-in/provider/back", params={"code": stolen["code"], "state": own["state"]}
        )
    # Its verifier is another: the provider itself refuses.
    assert answer.status_code == 401
    assert alert(answer) == "the provider did not accept this sign-in; try again"


def _query(answer: httpx.Response) -> dict[str, str]:
    found = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in found.items()}


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?code=x", "?error=access_denied", "?state=%FF&code=%FF", "?state=é"]
)
def test_coming_back_from_nowhere_is_refused(pair: Pair, query: str) -> None:
    with pair.browser() as browser:
        assert browser.get(f"/sign-in/provider/back{query}").status_code == 401


def test_a_refusal_of_the_provider_is_told(pair: Pair) -> None:
    with pair.browser() as browser:
        state = _query(browser.get("/sign-in/provider"))["state"]
        query = {"state": state, "error": "access_denied"}
        answer = browser.get("/sign-in/provider/back", params=query)
    assert (answer.status_code, alert(answer)) == (401, "the provider refused the sign-in")


@pytest.mark.parametrize(
    ("claim", "value", "words"),
    [
        ("realm_access", {"roles": ["offline"]}, "gives you no role here"),
        ("realm_access", {"roles": [7, None, {"mine-managers": 1}]}, "gives you no role here"),
        ("realm_access", None, "gives you no role here"),
        ("realm_access", "mine-managers", "gives you no role here"),
        ("party", None, "does not say for whom jane.doe works"),
        ("party", "", "does not say for whom"),
        ("party", ["p"], "does not say for whom"),
        ("preferred_username", "?!", "cannot be somebody"),
    ],
)
def test_what_the_provider_does_not_say_gives_nothing(
    pair: Pair, claim: str, value: object, words: str
) -> None:
    pair.provider.person[claim] = value
    assert words in pair.refused()


def test_all_of_the_ledger_is_seen_by_whom_the_provider_says_so_of(pair: Pair) -> None:
    pair.provider.person["party"] = "*"
    with pair.browser() as browser:
        pair.come(browser)
        assert browser.get(f"{PREFIX}/me").json()["result"]["party"] is None


def test_a_provider_that_is_out_of_order_is_told(pair: Pair) -> None:
    pair.provider.is_down = True
    with pair.browser() as browser:
        answer = browser.get("/sign-in/provider")
        assert (answer.status_code, alert(answer)) == (503, "the provider answered 500")
        pair.provider.is_down = False
        back = browser.get(browser.get("/sign-in/provider").headers["location"])
        pair.provider.is_down = True
        answer = browser.get(back.headers["location"])
        assert (answer.status_code, alert(answer)) == (503, "the provider answered 500")


def test_a_provider_that_calls_itself_otherwise_is_not_used(pair: Pair) -> None:
    pair.provider.issuer = "https://evil.example"
    with pair.browser() as browser:
        answer = browser.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "calls itself" in alert(answer)


def test_a_session_by_a_provider_is_like_any_other(pair: Pair) -> None:
    pair.provider.person["realm_access"] = {"roles": ["mine-managers"]}
    with pair.browser() as browser:
        pair.come(browser)
        new = {"title": "t", "rights": ["read"], "days": 1}
        assert browser.post(f"{PREFIX}/tokens", json=new).status_code == 403
        token = browser.get(f"{PREFIX}/me").json()["result"]["csrf_token"]
        headers = {"X-CSRF-Token": token}
        assert browser.post(f"{PREFIX}/tokens", json=new, headers=headers).status_code == 201


def test_without_a_provider_there_is_no_such_page(settings: Settings, clock: FixedClock) -> None:
    own = replace(settings, sign_in=True)
    with Accounts(own.accounts, own, clock, secrets.token_bytes) as accounts:
        accounts.add_person("chief", Role.ADMIN, password=PASSWORD)
    with served(create_app(open_service(own, clock))) as url:
        assert httpx.get(f"{url}/sign-in/provider").status_code == 404
        assert httpx.get(f"{url}/sign-in/provider/back").status_code == 404


@pytest.mark.parametrize(
    ("more", "own", "words"),
    [
        ({}, {"sign_in": False}, "nobody is asked to sign in"),
        ({"issuer": "http://id.example.org"}, {}, "must be reached by https"),
        ({}, {"host": "0.0.0.0"}, "give --public-url"),
        ({"roles": {}}, {}, "give nobody a role"),
    ],
)
def test_settings_that_could_not_work_are_refused(
    more: dict[str, Any], own: dict[str, Any], words: str
) -> None:
    given: dict[str, Any] = {
        "issuer": "https://id.example.org",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "roles": ROLES,
    }
    oidc = OidcSettings(**{**given, **more})
    settings = Settings(**{"ledger": "l", "accounts": "a", "sign_in": True, "oidc": oidc, **own})
    with pytest.raises(InputError, match=words):
        check_settings(settings, can_sign_in=False)
