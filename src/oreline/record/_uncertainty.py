"""Standard uncertainties that are used where a record gives none, each under its own name.

They are oreline's assumptions, taken from what instruments of each kind commonly achieve, and every
result that rests on one names it. A site replaces them by recording ``u``. Nothing is assumed for
numbers that were not measured: there, a test answers UNKNOWN.
"""

from __future__ import annotations

from dataclasses import dataclass

from oreline.model import PPT


@dataclass(frozen=True, slots=True)
class DefaultUncertainty:
    """A relative standard uncertainty (one sigma) for one method of one quantity."""

    name: str
    quantity: str
    method: str
    relative: float
    reasoning: str


DEFAULT_UNCERTAINTIES = (
    DefaultUncertainty("D-MASS-WEIGHBRIDGE", "mass", "weighbridge", 0.002, "class III, in use"),
    DefaultUncertainty("D-MASS-PLATFORM", "mass", "platform scale", 0.001, "verified, in use"),
    DefaultUncertainty("D-MASS-BELT", "mass", "belt scale", 0.01, "class 1 to 2, in use"),
    DefaultUncertainty("D-MASS-DRAFT", "mass", "draft survey", 0.005, "sea state and ballast"),
    DefaultUncertainty("D-MASS-SURVEY", "mass", "survey", 0.05, "volume times bulk density"),
    DefaultUncertainty("D-MASS-MEASURED", "mass", "", 0.005, "measured, method not stated"),
    DefaultUncertainty("D-MOISTURE-OVEN", "moisture", "oven", 0.02, "105 C, sampling included"),
    DefaultUncertainty("D-MOISTURE-MEASURED", "moisture", "", 0.03, "method not stated"),
    DefaultUncertainty("D-GRADE-FUSION-XRF", "grade", "XRF", 0.01, "fused bead"),
    DefaultUncertainty("D-GRADE-TITRATION", "grade", "titration", 0.004, "concentrate"),
    DefaultUncertainty("D-GRADE-ICP", "grade", "ICP", 0.025, "digestion and ICP-OES or MS"),
    DefaultUncertainty("D-GRADE-FIRE", "grade", "fire assay", 0.015, "gold and silver"),
    DefaultUncertainty("D-GRADE-MEASURED", "grade", "", 0.03, "measured, method not stated"),
)
_BY_METHOD = {(item.quantity, item.method): item for item in DEFAULT_UNCERTAINTIES}


def default_uncertainty(quantity: str, method: str | None, basis: str) -> DefaultUncertainty | None:
    """Return the default for a quantity, None where nothing may be assumed.

    >>> default_uncertainty("mass", "weighbridge", "measured").name
    'D-MASS-WEIGHBRIDGE'
    >>> default_uncertainty("mass", None, "reported") is None
    True
    """
    if basis != "measured":
        return None
    return _BY_METHOD.get((quantity, method or ""), _BY_METHOD[quantity, ""])


def moisture_u_ppt(relative: float, moisture_ppt: int) -> float:
    """Return an absolute standard uncertainty of a moisture, never below 0.05 % moisture."""
    return max(relative * moisture_ppt, 0.0005 * PPT)
