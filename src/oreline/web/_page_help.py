"""Help: the documentation, inside; the same files that lie in the repository."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from markupsafe import Markup

import oreline
from oreline.api import NotFoundError
from oreline.web._blocks import empty_state, h
from oreline.web._frame import Visit, head, markup, page

START = "index.md"
SUFFIX = ".md"


def docs_folder() -> Path | None:
    """Return where the documentation lies: in the package or the checkout; None if nowhere."""
    package = Path(oreline.__file__).parent
    for folder in (package / "docs", package.parents[1] / "docs"):
        if (folder / START).is_file():
            return folder
    return None


@page("/help", "Help")
async def help_page(visit: Visit) -> None:
    """Show the first page of the documentation."""
    _show(visit, START)


@page("/help/{place:path}", "Help")
async def help_part(visit: Visit) -> None:
    """Show one page of the documentation."""
    place = str(visit.request.path_params["place"])
    _show(visit, place if place.endswith(SUFFIX) else f"{place}{SUFFIX}")


def _show(visit: Visit, place: str) -> None:
    t = visit.t
    folder = docs_folder()
    if folder is None:
        text = t("The documentation comes with the source of oreline, not with this installation.")
        markup(empty_state(t("No documentation here"), text))
        return
    path = (folder / place).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotFoundError(f"there is no page {place} in the documentation")
    if place != START:
        markup(h('<p><a href="/help">← {}</a></p>', t("All of the documentation")))
    text = path.read_text(encoding="utf-8")
    title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), place)
    head(title)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    markup(h('<article class="prose">{}</article>', rendered(body, place)))


def rendered(text: str, place: str) -> Markup:
    """Return Markdown as HTML; HTML in it is shown as text, links to other pages stay inside."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = _inside(str(child.attrs.get("href", "")), place)
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 - html is off


def _inside(target: str, place: str) -> str:
    """Return where a link of a page leads within the help.

    >>> _inside("../findings/ORL-0100.md", "reference/events.md")
    '/help/findings/ORL-0100.md'
    """
    path, _, anchor = target.partition("#")
    if "://" in target or not path.endswith(SUFFIX):
        return target
    parts: list[str] = []
    for part in (PurePosixPath(place).parent / path).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return f"/help/{'/'.join(parts)}" + (f"#{anchor}" if anchor else "")
