"""``oreline settle exchange``: seal results, open them, follow it, prove that it was fair."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._append import appended
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import contract_named

if TYPE_CHECKING:
    from oreline.model import Finding
    from oreline.settle import Contract, Exchange, ExchangeRule, Secret

app = typer.Typer(
    no_args_is_help=True,
    help="The exchange of assays: each side seals its results, then both open them.\n\n"
    "Example: oreline settle exchange seal fwo:CU-1 --role seller --contract fwo-ussm-1 "
    "--assay assay.csv --by lab-clerk",
)
SECRET_BYTES_MAX = 20_000
"""The longest file of a sealed result that is read."""
ContractName = Annotated[
    str | None,
    typer.Option(
        "--contract",
        metavar="CONTRACT",
        help="The contract: its id in the ledger or the chain folder, or a .toml file "
        "(default: the one that the seals name).",
    ),
]
Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DAY", help="Which day it is there (default: today)."),
]


@app.command("seal")
@question(Needs.LEDGER)
def seal(
    reader: Reader,
    lot: options.Lot,
    role: Annotated[Literal["seller", "buyer"], typer.Option("--role", help="Whose results.")],
    assay: Annotated[
        Path,
        typer.Option(
            "--assay",
            metavar="FILE",
            help="The results: one assay event of this lot as .csv, .xlsx, .parquet or .jsonl.",
        ),
    ],
    by: options.Actor,
    contract: ContractName = None,
    secret: Annotated[
        Path | None,
        typer.Option(
            "--secret",
            metavar="FILE",
            help="Where results and nonce are kept (default: in the folder of keys). Without this "
            "file nobody can open the seal.",
        ),
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Seal results: their hash goes into the ledger, the results stay in a file of your own.

    Example: oreline settle exchange seal fwo:CU-1 --role seller --contract fwo-ussm-1
    --assay assay.csv --by lab-clerk
    """
    from oreline.model import InputError, LedgerError
    from oreline.record import save_secret_file, system_salt
    from oreline.settle import Side, make_secret, parties_of, seal_draft

    side = Side(role)
    terms = _contract(reader, lot, contract)
    party, counterparty = parties_of(terms)[side], parties_of(terms)[side.other]
    standing = _report(reader, lot, terms).of(side)
    if standing is not None and standing.seal is not None:
        message = f"the {side} has sealed {lot} with {standing.seal.id}"
        fix = "void it with 'oreline record correct' first; once anybody has opened, it stands"
        raise InputError(f"{message}; {fix}")
    body = _assay_body(assay, lot, role)
    kept = make_secret(body, party, terms.id, system_salt() + system_salt())
    path = secret or _secret_place(kept)
    draft = seal_draft(lot, side, party, counterparty, terms.id, kept.hash)
    event = _named(draft, f"seal-{system_salt()}", by, time)
    # First the secret: a seal without it could never be opened.
    save_secret_file(f"{kept.text}\n".encode(), path, "secret")
    try:
        receipt = reader.store.append([event])
    except LedgerError:
        path.unlink()
        raise
    answer = appended(receipt, event["id"])

    def show(console: Console) -> None:
        answer.show(console)
        console.print(f"Sealed with {kept.hash}", markup=False, soft_wrap=True)
        console.print(f"Keep {path}: nobody can open the seal without it.", markup=False)

    more = {"event": event["id"], "hash": kept.hash, "secret": str(path)}
    return Answer({**answer.result, **more}, show)


@app.command("open")
@question(Needs.LEDGER)
def open_(
    reader: Reader,
    secret: Annotated[Path, typer.Argument(metavar="FILE", help="The file kept from sealing.")],
    by: options.Actor,
    contract: ContractName = None,
    today: Today = None,
    time: options.Happened = None,
) -> Answer:
    """Open a seal: the results go into the ledger, with the proof that they were sealed.

    Refused while the other party has not sealed; unless that party let its date pass and the
    contract then makes your result conclusive.

    Example: oreline settle exchange open seal-fwo_CU-1-seller.json --by lab-clerk
    """
    from oreline.model import InputError
    from oreline.settle import may_open, opening_drafts, parties_of, read_secret

    data = _secret_bytes(secret)
    kept = read_secret(data.decode().removesuffix("\n"))
    terms = _contract(reader, kept.lot, contract or kept.contract)
    found, rule = _exchange(reader, kept.lot, terms, today)
    part = found.report.of(kept.side)
    if part is None or part.seal is None or part.seal.body.get("hash") != kept.hash:
        raise InputError(f"the seal of the {kept.side} of {kept.lot} is not the one in {secret}")
    if why := may_open(found, rule, kept.side):
        raise InputError(f"not opened: {why}")
    identity = part.seal.id
    counterparty = parties_of(terms)[kept.side.other]
    opening, assay = opening_drafts(kept, identity, counterparty)
    batch = [
        _named(opening, f"{identity}-opened", by, time),
        _named(assay, f"{identity}-assay", by, time),
    ]
    return appended(reader.store.append(batch), identity)


