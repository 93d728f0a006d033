"""How a server is set up: which ledger, where it listens, who may come in, and every limit."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from oreline.model import InputError

MIB = 2**20
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """An OpenID Connect provider; ``role_claim`` and ``party_claim`` name what says who may what.

    ``roles`` maps a value of the role claim to a role of oreline; whoever has none of them is
    refused.
    """

    issuer: str
    client_id: str
    client_secret: str
    roles: dict[str, str]
    role_claim: str = "roles"
    party_claim: str = "party"
    name_claim: str = "preferred_username"
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
    accounts
        The application store (people, sessions, tokens, uploads): a file or a PostgreSQL URL.
    sign_in
        Whether one must sign in. Without, only loopback addresses are served.
    hosts
        The host names that the server answers to, besides those of loopback and ``public_url``.
    public_url
        The address that people use, where a proxy stands before the server.
    """

    ledger: str
    accounts: str
    chain: Path | None = None
    sign_in: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ()
    public_url: str | None = None
    oidc: OidcSettings | None = None

    body_bytes_max: int = 4 * MIB
    upload_bytes_max: int = 50 * MIB
    upload_keep_s: int = DAY_S
    page_rows_default: int = 100
    page_rows_max: int = 1_000
    lineage_lots_max: int = 2_000
    readings_max: int = 4
    session_idle_s: int = 8 * 3_600
    session_life_s: int = 7 * DAY_S
    sign_in_tries_max: int = 8
    sign_in_wait_s: int = 900
    password_letters_min: int = 12
    token_days_max: int = 366
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


def check_settings(settings: Settings, people: int) -> None:
    """Refuse to serve strangers without sign-in.

    Raises
    ------
    InputError
        If the address is not loopback and nobody could sign in, with what to do.
    """
    if is_loopback(settings.host) and not settings.sign_in:
        return
    if not settings.sign_in:
        message = (
            f"{settings.host} can be reached from other machines, so people must sign in: "
            "add --sign-in, and the first person with 'oreline people add NAME --role admin'"
        )
        raise InputError(message)
    if people == 0 and settings.oidc is None:
        message = (
            "nobody could sign in: there is no person in the application store; add the first "
            "with 'oreline people add NAME --role admin'"
        )
        raise InputError(message)


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
