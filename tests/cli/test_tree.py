"""Laws that every command keeps, found by walking the tree of commands."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

pytest_plugins: list[str] = []

from commands import READS, leaves, options_of, reading  # isort: skip
from conftest import Oreline  # isort: skip
