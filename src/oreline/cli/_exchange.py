"""``oreline exchange``: events in from other layouts, the ledger out in forms that others read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.model import Chain, Finding

app = typer.Typer(
    no_args_is_help=True,
    help="How do others write it? Events in and events out.\n\n"
    "Example: oreline exchange export --format xlsx -o ledger.xlsx",
)


class Form(StrEnum):
    """In which form a ledger is written."""

    CHAIN = "chain"
    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


@question(Needs.LEDGER)
def export(
    reader: Reader,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="TARGET", help="The file or folder to make.")
    ],
    form: Annotated[
        Form | None, typer.Option("--format", help="The form (default: by the name of TARGET).")
    ] = None,
) -> Answer:
    """Write the whole ledger: a chain folder, or a .jsonl, .csv, .xlsx or .parquet file.

    A chain folder and .jsonl hold everything and can be imported again.

    Example: oreline exchange export --format jsonl -o backup.jsonl
    """
    from oreline.model import InputError

    suffix = "" if form is None or form is Form.CHAIN else f".{form.value}"
    if form is not None and output.suffix.lower() != suffix:
        wanted = f"a name that ends in {suffix}" if suffix else "a folder, a name without a suffix"
        raise InputError(f"--format {form.value} writes {wanted}, not {output.name}")
    report, findings = _exported(reader, output)
    return Answer(report, lambda console: _show_export(console, report, findings))


def _exported(reader: Reader, output: Path) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Write the ledger; a CSV file holds the same rows as a Parquet file."""
    from oreline.exchange import export_ledger

    chain = _chain_beside(reader)
    if output.suffix.lower() != ".csv":
        report = export_ledger(reader.store, output, chain=chain)
        return report.to_json(), report.findings
    from tempfile import TemporaryDirectory

    import polars as pl

    from oreline.cli._output import export_frame

    with TemporaryDirectory() as folder:
        rows = Path(folder) / f"{output.stem}.parquet"
        report = export_ledger(reader.store, rows, chain=chain)
        export_frame(lambda: pl.read_parquet(rows), output)
    return {**report.to_json(), "target": str(output)}, report.findings


def _chain_beside(reader: Reader) -> Chain | None:
    """Return the chain in whose folder the ledger lies, for the name and evidence it adds."""
    from oreline.exchange import read_chain

    path = reader.store.path
    if path is None or not (path.parent / "chain.toml").is_file():
        return None
    return read_chain(path.parent)[0]


def _show_export(console: Console, report: dict[str, Any], findings: tuple[Finding, ...]) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings

    told = f"Wrote {report['events']} events to {report['target']}"
    console.print(Text(f"{told}, {report['in_tables']} of them as rows of tables."))
    print_findings(console, findings)


@question(Needs.LEDGER)
def import_(
    reader: Reader,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .csv, .xlsx, .parquet or .jsonl file.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="How the file's own layout is read."),
    ] = None,
) -> Answer:
    """Append the events of one file; nothing is written if anything in it is fatal.

    Example: oreline exchange import weighbridge.xlsx --mapping mapping/weighbridge.toml
    """
    from oreline.cli._append import append_file
    from oreline.exchange import read_mapping

    used, findings = (None, ()) if mapping is None else read_mapping(mapping)
    return append_file(reader, file, used, findings, _chain_beside(reader))


app.command("export")(export)
app.command("import")(import_)
