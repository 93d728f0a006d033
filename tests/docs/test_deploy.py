"""What the pages about running a server show can be done as it is shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from oreline.api import PLAIN_POLICY, RIGHTS, Role, Settings, read_oidc
from oreline.cli import app

DOCS = Path(__file__).parents[2] / "docs"
DEPLOY = (DOCS / "deploy.md").read_text(encoding="utf-8")
SECURITY = (DOCS / "reference" / "security.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", DEPLOY, re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    text = "\n".join([*blocks("console"), *blocks("ini")]).replace("\\\n", " ")
    lines = re.findall(r"^(?:\$ |ExecStart=\S*/)(oreline .*)$", text, re.MULTILINE)
    return [shlex.split(line) for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_has_the_options_that_are_shown(words: list[str]) -> None:
    command = typer.main.get_command(app)
    with command.make_context("oreline", words[1:], resilient_parsing=True) as context:
        rest = words[1:]
        while hasattr(command, "commands"):
            command = command.commands[rest.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known, context.info_name


def test_the_provider_s_file_is_understood(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    path = tmp_path / "oidc.toml"
    path.write_text(text, encoding="utf-8")
    settings = read_oidc(path, {"ORELINE_OIDC_SECRET": "hush"})
    assert settings.client_secret == "hush"
    assert set(settings.roles.values()) == set(Role)


def test_the_limits_are_those_of_the_settings() -> None:
    defaults = Settings(ledger="l", accounts="a")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", SECURITY, re.MULTILINE)
    assert len(rows) > 10
    assert {name: int(value) for name, value in rows} == {
        name: getattr(defaults, name) for name, _ in rows
    }


def test_the_roles_are_those_of_the_program() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.*) \|$", SECURITY, re.MULTILINE))
    assert set(Role) <= set(rows)
    for role in set(Role) - {Role.ADMIN}:
        for right in RIGHTS[role]:
            assert right in rows[role]
    assert f"`{PLAIN_POLICY}`" in SECURITY


def test_every_named_file_of_tests_is_there() -> None:
    for name in re.findall(r"`(tests/[\w/]+\.py)`", SECURITY):
        assert (DOCS.parent / name).is_file()
