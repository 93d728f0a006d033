"""Lets the tests of this room import the oracle and the generator of ledgers by name."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
for folder in (ROOT / "tests" / "oracle", ROOT / "benchmarks"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
