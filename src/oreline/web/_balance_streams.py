"""A table of streams of one's own: dropped or typed, reconciled, taken away as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import events, ui

from oreline.api import FileForm, View, frame_bytes, reconciled_table, service_of
from oreline.balance import Reconciliation
from oreline.web._blocks import NOTHING, h
from oreline.web._frame import Visit, action, asked, file_drop, markup, panel
from oreline.web._strings import msg

Render = Callable[[Visit, Mapping[str, Any]], None]
EXAMPLE = """\
stream,from_node,to_node,dry_t,dry_t_u,Cu_pct,Cu_pct_u,basis
feed,,mill,1000,10,2.01,0.03,measured
concentrate,mill,,75,1,24.0,0.2,measured
tailings,mill,,,,0.21,0.01,measured"""
"""An invented mill, to be written over."""
_SUMS = msg("Sums that hold in every stream, such as TREO=La2O3+CeO2")
_EXCLUDE = msg("Leave out, such as feed:dry_t")
_COMMON = msg("In common, such as laboratory:Cu=0.8")


def streams_panel(visit: Visit, show: Render) -> None:
    """Put the panel on the page that reconciles a table of streams."""
    t = visit.t
    with panel(t("Reconcile a table of your own"), identity="table"):
        words = t(
            "One row for each stream: from_node and to_node, dry_t and its standard uncertainty "
            "dry_t_u, grades as Cu_pct and Cu_pct_u, basis. Leave blank what was not measured."
        )
        markup(h('<p class="hint">{}</p>', words))
        box = ui.textarea(t("Rows with the names of the columns first"), value=EXAMPLE)
        box.props("outlined autogrow input-style=font-family:monospace").classes("broad")
        fields = [
            ui.input(t(text)).props("outlined dense").classes("broad")
            for text in (_SUMS, _EXCLUDE, _COMMON)
        ]

        async def compute(data: bytes, name: str) -> None:
            sums, exclude, common = (_parts(str(one.value or "")) for one in fields)

            def ask(view: View) -> Reconciliation:
                return reconciled_table(view, data, name, sums=sums, exclude=exclude, common=common)

            found = await asked(visit, said, ask)
            if found is not None:
                with said:
                    _answer(visit, found, name, show)

        async def take(event: events.UploadEventArguments) -> None:
            await compute(await event.file.read(), event.file.name)

        most = service_of(visit.request).settings.upload_bytes_max
        with ui.row():
            action(
                t("Reconcile the table"),
                lambda: compute(str(box.value or "").encode(), "table"),
            )
        file_drop(t("Or choose a file of streams (.csv, .xlsx)"), take, ".csv,.xlsx", most)
        said = ui.element("div").props("aria-live=polite")


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _answer(visit: Visit, found: Reconciliation, name: str, show: Render) -> None:
    frame = found.to_frame()

    def download(form: FileForm) -> None:
        ui.download.content(frame_bytes(frame, "reconciled", form), f"reconciled.{form}")

    markup(h("<h3>{}</h3>", name) if name != "table" else NOTHING)
    with ui.row():
        action("CSV", lambda _: download("csv"), "quiet small")
        action("Excel", lambda _: download("xlsx"), "quiet small")
    show(visit, found.to_json())
