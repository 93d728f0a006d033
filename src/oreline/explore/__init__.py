"""What is in the ground? Drill holes, composites, statistics, block models."""

from __future__ import annotations

from oreline.explore._guess import MAPPING_FILE, Guess, Stated, guess_mapping

__all__ = ["MAPPING_FILE", "Guess", "Stated", "guess_mapping"]
