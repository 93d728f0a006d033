"""Every unit law by its name: each family adds its tuple here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oreline.design._law import Law
from oreline.design._law_split import SPLIT_LAWS

_FAMILIES: Final[tuple[tuple[Law, ...], ...]] = (SPLIT_LAWS,)

LAWS: Final[Mapping[str, Law]] = {law.name: law for family in _FAMILIES for law in family}
