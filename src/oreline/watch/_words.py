"""Where the words of a sentence begin: patterns of many words are tried only at those that fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"\w+")


@lru_cache(maxsize=256)
def words_of(text: str) -> tuple[tuple[str, int], ...]:
    """Give the words of a text in small letters, each with its place."""
    return tuple((match.group().lower(), match.start()) for match in _WORD.finditer(text))


def first_words(phrases: Iterable[str]) -> frozenset[str]:
    """Give the first words of phrases, in small letters.

    >>> sorted(first_words(["pointed out", "Said"]))
    ['pointed', 'said']
    """
    found = (_WORD.match(phrase) for phrase in phrases)
    return frozenset(match.group().lower() for match in found if match is not None)


def matches(
    pattern: re.Pattern[str], text: str, firsts: frozenset[str], *, figures: bool = False
) -> Iterator[re.Match[str]]:
    r"""Yield what ``pattern.finditer`` yields, for a pattern that begins with one of some words.

    Parameters
    ----------
    firsts
        The words, in small letters.
    figures
        Whether it may begin with a figure as well.

    Examples
    --------
    >>> late = re.compile(r"\blate March\b|\b\d+ days")
    >>> found = matches(late, "of late, late March or 9 days", frozenset(["late"]), figures=True)
    >>> [one.group() for one in found]
    ['late March', '9 days']
    """
    end = 0
    for word, place in words_of(text):
        if place >= end and (word in firsts or (figures and word[0].isdigit())):
            match = pattern.match(text, place)
            if match is not None:
                yield match
                end = match.end()
