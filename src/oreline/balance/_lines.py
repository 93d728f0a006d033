"""The lines of a ledger as arrays, and what each of them rests on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Lines(NamedTuple):
    """Lines in acting order; bounds int64[n, 2] in milligrams, uncertainties float64[n].

    ``inherits`` marks outputs that took the composition of the inputs of their event. The bases are
    ranks, weakest greatest; the defaults are bit sets. ``overdraws`` marks draws of what was not
    there.
    """

    side: np.ndarray
    event: np.ndarray
    lot: np.ndarray
    flags: np.ndarray
    inherits: np.ndarray
    dry: np.ndarray
    metal: np.ndarray
    dry_u: np.ndarray
    metal_u: np.ndarray
    before_dry: np.ndarray
    overdraws: np.ndarray
    mass_basis: np.ndarray
    grade_basis: np.ndarray
    mass_defaults: np.ndarray
    grade_defaults: np.ndarray


class Rests(NamedTuple):
    """What each line rests on.

    ``before`` and ``after`` are the variance of the metal of the line's lot; ``share`` is the part
    that a draw takes of its lot, or an inheriting output of its event's inputs; ``own`` is the
    variance that the line's own measurement brings.
    """

    before: np.ndarray
    after: np.ndarray
    share: np.ndarray
    own: np.ndarray
    basis: np.ndarray
    defaults: np.ndarray
    doubtful: np.ndarray
