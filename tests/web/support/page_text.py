"""Reads a page: what a person sees of it, and what it would load."""

from __future__ import annotations

from html.parser import HTMLParser

ROWS = frozenset({"tr", "dd", "dt", "p", "li", "h1", "h2", "caption", "figcaption", "summary"})
LOADING = frozenset({"src", "href", "srcset", "data", "poster", "action", "xlink:href"})


class Page(HTMLParser):
    """The lines of a page by section (a table row is one line), its links, its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self._section = ""
        self._hidden = 0
        self._text = ""
        self.feed(text)
        self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in LOADING and value is not None]
        if tag in {"script", "style"}:
            self._hidden += 1
        if tag in ROWS:
            self._end()
        if tag == "section":
            self._end()
            self._section = given.get("id") or ""
        if given.get("aria-label"):
            self.lines.append((self._section, str(given["aria-label"])))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._hidden -= 1
        if tag in ROWS | {"section"}:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._text += data + " "

    def _end(self) -> None:
        text = " ".join(self._text.split())
        self._text = ""
        if text:
            self.lines.append((self._section, text))
