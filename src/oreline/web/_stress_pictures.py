"""Pictures that are pasted into a brief: shown as they are saved, as SVG, PNG and numbers."""

from __future__ import annotations

from markupsafe import Markup

from oreline.web._blocks import h
from oreline.web._frame import Visit, markup

PICTURE_SCRIPT = '<script src="/static/brief.js" defer></script>'
"""What saves pictures as PNG: a page puts it into its head before the page is sent."""


def show_picture(visit: Visit, svg: str, address: str, name: str, numbers: str) -> None:
    """Put a picture on the page with what one can take away of it.

    Parameters
    ----------
    svg
        The picture, as ``oreline.api`` drew it: its text is escaped there.
    address
        Where the same picture is given as a file.
    name
        What the files are called.
    numbers
        Where its numbers are given as a table.
    """
    t = visit.t
    links = h(
        '<p class="no-print"><a class="btn quiet small" href="{svg}" download="{name}.svg">SVG</a> '
        '<button class="btn quiet small" data-png="{svg}" data-name="{name}.png">PNG</button> '
        '<a class="btn quiet small" href="{numbers}">{words}</a></p>',
        svg=address,
        name=name,
        numbers=numbers,
        words=t("Its numbers as CSV"),
    )
    drawn = Markup(svg)  # noqa: S704 - drawn by us; every text in it is escaped
    markup(
        h(
            '<figure class="brief"><div class="scroll" tabindex="0" role="region" '
            'aria-label="{}">{}</div>{}</figure>',
            t("Picture"),
            drawn,
            links,
        )
    )
