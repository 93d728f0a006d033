"""The reference page of the API says what the API says of itself."""

from __future__ import annotations

from pathlib import Path

from oreline.api import api_description
from oreline.api._problems import _KINDS, STATUSES
from oreline_testing.scripts import script

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "api.md"


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == script("build_api_reference").page_text(), (
        "run python scripts/build_api_reference.py"
    )


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
