"""Words of the shelf: how text is folded for the index, and how a question becomes a query.

Both databases get the same words, folded here, so that both find the same: letters without accents,
in small, with the English plural taken off. A question is parsed here too, and only letters and
digits of it reach a database: no syntax of either can be typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from oreline.model import InputError

QUESTION_CHARS_MAX: Final = 400
"""The longest question."""
QUESTION_WORDS_MAX: Final = 24
"""The most words of a question."""
WORD_CHARS_MAX: Final = 64
"""A longer run of letters is a key or a hash; its beginning is looked for."""
_WORD: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<bare>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand next to each other, or must not; the last may be a beginning only."""

    words: tuple[str, ...]
    is_beginning: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: every term must be there, and none of those excluded."""

    terms: tuple[Term, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        """Return the terms that must be there."""
        return tuple(one for one in self.terms if not one.is_excluded)

    def fts5(self) -> str:
        """Return it as SQLite's FTS5 reads it.

        >>> parse_question('"ore lots" anti* -copper').fts5()
        '("ore lot" AND "anti"*) NOT "copper"'
        """
        wanted = " AND ".join(_fts5(one) for one in self.wanted)
        rest = [f" NOT {_fts5(one)}" for one in self.terms if one.is_excluded]
        return f"({wanted})" + "".join(rest)

    def tsquery(self) -> str:
        """Return it as PostgreSQL's tsquery reads it.

        >>> parse_question('"ore lots" anti* -copper').tsquery()
        "('ore' <-> 'lot') & ('anti':*) & !('copper')"
        """
        parts = []
        for one in (*self.wanted, *(one for one in self.terms if one.is_excluded)):
            ends = ["", *([":*"] if one.is_beginning else [""])]
            words = " <-> ".join(
                f"'{word}'{ends[at == len(one.words) - 1]}" for at, word in enumerate(one.words)
            )
            parts.append(f"{'!' if one.is_excluded else ''}({words})")
        return " & ".join(parts)

    def places(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where words that are looked for stand in a text, each as (start, end).

        >>> parse_question("ores").places("The ore and the órés")
        ((4, 7), (16, 20))
        """
        tokens = list(_tokens(text))
        words = [word for word, _, _ in tokens]
        found: set[tuple[int, int]] = set()
        for term in self.wanted:
            size = len(term.words)
            for at in range(len(words) - size + 1):
                if _fits(term, words[at : at + size]):
                    found.update((start, end) for _, start, end in tokens[at : at + size])
        return tuple(sorted(found))


def _fits(term: Term, words: list[str]) -> bool:
    last = term.words[-1]
    ends = words[-1].startswith(last) if term.is_beginning else words[-1] == last
    return ends and tuple(words[:-1]) == term.words[:-1]


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_beginning else "")


def parse_question(text: str) -> Question:
    """Read a question: words, "phrases in quotation marks", beginnings* and -words not wanted.

    Whatever else stands in it parts words, so that no text is wrong but one without a word.

    Raises
    ------
    InputError
        If there is no word to look for, or the question is too long.
    """
    if len(text) > QUESTION_CHARS_MAX:
        raise InputError(f"a question has at most {QUESTION_CHARS_MAX} characters")
    terms = []
    for part in _PART.finditer(text):
        said = part["bare"] if part["phrase"] is None else part["phrase"]
        is_beginning = part["phrase"] is None and said.endswith("*")
        words = tuple(folded_words(said))
        if is_beginning and words:
            words = (*words[:-1], _folded(_WORD.findall(said)[-1]))
        if words:
            terms.append(Term(words, is_beginning, part["no"] is not None))
    if sum(len(one.words) for one in terms) > QUESTION_WORDS_MAX:
        raise InputError(f"a question has at most {QUESTION_WORDS_MAX} words")
    question = Question(tuple(terms))
    if not question.wanted:
        raise InputError(f"{text!r} has no word to look for")
    return question


def folded_words(text: str) -> list[str]:
    """Return the words of a text as the index keeps them.

    >>> folded_words("Écoles' mines, companies: 500,000 t")
    ['ecole', 'mine', 'company', '500', '000', 't']
    """
    return [word for word, _, _ in _tokens(text)]


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text):
        yield _singular(_folded(match.group())), match.start(), match.end()


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()[:WORD_CHARS_MAX]
    apart = unicodedata.normalize("NFKD", word.casefold())
    # Only letters and digits: a ligature or a sign may fall apart into something else.
    return "".join(_WORD.findall("".join(c for c in apart if not unicodedata.combining(c))))[
        :WORD_CHARS_MAX
    ]


@lru_cache(maxsize=65_536)
def _singular(word: str) -> str:
    """Take the plural off (Harman, 1991, *How effective is suffixing?*, table 1)."""
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]
