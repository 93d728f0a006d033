"""Text in the letters that the standard fonts of PDF have."""

from __future__ import annotations

import unicodedata

_SPELT = {
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "Σ": "sum ",
    "→": "->",
    "√": "sqrt",
    "\N{NARROW NO-BREAK SPACE}": " ",
}
"""Signs that the standard fonts lack, and what is printed for them."""


def printable(text: str) -> str:
    """Return text in the letters of the standard fonts; others as their Unicode numbers.

    >>> printable("a − b ≤ ش → c"), printable("Köln × 2")
    ('a - b <= [U+0634] -> c', 'Köln × 2')
    """
    return "".join(_letter(sign) for sign in unicodedata.normalize("NFC", text))


def _letter(sign: str) -> str:
    if sign in _SPELT:
        return _SPELT[sign]
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return f"[U+{ord(sign):04X}]"
    return sign
