"""Asks external engines of unit laws in an interpreter of their own."""

from __future__ import annotations

import json
import os
import subprocess  # the engine's dependencies stay out of this process
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from oreline.design import AskEngine, EngineAdapter, EngineQuestion, EngineReply
    from oreline.model import InputError

ENGINE_PYTHON: Final = "ORELINE_ENGINE_PYTHON"
ENGINE_SECONDS_MAX: Final = 300.0
"""How long an engine may compute before it is stopped."""
SERVED_ENGINE_SECONDS_MAX: Final = 60.0
"""How long it may where others wait: on a server."""
_PROGRAM: Final = Path(__file__).with_name("_engine_program.py")


def engine_here() -> Engine:
    """Return the engine of the interpreter that the surroundings name, else of this one."""
    return Engine(os.environ.get(ENGINE_PYTHON) or sys.executable)


@cache
def engine_of_server() -> AskEngine:
    """Return the engine of a server: only the interpreter that whoever started it has named.

    A flowsheet names a calculation among those of ``ENGINE_ADAPTERS``, never a program: what it
    says reaches an engine as numbers alone. Without a named interpreter nothing is started.
    """
    named = os.environ.get(ENGINE_PYTHON)
    if not named:
        from oreline.design import no_engine

        return no_engine
    return Engine(named, SERVED_ENGINE_SECONDS_MAX)


@dataclass(slots=True)
class Engine:
    """External engines that are installed beside one Python interpreter.

    An engine that is not installed, cannot be started or takes too long is not asked again: a study
    of many draws would otherwise wait for it once for each.
    """

    python: str
    seconds_max: float = ENGINE_SECONDS_MAX
    refused: dict[str, InputError] = field(default_factory=dict)

    def __call__(self, question: EngineQuestion) -> EngineReply:
        """Ask an engine.

        Raises
        ------
        InputError
            If it is not installed, fails, takes too long or answers what nobody can read.
        """
        import numpy as np

        from oreline.design import ENGINE_ADAPTERS, EngineReply, engine_absent

        adapter = ENGINE_ADAPTERS[question.engine]
        if adapter.package in self.refused:
            raise self.refused[adapter.package]
        told = self._told(adapter, question)
        if "absent" in told:
            raise self._for_good(adapter, engine_absent(adapter, f" for {self.python}"))
        try:
            shares = {
                str(port): np.array(rows, dtype=np.float64) for port, rows in told["shares"].items()
            }
            return EngineReply(str(told["version"]), shares)
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise _failed(adapter, f"its answer cannot be read ({error})") from error

    def _told(self, adapter: EngineAdapter, question: EngineQuestion) -> dict[str, Any]:
        numbers = {name: one.tolist() for name, one in question.numbers.items()}
        asked = json.dumps(
            {
                "engine": question.engine,
                "components": list(question.components),
                "numbers": numbers,
            }
        )
        try:
            run = subprocess.run(  # noqa: S603 - the program is ours, the interpreter the user's
                [self.python, "-I", str(_PROGRAM)],
                input=asked,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=self.seconds_max,
                check=False,
            )
        except subprocess.TimeoutExpired:
            took = f"it has not answered in {self.seconds_max:g} s"
            raise self._for_good(adapter, _failed(adapter, took)) from None
        except OSError as error:
            reason = f"{self.python} cannot be started: {error.strerror}"
            raise self._for_good(adapter, _failed(adapter, reason)) from error
        lines = (run.stdout if run.returncode == 0 else run.stderr).strip().splitlines()
        last = lines[-1] if lines else f"exit status {run.returncode}, and no word"
        if run.returncode != 0:
            raise _failed(adapter, last)
        try:
            told = json.loads(last)
        except ValueError as error:
            raise _failed(adapter, "its answer is no JSON") from error
        if not isinstance(told, dict):
            raise _failed(adapter, "its answer is no JSON object")
        return told

    def _for_good(self, adapter: EngineAdapter, error: InputError) -> InputError:
        self.refused[adapter.package] = error
        return error


def _failed(adapter: EngineAdapter, reason: str) -> InputError:
    from oreline.design import engine_refusal

    message = f"the external engine {adapter.package} failed: {reason}"
    return engine_refusal(message, adapter.how_to_install)
