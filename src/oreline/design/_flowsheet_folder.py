"""A flowsheet with the assumptions that stand beside it in a chain folder."""

from __future__ import annotations

from collections.abc import Mapping

from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Law
from oreline.design._law_external import ENGINE_LAWS
from oreline.design._laws import LAWS
from oreline.design._process_text import read_processes
from oreline.exchange import read_plain_table
from oreline.model import Assumption, Finding, is_fatal

PROCESSES_FILE = "processes.toml"
ASSUMPTIONS_FILE = "assumptions.csv"


def read_flowsheet(
    text: str,
    name: str,
    assumptions: bytes | None,
    laws: Mapping[str, Law] = {**LAWS, **ENGINE_LAWS},
) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read a flowsheet, with ``assumptions.csv`` as it stands, None where there is none.

    What is wrong in either is told, and there is no flowsheet where any of it is fatal.
    """
    known: dict[str, Assumption] = {}
    findings: tuple[Finding, ...] = ()
    if assumptions is not None:
        rows, findings = read_plain_table(assumptions, ASSUMPTIONS_FILE, Assumption)
        known = {row.value.id: row.value for row in rows}
    sheet, found = read_processes(text, name, assumptions=known, laws=laws)
    findings = (*findings, *found)
    return (None if is_fatal(findings) else sheet), findings
