"""``oreline people``: who may come in to a server, as what, and which programs act for them."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._serve import Accounts as AccountsPlace

if TYPE_CHECKING:
    from oreline.api import Accounts

app = typer.Typer(
    no_args_is_help=True,
    help="Who may come in to a server, and as what; the ledger keeps each change.\n\n"
    "Example: oreline people add a.khan --role admin --chain my-chain",
)
ALL = "all"
"""What stands for no party: somebody who sees all of the ledger."""


class RoleName(StrEnum):
    """The roles of people, as :class:`oreline.api.Role` has them."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"


class RightName(StrEnum):
    """The rights of tokens, as :class:`oreline.api.Right` has them."""

    READ = "read"
    RECORD = "record"
    DECIDE = "decide"
    AUDIT = "audit"
    PUBLISH = "publish"
    ADMINISTER = "administer"


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="What they sign in with, and the pseudonym that events carry: a-z, 0-9, . - _",
    ),
]
RoleOption = Annotated[RoleName, typer.Option("--role", help="What they may do.")]
PasswordFromInput = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read the password from standard input instead of asking for it."
    ),
]


@contextmanager
def _opened(place: str | None) -> Iterator[Accounts]:
    from oreline.api import Accounts, Settings, default_accounts
    from oreline.record import system_clock

    where = place or default_accounts()
    settings = Settings(ledger="", accounts=where)
    with Accounts(where, settings, system_clock, secrets.token_bytes) as accounts:
        yield accounts


def _note(
    reader: Reader, actor: str, what: str, subject: str, statement: str
) -> Callable[[], None]:
    """Return what writes the change into the ledger; the ledger is opened before anything."""
    from oreline.api import access_event
    from oreline.record import instant_text, instant_us, system_clock

    store = reader.store

    def note() -> None:
        time = instant_text(instant_us(system_clock().isoformat()))
        mark = secrets.token_hex(6)
        store.append([access_event(actor, what, subject, statement, time=time, mark=mark)])

    return note


def _password(*, from_input: bool) -> str:
    """Return a password that somebody types twice, or the first line of standard input."""
    from oreline.model import InputError

    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("there is no terminal to ask on; give --password-stdin or --no-password")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _check_party(reader: Reader, party: str | None) -> None:
    """Refuse a party that the chain does not have: whoever belongs to it would see nothing."""
    if party is None:
        return
    from oreline.api import chain_told_of, check_party

    check_party(chain_told_of(reader.ledger, reader.store, reader.chain_option), party)


def _line(text: str) -> Callable[[Console], None]:
    return lambda console: console.print(text, markup=False, soft_wrap=True)


@question(Needs.LEDGER)
def add(
    reader: Reader,
    name: Name,
    role: RoleOption = RoleName.VIEWER,
    title: Annotated[str, typer.Option("--title", help="Their name as pages show it.")] = "",
    party: Annotated[
        str | None,
        typer.Option(
            "--party", metavar="ID", help="The party that they belong to (default: they see all)."
        ),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="en or ur.")] = "en",
    password_stdin: PasswordFromInput = False,
    no_password: Annotated[
        bool,
        typer.Option("--no-password", help="They come in by tokens only."),
    ] = False,
    by: options.Actor = "operator",
    accounts: AccountsPlace = None,
) -> Answer:
    """Let somebody in; the ledger keeps who did so.

    Example: oreline people add a.khan --role admin --chain my-chain
    """
    from oreline.api import Role

    _check_party(reader, party)
    said = f"role {role}, party {party or ALL}"
    note = _note(reader, by, "access-granted", name, said)
    password = None if no_password else _password(from_input=password_stdin)
    with _opened(accounts) as store:
        store.add_person(
            name,
            Role(role),
            title=title,
            party=party,
            language=language,
            password=password,
            note=note,
        )
    result = {"name": name, "role": str(role), "party": party, "has_password": not no_password}
    return Answer(result, _line(f"{name} may come in: {said}."))


@question(Needs.NOTHING)
def list_(_reader: Reader, accounts: AccountsPlace = None) -> Answer:
    """Show who may come in.

    Example: oreline people list
    """
    with _opened(accounts) as store:
        people = [item.to_json() for item in store.people()]
        tokens = store.tokens()
    return Answer(
        {"people": people, "tokens": tokens}, lambda console: _show_people(console, people)
    )


