"""Tests that cannot run here are skipped with a reason, and counted where nobody overlooks it.

A skip is easily read as a pass. So whatever the surroundings lack has one entry point, `absent`,
whose reasons are collected into a summary at the end of the run. With `ORELINE_REQUIRE_SYSTEM=1`,
as build servers set it, a missing program fails the test instead.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import NoReturn

import pytest

PREFIX = "cannot run here: "


def absent(reason: str, *, system: bool) -> NoReturn:
    """Skip the running test for `reason`, or fail it if `system` programs are required here."""
    if system and os.environ.get("ORELINE_REQUIRE_SYSTEM") == "1":
        pytest.fail(f"{reason} (ORELINE_REQUIRE_SYSTEM=1 makes this a failure)", pytrace=False)
    pytest.skip(PREFIX + reason)


def reasons(reports: list[pytest.TestReport]) -> Counter[str]:
    """Count, per reason, the skipped tests that `absent` skipped."""
    found: Counter[str] = Counter()
    for report in reports:
        message = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _, marker, reason = message.partition(PREFIX)
        if marker:
            found[reason] += 1
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests did not run, and why."""
    counted = reasons(terminalreporter.stats.get("skipped", []))
    if not counted:
        return
    terminalreporter.section("NOT RUN", sep="=", yellow=True, bold=True)
    for reason, number in sorted(counted.items()):
        tests = "1 test" if number == 1 else f"{number} tests"
        terminalreporter.write_line(f"{tests} did not run: {reason}", yellow=True)
