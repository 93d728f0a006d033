"""Each published number of the acceptance set is met, or contradicted with a reason."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from acceptance_cases import groups
from acceptance_model import Case

ROOT = Path(__file__).parents[2]
CASES = [case for group in groups() for case in group.cases]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_what_is_printed_is_met_or_contradicted(case: Case) -> None:
    error = case.ours() / case.printed - 1
    # A reason without a contradiction would be as wrong as a contradiction without a reason.
    assert (abs(error) > case.within) == bool(case.why), (case.ours(), case.printed)


def test_what_is_before_tax_lies_above_what_is_after_it() -> None:
    found = {case.what: case.ours() for case in CASES}
    assert 1600 < found["net present value at 5 %"] < 1900
    assert found["rate of return"] > 15.4


def test_every_named_test_is_there() -> None:
    for case in CASES:
        file, _, name = case.test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), case.test


def test_the_page_is_what_is_computed_now() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "build_acceptance.py"))
    assert script["main"](["--check"]) == 0, "run scripts/build_acceptance.py"
