"""How a command that reads becomes a call: shared options, one JSON shape, one way of printing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from oreline.cli._exit_codes import ExitCode
from oreline.cli._options import OUTPUT_OPTIONS, PLACE_OPTIONS, READ_OPTIONS, Export
from oreline.cli._output import export_frame, export_workbook, stdout_console, write_json
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from oreline.model import Finding

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found.

    Attributes
    ----------
    result
        The JSON object.
    show
        Prints it.
    frame
        Gives it as a table, for ``--export``.
    sheets
        Gives all its tables by name: the sheets of an ``--export`` to .xlsx; None where it has
        one table.
    problem
        Why the exit status is not zero, in one line; empty if it is.
    findings
        The findings that a failure rests on.
    status
        The exit status that goes with the problem.
    told_of
        The reader whose ledger the answer is of, so that it says which; None if of none.
    exported
        The document that the command itself wrote for ``--export``; None if none.
    """

    result: Mapping[str, Any]
    show: Callable[[Console], None]
    frame: Callable[[], pl.DataFrame] | None = None
    problem: str = ""
    findings: Sequence[Finding] = ()
    told_of: Reader | None = None
    status: ExitCode = ExitCode.FOUND
    exported: Path | None = None
    sheets: Callable[[], Mapping[str, pl.DataFrame]] | None = None


class Needs(Enum):
    """What a command opens, and so which options it shares with others."""

    LEDGER_AS_OF = "read"
    LEDGER = "write"
    NOTHING = "none"


_SHARED: dict[Needs, Mapping[str, Any]] = {
    Needs.LEDGER_AS_OF: READ_OPTIONS,
    Needs.LEDGER: {**PLACE_OPTIONS, **OUTPUT_OPTIONS},
    Needs.NOTHING: OUTPUT_OPTIONS,
}


def question(
    needs: Needs = Needs.LEDGER_AS_OF, *, export: bool = False
) -> Callable[[Callable[Concatenate[Reader, P], Answer]], Callable[..., int]]:
    """Turn a function of a reader into a command with the options that such commands share.

    Parameters
    ----------
    needs
        What the command opens.
    export
        Whether its answer is a table, which ``--export`` writes to a file.
    """
    shared = dict(_SHARED[needs])
    if export:
        shared["export"] = Export

    def turn(function: Callable[Concatenate[Reader, P], Answer]) -> Callable[..., int]:
        ask: Callable[..., Answer] = function

        @wraps(function)
        def command(**given: Any) -> int:
            # Only what is shared: a command may have an option of its own by such a name.
            common = {name: given.pop(name) for name in shared}
            as_json, target = common["as_json"], common.get("export")
            with Reader(
                common.get("ledger"),
                common.get("chain"),
                common.get("parent"),
                common.get("as_of"),
                common.get("known_at"),
            ) as reader:
                answer = ask(reader, **given)
                return deliver(answer, as_json=as_json, target=target)

        # A section such as [grid] is no style of text, as which the help would swallow it.
        command.__doc__ = (function.__doc__ or "").replace("[", "\\[")
        _take_options(command, function, shared)
        return command

    return turn


def _take_options(
    command: Callable[..., Any],
    function: Callable[..., Any],
    shared: Mapping[str, Any],
) -> None:
    """Give a command the parameters of its function and the shared options, as Typer reads them."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    defaults = {"as_json": False}
    more = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=defaults.get(name),
            annotation=annotation,
        )
        for name, annotation in shared.items()
    ]
    signature = inspect.Signature([*own, *more], return_annotation=int)
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = {
        name: parameter.annotation for name, parameter in signature.parameters.items()
    }
    del command.__wrapped__  # type: ignore[attr-defined]


def deliver(answer: Answer, *, as_json: bool, target: Path | None) -> int:
    """Print an answer, or write it as JSON and as a table; return the exit status."""
    rows = None
    if target is not None and answer.frame is not None:
        if answer.sheets is not None and target.suffix.lower() == ".xlsx":
            rows = export_workbook(answer.sheets, target)
        else:
            rows = export_frame(answer.frame, target)
    if as_json:
        write_json(_as_json(answer, target))
    else:
        console = stdout_console()
        answer.show(console)
        if answer.told_of is not None:
            from oreline.cli._render import print_ledger_line

            print_ledger_line(console, answer.told_of)
        if rows is not None:
            console.print(f"Wrote {rows} rows to {target}.", style="dim", markup=False)
        elif answer.exported is not None:
            console.print(f"Wrote {answer.exported}.", style="dim", markup=False)
    return answer.status if answer.problem else ExitCode.OK


def _as_json(answer: Answer, target: Path | None) -> dict[str, Any]:
    from oreline.cli._failures import failure

    written: dict[str, Any] = {"ok": True, "result": answer.result}
    if answer.problem:
        written = failure(answer.status, answer.problem, answer.findings, answer.result)
    if answer.told_of is not None:
        written["ledger"] = answer.told_of.state_json()
    if target is not None or answer.exported is not None:
        written["exported"] = str(target or answer.exported)
    return written