def _show_people(console: Console, people: Sequence[Mapping[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not people:
        console.print("Nobody may come in yet: oreline people add NAME --role admin", markup=False)
        return
    table = Table(box=None, header_style="bold")
    for heading in ("name", "role", "party", "signs in with", ""):
        table.add_column(heading)
    for item in people:
        way = "a password" if item["has_password"] else "a provider, or tokens only"
        state = "shut out" if item["disabled"] else ""
        cells = (item["name"], item["role"], item["party"] or ALL, way, state)
        table.add_row(*map(Text, cells))
    console.print(table)


@question(Needs.LEDGER)
def role(
    reader: Reader,
    name: Name,
    role: Annotated[RoleName | None, typer.Option("--role", help="What they may do.")] = None,
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="ID", help="The party that they belong to, or 'all'."),
    ] = None,
    by: options.Actor = "operator",
    accounts: AccountsPlace = None,
) -> Answer:
    """Change what somebody may do or see; they have to sign in again.

    Example: oreline people role a.khan --role approver --chain my-chain
    """
    from oreline.api import Keep, Role

    if party != ALL:
        _check_party(reader, party)
    wanted = None if role is None else Role(role)
    belongs = Keep.AS_IS if party is None else None if party == ALL else party
    return _changed(reader, by, accounts, name, role=wanted, party=belongs)


@question(Needs.LEDGER)
def password(
    reader: Reader,
    name: Name,
    password_stdin: PasswordFromInput = False,
    by: options.Actor = "operator",
    accounts: AccountsPlace = None,
) -> Answer:
    """Give somebody another password; they have to sign in again.

    Example: oreline people password a.khan --chain my-chain
    """
    given = _password(from_input=password_stdin)
    return _changed(reader, by, accounts, name, password=given)


@question(Needs.LEDGER)
def remove(
    reader: Reader, name: Name, by: options.Actor = "operator", accounts: AccountsPlace = None
) -> Answer:
    """Shut somebody out: sessions end, tokens stop, and nobody else gets the name.

    Example: oreline people remove a.khan --chain my-chain
    """
    return _changed(reader, by, accounts, name, disabled=True)


@question(Needs.LEDGER)
def restore(
    reader: Reader, name: Name, by: options.Actor = "operator", accounts: AccountsPlace = None
) -> Answer:
    """Let somebody in again who was shut out.

    Example: oreline people restore a.khan --chain my-chain
    """
    return _changed(reader, by, accounts, name, disabled=False)


def _changed(reader: Reader, by: str, accounts: str | None, name: str, **changes: Any) -> Answer:
    from oreline.api import Keep, changed_access
    from oreline.model import InputError

    said = changed_access(
        changes.get("role"),
        changes.get("party", Keep.AS_IS),
        changes.get("password"),
        changes.get("disabled"),
    )
    if not said:
        raise InputError(f"nothing about {name} would change; give --role or --party")
    note = _note(reader, by, "access-changed", name, said)
    with _opened(accounts) as store:
        store.change_person(name, **changes, note=note)
    return Answer({"name": name, "changed": said}, _line(f"{name}: {said}."))


@question(Needs.LEDGER)
def token(
    reader: Reader,
    name: Name,
    right: Annotated[list[RightName], typer.Option("--right", help="What it may do; repeatable.")],
    title: Annotated[str, typer.Option("--title", help="What it is for.")] = "",
    days: Annotated[int, typer.Option("--days", help="How long it lasts.")] = 90,
    by: options.Actor = "operator",
    accounts: AccountsPlace = None,
) -> Answer:
    """Make a token for a program that acts for somebody; it is shown this once.

    Example: oreline people token a.khan --right read --days 30 --chain my-chain
    """
    from oreline.api import Right

    rights = frozenset(map(Right, right))
    said = f"{' '.join(sorted(rights))} for {days} days"
    note = _note(reader, by, "access-token", name, said)
    with _opened(accounts) as store:
        value = store.add_token(name, title or "by command", rights, days, note)
    return Answer({"name": name, "token": value}, _line(value))


app.command("add")(add)
app.command("list")(list_)
app.command("role")(role)
app.command("password")(password)
app.command("remove")(remove)
app.command("restore")(restore)
app.command("token")(token)
