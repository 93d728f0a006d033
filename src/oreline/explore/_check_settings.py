"""When something about drill holes is worth saying: every threshold is a named setting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The thresholds of the checks.

    Parameters
    ----------
    joined_m
        Ends of intervals closer than this are taken for one place.
    beyond_depth_m
        How far an interval may reach below the stated depth of its hole.
    reading_beyond_factor
        Where a hole's depth is not stated, a reading deeper than this many times its deepest
        interval does not show how deep it is.
    dogleg_deg_per_30m
        A turn sharper than this between two readings is told.
    dogleg_refused_deg
        A reading that turns the hole by more than this is left out: no drill string does it.
    oxide_sum_pct
        A sum of analytes above this is told.
    outlier_factor
        A collar farther from the middle of all than this many times the usual distance is told.
    unit_ratio
        A hole whose median grade differs from that of the others by more than this is told.
    """

    joined_m: float = 0.001
    beyond_depth_m: float = 0.5
    reading_beyond_factor: float = 3.0
    dogleg_deg_per_30m: float = 15.0
    dogleg_refused_deg: float = 120.0
    oxide_sum_pct: float = 100.5
    outlier_factor: float = 20.0
    unit_ratio: float = 1000.0


DEFAULT_CHECKS = CheckSettings()
