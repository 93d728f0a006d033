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
    "baryte": "barite",
    "barytes": "barite",
    "beryllium conc": "beryllium",
    "borate": "boron",
    "borates": "boron",
    "boron minerals": "boron",
    "chromite": "chromium",
    "chromium cr2o3": "chromium",
    "cokingcoal": "coking coal",
    "metallurgical coal": "coking coal",
    "diamonds ind": "diamond industrial",
    "diamonds gem": "gemstones",
    "gypsum and anhydrite": "gypsum",
    "heavy rare earth elements": "heavy rare earths",
    "heavy rare earths elements": "heavy rare earths",
    "hrees": "heavy rare earths",
    "iron": "iron ore",
    "iron fe": "iron ore",
    "kaolin china clay": "kaolin",
    "kaolin clay": "kaolin",
    "light rare earth elements": "light rare earths",
    "lithium li2o": "lithium",
    "lrees": "light rare earths",
    "magnets": "permanent magnets",
    "natural graphite": "graphite",
    "niobium nb2o5": "niobium",
    "petroleum": "crude oil",
    "pgms": "platinum group metals",
    "phosphate": "phosphate rock",
    "phosphate rock p2o5": "phosphate rock",
    "phosphates": "phosphate rock",
    "phosphorous": "phosphorus",
    "potash k2o": "potash",
    "rare earths reo": "rare earths",
    "salt rock brines marine": "salt",
    "silicon metal": "silicon",
    "sulfur elementar industrial": "sulfur",
    "sulphur": "sulfur",
    "talc": "talc and pyrophyllite",
    "talc steatite pyrophyllite": "talc and pyrophyllite",
    "tantalum ta2o5": "tantalum",
    "titanium ores": "titanium",
    "titanium tio2": "titanium",
    "tungsten w": "tungsten",
    "uranium u3o8": "uranium",
    "vanadium v": "vanadium",
    "zircon": "zirconium",
}


def mineral_key(name: str) -> str:
    """Give the name under which the tables keep a mineral.

    Examples
    --------
    >>> mineral_key("Rare Earths"), mineral_key("Sb"), mineral_key("Iron Ore  ")
    ('rare earths', 'antimony', 'iron ore')
    >>> mineral_key("Baryte"), mineral_key("Tungsten (W)"), mineral_key("HREEs")
    ('barite', 'tungsten', 'heavy rare earths')
    """
    words = re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()
    return _SPOKEN.get(words, words)
