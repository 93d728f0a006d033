"""What a command gave back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from typer.testing import Result


@dataclass(frozen=True)
class Call:
    """What a command gave back."""

    result: Result

    @property
    def code(self) -> int:
        return self.result.exit_code

    @property
    def out(self) -> str:
        return self.result.stdout

    @property
    def everything(self) -> str:
        return self.result.output

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.result.stdout)
        return found


Oreline = Callable[..., Call]
