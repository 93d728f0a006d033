"""``watch.toml`` of a chain folder: where reports lie, what to be told of, and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.model import Finding, LimitExceededError, Severity, is_fatal
from oreline.watch._claim import KINDS

if TYPE_CHECKING:
    from oreline.design import FilePage

WATCH_FILE: Final = "watch.toml"
"""Where a chain folder keeps it."""
WATCH_BYTES_MAX: Final = 1_000_000
MARKET_SECTIONS: Final = ("series", "portfolio", "feed")
"""The sections that the market view reads itself."""

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
_Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
_Address = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}$"),
]
_Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

Subject = Literal["claim", "contested", "lapse", "import_reliance", "price"]
"""What a rule can be about."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReportsTable(_Table):
    """Where reports lie: folders, from the chain folder on."""

    folders: Annotated[tuple[_Said, ...], Field(max_length=100)] = ("evidence",)


class AlertRule(_Table):
    """One rule: what somebody wants to be told of, once."""

    id: _Name = Field(description="A name of its own; what was told is remembered under it.")
    on: Subject = Field(description="What it is about.")
    party: _Said | None = Field(None, description="A party's id or name, as reports write it.")
    mineral: _Said | None = Field(None, description="A mineral or element, as reports write it.")
    site: _Said | None = Field(None, description="A site's id or name.")
    kind: _Said | None = Field(None, description="A kind of claim, as shipment.")
    within_days: Annotated[int, Field(ge=0, le=3660)] | None = Field(
        None, description="How many days before a lapse."
    )
    change_points: Annotated[Decimal, Field(ge=0)] | None = Field(
        None, description="From how many percentage points on a revision is told."
    )
    series: _Name | None = Field(None, description="A series of the market view.")
    above: Decimal | None = Field(None, description="Told when the last value is above this.")
    below: Decimal | None = Field(None, description="Told when the last value is below this.")
    change_pct: Annotated[Decimal, Field(gt=0)] | None = Field(
        None, description="Told when two values in a row differ by at least this many percent."
    )


class DigestTable(_Table):
    """The SMTP server that takes the digest, and to whom it goes."""

    host: _Host
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    sender: _Address
    recipients: Annotated[tuple[_Address, ...], Field(min_length=1, max_length=100)]
    user_variable: _Variable | None = Field(
        None, description="The environment variable that holds the user's name."
    )
    password_variable: _Variable | None = Field(
        None, description="The environment variable that holds the password."
    )
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 20.0


class ExtractorTable(_Table):
    """A second reader: an endpoint with the interface of OpenAI's chat completions."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]
    model: _Said
    key_variable: _Variable | None = Field(
        None, description="The environment variable that holds the key."
    )
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 60.0


class _WatchTable(_Table):
    reports: ReportsTable = ReportsTable()
    alert: Annotated[tuple[AlertRule, ...], Field(max_length=500)] = ()
    digest: DigestTable | None = None
    extractor: ExtractorTable | None = None


_USED: Final[dict[str, tuple[str, ...]]] = {
    "claim": ("party", "mineral", "site", "kind"),
    "contested": ("party", "mineral", "site", "kind"),
    "lapse": ("within_days", "site"),
    "import_reliance": ("mineral", "change_points"),
    "price": ("series", "above", "below", "change_pct"),
}
"""Which keys a rule on each subject uses."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What a ``watch.toml`` says; without one, the evidence folder is read and nobody is told.

    Attributes
    ----------
    market
        The tables of the market view as written, section by section; ``located`` has their lines.
    """

    folders: tuple[str, ...] = ("evidence",)
    alerts: tuple[AlertRule, ...] = ()
    digest: DigestTable | None = None
    extractor: ExtractorTable | None = None
    market: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    located: Located = field(default_factory=lambda: Located({}))

    def places(self, folder: Path) -> tuple[Path, ...]:
        """Return the folders of reports of a chain folder."""
        return tuple(folder / one for one in self.folders)


def settings_of(folder: Path) -> tuple[WatchSettings | None, tuple[Finding, ...]]:
    """Return what a chain folder's ``watch.toml`` says; one that is not there says nothing."""
    path = folder / WATCH_FILE
    if not path.is_file():
        return WatchSettings(), ()
    if path.stat().st_size > WATCH_BYTES_MAX:
        raise LimitExceededError(f"{WATCH_FILE} has more than {WATCH_BYTES_MAX:,} bytes")
    return read_settings(path.read_bytes())


def read_settings(
    data: bytes, name: str = WATCH_FILE
) -> tuple[WatchSettings | None, tuple[Finding, ...]]:
    """Return what a file says, None where it cannot be used, and everything that is wrong with it.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        What the file is called.
    """
    from oreline.design import form_findings

    try:
        found = located_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return None, (_unread(f"{name}:1", f"byte {error.start + 1} is no UTF-8"),)
    except TomlSyntaxError as error:
        return None, (_unread(f"{name}:{error.line}", f"this is no TOML: {error}"),)
    findings = list(_wrong_sections(found, name))
    own = {key: value for key, value in found.values.items() if key not in MARKET_SECTIONS}
    try:
        table = _WatchTable.model_validate(own)
    except ValidationError as error:
        return None, (*findings, *form_findings(error, found, name, _page()))
    findings += _wrong(table, found, name)
    if is_fatal(findings):
        return None, tuple(findings)
    market = {key: found.values[key] for key in MARKET_SECTIONS if key in found.values}
    settings = WatchSettings(
        table.reports.folders, table.alert, table.digest, table.extractor, market, found
    )
    return settings, tuple(findings)


