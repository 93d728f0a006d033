"""Counter-current extraction of what is dilute: Kremser's equation with two inlets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from oreline.design._law_inputs import Floats, Numbers, above_zero, not_negative
from oreline.model import InputError


def kremser_raffinate_fraction(extraction_factor: Numbers, stages: Numbers) -> Floats:
    """Return the part of the aqueous feed that leaves with the raffinate.

    ``(E - 1) / (E^(N+1) - 1)`` with ``E = D O/A``, and ``1 / (N + 1)`` at ``E = 1``. Holds where
    the distribution coefficient ``D`` is the same in every stage: impurities and dilute metals,
    never the metal that loads the solvent. Numbers or arrays; stages may be fractions of one.

    Source: A. Kremser, National Petroleum News 22(21) (1930) 43; textbook form.

    Examples
    --------
    >>> kremser_raffinate_fraction([0.5, 1, 1.5, 2, 3, 1.4], [3, 4, 5, 5, 4, 10]).round(6).tolist()
    [0.533333, 0.2, 0.04812, 0.015873, 0.008264, 0.010128]
    """
    factor = not_negative("the extraction factor", extraction_factor)
    count = not_negative("the number of stages", stages)
    factor, count = np.broadcast_arrays(factor, count)
    # Written in the smaller of E and 1/E, so that no power overflows and E = 1 is no special value.
    with np.errstate(divide="ignore", invalid="ignore"):
        log = -np.abs(np.log(factor))
        ladder = np.expm1(log) / np.expm1((count + 1) * log)
        above = np.exp(count * log) * ladder
    part = np.where(factor > 1, above, ladder)
    part = np.where(factor == 1, 1 / (count + 1), part)
    return np.where(factor == 0, 1.0, part)


@dataclass(frozen=True, slots=True)
class ExtractionEnds:
    """What leaves the two ends of an extraction cascade, in the unit of what came in."""

    raffinate: Floats
    extract: Floats


def kremser_ends(
    extraction_factor: Numbers,
    stages: Numbers,
    aqueous_in: Numbers,
    organic_in: Numbers = 0.0,
) -> ExtractionEnds:
    """Return what leaves a cascade whose solvent may come back loaded.

    The solvent's own load leaves with the extract by ``E^N (E - 1)/(E^(N+1) - 1)`` and goes to the
    raffinate otherwise, so that both ends together are what came in, exactly.

    Examples
    --------
    >>> ends = kremser_ends(0.0531, 3, 422.375)      # aluminium, three stages
    >>> round(float(ends.raffinate), 2), round(float(ends.raffinate + ends.extract), 3)
    (399.95, 422.375)
    """
    aqueous = not_negative("the aqueous feed", aqueous_in)
    organic = not_negative("the load of the solvent", organic_in)
    factor = not_negative("the extraction factor", extraction_factor)
    left = kremser_raffinate_fraction(factor, stages)
    # Seen from the solvent the same cascade strips, with the factor 1/E.
    with np.errstate(divide="ignore"):
        inverse = np.where(factor > 0, 1 / np.where(factor > 0, factor, 1.0), 0.0)
    kept = np.where(factor > 0, kremser_raffinate_fraction(inverse, stages), 0.0)
    raffinate = aqueous * left + organic * (1 - kept)
    return ExtractionEnds(np.asarray(raffinate), np.asarray(aqueous + organic - raffinate))


def kremser_stages(extraction_factor: float, raffinate_fraction: float) -> float:
    """Return the theoretical stages that leave this part in the raffinate; a fraction of one too.

    Raises
    ------
    InputError
        If no number of stages can: below ``E = 1`` the part ``1 - E`` always stays.

    Examples
    --------
    >>> round(kremser_stages(1.4, 0.010128), 2)
    10.0
    """
    factor = above_zero("the extraction factor", extraction_factor)
    part = above_zero("the part left", raffinate_fraction)
    if part >= 1:
        return 0.0
    if abs(factor - 1) < 1e-12:
        return 1 / part - 1
    inside = (factor - 1) / part + 1
    if factor < 1 and part <= 1 - factor:
        raise InputError(
            f"with an extraction factor of {factor:g} at least {1 - factor:.4g} stays in the "
            f"raffinate, however many stages: {part:g} needs more solvent or a larger D"
        )
    return math.log(inside) / math.log(factor) - 1
