"""``oreline balance account``: the metal account of a month, signed, reviewed, restated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._balance_accounts import Site, Zone
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader, known_at_value

if TYPE_CHECKING:
    from oreline.balance import AccountState, MetalAccount, Restatement

Elements = Annotated[
    list[str] | None,
    typer.Option(
        "--element", "-e", metavar="SYMBOL", help="Only this element; may be given again."
    ),
]
PERIOD = Annotated[
    str, typer.Option("--period", metavar="PERIOD", help="2025-09, 2025, 2025-09-01 or FROM..TO.")
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", envvar="ORELINE_ACTOR", help="Who enters the signature."),
]


@question(export=True)
def account(
    reader: Reader,
    site: Site,
    period: PERIOD,
    element: Elements = None,
    sign: Annotated[
        str | None, typer.Option("--sign", metavar="NAME", help="Sign it as this person.")
    ] = None,
    review: Annotated[
        str | None,
        typer.Option("--review", metavar="NAME", help="Confirm a signed one as another person."),
    ] = None,
    capacity: Annotated[
        str, typer.Option("--as", metavar="TEXT", help="As what: 'plant metallurgist, MAusIMM'.")
    ] = "",
    party: Annotated[
        str | None, typer.Option("--party", metavar="PARTY", help="For whom it is signed.")
    ] = None,
    by: By = None,
    time: options.Happened = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="TIME|SIZE",
            help="Compare with the account as known then (default: when it was last signed).",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the document: .pdf."),
    ] = None,
    time_zone: Zone = None,
) -> Answer:
    """Show the metal account of a site and period: checked in, checked out, in stock, unaccounted.

    It says how each leg was measured, what may still change, whether it is signed and, if it was
    restated since, both versions. The exit status is 1 if an element does not close.

    Example: oreline balance account illus-mill-cu --period 2025-09 --sign "A. Khan"
    --as "plant metallurgist" --by illus-metallurgist
    """
    from oreline.balance import account_state, metal_account

    symbols = [reader.element(name) for name in element or ()]
    found = metal_account(reader.books, site, period, symbols, time_zone=reader.zone(time_zone))
    if sign or review:
        return _signed(reader, found, sign, review, capacity, party, by, time)
    state = account_state(reader.ledger, found)
    restated = _restated(reader, found, state, against)
    if out is not None:
        _write(reader, found, state, restated, out)
    result: dict[str, Any] = {
        **found.to_json(),
        "signing": state.to_json(),
        "restatement": None if restated is None else restated.to_json(),
    }

    def show(console: Console) -> None:
        from oreline.cli._balance_account_tables import print_account

        print_account(console, found, state, restated)
        if out is not None:
            console.print(f"Wrote {out}.", style="dim", markup=False)

    is_open = any(one.verdict == "DOES NOT CLOSE" for one in found.elements)
    problem = "at least one element does not close" if is_open else ""
    return Answer(result, show, found.to_frame, problem, told_of=reader)


def _restated(
    reader: Reader, found: MetalAccount, state: AccountState, against: str | None
) -> Restatement | None:
    """Return what changed since another version; None where there is none to compare with."""
    from oreline.balance import metal_account, restatement
    from oreline.record import load_ledger, open_books

    latest = state.latest
    if against is None and latest is not None and not latest.counts and latest.size is not None:
        against = str(latest.size)
    if against is None:
        return None
    earlier = load_ledger(
        reader.store,
        as_of=reader.as_of,
        known_at=known_at_value(against, reader.store),
        parent=reader.parent,
    )
    before = metal_account(
        open_books(earlier),
        found.site,
        found.period,
        found.symbols,
        time_zone=found.time_zone,
    )
    return restatement(before, found, earlier, reader.ledger)


def _signed(
    reader: Reader,
    found: MetalAccount,
    sign: str | None,
    review: str | None,
    capacity: str,
    party: str | None,
    by: str | None,
    time: str | None,
) -> Answer:
    from oreline.balance import review_draft, signing_draft
    from oreline.cli._append import appended
    from oreline.model import InputError
    from oreline.record import system_clock, system_salt

    if sign and review:
        raise InputError("nobody signs and reviews at once: give --sign or --review")
    if by is None:
        raise InputError("--by says who enters the signature; the ledger keeps it")
    if reader.as_of or reader.known_at:
        raise InputError("only the account as known at present can be signed")
    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    day = moment[:10]
    if sign:
        draft = signing_draft(reader.ledger, found, sign, capacity, day, party)
    else:
        draft = review_draft(reader.ledger, found, review or "", capacity, day, party, by)
    event = {"id": f"account-{system_salt()}", "time": moment, "actor": by, **draft}
    answer = appended(reader.store.append([event]), event["id"])
    return Answer(
        {**answer.result, "event": event["id"], "hash": event["body"]["hash"]}, answer.show
    )


def _write(
    reader: Reader,
    found: MetalAccount,
    state: AccountState,
    restated: Restatement | None,
    out: Path,
) -> None:
    from oreline.balance import account_pdf
    from oreline.model import InputError, StoreError

    if out.suffix.lower() != ".pdf":
        raise InputError(f"{out}: --out writes .pdf; --export writes .csv, .xlsx and .parquet")
    if out.exists():
        raise InputError(f"{out} exists; remove it or write to another file")
    sites = reader.ledger.current("site")
    name = sites[found.site].data.get("name", "") if found.site in sites else ""
    ledger = reader.ledger
    made = f"ledger {ledger.header.id}, {ledger.size} events, root {ledger.root.hex()}"
    data = account_pdf(found, state, str(name), made, restated)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror or error}") from error


@question(export=True)
def checklist(
    reader: Reader,
    site: Site,
    period: PERIOD,
    element: Elements = None,
    time_zone: Zone = None,
) -> Answer:
    """Hold the ten principles of metal accounting (AMIRA P754) against what the ledger has.

    It says what is present, what is missing and who could supply it; never that a plant complies.

    Example: oreline balance checklist illus-mill-cu --period 2025-09
    """
    from oreline.balance import account_state, metal_account, running_sums
    from oreline.balance import checklist as checklist_of

    zone = reader.zone(time_zone)
    symbols = [reader.element(name) for name in element or ()]
    account = metal_account(reader.books, site, period, symbols, time_zone=zone)
    state = account_state(reader.ledger, account)
    sums = running_sums(reader.books, account)
    found = checklist_of(reader.ledger, account, state, sums)

    def show(console: Console) -> None:
        from oreline.cli._balance_account_tables import print_checklist

        print_checklist(console, found)

    return Answer(found.to_json(), show, found.to_frame, told_of=reader)
