"""Facts about the world, each with its source, its vintage and its licence.

Countries, Harmonized System codes, critical-mineral lists, production and reserves, United States
statistics, prices, ports, deposits, map outlines. The tables lie in the package and are read when
first asked for; nothing is fetched, and nothing happens on import. Where sources or editions
disagree, all are given.
"""

from __future__ import annotations

from oreline.reference._codes import HsCode, HsForMineral, hs_code, hs_for_mineral
from oreline.reference._countries import Country, countries, country
from oreline.reference._errors import (
    UnknownCountryError,
    UnknownHsCodeError,
    UnknownMineralError,
    UnknownPortError,
    UnknownSourceError,
    UnknownTableError,
)
from oreline.reference._figures import Figure, latest, production, us_salient
from oreline.reference._geometry import great_circle_km
from oreline.reference._minerals import mineral_key
from oreline.reference._places import (
    SeaRoute,
    country_at,
    disputed_boundaries,
    sea_distance,
    shapes,
)
from oreline.reference._published import FLAGS, PublishedNumber, parse_published
from oreline.reference._scale import Disagreement, Share, WorldScale, world_scale
from oreline.reference._sources import Source, source, sources
from oreline.reference._tables import (
    Tables,
    as_table,
    kept_by_tables,
    table,
    table_names,
    tables_in_use,
    using_tables,
)

__all__ = [
    "FLAGS",
    "Country",
    "Disagreement",
    "Figure",
    "HsCode",
    "HsForMineral",
    "PublishedNumber",
    "SeaRoute",
    "Share",
    "Source",
    "Tables",
    "UnknownCountryError",
    "UnknownHsCodeError",
    "UnknownMineralError",
    "UnknownPortError",
    "UnknownSourceError",
    "UnknownTableError",
    "WorldScale",
    "as_table",
    "countries",
    "country",
    "country_at",
    "disputed_boundaries",
    "great_circle_km",
    "hs_code",
    "hs_for_mineral",
    "kept_by_tables",
    "latest",
    "mineral_key",
    "parse_published",
    "production",
    "sea_distance",
    "shapes",
    "source",
    "sources",
    "table",
    "table_names",
    "tables_in_use",
    "us_salient",
    "using_tables",
    "world_scale",
]
