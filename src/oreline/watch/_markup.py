"""HTML as a tree: what a reader does not see is cut off, what is left becomes text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNSEEN: Final = (
    "//script | //style | //noscript | //template | //iframe | //svg | //object | //embed | //form"
    " | //*[@hidden] | //*[@aria-hidden='true']"
    " | //*[contains(translate(@style, ' ', ''), 'display:none')]"
    " | //*[contains(translate(@style, ' ', ''), 'visibility:hidden')]"
    " | //*[contains(translate(@style, ' ', ''), 'font-size:0')]"
    " | //comment()"
)
_BLOCKS: Final = frozenset(
    [
        "p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol",
        "blockquote", "tr", "table", "section", "article",
    ]
)  # fmt: skip


def tree_of(page: str) -> HtmlElement | None:
    """Give a page as a tree without what its reader does not see; None if it has no elements."""
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(page.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    for element in tree.xpath(_UNSEEN):
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def plain(body: str) -> str:
    r"""Give HTML as text, paragraphs apart.

    >>> plain("<p>One &amp; two.</p><p>Three.</p><script>x()</script>")
    'One & two.\n\nThree.'
    """
    if "<" not in body:
        from html import unescape

        return unescape(body).strip()
    tree = tree_of(body)
    if tree is None:
        return ""
    text = _inline(tree)
    return re.sub(r"[ \t]*\n\s*", "\n\n", text).strip()


def _inline(tree: HtmlElement) -> str:
    """Give the text of a tree in order, a blank line at each block."""
    parts: list[str] = []
    waiting: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while waiting:
        element, is_left = waiting.pop()
        is_block = element.tag in _BLOCKS
        if is_left:
            parts.append("\n\n" if is_block else "")
            parts.append((element.tail or "").replace("\n", " "))
            continue
        parts.append("\n\n" if is_block else "")
        parts.append((element.text or "").replace("\n", " "))
        waiting.append((element, True))
        waiting.extend((child, False) for child in reversed(element))
    return "".join(parts)
