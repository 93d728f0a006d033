"""Pages that are plain documents, with a policy that allows no script: the report, a public lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from oreline.api import (
    PLAIN_POLICY,
    NotFoundError,
    Problem,
    Right,
    chain_of,
    public_lot,
    require,
    service_of,
    told_brief,
)
from oreline.model import share_range, text_range
from oreline.web._blocks import facts, h, joined
from oreline.web._report import POLICY, report_html
from oreline.web._strings import LANGUAGES, translator


def add_plain_pages(app: FastAPI) -> None:
    """Add the report and the public page of a lot."""

    @app.get("/report", include_in_schema=False)
    def report(request: Request) -> Response:
        """Give the report of the chain as one file."""
        person = require(request, Right.READ)
        view = service_of(request).desk.view(person)
        page = report_html(told_brief(view), chain_of(view))
        headers = {"Content-Security-Policy": POLICY}
        name = view.reading.ledger.header.id
        headers["Content-Disposition"] = f'inline; filename="{name}-report.html"'
        return HTMLResponse(page, headers=headers)

    @app.get("/p/{lot:path}", include_in_schema=False)
    def public(request: Request, lot: str) -> Response:
        """Show what the owner of a lot has made public, to anybody."""
        try:
            told = public_lot(service_of(request).desk, lot[:130])
        except NotFoundError as error:
            return _document("Not found", h("<p>{}</p>", str(error)), 404)
        return _document(lot, _public(told))


def _public(told: Mapping[str, Any]) -> Markup:
    pairs: list[tuple[str, object]] = []
    if "material" in told:
        material = told["material"]
        pairs.append(("Material", material["material_name"] or "not stated"))
        pairs.append(("Form", material["form"] or "not stated"))
        pairs.append(("HS code", material["hs_code"] or "not stated"))
    if "dry" in told:
        dry = told["dry"]
        pairs.append(("Dry mass", f"{text_range(dry['low'], dry['high'], 'kg')} ({dry['basis']})"))
    for item in told.get("composition", ()):
        grade = item["grade_percent"]
        said = "UNKNOWN" if grade is None else f"{grade} % ({item['basis']})"
        pairs.append((f"Content of {item['element']}", said))
    for item in told.get("origins", ()):
        said = "; ".join(
            f"{row['country']} {share_range(row['share_low'], row['share_high'])}"
            for row in item["countries"]
        )
        pairs.append((f"Origin of {item['element']}", said))
    pairs.extend((step["time"][:10], step["kind"]) for step in told.get("custody", ()))
    pairs.extend((str(item["what"]), item["sha256"]) for item in told.get("documents", ()))
    foot = h(
        '<p class="foot">Shown as its owner released it: {}. From the log {} with {} entries, root '
        "{}. Unaltered is not the same as true.</p>",
        ", ".join(told["aspects"]),
        told["log"],
        told["size"],
        told["root"],
    )
    return joined((facts(pairs), foot))


def unreachable(problem: Problem, language: str) -> HTMLResponse:
    """Return what a browser is told where nobody could be looked up: the store is busy or away."""
    t = translator(LANGUAGES.get(language, LANGUAGES["en"]).code)
    body = h(
        '<p class="wrong" role="alert">{}</p><p>{}</p>',
        t(problem.title),
        t("Nothing was changed. Load the page again in a moment."),
    )
    found = _document(t("Not now"), body, problem.status)
    found.headers["Retry-After"] = "5"
    return found


def _document(title: str, body: Markup, status: int = 200) -> HTMLResponse:
    page = h(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><title>{title} · oreline</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/parts.css">'
        '<link rel="stylesheet" href="/static/plain.css"></head><body><main>'
        '<p class="brand">oreline</p><h1>{title}</h1>{body}</main></body></html>',
        title=title,
        body=body,
    )
    return HTMLResponse(str(page), status, {"Content-Security-Policy": PLAIN_POLICY})
