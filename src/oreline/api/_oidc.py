"""Coming in by OpenID Connect: discovery, authorization code with PKCE, a checked identity token.

What a provider says is believed only as far as its signature, its audience and the nonce of this
very sign-in allow; see docs/reference/security.md.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oreline.api._people import RIGHTS, Person, Role
from oreline.api._problems import NotSignedInError, ProviderError
from oreline.api._settings import OidcSettings
from oreline.record import Clock

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""Signatures with a public key only: with a shared secret, whoever checks could also sign."""
ANY_PARTY = "*"
"""The value of the party claim of people who see all of the ledger."""
KEEP_S = 3_600
"""How long what a provider says of itself is kept."""
WAIT_S = 10.0
LEEWAY_S = 60
ANSWER_BYTES_MAX = 1_000_000
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who the provider says somebody is; ``subject`` stays the same when the name changes."""

    subject: str
    person: Person


class Provider:
    """An OpenID Connect provider. Safe to share between threads.

    Parameters
    ----------
    settings
        Which provider, and how its claims become roles and parties.
    clock
        Against which the life of tokens is judged.
    http
        How it is reached.
    """

    def __init__(
        self, settings: OidcSettings, clock: Clock, http: httpx.Client | None = None
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._http = http or httpx.Client(timeout=WAIT_S, follow_redirects=False)
        self._lock = threading.Lock()
        self._metadata: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._read_s = 0.0

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser goes to sign in.

        Parameters
        ----------
        back
            The address of ours to which the provider sends the browser.
        state, nonce, verifier
            Random text of this sign-in; the provider sees the verifier only as a hash.

        Raises
        ------
        ProviderError
            If the provider cannot be reached.
        """
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": back,
            "scope": self.settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = str(self._known()["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def claimed(self, code: str, back: str, nonce: str, verifier: str) -> Claimed:
        """Return who has come back with a code.

        Raises
        ------
        NotSignedInError
            If the code, the token, or what the token says does not hold.
        ProviderError
            If the provider cannot be reached.
        """
        claims = self._checked(self._tokens(code, back, verifier), nonce)
        return Claimed(f"{self.settings.issuer} {claims['sub']}", self._person(claims))

    # What the provider says of itself

    def _known(self) -> Mapping[str, Any]:
        with self._lock:
            now_s = self._clock().timestamp()
            if self._metadata is None or now_s - self._read_s > KEEP_S:
                self._metadata = self._discover()
                self._keys = None
                self._read_s = now_s
            return self._metadata

    def _discover(self) -> Mapping[str, Any]:
        issuer = self.settings.issuer
        found = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderError(f"the provider calls itself {found.get('issuer')!r}, not {issuer}")
        for name in _NEEDED:
            address = str(found.get(name, ""))
            if urlsplit(address).scheme not in {"https", urlsplit(issuer).scheme}:
                raise ProviderError(f"the provider's {name} is no address to be used: {address!r}")
        return found

    def _key_set(self, *, again: bool) -> KeySet:
        address = str(self._known()["jwks_uri"])
        with self._lock:
            if self._keys is None or again:
                keys = self._get(address)
                try:
                    self._keys = KeySet.import_key_set({"keys": keys["keys"]})
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise ProviderError(f"the provider's keys cannot be used: {error}") from error
            return self._keys

    def _get(self, address: str) -> Mapping[str, Any]:
        try:
            return _object(self._http.get(address))
        except httpx.HTTPError as error:
            raise ProviderError(f"the provider cannot be reached: {error}") from error

    # What it says of a person

    def _tokens(self, code: str, back: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        ours = (self.settings.client_id, self.settings.client_secret)
        known = self._known()
        methods = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth: httpx.Auth = httpx.BasicAuth(*ours)
        if "client_secret_basic" not in methods:
            auth = httpx.Auth()
            form["client_id"], form["client_secret"] = ours
        try:
            answer = self._http.post(str(known["token_endpoint"]), data=form, auth=auth)
        except httpx.HTTPError as error:
            raise ProviderError(f"the provider cannot be reached: {error}") from error
        if answer.status_code in {400, 401, 403}:
            raise NotSignedInError("the provider did not accept this sign-in; try again")
        return _object(answer)

    def _checked(self, tokens: Mapping[str, Any], nonce: str) -> CodeIDToken:
        written = str(tokens.get("id_token", ""))
        settings = self.settings
        try:
            token = self._decoded(written)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": settings.issuer},
                    "aud": {"essential": True, "value": settings.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": settings.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise NotSignedInError(f"the provider's token does not hold: {error}") from error
        return claims

    def _decoded(self, written: str) -> jwt.Token:
        try:
            return jwt.decode(written, self._key_set(again=False), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # Keys change: the one that signed may be newer than those that we know.
            return jwt.decode(written, self._key_set(again=True), algorithms=ALGORITHMS)

    def _person(self, claims: Mapping[str, Any]) -> Person:
        settings = self.settings
        name = fit_name(str(claims.get(settings.name_claim) or claims["sub"]))
        role = self._role(claims)
        party = None
        if settings.party_claim is not None:
            # Whoever has no party sees all: that is never given because nothing was said.
            said = _claim(claims, settings.party_claim)
            if not isinstance(said, str) or not said:
                message = (
                    f"the provider does not say for whom {name} works ({settings.party_claim})"
                )
                raise NotSignedInError(message)
            party = None if said == ANY_PARTY else said
        title = str(claims.get("name") or name)[:120]
        return Person(name, title, role, RIGHTS[role], party)

    def _role(self, claims: Mapping[str, Any]) -> Role:
        """Return the role of the first value, in the order of the settings, that somebody has."""
        said = _claim(claims, self.settings.role_claim)
        values = {said} if isinstance(said, str) else set(filter(_is_text, said or ()))
        for value, role in self.settings.roles.items():
            if value in values:
                return Role(role)
        raise NotSignedInError("the provider knows you, but gives you no role here")


def fit_name(text: str) -> str:
    """Return a provider's name for somebody as a pseudonym that events can carry.

    >>> fit_name("Jane.Doe@Mine.Example")
    'jane.doe-mine.example'
    """
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("._-")[:40].rstrip("._-")
    if len(name) < 2:
        raise NotSignedInError(f"{text[:60]!r} cannot be somebody's name here")
    return name


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim; a dot leads into an object, unless a claim is named so itself."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.status_code != 200:
        raise ProviderError(f"the provider answered {answer.status_code}")
    if len(answer.content) > ANSWER_BYTES_MAX:
        raise ProviderError("the provider's answer is too large")
    try:
        found = answer.json()
    except ValueError as error:
        raise ProviderError("the provider's answer is no JSON") from error
    if not isinstance(found, dict):
        raise ProviderError("the provider's answer is no JSON object")
    return found
