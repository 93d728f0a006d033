"""The numbers of a flowsheet in plain words: who moves a slider need not know the file."""

from __future__ import annotations

import re

from oreline.web._strings import Translate, msg

FIELDS = {
    "dry_t_per_h": msg("dry tonnes fed in an hour"),
    "grade": msg("share of {of} in the feed"),
    "rinf": msg("recovery of {of} after a long time"),
    "rate": msg("flotation rate of {of}"),
    "recovery": msg("recovery of {of}"),
    "to_concentrate": msg("share of {of} that goes to the concentrate"),
    "to_overflow": msg("share of {of} that goes to the overflow"),
    "conversion": msg("share of {of} that is converted"),
    "extraction": msg("share of {of} that is extracted"),
    "moisture": msg("moisture"),
    "yield": msg("yield"),
    "hours_per_year": msg("hours run in a year"),
}
"""What a number of a unit is called. A field that is not here is called by its own name."""
_NAME = re.compile(r"(?:(?P<unit>[^.\[]+)\.)?(?P<field>[^\[]+)(?:\[(?P<of>[^\]]+)\])?")


def number_words(t: Translate, name: str) -> str:
    """Return what a number of a flowsheet is, in words.

    >>> from oreline.web._strings import translator
    >>> number_words(translator("en"), "sb-flotation.to_concentrate[stibnite]")
    'sb-flotation: share of stibnite that goes to the concentrate'
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return name
    unit, field, of = found.group("unit", "field", "of")
    known = FIELDS.get(field)
    plain = field.replace("_", " ")
    if known is None or ("{of}" in known and of is None):
        said = plain if of is None else f"{plain}, {of}"
    else:
        said = t(known, of=of) if "{of}" in known else t(known)
        said = said if of is None or "{of}" in known else f"{said}, {of}"
    return said if unit is None else f"{unit}: {said}"
