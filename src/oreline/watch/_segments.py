"""What of a text is headline, body, heading, furniture and boilerplate; and its sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

HEADING_CHARS_MAX: Final = 110
"""A longer line is no headline or heading."""

TITLE_CHARS_MORE: Final = 90
"""How much longer a line may be whose words all begin with capitals."""

SENTENCE_CHARS_MAX: Final = 1_500
"""What is longer without a full stop is a table or a list of names: it is not read as one."""

_FURNITURE: Final = re.compile(
    r"[\W\d_]*%?[\W\d_]*$"
    r"|(?:listen to the news|read (?:next|more|also)|also read|image via|photo(?: by| credit|:)"
    r"|getty images|share this|sign up|subscribe|advertisement|loading|click here|follow us"
    r"|cookie|all rights reserved|copyright|©|tags?:|related:|more from|print this|e-?mail this)\b",
    re.IGNORECASE,
)
_BOILERPLATE_HEAD: Final = re.compile(
    r"(?:about [A-Z].{0,80}|forward[- ]looking statements?.{0,60}|cautionary (?:note|statement).*"
    r"|(?:media|investor|press|company) (?:contacts?|relations|enquiries|inquiries).{0,40}"
    r"|contacts?:?|disclaimer|safe harbou?r.*|source:? .{0,60}|notes? to editors)$",
    re.IGNORECASE,
)
_BOILERPLATE: Final = re.compile(
    r"(?:disclaimer:|this (?:news |press )?release (?:contains|includes)"
    r"|(?:certain )?statements? (?:in|contained in) this|forward[- ]looking statements?"
    r"|neither the .{0,60}exchange nor|this (?:content|article|story) was (?:partially |partly )?"
    r"(?:produced|generated|written|created)|(?:reporting|editing|writing) by [A-Z])",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(r"[.!?:;][\"”’')\]]*\s*$")
_STOP: Final = re.compile(r"[.!?][\"”’')\]]*(?=\s+[\"“‘'(\[]*[A-Z0-9À-Þ])")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\"“‘])(?:[A-Z]|[A-Z]\.(?:[A-Z]\.)*[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sen|Rep|Gov|Hon"
    r"|St|Mt|No|Nos|vs|Inc|Ltd|Corp|Co|Pty|Bros|Rs|approx|ca|Fig|Sec|Art"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|a\.m|p\.m|e\.g|i\.e|[A-Z]\.[A-Z]\.[A-Z])$"
)
_OPENERS: Final = frozenset(
    [
        "The", "It", "In", "This", "That", "These", "Those", "A", "An", "He", "She", "They",
        "We", "On", "At", "But", "And", "As", "For", "Under", "Its", "His", "Her", "Their",
        "However", "Meanwhile", "Last", "Earlier", "Shares", "Analysts", "If", "When",
        "While",
    ]
)  # fmt: skip
_SMALL: Final = frozenset(
    [
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "it",
        "its", "nor", "of", "off", "on", "or", "over", "per", "so", "the", "to", "up",
        "via", "vs", "with", "says", "said",
    ]
)  # fmt: skip
_QUOTED: Final = re.compile(
    r"“[^“”\"\n]{2,1500}[”\"]"
    r"|“[^“”]{2,1500}”"
    r"|\"[^\"“”\n]{2,1500}\""
    r"|“[^“”\n]{2,1500}(?=\n|$)"
    r"|(?:(?<=\s)|(?<=^))'(?=[A-Z])(?:[^'\n]|'(?=\w)){20,900}[,.!?]'(?!\w)"
    r"|(?<![\w’'])‘[^‘\n]{12,600}’(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its place in the text, what it is part of, and what of it is quoted."""

    start: int
    end: int
    text: str
    segment: str
    paragraph: int
    quotes: tuple[tuple[int, int], ...]

    def is_quoted(self, place: int) -> bool:
        """Return whether a place of the text lies in quotation marks."""
        return any(first <= place < last for first, last in self.quotes)


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    segment: str


def is_heading(line: str) -> bool:
    """Return whether a line is a headline or a heading: short, without a full stop.

    >>> is_heading("Rare Earth Stocks In Focus"), is_heading("Tin was little changed.")
    (True, False)
    """
    line = line.strip()
    if not line or len(line) > HEADING_CHARS_MAX + (TITLE_CHARS_MORE if is_title(line) else 0):
        return False
    if _ENDS.search(line) and not (line.endswith("?") and is_title(line)):
        return False
    return any(mark.isalpha() for mark in line)


