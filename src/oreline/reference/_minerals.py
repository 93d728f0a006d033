"""One spelling for the name of a mineral commodity."""

from __future__ import annotations

import re
from typing import Final

_SPOKEN: Final[dict[str, str]] = {
    "sb": "antimony",
    "cu": "copper",
    "nd": "neodymium",
    "pr": "praseodymium",
    "dy": "dysprosium",
    "tb": "terbium",
    "ree": "rare earths",
    "rees": "rare earths",
    "reo": "rare earths",
    "rare earth": "rare earths",
    "rare earth elements": "rare earths",
    "rare earth oxides": "rare earths",
    "gemanium": "germanium",
    "aluminium": "aluminum",
    "pgm": "platinum group metals",
    "abrasives manufactured": "abrasives",
    "graphite natural": "graphite",
    "mica natural": "mica",
    "niobium columbium": "niobium",
    "zeolites natural": "zeolites",
    "nitrogen fixed ammonia": "nitrogen fixed",
    "talc crude": "talc and pyrophyllite",
    "bauxite alumina": "bauxite and alumina",
    "titanium titanium dioxide": "titanium and titanium dioxide",
    "pumice pumicite": "pumice and pumicite",
    "zirconium hafnium": "zirconium and hafnium",
}


def mineral_key(name: str) -> str:
    """Give the name under which the tables keep a mineral.

    Examples
    --------
    >>> mineral_key("Rare Earths"), mineral_key("Sb"), mineral_key("Iron Ore  ")
    ('rare earths', 'antimony', 'iron ore')
    """
    words = re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()
    return _SPOKEN.get(words, words)
