"""Colours of elements and stages that colour-blind people can tell apart.

The hues are those of Okabe and Ito (Color Universal Design, 2008), darkened where needed so that
they reach 3:1 on white and on the dark ground; where two are shown together their names stand
beside them, so that no reading rests on colour alone.
"""

from __future__ import annotations

ELEMENTS = {
    "Sb": "#0072B2",
    "Cu": "#D55E00",
    "Nd": "#8F4E8B",
    "Pr": "#00806A",
    "Dy": "#B07A00",
    "Tb": "#3A87C8",
    "La": "#7A6A53",
    "Ce": "#5B7F2B",
    "Au": "#A67C00",
    "Ag": "#6B7683",
    "As": "#A33A6A",
    "Pb": "#5A5F73",
    "TREO": "#5B4B8A",
}
STAGES = {
    "ore": "#8C6D31",
    "concentrate": "#0072B2",
    "intermediate": "#00806A",
    "oxide": "#8F4E8B",
    "metal": "#D55E00",
    "alloy": "#A33A6A",
    "magnet": "#B07A00",
    "product": "#B07A00",
    "tailings": "#6B7683",
    "waste": "#6B7683",
    "scrap": "#5B7F2B",
}
OTHERS = ("#0072B2", "#D55E00", "#00806A", "#8F4E8B", "#B07A00", "#3A87C8", "#A33A6A", "#5B7F2B")
"""For things that have no colour of their own, in this order."""
CASH = {
    "sales": "#0072B2",
    "capital": "#D55E00",
    "costs": "#6B7683",
    "levies": "#8F4E8B",
    "net": "#00806A",
}
"""Kinds of cash in a plan, and what is left of them."""
UNKNOWN_GREY = "#7A8592"


def element_colour(symbol: str) -> str:
    """Return the colour of an element.

    >>> element_colour("Sb"), element_colour("Sb") == element_colour("Cu")
    ('#0072B2', False)
    """
    return ELEMENTS.get(symbol) or OTHERS[sum(symbol.encode()) % len(OTHERS)]


def stage_colour(stage: str | None) -> str:
    """Return the colour of a stage, grey where it is not stated."""
    if stage is None:
        return UNKNOWN_GREY
    return STAGES.get(stage) or OTHERS[sum(stage.encode()) % len(OTHERS)]
