"""The words of the pages: English where they stand, other languages from one catalogue each.

A message is its own English text. ``data/locale/<language>/messages.po`` gives it in another
language; what a catalogue lacks is shown in English. Names, findings and quotations come from the
ledger and from the rooms below, and stay as they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Translate = Callable[..., str]
"""Takes a message and the values of its placeholders in braces."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that pages can be read in; ``direction`` is that of its script."""

    code: str
    name: str
    direction: str


LANGUAGES: Mapping[str, Language] = {
    "en": Language("en", "English", "ltr"),
    "ur": Language("ur", "اردو", "rtl"),
}


def msg(text: str) -> str:
    """Mark a text of a table as one for the catalogue; it is translated where it is shown."""
    return text


def translator(code: str) -> Translate:
    """Return what translates messages into a language.

    >>> translator("en")("{n} lots", n=3)
    '3 lots'
    """
    messages = catalogue(code)

    def translate(message: str, /, **values: object) -> str:
        return (
            messages.get(message, message).format_map(values)
            if values
            else messages.get(message, message)
        )

    return translate


@cache
def catalogue(code: str) -> Mapping[str, str]:
    """Return every message of a language that its catalogue translates."""
    if code == "en":
        return {}
    from babel.messages.pofile import read_po

    place = files("oreline.web").joinpath("data", "locale", code, "messages.po")
    with place.open("rb") as file:
        found = read_po(file, locale=code)
    return {
        str(message.id): str(message.string)
        for message in found
        if message.id and message.string and not message.fuzzy
    }
