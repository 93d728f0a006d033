"""The reference page of the API says what the API says of itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from oreline.api import api_description
from oreline.api._problems import _KINDS, STATUSES

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "build_api_reference.py"
PAGE = ROOT / "docs" / "reference" / "api.md"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """Load the script that writes the page."""
    spec = importlib.util.spec_from_file_location("build_api_reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(builder: ModuleType) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == builder.page_text(), f"run python {SCRIPT.relative_to(ROOT)}"


def test_every_kind_of_problem_is_described() -> None:
    rows = PAGE.read_text(encoding="utf-8").splitlines()
    kinds = {(status, kind) for _, status, kind, _ in _KINDS}
    kinds |= {(status, kind) for status, (kind, _) in STATUSES.items()}
    for status, kind in kinds:
        assert any(row.startswith(f"| {status} |") and f"`{kind}`" in row for row in rows), kind


def test_every_address_says_what_it_gives() -> None:
    for path, methods in api_description()["paths"].items():
        for method, operation in methods.items():
            assert operation["description"].endswith("."), (method, path)
            assert operation["tags"], (method, path)
