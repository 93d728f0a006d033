"""The workbooks of the metallurgist's tutorial are what their script writes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_plant_month as plant  # noqa: E402


def test_the_script_writes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {file.name: file.read_bytes() for file in plant.FOLDER.iterdir()}
    monkeypatch.setattr(plant, "FOLDER", tmp_path)
    plant.write()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept
