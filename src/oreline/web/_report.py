"""The report: a chain's brief as one HTML file that needs nothing from anywhere else."""

from __future__ import annotations

from importlib.resources import files

from oreline.ask import Brief
from oreline.model import Chain
from oreline.web._map import chain_map
from oreline.web._parts import contents, path_figure, safe, section_block
from oreline.web._sankey import plotly_script, sankey_figure

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
)
"""What the browser may load for the page: nothing from any network."""


def report_html(brief: Brief, chain: Chain) -> str:
    """Return the report.

    The sections stand in the brief's order; the way as reported stands with what is reported, the
    map with the answers, the diagrams with the illustration. The same brief gives the same bytes.

    Parameters
    ----------
    brief
        What to tell.
    chain
        Its places and routes, and the boundary view of the map.
    """
    figures = {
        "reported": path_figure(brief.path),
        "answers": chain_map(chain),
        "illustration": "".join(sankey_figure(flow) for flow in brief.flows),
    }
    body = "".join(
        section_block(section, figures.get(section.id, ""), facts_last=section.id == "illustration")
        for section in brief.sections
    )
    needs_plotly = 'class="plotly' in body
    return _page(
        brief.title,
        f'<header><p class="kicker">oreline report</p><h1>{safe(brief.title)}</h1>'
        f"{_key()}{contents(brief.sections)}</header><main>{body}</main>{_footer(brief)}",
        plotly_script() if needs_plotly else "",
    )


def _page(title: str, body: str, script: str) -> str:
    data = files("oreline.web").joinpath("data")
    style = "".join(data.joinpath(name).read_text("utf-8") for name in ("parts.css", "report.css"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<link rel="icon" href="data:,">'
        f"<title>{safe(title)}</title><style>{style}</style>{script}</head>"
        f"<body>{body}</body></html>\n"
    )


def _key() -> str:
    """Return what the tags of a basis mean."""
    tags = (
        ("measured", "read from the ledger or an instrument"),
        ("reported", "somebody published it"),
        ("contested", "sources contradict each other"),
        ("unknown", "nobody has said"),
        ("assumed", "invented for the illustration"),
    )
    items = "".join(
        f'<li><span class="tag tag-{kind}">{"UNKNOWN" if kind == "unknown" else kind}</span> '
        f"{safe(text)}</li>"
        for kind, text in tags
    )
    return f'<ul class="key" aria-label="How things are known">{items}</ul>'


def _footer(brief: Brief) -> str:
    moment = f" as of {safe(brief.as_of)}" if brief.as_of else ""
    return (
        f"<footer><p>Chain <code>{safe(brief.chain)}</code>, ledger "
        f"<code>{safe(brief.ledger)}</code>{moment}. Made with oreline; this file loads nothing "
        "from any network. Outlines: Natural Earth, public domain.</p></footer>"
    )
