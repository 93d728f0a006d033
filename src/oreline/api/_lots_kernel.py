"""The pass over the names of all lots for one search, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oreline.record import compiled_pass


@compiled_pass
def mark_containing(
    letters: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
    sought: npt.NDArray[np.uint8],
    found: npt.NDArray[np.bool_],
) -> None:
    """Mark each name that contains the sought bytes; ``ends`` says where each name ends."""
    length = sought.size
    first = sought[0]
    start = 0
    for number in range(ends.size):
        end = ends[number]
        for place in range(start, end - length + 1):
            if letters[place] != first:
                continue
            same = 1
            while same < length and letters[place + same] == sought[same]:
                same += 1
            if same == length:
                found[number] = True
                break
        start = end
