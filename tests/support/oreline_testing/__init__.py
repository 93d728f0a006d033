"""What the tests of several rooms share; loaded as pytest plugins by `tests/conftest.py`."""

from __future__ import annotations
