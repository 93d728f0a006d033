"""Which published rows of United States statistics a net import reliance is recomputed from.

Net import reliance is imports less exports, corrected for stocks, over apparent consumption; so it
is one less domestic supply over consumption. The summaries do not say which of their production
rows are domestic supply of the form that is consumed: that is read here from the wording of the
consumption row. A series with one production row and one row of apparent consumption needs no
entry.
"""

from __future__ import annotations

from typing import Final

DOMESTIC: Final[dict[str, tuple[str, ...]]] = {
    "aluminum": ("Production: Primary", "Production: Secondary (from old scrap)"),
    "antimony": ("Production, Smelter: Primary", "Production, Smelter: Secondary"),
    "bismuth": ("Production: Refinery", "Production: Secondary (scrap)"),
    "cement": ("Production: Portland, blended, and masonry cement",),
    "chromium": ("Production: Mine", "Production: Secondary"),
    "cobalt": ("Production: Secondary",),
    "copper": (
        "Production, Refinery: Primary (from ore)",
        "Copper recovered from old (post-consumer) scrap",
    ),
    "diamond bort grit and dust and powder natural and synthetic": (
        "Production: Manufactured diamond", "Production: Secondary",
    ),
    "diamond stones natural and synthetic": (
        "Production: Manufactured diamond", "Production: Secondary",
    ),
    "garnet industrial": ("Production: Crude",),
    "gemstones": ("Production: Natural", "Production: Laboratory-created (synthetic)"),
    "granite only": ("Granite only: Value, sold or used by producers, million dollars",),
    "gypsum": ("Production: Crude", "Production: Synthetic"),
    "iron and steel": ("Shipments, steel mill products",),
    "iron oxide pigments": ("Sold or used, finished natural and synthetic IOPs",),
    "lead": ("Production: Primary refinery", "Production: Secondary refinery, old scrap"),
    "magnesium compounds": ("Production",),
    "nickel": ("Consumption: Reported, secondary, purchased scrap",),
    "perlite": ("Sold or used, processed crude perlite",),
    "peat": ("Production",),
    "phosphate rock": ("Sold or used by producers",),
    "potash": ("Sales by producers, marketable",),
    "rare earths": ("Production: Compounds and metals",),
    "salt": ("Sold or used by producers",),
    "stone crushed": ("Sold or used by producers", "Recycled material"),
    "stone dimension": ("Sold or used by producers: Value, million dollars",),
    "sulfur": ("Shipments, all forms",),
    "talc and pyrophyllite": ("Sold by producers",),
    "tin": ("Production, secondary: Old scrap",),
    "vanadium": (
        "Production from primary ore and concentrate",
        "Production from ash, residues, and spent catalysts",
    ),
    "zinc": ("Production: Refined zinc,",),
}  # fmt: skip
"""Rows of domestic supply, by mineral."""
TRADE: Final = ("iron and steel slag", "palladium", "platinum", "silver")
"""Minerals whose domestic supply is not printed by itself: imports less exports, by consumption."""
AMBIGUOUS: Final = ("mica",)
"""Minerals of which two sets of rows stand under the same words."""
