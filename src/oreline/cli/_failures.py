"""Errors as a person of the trade reads them, and as JSON; never a traceback."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from oreline.cli._exit_codes import ExitCode, exit_code_of
from oreline.cli._output import stderr_console, write_json

if TYPE_CHECKING:
    from oreline.model import Finding

REPORT_TO = "the issue tracker of oreline"


def is_debugging() -> bool:
    """Return whether the person asked for tracebacks."""
    return os.environ.get("ORELINE_DEBUG", "") not in {"", "0"}


def show_error(error: Exception, *, as_json: bool) -> ExitCode:
    """Show an error that oreline raised on purpose; return the exit status."""
    code = exit_code_of(error)
    findings: Sequence[Finding] = getattr(error, "findings", ())
    message = str(error.args[0]) if error.args else type(error).__name__
    if as_json:
        write_json(failure(code, message, findings))
        return code
    from rich.text import Text

    from oreline.cli._render import print_findings

    console = stderr_console()
    console.print(Text(f"Error: {message}", "bold red"))
    print_findings(console, findings)
    return code


def show_wrong_call(
    error: typer.TyperException, words: Sequence[str] = (), *, as_json: bool
) -> ExitCode:
    """Show what is wrong with the words of a call, and where its help is."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "MissingParameter" and len(absent := _missing(context, words)) > 1:
        message = f"Missing: {', '.join(absent)}."
    if as_json:
        write_json(failure(ExitCode.WRONG_CALL, message))
        return ExitCode.WRONG_CALL
    if type(error).__name__ == "NoArgsIsHelpError":
        # Help was asked for by saying nothing; it is printed already.
        return ExitCode.WRONG_CALL
    from rich.text import Text

    console = stderr_console()
    console.print(Text(f"Error: {message}", "bold red"))
    if context is not None:
        console.print(Text(context.get_usage(), "dim"))
        console.print(Text(f"Help:  {context.command_path} --help", "dim"))
    return ExitCode.WRONG_CALL


def _missing(context: Any, words: Sequence[str]) -> list[str]:
    """Return every option that a command needs and was not given; the toolkit tells the first."""
    given = {word.partition("=")[0] for word in words}
    options = [one for one in context.command.params if one.param_type_name == "option"]
    return [one.opts[0] for one in options if one.required and given.isdisjoint(one.opts)]


def show_defect(error: BaseException, *, as_json: bool) -> ExitCode:
    """Say in one line that oreline itself is wrong, and how to report it."""
    last = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:300]
    message = f"this is a defect of oreline ({last})"
    help_line = (
        f"Please report it to {REPORT_TO} with the command and the traceback "
        "that ORELINE_DEBUG=1 prints; nothing half-written is left in the ledger."
    )
    if as_json:
        write_json(failure(ExitCode.DEFECT, f"{message}. {help_line}"))
        return ExitCode.DEFECT
    from rich.text import Text

    console = stderr_console()
    console.print(Text(f"Error: {message}. {help_line}", "bold red"))
    return ExitCode.DEFECT


def failure(
    code: ExitCode,
    message: str,
    findings: Sequence[Finding] = (),
    result: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the JSON object of a failure; its shape is the same for every command."""
    answer: dict[str, Any] = {
        "ok": False,
        "error": {
            "exit_code": int(code),
            "kind": code.name.lower(),
            "message": message,
            "findings": [finding.to_json() for finding in findings],
        },
    }
    return answer if result is None else {**answer, "result": result}
