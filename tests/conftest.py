"""Loads what all tests share; each plugin says in its first lines what it is for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent / "support"))

pytest_plugins = [
    "oreline_testing.absent",
    "oreline_testing.commands",
    "oreline_testing.injected",
    "oreline_testing.isolation",
    "oreline_testing.order",
    "oreline_testing.postgres",
    "oreline_testing.shared",
]


def pytest_configure(config: pytest.Config) -> None:
    """Choose how hard hypothesis looks: `ORELINE_HYPOTHESIS_PROFILE`, else by place."""
    config.addinivalue_line("markers", "fuzz: worth thousands of random cases under `make fuzz`")
    # How fast the machine is must decide no test, so neither deadlines nor the check for slowness.
    steady = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("default", parent=steady)
    settings.register_profile(
        "ci", parent=steady, derandomize=True, max_examples=100, database=None
    )
    settings.register_profile("fuzz", parent=steady, max_examples=5000)
    on_server = os.environ.get("CI") == "true"
    settings.load_profile(
        os.environ.get("ORELINE_HYPOTHESIS_PROFILE") or ("ci" if on_server else "default")
    )
