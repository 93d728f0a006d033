"""The shipped examples as the demo shows them, made once in a test run, with a fixed clock."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from rich.console import Console

from oreline.cli._demo import Demo, Sources, example_folder, make_demo, show_demo
from oreline_testing.injected import FixedClock, FixedSalts


@dataclass(frozen=True)
class Shown:
    """A demo with what it printed at two widths and the page it wrote."""

    made: Demo
    narrow: str
    wide: str
    page: str


def fixed_sources() -> Sources:
    """Give the same time (after the illustration's last event), salts and key in every run."""
    clock = FixedClock(datetime(2026, 11, 1, tzinfo=UTC))
    return Sources(clock, FixedSalts(), lambda count: bytes(range(count)))


@cache
def shown(name: str) -> Shown:
    """Run the demo of an example into a temporary folder."""
    out = Path(tempfile.mkdtemp(prefix="oreline-demo-"))
    made = make_demo(example_folder(name), out, fixed_sources(), lambda *_: None)
    return Shown(made, printed(made, 80), printed(made, 120), made.report.read_text("utf-8"))


def printed(made: Demo, width: int) -> str:
    """Print a demo at a width, without colours."""
    console = Console(width=width, record=True, file=io.StringIO(), color_system=None)
    show_demo(console, made)
    return console.export_text()