@app.command("extend")
@question(Needs.LEDGER)
def extend(
    reader: Reader,
    lot: options.Lot,
    side: Annotated[
        Literal["seller", "buyer"], typer.Option("--for", help="Who gets the later date.")
    ],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="That day included.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is justified.")],
    by: options.Actor,
    contract: ContractName = None,
    time: options.Happened = None,
) -> Answer:
    """Grant the other party a later date; it never shortens one.

    Example: oreline settle exchange extend fwo:CU-1 --for seller --until 2025-12-01
    --reason "laboratory on strike" --contract fwo-ussm-1 --by trader-2
    """
    from oreline.record import system_salt
    from oreline.settle import Side, extension_draft, parties_of

    terms = _contract(reader, lot, contract)
    granted = Side(side)
    parties = parties_of(terms)
    draft = extension_draft(
        reader.lot(lot), parties[granted.other], parties[granted], _day(until), reason
    )
    event = _named(draft, f"extension-{system_salt()}", by, time)
    return appended(reader.store.append([event]), event["id"])


@app.command("fee")
@question(Needs.LEDGER)
def fee(
    reader: Reader,
    lot: options.Lot,
    laboratory: Annotated[
        str, typer.Option("--laboratory", metavar="PARTY", help="The umpire, who asks for it.")
    ],
    to: Annotated[Literal["seller", "buyer"], typer.Option("--to", help="Who is asked to pay it.")],
    amount: Annotated[
        str, typer.Option("--amount", metavar="MONEY", help="How much, such as '450 USD'.")
    ],
    by: options.Actor,
    contract: ContractName = None,
    analyte: Annotated[
        list[str] | None,
        typer.Option("--analyte", help="What it is for (repeatable; default: all of the lot)."),
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="The number of the invoice.")
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Enter the invoice of an umpire; the final statement says what of it one party owes.

    Example: oreline settle exchange fee fwo:CU-1 --laboratory lab-3 --to seller
    --amount "450 USD" --document AK-77 --contract fwo-ussm-1 --by lab-clerk
    """
    from oreline.record import system_salt
    from oreline.settle import Side, parse_quantity, parties_of, umpire_invoice_draft

    terms = _contract(reader, lot, contract)
    draft = umpire_invoice_draft(
        terms,
        reader.lot(lot),
        laboratory,
        parties_of(terms)[Side(to)],
        parse_quantity(amount, "money"),
        analytes=analyte or (),
        document=document,
    )
    event = _named(draft, f"umpire-fee-{system_salt()}", by, time)
    return appended(reader.store.append([event]), event["id"])


@app.command("accept")
@question(Needs.LEDGER)
def accept(
    reader: Reader,
    event: options.Event,
    party: Annotated[str, typer.Option("--party", help="In whose name it is accepted.")],
    by: options.Actor,
    time: options.Happened = None,
) -> Answer:
    """Accept what the other party entered: an agreed assay, or a correction of an opened one.

    Example: oreline settle exchange accept correct-17 --party ussm --by trader-2
    """
    from oreline.model import InputError
    from oreline.record import event_state, system_salt
    from oreline.settle import acceptance_draft

    found = event_state(reader.ledger, event).written
    body = found["body"]
    is_agreed = found["schema"] == "assay/1" and body["role"] == "agreed"
    if not is_agreed and found["schema"] != "correct/1":
        raise InputError(f"{event} is neither an assay in the role 'agreed' nor a correction")
    if found.get("party") == party:
        raise InputError(f"{party} entered {event} itself; the other party accepts it")
    made = _named(acceptance_draft(event, party), f"acceptance-{system_salt()}", by, time)
    return appended(reader.store.append([made]), made["id"])


@app.command("state")
@question()
def state(
    reader: Reader,
    lot: options.Lot,
    contract: ContractName = None,
    today: Today = None,
) -> Answer:
    """Show how far the exchange of a lot is: results, deadlines, who acts next, what is settled.

    The exit status is 1 if the proof of a sealed exchange fails.

    Example: oreline settle exchange state fwo:CU-1 --contract fwo-ussm-1 --today 2025-11-15
    """
    terms = _contract(reader, lot, contract)
    found, _ = _exchange(reader, lot, terms, today)

    def show(console: Console) -> None:
        from oreline.cli._settle_exchange_tables import print_exchange

        print_exchange(console, found, terms)

    problem = "" if found.report.ok else _problem(found.report.findings)
    result = {"contract": terms.id, **found.to_json()}
    return Answer(result, show, None, problem, found.report.findings, reader)


@app.command("verify")
@question()
def verify(reader: Reader, lot: options.Lot, contract: ContractName = None) -> Answer:
    """Prove from the ledger alone that an exchange was fair, or name the event that fails.

    Nobody's secret is needed, and no contract: without one, who first sealed as seller or buyer is
    taken for it. The exit status is 1 if it fails.

    Example: oreline settle exchange verify fwo:CU-1
    """
    from oreline.settle import exchange_log, verify_exchange

    terms = None if contract is None else _contract(reader, lot, contract)
    if terms is None:
        log = exchange_log(reader.ledger, reader.lot(lot))
        found = verify_exchange(log)
    else:
        found = _report(reader, lot, terms)

    def show(console: Console) -> None:
        from oreline.cli._settle_exchange_tables import print_proof

        print_proof(console, found)

    problem = "" if found.ok else _problem(found.findings)
    return Answer(found.to_json(), show, None, problem, found.findings, reader)


def _problem(findings: tuple[Finding, ...]) -> str:
    return f"the exchange is not proved: {findings[0].where}: {findings[0].message}"


def _exchange(
    reader: Reader, lot: str, terms: Contract, today: str | None
) -> tuple[Exchange, ExchangeRule]:
    from oreline.model import InputError
    from oreline.record import system_clock
    from oreline.settle import event_day, exchange_log, exchange_of, exchange_rule, parties_of

    rule = exchange_rule(terms)
    if rule is None:
        raise InputError(f"{terms.id} says nothing of assays; add a table [assays]")
    day = rule.calendar.day_of(system_clock()) if today is None else _day(today)
    log = exchange_log(reader.ledger, reader.lot(lot), terms.id)
    start = event_day(reader.ledger, lot, rule.days_from, rule.calendar)
    parties = parties_of(terms)
    found = exchange_of(log, rule, today=day, start=start, parties=parties, contract=terms.id)
    return found, rule


def _day(text: str) -> date:
    from oreline.model import InputError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day; write 2025-11-15") from None


def _report(reader: Reader, lot: str, terms: Contract) -> Any:
    from oreline.settle import exchange_log, parties_of, verify_exchange

    log = exchange_log(reader.ledger, reader.lot(lot), terms.id)
    return verify_exchange(log, parties_of(terms), terms.id)


def _contract(reader: Reader, lot: str, given: str | None) -> Contract:
    """Return the contract that is named, else the one that the seals of a lot name."""
    from oreline.model import InputError
    from oreline.settle import CONTRACT, exchange_log

    if given is None:
        log = exchange_log(reader.ledger, reader.lot(lot))
        named = sorted({seal.extra[CONTRACT] for seal in log.seals if CONTRACT in seal.extra})
        if len(named) != 1:
            known = f"the seals name {', '.join(named)}" if named else f"nobody has sealed {lot}"
            raise InputError(f"which contract? {known}; give --contract")
        given = named[0]
    return contract_named(reader, given)


def _assay_body(file: Path, lot: str, role: str) -> dict[str, Any]:
    """Return the body of the one assay that a file holds."""
    from oreline.exchange import read_events
    from oreline.model import InputError, LedgerError, is_fatal

    drafts, findings = read_events(file)
    if is_fatal(findings):
        raise LedgerError(f"{file} cannot be read; nothing was sealed", list(findings))
    if len(drafts) != 1 or drafts[0]["schema"] != "assay/1":
        kinds = ", ".join(draft["schema"].partition("/")[0] for draft in drafts) or "nothing"
        raise InputError(f"{file} holds {kinds}; one assay event is sealed")
    body: dict[str, Any] = drafts[0]["body"]
    for name, wanted in (("lot", lot), ("role", role)):
        if body.get(name) != wanted:
            raise InputError(f"{file}: {name} is {body.get(name)}, not {wanted}")
    return body


def _named(draft: dict[str, Any], identity: str, by: str, time: str | None) -> dict[str, Any]:
    from oreline.record import system_clock

    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    return {"id": identity, "time": moment, "actor": by, **draft}


def _secret_place(kept: Secret) -> Path:
    import os
    import re

    from oreline.record import default_key_folder

    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{kept.lot}-{kept.side}")
    return default_key_folder(os.environ).parent / "seals" / f"{name}-{kept.hash[:16]}.json"


def _secret_bytes(path: Path) -> bytes:
    from oreline.model import InputError
    from oreline.record import read_secret_file

    data = read_secret_file(path, "secret", SECRET_BYTES_MAX, "SECRET_BYTES_MAX")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} does not hold what was sealed: it is not UTF-8") from error
    return data
