"""The Sankey diagram of an element: how much went from which material to which."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from oreline.ask import ElementFlow, Table
from oreline.model import mass_text
from oreline.web._parts import safe, table_block

SMALLEST_SHARE = 0.002
"""Links below this share of the largest are left to the table; they would be hairlines."""
_NODE_COLOURS = {
    "unaccounted": "#b45309",
    "declared loss": "#9a3412",
    "next processor: UNKNOWN": "#94a3b8",
}
_COLOURS = ("#0f766e", "#1d4ed8", "#7c3aed", "#be185d", "#4d7c0f", "#0e7490", "#a16207")


def sankey_figure(flow: ElementFlow) -> str:
    """Return the diagram of an element with its numbers as a table below.

    The page must carry Plotly's JavaScript once; see :func:`plotly_script`.
    """
    shown = _shown(flow)
    if not shown:
        return ""
    title = f"{flow.element} from material to material, {flow.start} to {flow.end} ({flow.basis})"
    identity = f"sankey-{re.sub('[^A-Za-z0-9]', '', flow.element)}"
    drawing = _drawing(flow, identity)
    rows = tuple(
        (_short(link.source), _short(link.target), f"{_tonnes(link.mass_mg)} t", flow.basis)
        for link in flow.links
    )
    numbers = Table(
        f"{identity}-numbers",
        f"{flow.element}: the numbers of the diagram",
        ("From", "To", "Metal", "Basis"),
        rows,
        (2,),
        is_detail=True,
    )
    largest = "; ".join(f"{row[0]} to {row[1]} {row[2]} {row[3]}" for row in rows[:3])
    return (
        f'<figure class="sankey"><figcaption>{safe(title)}</figcaption>'
        f'<div class="scroll" role="img" aria-label="{safe(f"{title}. Largest: {largest}.")}">'
        f"{drawing}</div>{table_block(numbers)}</figure>"
    )


def _shown(flow: ElementFlow) -> list[tuple[str, str, int]]:
    largest = max((link.mass_mg for link in flow.links), default=0)
    return [
        (link.source, link.target, link.mass_mg)
        for link in flow.links
        if link.mass_mg >= largest * SMALLEST_SHARE
    ]


def _drawing(flow: ElementFlow, identity: str) -> str:
    figure = sankey_chart(flow.element, flow.basis, _shown(flow))
    html: str = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=identity,
        config={"displayModeBar": False, "responsive": True},
    )
    return html


def sankey_chart(
    element: str, basis: str, links: Sequence[tuple[str, str, int]], known: Sequence[str] = ()
) -> Any:
    """Return the diagram as a Plotly figure; links are (from, to, milligrams).

    Names of ``known`` have the same colour in every diagram that is given them, whatever else is
    in it.
    """
    import plotly.graph_objects as go

    names = list(dict.fromkeys(name for source, target, _ in links for name in (source, target)))
    colours = {
        name: _NODE_COLOURS.get(name, _COLOURS[number % len(_COLOURS)])
        for number, name in enumerate(dict.fromkeys((*known, *names)))
    }
    hover = f"%{{source.label}} → %{{target.label}}<br>%{{value:.1f}} t {element} {basis}"
    trace = go.Sankey(
        arrangement="snap",
        node={
            "label": [_short(name) for name in names],
            "color": [colours[name] for name in names],
            "pad": 22,
            "thickness": 16,
            "line": {"width": 0},
            "hovertemplate": f"%{{label}}<br>%{{value:.1f}} t {element} {basis}<extra></extra>",
        },
        link={
            "source": [names.index(source) for source, _, _ in links],
            "target": [names.index(target) for _, target, _ in links],
            # Rounded, so that the page is the same on every machine.
            "value": [round(mass / 1e9, 3) for _, _, mass in links],
            "color": [_faded(colours[source]) for source, _, _ in links],
            "hovertemplate": f"{hover}<extra></extra>",
        },
    )
    return go.Figure(trace, layout=_layout())


def _layout() -> Mapping[str, Any]:
    return {
        "template": "none",
        "height": 380,
        "margin": {"l": 8, "r": 8, "t": 12, "b": 12},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": "#1f2937"},
    }


def plotly_script() -> str:
    """Return Plotly's JavaScript, to stand once in the page."""
    from plotly.offline import get_plotlyjs

    return f"<script>{get_plotlyjs()}</script>"


def _short(name: str) -> str:
    """Return a name without the words that the diagram's title says for all of them.

    >>> _short("antimony ore (assumed)")
    'antimony ore'
    """
    return re.sub(r"\s*\((assumed|invented)\)", "", name)


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"


def _tonnes(mass_mg: int) -> str:
    whole, _, part = mass_text(mass_mg).partition(".")
    return f"{int(whole):,}.{part[:3]:0<3}"
