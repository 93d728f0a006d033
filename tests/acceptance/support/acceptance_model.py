"""What a published number beside ours is, and where it is tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HERE = "tests/acceptance/test_acceptance.py::test_what_is_printed_is_met_or_contradicted"


@dataclass(frozen=True)
class Case:
    """One published number: ``within`` is how far ours may lie off, relative.

    ``why`` says why ours is another number; a case is contradicted if and only if it says so.
    """

    what: str
    printed: float
    unit: str
    ours: Callable[[], float]
    within: float
    source: str
    test: str = HERE
    why: str = ""


@dataclass(frozen=True)
class Group:
    """Cases of one plant, study or formula, and what is to be known of all of them."""

    title: str
    note: str
    cases: tuple[Case, ...]
