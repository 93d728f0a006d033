"""Names of the published vectors, so that none goes without a test."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def untested(folder: Path, file: str, names: Iterable[str]) -> list[str]:
    """Return the ids of a file of vectors for which no test ``test_<id>`` is among the names."""
    text = (folder / "vectors" / "settle" / file).read_text(encoding="utf-8")
    tests = [name.removeprefix("test_") for name in names]
    ids = [one["id"] for one in json.loads(text)["vectors"]]
    return [one for one in ids if not any(name.startswith(one) for name in tests)]