def sentences(text: str) -> list[Sentence]:
    """Give the sentences of a text with their places; furniture and boilerplate are left out.

    >>> [one.text for one in sentences("U.S. Strategic Metals paid. It was $1.5 m, Mr. A said.")]
    ['U.S. Strategic Metals paid.', 'It was $1.5 m, Mr. A said.']
    """
    quotes = [found.span() for found in _QUOTED.finditer(text)]
    starts = [first for first, _ in quotes]
    result: list[Sentence] = []
    for number, block in enumerate(_blocks(text)):
        if block.segment in ("furniture", "boilerplate"):
            continue
        for start, end in _split(text, block):
            if not 0 < end - start <= SENTENCE_CHARS_MAX:
                continue
            at = max(0, bisect_right(starts, start) - 1)
            inside = []
            while at < len(quotes) and quotes[at][0] < end:
                if quotes[at][1] > start:
                    inside.append(quotes[at])
                at += 1
            result.append(
                Sentence(start, end, text[start:end], block.segment, number, tuple(inside))
            )
    return result


def headline(text: str) -> tuple[int, int] | None:
    """Give the place of the headline, None if the text begins with a sentence."""
    for block in _blocks(text):
        if block.segment == "headline":
            return block.start, block.end
        if block.segment == "body":
            return None
    return None


_BULLET: Final = re.compile(r"[•▪●‣∙·*–—-]\s|\(?\d{1,2}[.)]\s")
_DATED: Final = re.compile(r"\s*date (?:19|20)\d\d-\d\d-\d\d\s+")


def _blocks(text: str) -> Iterator[_Block]:
    seen_body = seen_headline = in_boilerplate = False
    for start, end in _paragraphs(text):
        # What a crawler glued before the headline is no part of it.
        glued = _DATED.match(text, start, end)
        if glued and not seen_body:
            start = glued.end()
        words = text[start:end].strip()
        if not words or _FURNITURE.match(words):
            yield _Block(start, end, "furniture")
            continue
        is_first = not seen_body and not seen_headline
        if is_heading(words) or (is_first and _is_first_line(words)):
            in_boilerplate = bool(_BOILERPLATE_HEAD.match(words))
            if in_boilerplate:
                yield _Block(start, end, "boilerplate")
            elif seen_body or seen_headline:
                yield _Block(start, end, "heading")
            else:
                seen_headline = True
                yield _Block(start, end, "headline")
            continue
        if in_boilerplate or _BOILERPLATE.match(words):
            yield _Block(start, end, "boilerplate")
            continue
        seen_body = True
        yield _Block(start, end, "body")


def _is_first_line(line: str) -> bool:
    """Return whether a first line is a headline: longer than others may be, without a full stop."""
    if len(line) > HEADING_CHARS_MAX + TITLE_CHARS_MORE:
        return False
    return not _ENDS.search(line) and not _STOP.search(line)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Give runs of lines that belong together: lines that an editor wrapped are one paragraph."""
    start: int | None = None
    at = 0
    before = ""
    for line in text.splitlines(keepends=True):
        words = line.strip()
        if not words:
            if start is not None:
                yield start, at
            start = None
        elif start is None:
            start = at
        elif not _goes_on(before, words):
            yield start, at
            start = at
        at += len(line)
        before = words
    if start is not None:
        yield start, at


def _goes_on(before: str, line: str) -> bool:
    if _BULLET.match(line):
        return False
    if line[0].islower():
        return True
    if len(before) < 50 or _ENDS.search(before):
        return len(before) >= 50 and len(before) <= 100 and not is_heading(before)
    return not is_title(before)


def is_title(line: str) -> bool:
    """Return whether nearly every long word begins with a capital, as in headlines.

    >>> is_title("Pakistan Sends First Batch Of Rare Earth Elements To US In $500 Million Deal")
    True
    """
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", line) if word.lower() not in _SMALL]
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= 0.85 * len(words)


def _split(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    start, end = _trimmed(text, block.start, block.end)
    if block.segment != "body":
        yield start, end
        return
    at = start
    for stop in _STOP.finditer(text, start, end):
        before = text[max(at, stop.start() - 14) : stop.start()]
        if text[stop.start()] == "." and _ABBREVIATION.search(before):
            following = re.match(r"\s+[\"“‘'(]*([A-Za-z]+)", text[stop.end() : stop.end() + 30])
            is_open = following is not None and following.group(1) in _OPENERS
            if not (is_open and re.search(r"[A-Z]\.[A-Z]$|(?:Inc|Ltd|Corp|Co|a\.m|p\.m)$", before)):
                continue
        yield _trimmed(text, at, stop.end())
        at = stop.end()
    if at < end:
        yield _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
