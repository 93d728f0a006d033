"""Masses, shares and times as text: with their unit, UNKNOWN where nothing is known."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from oreline.model._units import UNBOUNDED_MG, mass_text

SHOWN_DIGITS = 3
"""Significant digits of an uncertainty."""


def mass_range(low_mg: int, high_mg: int | None, unit: str = "kg") -> str:
    """Return a mass, its bounds, or UNKNOWN.

    >>> mass_range(1_500_000, 1_500_000), mass_range(0, None), mass_range(0, 2_000_000)
    ('1.5 kg', 'UNKNOWN', '0 to 2 kg')
    """
    if high_mg is None or high_mg >= UNBOUNDED_MG:
        return f"at least {mass_text(low_mg, unit)} {unit}" if low_mg > 0 else "UNKNOWN"
    if low_mg == high_mg:
        return f"{mass_text(low_mg, unit)} {unit}"
    return f"{mass_text(low_mg, unit)} to {mass_text(high_mg, unit)} {unit}"


def text_range(low: str | None, high: str | None, unit: str) -> str:
    """Return bounds that are text already.

    >>> text_range("1.5", "1.5", "t"), text_range(None, None, "t"), text_range("0", None, "t")
    ('1.5 t', 'UNKNOWN', 'UNKNOWN')
    """
    if low == high:
        return "UNKNOWN" if low is None else f"{low} {unit}"
    if high is None:
        return "UNKNOWN" if low == "0" else f"at least {low} {unit}"
    return f"at most {high} {unit}" if low is None else f"{low} to {high} {unit}"


def rounded(text: str, digits: int = SHOWN_DIGITS) -> str:
    """Return a decimal number with that many significant digits.

    >>> rounded("1234.5678"), rounded("0.0123456"), rounded("0")
    ('1235', '0.0123', '0')
    """
    value = Decimal(text)
    if not value:
        return "0"
    place = min(value.adjusted() - digits + 1, 0)
    return format(value.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN), "f")


def u95(text: str | None, unit: str) -> str:
    """Return an expanded uncertainty behind its mass; one that is not stated is UNKNOWN.

    >>> u95("0.0123456", "t"), u95(None, "t")
    ('± 0.0123 t (U95)', '± UNKNOWN (U95)')
    """
    return "± UNKNOWN (U95)" if text is None else f"± {rounded(text)} {unit} (U95)"


def with_u95(low: str | None, high: str | None, u95_text: str | None, unit: str) -> str:
    """Return a mass or its bounds with U95, to the digits that the uncertainty leaves meaning.

    >>> with_u95("2.610768", "2.610768", "1.93412", "t"), with_u95("1.5", "1.5", None, "t")
    ('2.61 ± 1.93 t', '1.5 ± UNKNOWN t')
    >>> with_u95("0", "5", "0.1", "t"), with_u95(None, None, "0.1", "t")
    ('0 to 5 ± 0.100 t', 'UNKNOWN')
    """
    mass = text_range(low, high, unit)
    if mass == "UNKNOWN":
        return mass
    if u95_text is None:
        return f"{mass.removesuffix(unit)}± UNKNOWN {unit}"
    spread = rounded(u95_text)
    if low == high and low is not None and Decimal(u95_text):
        digits = Decimal(spread).as_tuple().exponent
        assert isinstance(digits, int)
        # Never more digits than there are: zeros would claim what nobody measured.
        place = max(digits, min(int(Decimal(low).as_tuple().exponent), 0))
        shown = Decimal(low).quantize(Decimal(1).scaleb(min(place, 0)), ROUND_HALF_EVEN)
        return f"{shown:f} ± {spread} {unit}"
    return f"{mass.removesuffix(unit)}± {spread} {unit}"


def shown_mass(low_mg: int, high_mg: int | None, u95_text: str | None, unit: str = "kg") -> str:
    """Return a part of a mass to the digits that the uncertainty of the whole leaves meaning.

    >>> shown_mass(10_077_704_200, 10_077_704_200, "107.3"), shown_mass(1_500_000, None, "0.1")
    ('10078 kg', 'at least 1.5 kg')
    """
    if u95_text is None or low_mg != high_mg or not Decimal(u95_text):
        return mass_range(low_mg, high_mg, unit)
    text = mass_text(low_mg, unit)
    return with_u95(text, text, u95_text, unit).partition(" ")[0] + f" {unit}"


def share_range(low: float, high: float) -> str:
    """Return a share, or its bounds.

    >>> share_range(0.25, 0.25), share_range(0.0, 1.0), share_range(0.00001, 0.00001)
    ('25.00 %', '0.00 to 100.00 %', '< 0.01 %')
    """
    if low == high:
        return "< 0.01 %" if 0 < low < 0.00005 else f"{low:.2%}".replace("%", " %")
    return f"{low:.2%}".removesuffix("%") + f" to {high:.2%}".replace("%", " %")


def minute(time: str) -> str:
    """Return a moment to the minute, as a person reads it.

    >>> minute("2025-09-01T06:30:00Z")
    '2025-09-01 06:30Z'
    """
    return f"{time[:10]} {time[11:16]}Z" if len(time) > 16 else time
