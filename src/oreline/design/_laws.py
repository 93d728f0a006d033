"""Every unit law by its name: each family adds its tuple here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oreline.design._law import Law
from oreline.design._law_split import SPLIT_LAWS
from oreline.design._laws_dewatering import DEWATERING_LAWS
from oreline.design._laws_dressing import DRESSING_LAWS
from oreline.design._laws_extraction import EXTRACTION_LAWS
from oreline.design._laws_hydromet import HYDROMET_LAWS
from oreline.design._laws_magnet import MAGNET_LAWS
from oreline.design._laws_metal import METAL_LAWS
from oreline.design._laws_smelting import SMELTING_LAWS

_FAMILIES: Final[tuple[tuple[Law, ...], ...]] = (
    SPLIT_LAWS,
    DRESSING_LAWS,
    DEWATERING_LAWS,
    HYDROMET_LAWS,
    EXTRACTION_LAWS,
    SMELTING_LAWS,
    METAL_LAWS,
    MAGNET_LAWS,
)

LAWS: Final[Mapping[str, Law]] = {law.name: law for family in _FAMILIES for law in family}
