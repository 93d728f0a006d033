"""Writes a plan as a folder of tables that PyPSA reads."""

from __future__ import annotations

import csv
from pathlib import Path

from oreline.model import InputError
from oreline.plan._network import network_of, network_tables
from oreline.plan._problem import Problem


def write_network(problem: Problem, folder: Path) -> None:
    """Write a problem as a network of PyPSA: a folder of CSV files, read by ``pypsa.Network``.

    Its objective is the net present value, negative, without what stands already costs.

    Raises
    ------
    InputError
        If something is already there; with findings (ORL-1118), if the problem does not fit.
    """
    if folder.exists():
        raise InputError(f"{folder} exists; remove it or write to another folder")
    tables = network_tables(network_of(problem))
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
