"""Parts of names among all lots: the names lie side by side in small letters, and are passed over.

No index of parts is kept: at a million lots one pass takes about as long as reading an index of the
letters that every name has, and costs 15 MB instead of several hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NameLetters:
    """The names of lots as UTF-8 bytes in small letters, one after the other."""

    letters: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]

    def containing(self, text: str) -> Mask:
        """Return which names contain a text, whether in small letters or capitals.

        >>> name_letters(["FWO:7", "ussm:8", "x"]).containing("Wo:").tolist()
        [True, False, False]
        """
        from oreline.api._lots_kernel import mark_containing

        # Half of a surrogate pair can come in an address; no name has one.
        sought = np.frombuffer(text.lower().encode("utf-8", "surrogatepass"), np.uint8)
        found = np.full(self.ends.size, not sought.size)
        if sought.size:
            mark_containing(self.letters, self.ends, sought, found)
        return found


def name_letters(names: Sequence[str]) -> NameLetters:
    """Return names ready to be searched."""
    written = [name.lower().encode() for name in names]
    lengths = np.fromiter(map(len, written), np.int64, len(written))
    return NameLetters(np.frombuffer(b"".join(written), np.uint8), np.cumsum(lengths))
