"""Separation of two rare earths at constant loading: fewest stages, least solvent, stages by steps.

The cascade: aqueous feed enters between an extraction section and a scrub section. Saponified
solvent enters at the raffinate end and is loaded with ``solvent`` mol of rare earths for each mol
of feed; it leaves with the product and is stripped; the part of the strip liquor that is no
product returns as scrub (reflux). ``A`` is the metal that extracts more strongly. In every stage
``y = beta x / (1 + (beta - 1) x)``, with ``x`` and ``y`` the mole fractions of A among the rare
earths of the aqueous and the organic phase.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from oreline.design._law_inputs import above_zero
from oreline.model import Finding, InputError, Severity

STAGES_MAX = 2_000
"""Theoretical stages after which a cascade is called impossible to build. A setting of callers."""

MOLES_PER_MOLE = 3.0
"""Base, and acid, that one mol of a trivalent metal exchanges on an acidic extractant."""


@dataclass(frozen=True, slots=True)
class BinaryDuty:
    """What a cascade shall do with a feed of A and B.

    ``feed_fraction`` is the mole fraction of A in the feed, ``extract_purity`` that of A in the
    product that the solvent brings, ``raffinate_purity`` that of B in the raffinate.
    """

    beta: float
    feed_fraction: float
    extract_purity: float
    raffinate_purity: float

    def __post_init__(self) -> None:
        above_zero("the separation factor", self.beta)
        for name in ("feed_fraction", "extract_purity", "raffinate_purity"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise InputError(f"{name} lies between 0 and 1, both excluded: {value}")
        reason = _unreachable(self)
        if reason:
            raise cascade_refused(*reason)

    @property
    def extract_per_feed(self) -> float:
        """Return the mol of product for each mol of feed, by the balance of A."""
        lean = 1 - self.raffinate_purity
        return (self.feed_fraction - lean) / (self.extract_purity - lean)

    @property
    def extract_recovery(self) -> float:
        """Return the part of A that the product holds."""
        return self.extract_per_feed * self.extract_purity / self.feed_fraction

    @property
    def raffinate_recovery(self) -> float:
        """Return the part of B that the raffinate holds."""
        left = 1 - self.extract_per_feed
        return left * self.raffinate_purity / (1 - self.feed_fraction)


def cascade_refused(message: str, fix: str, where: str = "cascade") -> InputError:
    """Return the error of a cascade that cannot reach what is asked of it."""
    finding = Finding("ORL-1020", Severity.FATAL, where, message, fix)
    return InputError("the separation cannot be reached", [finding])


def _unreachable(duty: BinaryDuty) -> tuple[str, str] | None:
    more = "ask for more than the feed has, or send the feed past this cascade"
    z = duty.feed_fraction
    if duty.beta <= 1:
        message = (
            f"a separation factor of {duty.beta:g} separates nothing: both metals load alike, or "
            "A is not the one that extracts more strongly"
        )
        return message, "name the stronger metal first, or take another extractant"
    if duty.extract_purity <= z:
        message = (
            f"the product is asked to hold {duty.extract_purity:g} of the stronger metal, and the "
            f"feed already holds {z:g}"
        )
        return message, more
    if 1 - duty.raffinate_purity >= z:
        message = (
            f"the raffinate is asked to hold {duty.raffinate_purity:g} of the weaker metal, and "
            f"the feed already holds {1 - z:g}"
        )
        return message, more
    return None


def equilibrium_organic_fraction(beta: float, aqueous_fraction: float) -> float:
    """Return the mole fraction of A in the loaded solvent at equilibrium with the aqueous phase.

    Examples
    --------
    >>> round(equilibrium_organic_fraction(1.4, 0.75), 5)
    0.80769
    """
    return beta * aqueous_fraction / (1 + (beta - 1) * aqueous_fraction)


def fewest_stages(duty: BinaryDuty) -> float:
    """Return the stages at total reflux, by Fenske: ``ln(pA/(1-pA) pB/(1-pB)) / ln beta``.

    Source: M. R. Fenske, Ind. Eng. Chem. 24 (1932) 482, with the separation factor as volatility.

    Examples
    --------
    >>> round(fewest_stages(BinaryDuty(1.4, 0.75, 0.99, 0.99)), 1)
    27.3
    """
    top, bottom = duty.extract_purity, duty.raffinate_purity
    odds = math.log(top / (1 - top)) + math.log(bottom / (1 - bottom))
    return odds / math.log(duty.beta)


def least_solvent(duty: BinaryDuty) -> float:
    """Return the smallest load of the solvent, mol of rare earths for each mol of feed.

    ``fA (pA - z) / (y(z) - z)``: with less the operating line meets the equilibrium line at the
    feed, and no number of stages passes that pinch.

    Examples
    --------
    >>> round(least_solvent(BinaryDuty(1.4, 0.75, 0.99, 0.99)), 2)
    3.14
    """
    z = duty.feed_fraction
    rise = equilibrium_organic_fraction(duty.beta, z) - z
    return duty.extract_per_feed * (duty.extract_purity - z) / rise


@dataclass(frozen=True, slots=True)
class Cascade:
    """A cascade that does its duty, in theoretical stages and in moles for each mol of feed.

    ``solvent`` is the rare earths that the solvent carries, ``reflux`` what of them returns as
    scrub. ``base`` and ``acid`` are what saponifies and strips the solvent; ``salt`` leaves with
    the raffinate.
    """

    extraction_stages: int
    scrub_stages: int
    solvent: float
    reflux: float
    extract_per_feed: float
    base: float
    acid: float
    salt: float

    @property
    def stages(self) -> int:
        """Return all theoretical stages of extraction and scrub; strip stages come to them."""
        return self.extraction_stages + self.scrub_stages

    def real_stages(self, efficiency: float) -> int:
        """Return the mixer-settlers at this overall efficiency, rounded up.

        Examples
        --------
        >>> size_cascade(BinaryDuty(1.4, 0.75, 0.99, 0.99), 1.3).real_stages(0.8)
        58
        """
        if not 0 < efficiency <= 1:
            raise InputError(f"a stage efficiency lies above 0 and up to 1, not {efficiency}")
        return math.ceil(self.stages / efficiency - 1e-9)

    def settler_volume_m3(
        self, organic_m3_per_h: float, aqueous_m3_per_h: float, hold_min: float, efficiency: float
    ) -> float:
        """Return the liquid held by all stages of extraction and scrub, both phases.

        ``hold_min`` is how long both phases stay in one mixer-settler.
        """
        flow = above_zero("the organic flow", organic_m3_per_h) + above_zero(
            "the aqueous flow", aqueous_m3_per_h
        )
        return self.real_stages(efficiency) * flow * above_zero("the hold", hold_min) / 60


def size_cascade(
    duty: BinaryDuty, solvent_ratio: float = 1.3, stages_max: int = STAGES_MAX
) -> Cascade:
    """Return the cascade at ``solvent_ratio`` times the least solvent, stepped stage by stage.

    Steps from the product down, on the line ``S y = W x + fA pA`` until the aqueous phase is no
    richer in A than the feed, then on ``S y = (W + 1) x - fB xB`` until it is no richer than the
    raffinate (McCabe and Thiele, for extraction at constant loading). The stage that the feed
    enters counts to the extraction.

    Raises
    ------
    InputError
        With finding ORL-1020 if the ratio is 1 or less, which pinches, or if more than
        ``stages_max`` stages were needed.

    Examples
    --------
    >>> found = size_cascade(BinaryDuty(1.4, 0.75, 0.99, 0.99), 1.3)
    >>> found.extraction_stages, found.scrub_stages, round(found.solvent, 2)
    (25, 21, 4.08)
    """
    if not solvent_ratio > 1:
        raise cascade_refused(
            f"{solvent_ratio:g} times the least solvent pinches at the feed: no number of stages "
            "reaches the purity",
            "take 1.1 to 1.5 times the least solvent",
        )
    solvent = solvent_ratio * least_solvent(duty)
    product, lean = duty.extract_per_feed, 1 - duty.raffinate_purity
    reflux = solvent - product
    y, counts = duty.extract_purity, [0, 0]
    section = 0
    while True:
        x = y / (duty.beta - (duty.beta - 1) * y)
        if x <= duty.feed_fraction:
            section = 1  # the feed enters this stage, which is the first of the extraction
        counts[section] += 1
        if x <= lean:
            break
        if sum(counts) >= stages_max:
            raise cascade_refused(
                f"more than {stages_max} theoretical stages would be needed",
                "take more solvent, a lower purity or an extractant that separates better",
            )
        if section == 0:
            y = (reflux * x + product * duty.extract_purity) / solvent
        else:
            y = ((reflux + 1) * x - (1 - product) * lean) / solvent
    return Cascade(
        extraction_stages=counts[1],
        scrub_stages=counts[0],
        solvent=solvent,
        reflux=reflux,
        extract_per_feed=product,
        base=MOLES_PER_MOLE * solvent,
        acid=MOLES_PER_MOLE * solvent,
        salt=MOLES_PER_MOLE * solvent,
    )
