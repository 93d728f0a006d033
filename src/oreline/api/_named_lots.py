"""Which lots an event's body names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def lots_named(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield every lot that a body names."""
    if isinstance(body.get("lot"), str):
        yield body["lot"]
    for side in ("inputs", "outputs", "lots"):
        for line in body.get(side, ()):
            yield line["lot"] if isinstance(line, Mapping) else line
