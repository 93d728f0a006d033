"""The command line: one verb, one command; answers are rendered here and computed elsewhere."""

from __future__ import annotations

from oreline.cli._app import app, main
from oreline.cli._exit_codes import ExitCode

__all__ = ["ExitCode", "app", "main"]