def _wrong_sections(found: Located, name: str) -> Iterator[Finding]:
    for key in MARKET_SECTIONS:
        value = found.values.get(key, [])
        if not (isinstance(value, list) and all(isinstance(one, Mapping) for one in value)):
            where = found.where((key,), name)
            yield _fatal(where, f"{key} is no list of tables", f"write [[{key}]] above each")


def _wrong(table: _WatchTable, found: Located, name: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, rule in enumerate(table.alert):

        def where(key: str, place: int = place) -> str:
            return found.where(("alert", place, key), name)

        if rule.id in seen:
            yield _fatal(where("id"), f"two alerts are called {rule.id}", "give each its own id")
        seen.add(rule.id)
        yield from _wrong_rule(rule, where)
    yield from _wrong_digest(table.digest, found, name)
    yield from _wrong_extractor(table.extractor, found, name)


def _wrong_rule(rule: AlertRule, where: Callable[[str], str]) -> Iterator[Finding]:
    used = _USED[rule.on]
    given = sorted(rule.model_fields_set - {"id", "on"})
    for key in given:
        if key not in used:
            message = f"the alert {rule.id} on {rule.on} has no use for {key}"
            yield _fatal(where(key), message, f"remove it; used here: {', '.join(used)}")
    if rule.kind is not None and rule.kind not in KINDS:
        message = f"{rule.kind!r} is no kind of claim"
        yield _fatal(where("kind"), message, f"write one of {', '.join(KINDS)}")
    if rule.on == "lapse" and rule.within_days is None:
        message = f"the alert {rule.id} does not say how long before a lapse it tells"
        yield _fatal(where("on"), message, "write within_days = 90")
    if rule.on != "price":
        return
    if rule.series is None:
        message = f"the alert {rule.id} names no series"
        yield _fatal(where("on"), message, "write series = the id of a [[series]]")
    if (rule.above, rule.below, rule.change_pct) == (None, None, None):
        message = f"the alert {rule.id} names no threshold"
        yield _fatal(where("on"), message, "write above, below or change_pct")


def _wrong_digest(digest: DigestTable | None, found: Located, name: str) -> Iterator[Finding]:
    if digest is None:
        return
    if (digest.user_variable is None) != (digest.password_variable is None):
        where = found.where(("digest",), name)
        message = "a user and a password go together"
        yield _fatal(where, message, "write user_variable and password_variable, or neither")
    if (
        digest.encryption == "none"
        and digest.password_variable is not None
        and digest.host not in _LOOPBACK
    ):
        where = found.where(("digest", "encryption"), name)
        message = "a password would go over the network in clear"
        yield _fatal(where, message, 'write encryption = "starttls" or "tls"')


def _wrong_extractor(
    extractor: ExtractorTable | None, found: Located, name: str
) -> Iterator[Finding]:
    if extractor is None:
        return
    where = found.where(("extractor", "url"), name)
    try:
        parts = urlsplit(extractor.url)
        host, is_secret = parts.hostname, parts.username is not None or bool(parts.query)
        _ = parts.port
    except ValueError as error:
        yield _fatal(where, f"this is no address: {error}", "write https://host/v1")
        return
    if host is None:
        yield _fatal(where, "the address names no host", "write https://host/v1")
    elif parts.scheme == "http" and host not in _LOOPBACK:
        message = "reports and the key would go over the network in clear"
        yield _fatal(where, message, "write https://; http:// is for this machine alone")
    if is_secret:
        message = "the address holds a name, a password or a query"
        yield _fatal(where, message, "keep secrets in environment variables; see key_variable")


def _fatal(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-1335", Severity.FATAL, where, message, fix)


def _unread(where: str, message: str) -> Finding:
    return _fatal(where, message, "save the file as TOML in UTF-8")


_SECRET: Final = re.compile(r"password|passwd|secret|token|api_?key|\bkey\b|user(name)?$")
_TABLES: Final[dict[str, type[BaseModel]]] = {
    "reports": ReportsTable,
    "alert": AlertRule,
    "digest": DigestTable,
    "extractor": ExtractorTable,
}


def _key_remedy(place: tuple[str | int, ...]) -> str:
    from oreline.design import near_name

    last = str(place[-1])
    if len(place) == 1:
        known = [*_WatchTable.model_fields, *MARKET_SECTIONS]
    else:
        known = list(_TABLES.get(str(place[0]), _WatchTable).model_fields)
        if _SECRET.search(last):
            return "no secret stands here; name the environment variable that holds it: " + (
                ", ".join(one for one in known if one.endswith("_variable")) or "none is used here"
            )
    near = near_name(last, known)
    return f"did you mean {near}?" if near else f"known here: {', '.join(known)}"


def _page() -> FilePage:
    from oreline.design import FilePage

    return FilePage("watch.toml", "ORL-1335", _key_remedy)
