"""Lets the tests of this folder find the labelled reports and what compares with them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "support"))
