"""The outermost command: every error leaves it as words and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from oreline.cli._exit_codes import ExitCode
from oreline.cli._failures import is_debugging, show_defect, show_error, show_wrong_call

PROGRAM = "oreline"


class RootGroup(TyperGroup):
    """The group of all verbs; the exit statuses are those of :class:`ExitCode`."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line and leave with its exit status."""
        arguments = sys.argv[1:] if args is None else list(args)
        as_json = "--json" in arguments
        try:
            code = super().main(
                arguments,
                prog_name or PROGRAM,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except typer.Abort:
            code = ExitCode.INTERRUPTED
        except typer.TyperException as error:
            code = show_wrong_call(error, arguments, as_json=as_json)
        except Exception as error:  # noqa: BLE001 - the last place that can turn it into words
            code = _failed(error, as_json=as_json)
        if not standalone_mode:
            return code
        sys.exit(int(code) if isinstance(code, int) else ExitCode.OK)


def _failed(error: Exception, *, as_json: bool) -> ExitCode:
    from oreline.model import OrelineError, StoreError

    if isinstance(error, OrelineError):
        return show_error(error, as_json=as_json)
    if is_debugging():
        raise error
    if isinstance(error, OSError) and error.filename is not None:
        # A full disk or a folder that may not be written: nothing that a program could mend.
        told = StoreError(f"{error.filename}: {error.strerror or error}")
        return show_error(told, as_json=as_json)
    return show_defect(error, as_json=as_json)
