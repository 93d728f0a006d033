"""Runs, proves and plans critical-mineral value chains, from exploration to magnet."""

__version__ = "0.1.0"
