"""``oreline settle statement``: what a parcel is worth under a contract, line by line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from oreline.cli import _settle_given as given_files
from oreline.cli._exit_codes import ExitCode
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.settle import Contract, Imprint, Statement

SUFFIXES = (".csv", ".xlsx", ".parquet", ".pdf")


@question(Needs.NOTHING)
def statement(
    _reader: Reader,
    parcel: given_files.Parcels,
    contract: given_files.Contracts = None,
    prices: given_files.Prices = None,
    stage: Annotated[
        Literal["provisional", "second_provisional", "final"],
        typer.Option("--stage", help="Which statement."),
    ] = "provisional",
    on: given_files.On = None,
    declared: given_files.Declared = None,
    paid_before: Annotated[
        str,
        typer.Option("--paid-before", metavar="AMOUNT", help="What was paid already."),
    ] = "0",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Also write it: .pdf, .xlsx, .csv or .parquet."),
    ] = None,
) -> Answer:
    """Settle a parcel: every line with its clause, formula, inputs and evidence.

    Without a contract nothing is settled, and the statement says which clauses are missing. The
    exit status is 5 if it is NOT SETTLED.

    Example: oreline settle statement --contract contracts/copper.toml
    --parcel parcels/copper.toml --prices prices --stage final --on 2025-12-05
    """
    from oreline.model import InputError
    from oreline.settle import Imprint, settle

    if len(parcel) != 1:
        raise InputError("a statement is on one parcel; give --parcel once")
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise InputError(f"{out}: --out writes {', '.join(SUFFIXES)}")
    given = given_files.read_given(contract, parcel, prices)
    refused = given_files.refusal(given)
    if refused is not None:
        return refused
    day, paid = given_files.day_of(on), _amount(paid_before)
    terms = given.contract_of(given.parcels[0])
    made = settle(
        terms,
        given.parcels[0].parcel,
        given.prices,
        stage=stage,
        on=day,
        paid_before=paid,
        declared=given_files.declared_of(declared),
    )
    imprint = Imprint(title="" if terms is None else terms.title, day=day.isoformat())
    if out is not None:
        _write(made, imprint, out)
    return _answer(made, terms, day.isoformat(), given, out)


def _answer(
    made: Statement, terms: Contract | None, day: str, given: given_files.Given, out: Path | None
) -> Answer:
    from oreline.settle import statement_hash, statement_json

    result: dict[str, Any] = {
        "on": day,
        "hash": statement_hash(made),
        "findings": [finding.to_json() for finding in given.findings],
        "statement": statement_json(made),
    }
    if out is not None:
        result["written"] = str(out)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings
        from oreline.cli._settle_tables import print_statement

        print_findings(console, given.findings)
        print_statement(console, made, "" if terms is None else terms.title, day)
        if out is not None:
            console.print(f"Wrote {out}.", style="dim", markup=False)

    problem = ""
    if made.status == "NOT SETTLED":
        lacking = "; ".join(f"{one.where}: {one.why}" for one in made.missing[:1])
        more = f" (and {len(made.missing) - 1} more)" if len(made.missing) > 1 else ""
        problem = f"NOT SETTLED: {lacking}{more}"
    return Answer(result, show, problem=problem, status=ExitCode.NOT_SETTLED)


def _amount(text: str) -> Decimal:
    from oreline.model import InputError

    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise InputError(f"{text!r} is no amount; write digits with a point") from None
    if not amount.is_finite():
        raise InputError(f"{text!r} is no amount; write digits with a point")
    return amount


def _write(made: Statement, imprint: Imprint, out: Path) -> None:
    from oreline.cli._output import export_bytes, export_frame
    from oreline.settle import statement_frame, statement_pdf, statement_workbook

    suffix = out.suffix.lower()
    if suffix == ".pdf":
        export_bytes(statement_pdf(made, imprint), out)
    elif suffix == ".xlsx":
        export_bytes(statement_workbook(made, imprint), out)
    else:
        export_frame(lambda: statement_frame(made), out)
