"""Checks the files around the code: locks, Makefile, build script, decision records."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Read a lock: each package's version with its condition, and how many hashes it has."""
    entries = lock_text(name).replace("\\\n", " ").splitlines()
    found: dict[str, tuple[str, int]] = {}
    for entry in entries:
        pin, *hashes = entry.split(" --hash=sha256:")
        package, _, version = pin.strip().partition("==")
        assert version, f"{name}.lock: {entry!r} is not pinned to one version"
        found[canonicalize_name(package)] = (version.strip(), len(hashes))
    return found


@pytest.mark.parametrize("name", ["base", "dev"])
def test_a_lock_says_what_to_install_and_never_from_where(name: str) -> None:
    text = lock_text(name)
    assert not re.search(r"https?:|--index-url|--find-links| @ ", text)


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_pin_has_hashes(name: str) -> None:
    locked = pins(name)
    assert locked
    assert not [package for package, (_, hashes) in locked.items() if hashes == 0]


def test_development_adds_to_the_base_and_changes_nothing_in_it() -> None:
    base, dev = pins("base"), pins("dev")
    assert {package: dev.get(package) for package in base} == base


def test_the_locks_satisfy_the_declared_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups, optional = project["dependency-groups"], project["project"]["optional-dependencies"]
    development = [entry for entry in groups["dev"] if isinstance(entry, str)]
    wanted = {
        "base": [*project["project"]["dependencies"], *groups["build"]],
        "dev": [*development, *chain.from_iterable(optional.values())],
    }
    for name, requirements in wanted.items():
        locked = pins(name)
        for requirement in map(Requirement, requirements):
            version = locked[canonicalize_name(requirement.name)][0].split(";")[0].strip()
            assert requirement.specifier.contains(version), (name, str(requirement), version)


def test_help_explains_every_target() -> None:
    explained = set(re.findall(r"^([a-z-]+):.*?## \S", MAKEFILE, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE))
    assert explained == phony == TARGETS


@pytest.mark.parametrize("name", [".ci/run", "CONTRIBUTING.md", "README.md", "docs/index.md"])
def test_a_make_command_that_is_mentioned_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    mentioned = set(re.findall(r"(?:^\s*|`|sudo )make ([a-z-]+)", text, re.MULTILINE))
    assert mentioned <= TARGETS


def test_the_build_script_runs_the_commands_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert re.search(r"^make demo\n(.*\n)*make test$", text, re.MULTILINE)


@pytest.mark.parametrize("python", ["/bin/false", "no-such-python"])
def test_without_a_python_make_says_so_in_plain_words(python: str, tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements/base.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    result = subprocess.run(
        ["make", "demo", f"PYTHON={python}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "needs Python 3.11 or newer" in result.stderr
    assert python in result.stderr


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(file.name[:4]) for file in DECISIONS]
    assert numbers == list(range(len(DECISIONS)))


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_record_is_complete_and_one_page(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    wanted = ["Context", "Choice", "Rejected", "How we would notice that it was wrong"]
    assert headings == wanted
    assert text.startswith(f"# {file.name[:4]}. ")
    assert len(text.splitlines()) <= 60


def test_the_index_links_every_decision() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert not [file.name for file in DECISIONS if f"(decisions/{file.name})" not in index]
