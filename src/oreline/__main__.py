"""Runs ``python -m oreline``."""

from __future__ import annotations

from oreline.cli import main

main()
