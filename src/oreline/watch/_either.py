"""One of many words as a quick pattern: words that begin alike are told apart letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterable

Node = dict[str, "Node"]
_END = ""


def either(words: Iterable[str]) -> str:
    """Give a pattern that matches any of some words, the longest that fits.

    It finds what ``"|".join`` of the words finds where the longest come first, and looks at each
    letter of a text once instead of once for every word.

    >>> either(["million", "mln", "millions", "bn"])
    '(?:bn|m(?:illion(?:s)?|ln))'
    """
    root: Node = {}
    for word in words:
        node = root
        for letter in word:
            node = node.setdefault(letter, {})
        node[_END] = {}
    return _pattern(root)


def _pattern(node: Node) -> str:
    branches = [
        re.escape(letter) + _pattern(rest) for letter, rest in sorted(node.items()) if letter
    ]
    if not branches:
        return ""
    if _END in node:
        return f"(?:{'|'.join(branches)})?"
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
