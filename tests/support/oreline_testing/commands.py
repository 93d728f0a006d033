"""Makes the tree of commands once in a process: tests call thousands, a user's process one.

To turn 150 functions into commands takes a twentieth of a second, more than most calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
import typer.main
import typer.testing


@pytest.fixture(scope="session", autouse=True)
def one_tree_of_commands() -> Iterator[None]:
    """Let typer's test runner ask for the tree as often as it likes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", cache(typer.main.get_command))
        yield
