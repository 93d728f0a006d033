"""How a server is set up: which ledger, where it listens, who may come in, and every limit."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from oreline.api._people import Role
from oreline.model import InputError

MIB = 2**20
DAY_S = 86_400
OIDC_SECRET = "ORELINE_OIDC_SECRET"  # noqa: S105 - the name of a variable, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """An OpenID Connect provider, and how what it says of people becomes roles and parties.

    Attributes
    ----------
    issuer
        The provider's address, exactly as it writes it itself.
    roles
        Which value of ``role_claim`` makes which role; of several values that somebody has, the
        first here counts, and whoever has none is refused.
    role_claim, name_claim
        The names of claims; a dot leads into an object, as in ``realm_access.roles``.
    party_claim
        The claim that says for whom somebody works: the id of a party, or ``*`` for all of the
        ledger. Whoever lacks it is refused. None if everybody of this provider sees all.
    title
        What the button for it says.
    """

    issuer: str
    client_id: str
    client_secret: str
    roles: dict[str, str]
    role_claim: str = "roles"
    party_claim: str | None = None
    name_claim: str = "preferred_username"
    scope: str = "openid profile"
    title: str = "OpenID Connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. Every limit is named here, with its unit.

    Attributes
    ----------
    ledger
        A file or the URL of a PostgreSQL database.
    chain
        The chain folder, None where there is only a ledger.
    reports
        Folders of reports that are watched, besides those of the chain folder.
    accounts
        The application store (people, sessions, tokens, uploads): a file or a PostgreSQL URL.
    sign_in
        Whether one must sign in. Without, only loopback addresses are served.
    hosts
        The host names that the server answers to, besides those of loopback and ``public_url``.
    public_url
        The address that people use, where a proxy stands before the server.
    kept_answers_bytes_max
        How much is kept of answers that were computed once.
    warmed_events_min
        Of a ledger with so many events what pages begin with is computed before anybody asks.
    proxies
        The addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    """

    ledger: str
    accounts: str
    chain: Path | None = None
    reports: tuple[Path, ...] = ()
    sign_in: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ()
    public_url: str | None = None
    proxies: tuple[str, ...] = ()
    oidc: OidcSettings | None = None

    body_bytes_max: int = 4 * MIB
    upload_bytes_max: int = 50 * MIB
    upload_keep_s: int = DAY_S
    uploads_kept_max: int = 20
    page_rows_default: int = 100
    page_rows_max: int = 1_000
    lineage_lots_max: int = 2_000
    readings_max: int = 4
    kept_answers_bytes_max: int = 64 * MIB
    warmed_events_min: int = 20_000
    session_idle_s: int = 8 * 3_600
    session_life_s: int = 7 * DAY_S
    sign_in_tries_max: int = 8
    sign_in_tries_per_address_max: int = 40
    sign_in_wait_s: int = 900
    password_letters_min: int = 12
    token_days_max: int = 366
    audit_keep_s: int = 400 * DAY_S
    audit_rows_max: int = 1_000
    recent_events_max: int = 500

    @property
    def is_secure(self) -> bool:
        """Return whether people reach the server over TLS, so that cookies are for TLS only."""
        return (self.public_url or "").startswith("https://")


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_settings(settings: Settings, *, can_sign_in: bool) -> None:
    """Refuse to serve strangers without sign-in, and what could not work.

    Parameters
    ----------
    settings
        How the server is set up.
    can_sign_in
        Whether the application store has somebody with a password.

    Raises
    ------
    InputError
        If the address is not loopback and people need not or cannot sign in, with what to do.
    """
    oidc = settings.oidc
    first = f"oreline people add NAME --role admin {_places(settings)}"
    if not settings.sign_in:
        if oidc is not None:
            raise InputError("an OpenID Connect provider is named, but nobody is asked to sign in")
        if is_loopback(settings.host):
            return
        message = (
            f"{settings.host} can be reached from other machines, so people must sign in: "
            f"add --sign-in, and the first person with '{first}'"
        )
        raise InputError(message)
    if not can_sign_in and oidc is None:
        message = (
            "nobody could sign in: nobody in the application store has a password; add the first "
            f"person with '{first}'"
        )
        raise InputError(message)
    if settings.public_url is not None:
        _check_public_url(settings.public_url)
    if oidc is not None:
        _check_oidc(oidc, settings)


def _places(settings: Settings) -> str:
    where = f"--ledger {settings.ledger}"
    if settings.accounts != default_accounts():
        where += f" --accounts {settings.accounts}"
    # What a message shows must not be a secret.
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1@", where)


def _check_public_url(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise InputError(f"{address!r}: the public address is like https://chain.example.org")


def _check_oidc(oidc: OidcSettings, settings: Settings) -> None:
    parts = urlsplit(oidc.issuer)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise InputError(f"the provider {oidc.issuer} must be reached by https")
    if settings.public_url is None and not is_loopback(settings.host):
        raise InputError("with an OpenID Connect provider, give --public-url: where it leads back")
    if not oidc.roles:
        raise InputError("the provider's settings give nobody a role: fill in [roles]")


def read_oidc(path: Path, environ: Mapping[str, str]) -> OidcSettings:
    """Return the settings of a provider from a TOML file; the secret may come from outside.

    Raises
    ------
    InputError
        If the file cannot be read, or lacks or has what it should not.
    """
    try:
        written: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if secret := environ.get(OIDC_SECRET):
        written["client_secret"] = secret
    known = OidcSettings.__dataclass_fields__
    strange = sorted(set(written) - set(known))
    if strange:
        listed = ", ".join(known)
        raise InputError(f"{path}: unknown setting {', '.join(strange)}; there are {listed}")
    try:
        settings = TypeAdapter(OidcSettings).validate_python(written)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {where}: {first['msg']}") from error
    wrong = sorted(set(settings.roles.values()) - set(Role))
    if wrong:
        listed = ", ".join(Role)
        raise InputError(f"{path}: no role is called {', '.join(wrong)}; there are {listed}")
    return settings


def data_folder() -> Path:
    """Return the folder for what belongs to the server, outside any chain folder."""
    home = os.environ.get("ORELINE_HOME")
    if home:
        return Path(home)
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "oreline"


def default_accounts() -> str:
    """Return where the application store is unless somebody names another place."""
    return str(data_folder() / "accounts.db")
