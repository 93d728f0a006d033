"""Writes docs/reference/cli.md from the help of every command; ``--check`` only compares.

Run: .venv/bin/python scripts/build_cli_reference.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main

from oreline.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
SHARED = "Which ledger, as of when"
INTRODUCTION = """# Command line

This page is made from the help of the commands by `scripts/build_cli_reference.py`; a test fails
while the two differ. `oreline COMMAND --help` shows the same.

What every command leaves behind, as a status and as JSON, stands in
[exit statuses](exit-codes.md). `oreline --install-completion` sets up completion for your shell,
lot ids included.
"""
VARIABLES = """## Environment

| variable | meaning |
|---|---|
| `ORELINE_LEDGER` | the ledger, where neither `--ledger` nor `--chain` is given |
| `ORELINE_ACTOR` | who enters events, where `--by` is not given |
| `ORELINE_HOME` | where keys (`keys`), people (`accounts.db`) and the cache (`cache`) are kept |
| `ORELINE_ACCOUNTS` | the store of people and sessions, where `--accounts` is not given |
| `ORELINE_OIDC_SECRET` | the secret of the OpenID Connect provider of `serve --oidc` |
| `ORELINE_ENGINE_PYTHON` | the Python that external engines of unit laws are installed beside |
| `ORELINE_DEBUG` | `1` shows the traceback of a defect |
| `NO_COLOR` | no colours; they are off anyway where the output is no terminal |
"""


def page_text() -> str:
    """Return the whole page."""
    root = typer.main.get_command(app)
    parts = [INTRODUCTION, _overview(root), _shared(root), VARIABLES]
    for path, command in _commands(root):
        parts.append(_section(path, command))
    return "\n".join(parts)


def _commands(root: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every group and command by its path, a group before what is in it."""
    for name, command in getattr(root, "commands", {}).items():
        own = f"{path} {name}".strip()
        yield own, command
        yield from _commands(command, own)


def _overview(root: Any) -> str:
    rows = [
        f"| [`oreline {path}`](#oreline-{path.replace(' ', '-')}) | {_first(command)} |"
        for path, command in _commands(root)
    ]
    return "\n".join(["## Commands", "", "| command | what it does |", "|---|---|", *rows, ""])


def _first(command: Any) -> str:
    return " ".join(_plain(command.help).split("\n\n")[0].split())


def _shared(root: Any) -> str:
    """Describe the options that most commands share, once."""
    example = root.commands["trace"].commands["origins"]
    rows = [_row(parameter) for parameter in example.params if _is_shared(parameter)]
    told = (
        "Commands that read a ledger take these options; those that write to one take `--ledger`, "
        "`--chain` and `--json`."
    )
    return "\n".join(["## Shared options", "", told, "", *_table(rows)])


def _is_shared(parameter: Any) -> bool:
    return getattr(parameter, "rich_help_panel", None) in {SHARED, "Output"}


def _plain(text: str | None) -> str:
    """Return a help without the marks that keep brackets from being a style."""
    return (text or "").replace("\\[", "[")


def _section(path: str, command: Any) -> str:
    depth = "##" if " " not in path else "###"
    lines = [f"{depth} oreline {path}", ""]
    for paragraph in _plain(command.help).split("\n\n"):
        text = " ".join(paragraph.split())
        if text.startswith("Example: "):
            lines += ["```console", f"$ {text.removeprefix('Example: ')}", "```", ""]
        else:
            lines += [text, ""]
    own = [parameter for parameter in command.params if not _is_shared(parameter)]
    rows = [_row(parameter) for parameter in own if parameter.name != "help"]
    if rows:
        lines += _table(rows)
    shared = [parameter.opts[0] for parameter in command.params if _is_shared(parameter)]
    if shared:
        named = ", ".join(f"`{option}`" for option in shared)
        lines += [f"Shared options: {named}.", ""]
    return "\n".join(lines)


def _row(parameter: Any) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        name = f"`{parameter.metavar or parameter.name.upper()}`"
    else:
        value = "" if getattr(parameter, "is_flag", False) else f" {parameter.metavar or 'TEXT'}"
        name = ", ".join(f"`{option}{value}`" for option in parameter.opts)
    text = " ".join(_plain(parameter.help).split())
    default = parameter.default
    if parameter.required:
        text += " Required."
    elif isinstance(default, str | int) and not isinstance(default, bool):
        text += f" Default: `{default}`."
    if getattr(parameter, "envvar", None):
        text += f" Or set `{parameter.envvar}`."
    return name, re.sub(r"(?<!\\)\|", r"\\|", text)


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    return ["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows), ""]


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    text = page_text()
    if "--check" in arguments:
        return 0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
