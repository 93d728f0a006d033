"""Sealing in the browser, and opening: what a party does in an exchange of assays.

The results are hashed where they are typed (``seal.js``, WebCrypto) and never sent to be sealed:
whoever runs the server may be the other party. The inputs are plain markup, so that the toolkit
does not send what is typed either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import View, appended, exchange_opening, exchange_sealing
from oreline.settle import SCHEME, STATEMENT_MAX, Side
from oreline.web._blocks import callout, h, joined
from oreline.web._frame import Visit, action, asked, file_drop, markup, panel
from oreline.web._strings import Translate, msg
from oreline.web._writing import whole_event, written_and_shown

SEAL_SCRIPT = '<script src="/static/seal.js" defer></script>'
"""Stands in the head of the page whose parts call ``acting``."""
SEAL_S_MAX = 20.0
"""How long a browser may take to make a seal."""
WRONG = {
    "insecure": msg(
        "This browser seals only over HTTPS or on the server's own machine. Use "
        "'oreline settle exchange seal' instead."
    ),
    "number": msg("{analyte}: write digits with a decimal point, such as 28.30."),
    "empty": msg("Write at least one result."),
}


def acting(visit: Visit, found: Mapping[str, Any], side: str) -> None:
    """Put on the page what a side can do next: seal, open, or nothing."""
    t = visit.t
    part: Mapping[str, Any] = next(
        (one for one in found["proof"]["sides"] if one["side"] == side), {}
    )
    if part.get("opening"):
        return
    name = found["parties"][side]
    if not part.get("seal"):
        if found["state"] == "final":
            return
        with panel(t("Seal the results of {party}", party=name), identity=f"seal-{side}"):
            _seal(visit, found, side)
        return
    with panel(t("Open the seal of {party}", party=name), identity=f"open-{side}"):
        _open(visit, found["may_open"][side])


def _seal(visit: Visit, found: Mapping[str, Any], side: str) -> None:
    t = visit.t
    place = f"results-{side}"
    words = t(
        "What you type stays in this browser. Only its hash is sent; a file with your results is "
        "saved on your machine. Without the file nobody can open the seal."
    )
    markup(h('<p class="hint">{}</p>', words))
    markup(_fields(t, found["analytes"], place))
    said = ui.element("div").props("aria-live=polite")
    fixed = {
        "lot": found["lot"],
        "role": side,
        "party": found["parties"][side],
        "contract": found["contract"],
        "scheme": SCHEME,
    }

    async def make() -> None:
        call = f"return await orelineSeal({json.dumps(place)}, {json.dumps(fixed)})"
        made = await ui.run_javascript(call, timeout=SEAL_S_MAX)
        said.clear()
        with said:
            if "error" in made:
                wrong = t(WRONG[made["error"]], analyte=made.get("analyte", ""))
                markup(callout(wrong, "bad"))
                return
            kept = t("Saved as {name}. Keep it, and show it to nobody.", name=made["name"])
            markup(h("<p>{}</p><p><code>{}</code></p>", kept, made["hash"]))
            where = ui.element("div").props("aria-live=polite")
            action(t("I have the file: seal it"), lambda: _enter(visit, fixed, made["hash"], where))

    action(t("Make the seal"), make)


async def _enter(visit: Visit, fixed: Mapping[str, str], digest: str, where: ui.element) -> None:
    def draft(view: View) -> dict[str, Any]:
        side = Side(fixed["role"])
        return exchange_sealing(view, fixed["lot"], side, fixed["contract"], digest)

    await written_and_shown(visit, where, draft)


def _fields(t: Translate, analytes: list[dict[str, Any]], place: str) -> Markup:
    """Return the inputs of results; they have no name, so that no form and no listener has them."""
    names = [(one["analyte"], one["unit"]) for one in analytes if one["analyte"] != "H2O"]
    rows = joined(_row(t, place, name, unit) for name, unit in (*names, ("H2O", "%")))
    more = joined(
        h(
            '<div><label for="{place}-{name}">{label}</label>'
            '<input class="in" id="{place}-{name}" data-part="{name}" autocomplete="off"></div>',
            place=place,
            name=name,
            label=label,
        )
        for name, label in (("laboratory", t("Laboratory")), ("certificate", t("Certificate")))
    )
    return h('<div id="{}" class="fields">{}{}</div>', place, rows, more)


def _row(t: Translate, place: str, analyte: str, unit: str) -> Markup:
    label = t("Moisture, % of the wet mass") if analyte == "H2O" else f"{analyte}, {unit}"
    return h(
        '<div data-analyte="{analyte}" data-unit="{unit}"><label for="{place}-{analyte}">{label}'
        '</label><input class="in" id="{place}-{analyte}" data-part="value" inputmode="decimal" '
        'autocomplete="off"></div>',
        place=place,
        analyte=analyte,
        unit=unit,
        label=label,
    )


def _open(visit: Visit, why_not: str | None) -> None:
    t = visit.t
    if why_not:
        markup(callout(t("Not yet: {why}", why=why_not), "warn"))
        return
    words = t("The file that you kept is sent now: its results enter the ledger for good.")
    markup(h('<p class="hint">{}</p>', words))
    said = ui.element("div").props("aria-live=polite")

    async def take(event: Any) -> None:
        data = await event.file.read()

        def write(view: View) -> dict[str, Any]:
            text = data.decode("utf-8", "replace").removesuffix("\n")
            drafts = exchange_opening(view, text)
            return appended(view, [whole_event(visit, view, one) for one in drafts.values()])

        if await asked(visit, said, write) is not None:
            ui.navigate.reload()
        drop.reset()

    drop = file_drop(t("Choose the file kept from sealing"), take, ".json", 4 * STATEMENT_MAX)
