"""Commands of a documentation page with what it says they print.

A block marked ``console`` holds commands after ``$`` and their output; ``...`` stands for anything.
"""

from __future__ import annotations

import doctest
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
SECONDS_MAX = 120


def commands(page: Path) -> list[tuple[str, str]]:
    """Return (command, expected output) of every console block of a page, in order.

    Blocks that begin with ``make``, ``git`` or ``.`` are left to whoever sets up a clone.
    """
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(page.read_text()):
        if block.startswith(("$ make", "$ git", "$ . ")):
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while output.startswith("> "):
                more, _, output = output.partition("\n")
                command = f"{command}\n{more.removeprefix('> ')}"
            found.append((command, output))
    return found


def check_command(
    command: str, expected: str, folder: Path, environment: Mapping[str, str]
) -> None:
    """Type a command in a folder and compare what it prints."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    printed = done.stdout + done.stderr
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(expected, printed, flags), (
        f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}"
    )
