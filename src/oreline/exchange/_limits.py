"""How much is read at most; every limit is a named setting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one import may hold; a file beyond a limit is refused with a finding that names it.

    Parameters
    ----------
    file_bytes
        The size of one file.
    unpacked_bytes
        The size of a workbook after decompression; a small file can unpack to a very large one.
    rows
        The rows of one table, comments and blank rows included.
    columns
        The columns of one table.
    sheets
        The sheets of one workbook.
    cell_characters
        The length of one cell.
    files
        The files of one chain folder.
    findings
        How many findings of one file are listed; one more says how many there are beyond.
    batch_events
        How many events one append writes.
    """

    file_bytes: int = 512 * 2**20
    unpacked_bytes: int = 2 * 2**30
    rows: int = 1_048_576
    columns: int = 1_000
    sheets: int = 100
    cell_characters: int = 32_767
    files: int = 10_000
    findings: int = 200
    batch_events: int = 5_000


DEFAULT_LIMITS = Limits()
