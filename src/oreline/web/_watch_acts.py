"""Parts of an event's page that people act on: the ledger beside it, claims attached to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from oreline.api import Right, View, claim_attachment, watch_against, watch_attached
from oreline.model import InputError
from oreline.web._blocks import Column, h, table
from oreline.web._frame import Visit, action, event_link, later, markup, panel
from oreline.web._strings import msg
from oreline.web._watch_parts import slot_text
from oreline.web._writing import written_and_shown

LEDGER_VERDICTS = {
    "agrees": (msg("agrees"), "measured"),
    "contradicts": (msg("contradicts"), "contested"),
    "more than the ledger": (msg("more than the ledger"), "contested"),
    "not in the ledger": (msg("not in the ledger"), "unknown"),
    "UNKNOWN": (msg("UNKNOWN"), "unknown"),
}
"""What the verdicts on claims beside the ledger are called, and their tints."""
SUBJECTS = {
    "lot": msg("Lot"),
    "party": msg("Party"),
    "site": msg("Site"),
    "phase": msg("Phase"),
    "event": msg("Entry"),
}
"""What a claim can be attached to."""
SENTENCE_CHARS = 110


def against_block(visit: Visit, found: Mapping[str, Any]) -> None:
    """Put on the page how the claims of an event stand to the ledger, the gravest first."""
    t = visit.t

    def show(told: Mapping[str, Any]) -> None:
        rows: dict[tuple[str, ...], dict[str, object]] = {}
        for one in told["points"]:
            key = tuple(str(one[name]) for name in ("slot", "verdict", "said", "recorded", "why"))
            words, tint = LEDGER_VERDICTS[one["verdict"]]
            rows[key] = {
                "point": slot_text(one["slot"], t),
                "verdict": h('<span class="tag tag-{}">{}</span>', tint, t(words)),
                "said": h('<span lang="en">{}</span>', one["said"]),
                "recorded": h('<span lang="en">{}</span>', one["recorded"] or t("not stated")),
                "why": h('<span lang="en">{}</span>', one["why"]),
            }
        columns = (
            Column("point", t("Point")),
            Column("verdict", t("Verdict")),
            Column("said", t("Reports say")),
            Column("recorded", t("The ledger has")),
            Column("why", t("Why")),
        )
        empty = t("The ledger has nothing that this can be held against.")
        markup(table(columns, list(rows.values()), empty=empty))

    later(visit, t("Against the ledger"), watch_against, show, found["id"], identity="against")


async def attach_block(visit: Visit, found: Mapping[str, Any]) -> None:
    """Put on the page which claims of an event are attached, and the form that attaches one."""
    t = visit.t
    sentences = {one["sentence"] for one in found["claims"]}
    told = await visit.answer(watch_attached)
    rows = [
        {
            "subject": h("<bdi>{}</bdi>", one["subject"]),
            "sentence": h('<q lang="en">{}</q>', one["sentence"]),
            "actor": one["actor"],
            "now": h('<span lang="en">{}</span>', one["read_now"]),
            "event": event_link(visit, one["event"]),
        }
        for one in told["attached"]
        if one["sentence"] in sentences
    ]
    columns = (
        Column("subject", t("Attached to")),
        Column("sentence", t("Sentence")),
        Column("actor", t("Entered by")),
        Column("now", t("Read now")),
        Column("event", t("Entry")),
    )
    with panel(t("In the ledger"), identity="attached"):
        markup(table(columns, rows, empty=t("No claim of this event is attached to anything.")))
        if visit.may(Right.RECORD) and not (visit.as_of or visit.known_at):
            _form(visit, found)


def _form(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    words = t("What is attached is worth 'reported' and changes no number.")
    markup(h('<p class="hint">{}</p>', words))
    claims = {one["id"]: _short(one["sentence"]) for one in found["claims"]}
    claim = ui.select(claims, label=t("Sentence"), value=next(iter(claims)))
    claim.props("outlined dense").classes("broad")
    kinds = {kind: t(word) for kind, word in SUBJECTS.items()}
    kind = ui.select(kinds, label=t("Attach it to"), value="lot")
    kind.props("outlined dense").classes("broad")
    name = ui.input(t("Its id")).props("outlined dense").classes("broad")
    note = ui.input(t("Why it belongs there")).props("outlined dense").classes("broad")
    said = ui.element("div").props("aria-live=polite")

    def make(view: View) -> dict[str, Any]:
        subject = f"{kind.value}:{(name.value or '').strip()}"
        made = claim_attachment(view, str(claim.value), subject, (note.value or "").strip())
        if isinstance(made, dict):
            return made
        raise InputError(f"{made.actor} attached it to {made.subject} already: {made.event}")

    action(t("Attach"), lambda: written_and_shown(visit, said, make))


def _short(sentence: str) -> str:
    line = " ".join(sentence.split())
    return line if len(line) <= SENTENCE_CHARS else f"{line[:SENTENCE_CHARS]}…"
