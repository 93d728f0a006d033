"""Lets the tests of this folder find published tables to compare with, and plans to stress."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "support"))
sys.path.append(str(Path(__file__).parents[1] / "plan"))
sys.path.append(str(Path(__file__).parents[1] / "oracle"))
