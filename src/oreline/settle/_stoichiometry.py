"""What a pure compound contains, and forms in which antimony is traded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from oreline.model import PPT, InputError, analyte, element_fraction_ppt
from oreline.settle._exchange_rule import EXACT


def theoretical_pct(compound: str, element: str) -> Decimal:
    """Return how much of an element a pure compound contains, in %.

    From the standard atomic weights (IUPAC); no assay of the compound can be higher.

    >>> round(theoretical_pct("Sb2S3", "Sb"), 2), round(theoretical_pct("Sb2O3", "Sb"), 2)
    (Decimal('71.68'), Decimal('83.54'))

    Raises
    ------
    InputError
        If the formula cannot be read or has no such element.
    """
    fraction = element_fraction_ppt(compound, element)
    if not fraction:
        raise InputError(f"there is no {element} in {compound}")
    with localcontext(EXACT):
        return Decimal(fraction) * 100 / PPT


def grade_as(grade_pct: Decimal, given_as: str, wanted_as: str) -> Decimal:
    """Return a grade that is given as one compound of a metal, as another.

    The metal is the one element, other than oxygen, carbon, hydrogen and sulfur, of both.

    >>> round(grade_as(Decimal("64.5"), "Sb", "Sb2O3"), 2)
    Decimal('77.21')

    Raises
    ------
    InputError
        If the two have not exactly one metal in common.
    """
    metals = [
        {name for name, _ in analyte(one).elements} - {"O", "C", "H", "S"}
        for one in (given_as, wanted_as)
    ]
    common = metals[0] & metals[1]
    if len(common) != 1:
        raise InputError(f"{given_as} and {wanted_as} have not one metal in common")
    metal = common.pop()
    with localcontext(EXACT):
        contained = grade_pct * theoretical_pct(given_as, metal)
        return contained / theoretical_pct(wanted_as, metal)


@dataclass(frozen=True, slots=True)
class AntimonyForm:
    """A form in which antimony is traded, and between which grades (% Sb) it usually lies.

    ``compound`` is what it mostly is; its pure content is the most that can be assayed.
    """

    id: str
    title: str
    low_pct: Decimal
    high_pct: Decimal
    compound: str
    source: str

    @property
    def most_pct(self) -> Decimal:
        """Return the content of the pure compound, % Sb."""
        return theoretical_pct(self.compound, "Sb")


_SOURCE = "United States Antimony Corporation, usantimony.com/terminology.htm, seen 2026-11-22"
ANTIMONY_FORMS = tuple(
    AntimonyForm(name, title, Decimal(low), Decimal(high), compound, _SOURCE)
    for name, title, low, high, compound in (
        ("hand-sorted", "hand-sorted ore", "30", "60", "Sb2S3"),
        ("sulfide-concentrate", "sulfide flotation concentrate", "50", "68", "Sb2S3"),
        ("oxide-concentrate", "oxide gravity concentrate", "25", "40", "Sb2O4"),
        ("crude-ato", "crude antimony trioxide", "82", "82.5", "Sb2O3"),
        ("finished-ato", "finished antimony trioxide", "82.5", "83.3", "Sb2O3"),
    )
)
"""Grades as printed. The source gives 71.1 % as the most for stibnite; it is 71.68 %."""
