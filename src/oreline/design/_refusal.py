"""The error of a solve in which some of many samples have no answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oreline.model import Finding, InputError


class SamplesRefusedError(InputError):
    """Some samples of many cannot be solved: ``rows`` are their places among those asked."""

    def __init__(self, message: str, findings: Sequence[Finding], rows: NDArray[np.intp]) -> None:
        super().__init__(message, findings)
        self.rows = rows

    def among(self, rows: NDArray[np.intp]) -> SamplesRefusedError:
        """Return the same error with its places in a larger set, of which ``rows`` were asked."""
        return SamplesRefusedError(self.args[0], self.findings, rows[self.rows])
