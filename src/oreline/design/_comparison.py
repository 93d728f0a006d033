"""Two designs side by side: what differs in their numbers, and in what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oreline.design._solution import Solution

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Difference:
    """One quantity of two designs; None where a design does not have it."""

    subject: str
    what: str
    unit: str
    first: float | None
    second: float | None

    @property
    def change(self) -> float | None:
        """Return second less first, None where one is unknown."""
        if self.first is None or self.second is None:
            return None
        return self.second - self.first

    def to_json(self) -> dict[str, Any]:
        """Return the difference as a JSON object."""
        return {
            "subject": self.subject,
            "what": self.what,
            "unit": self.unit,
            "first": self.first,
            "second": self.second,
            "change": self.change,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two designs assume differently, and what they give."""

    first: str
    second: str
    inputs: tuple[Difference, ...]
    results: tuple[Difference, ...]
    costs: tuple[Difference, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return inputs and results as one table."""
        import polars as pl

        rows = [{"kind": "input", **one.to_json()} for one in self.inputs]
        rows += [{"kind": "result", **one.to_json()} for one in self.results]
        rows += [{"kind": "cost", **one.to_json()} for one in self.costs]
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return {
            "first": self.first,
            "second": self.second,
            "inputs": [one.to_json() for one in self.inputs],
            "results": [one.to_json() for one in self.results],
            "costs": [one.to_json() for one in self.costs],
        }


def compare(first: Solution, second: Solution, costs: tuple[Difference, ...] = ()) -> Comparison:
    """Compare two solved designs: inputs that differ, and every result of products and units.

    ``costs`` are what :func:`compare_costs` says of them.
    """
    return Comparison(
        first.flowsheet.name,
        second.flowsheet.name,
        tuple(_inputs(first, second)),
        tuple(_results(first, second)),
        costs,
    )


def _inputs(first: Solution, second: Solution) -> Iterator[Difference]:
    ours, theirs = first.flowsheet.numbers(), second.flowsheet.numbers()
    for name in dict.fromkeys([*ours, *theirs]):
        left, right = ours.get(name), theirs.get(name)
        if left is not None and right is not None and left.value == right.value:
            continue
        unit = left.unit if left is not None else right.unit if right is not None else ""
        subject, _, what = name.partition(".")
        yield Difference(
            subject,
            what or subject,
            unit,
            None if left is None else left.value,
            None if right is None else right.value,
        )


def _results(first: Solution, second: Solution) -> Iterator[Difference]:
    ours, theirs = dict(_figures(first)), dict(_figures(second))
    for key in dict.fromkeys([*ours, *theirs]):
        yield Difference(*key, ours.get(key), theirs.get(key))


def _figures(solution: Solution) -> Iterator[tuple[tuple[str, str, str], float | None]]:
    for product, row in solution.products:
        yield (product.id, "dry mass", "t/h"), row.dry_t_per_h
        for name in row.contained_t_per_h:
            yield (product.id, f"grade of {name}", "1"), row.grade(name)
            yield (product.id, f"recovery of {name}", "1"), row.recovery[name]
    for unit in solution.units:
        yield (unit.id, "dry feed", "t/h"), unit.dry_t_per_h
        for name, amount in unit.consumed_per_h.items():
            yield (unit.id, name, "per h"), amount
        for name, amount in unit.reagents_t_per_h.items():
            yield (unit.id, name, "t/h"), amount
