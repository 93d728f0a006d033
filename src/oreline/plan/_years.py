"""Years in words."""

from __future__ import annotations

from collections.abc import Sequence


def spans(years: Sequence[int]) -> str:
    """Return years in words.

    >>> spans([2027, 2028, 2029, 2031])
    '2027 to 2029 and 2031'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    words = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return " and ".join(words)
