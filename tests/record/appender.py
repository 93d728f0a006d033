"""Appends batches without end and says which were acknowledged; run to be killed.

Called as ``appender.py PLACE FIRST SIZE``: batches of SIZE events, numbered from FIRST.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from typing import Any


def batch(number: int, size: int) -> list[dict[str, Any]]:
    """Return the batch of a number; always the same."""
    return [
        {
            "schema": "extract/1",
            "id": f"b{number}.{n}",
            "time": "2025-09-01T06:00:00Z",
            "actor": "clerk-1",
            "site": "site/mine",
            "body": {
                "outputs": [
                    {
                        "lot": f"m:{number % 5}",
                        "continuing": True,
                        "dry": {"value": str(n + 1), "unit": "t", "basis": "measured"},
                    }
                ]
            },
        }
        for n in range(size)
    ]


def appended(place: str, first: int, size: int) -> Iterator[int]:
    """Append batches and yield the number of each that is durable."""
    from oreline.record import open_store

    with open_store(place) as store:
        for number in count(first):
            store.append(batch(number, size))
            yield number


if __name__ == "__main__":
    for done in appended(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
