"""Verify: the state of the log, proofs for strangers, and checks of what others hand over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import orjson
from nicegui import ui

from oreline.api import (
    Right,
    View,
    checked_ledger,
    checked_proof,
    log_state,
    proof_of,
    service_of,
    signed_checkpoint,
    verified,
)
from oreline.web._blocks import callout, facts, finding_list, h, input_field, question_form
from oreline.web._frame import (
    Visit,
    action,
    asked,
    file_drop,
    head,
    later,
    markup,
    page,
    panel,
)


@page("/verify", "Verify")
async def verify_page(visit: Visit) -> None:
    """Show the log's state and everything that can be checked."""
    t = visit.t
    head(
        t("Verify"),
        t("Unaltered since the checkpoint you kept: that can be proved. True is another thing."),
    )
    state = await visit.answer(log_state)
    with panel(t("The log now")):
        markup(
            facts(
                (
                    (t("Entries"), f"{state['size']:,}"),
                    (t("Root"), h("<code>{}</code>", state["root"])),
                    (t("Ledger"), f"{state['id']} ({t(state['tense'])})"),
                )
            )
        )
        words = t(
            "The root is one number computed of every entry: whoever changes an entry changes it. "
            "A checkpoint is the root with a signature; keep one where nobody here can reach it."
        )
        markup(h('<p class="hint">{}</p>', words))
        if visit.may(Right.AUDIT):
            _checkpoint(visit)
    _verify_own(visit)
    await _prove(visit)
    _foreign(visit)


def _checkpoint(visit: Visit) -> None:
    t = visit.t
    said = ui.element("div")

    async def sign() -> None:
        found = await asked(visit, said, signed_checkpoint, dict(os.environ))
        if found is None:
            return
        with said:
            markup(
                callout(t("Keep this elsewhere: in your own hands it proves something."), "good")
            )
            markup(h('<pre class="letter card">{}</pre>', found["note"]))
            markup(h("<p>{}: <code>{}</code></p>", t("Verifier key"), found["verifier"]))
        ui.download.content(found["note"], f"{found['id']}-checkpoint-{found['size']}.txt")

    action(t("Sign a checkpoint and download it"), sign)


def _note_fields(visit: Visit) -> tuple[Any, Any]:
    t = visit.t
    note = ui.textarea(t("The checkpoint that you kept")).props("outlined dense autogrow")
    key = ui.input(t("Public key of the log, as given with the checkpoint")).props("outlined dense")
    return note.classes("broad"), key.classes("broad")


def _verify_own(visit: Visit) -> None:
    t = visit.t
    with panel(t("Has anything been changed?"), identity="own"):
        markup(
            h(
                '<p class="hint">{}</p>',
                t("Without a checkpoint from elsewhere this proves internal consistency only."),
            )
        )
        note, key = _note_fields(visit)
        said = ui.element("div").props("aria-live=polite")

        def ask(view: View) -> dict[str, Any]:
            return verified(view, note.value or None, key.value or None)

        async def run() -> None:
            said.clear()
            with said:
                later(visit, t("What was found"), ask, lambda found: show_report(visit, found))

        action(t("Verify every entry"), run)


def show_report(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show what a verification found."""
    t = visit.t
    if not found["ok"]:
        where = f"{found['first_bad_seq']} ({found['first_bad_id'] or t('gone')})"
        markup(
            callout(t("NOT VERIFIED. First that differs: position {where}.", where=where), "bad")
        )
    elif found["checkpoint_size"] is None:
        markup(
            callout(
                t("Consistent in itself; nothing outside of the ledger vouches for it."), "warn"
            )
        )
    else:
        markup(
            callout(
                t("VERIFIED against the checkpoint of {n} entries.", n=found["checkpoint_size"]),
                "good",
            )
        )
    markup(finding_list(found["findings"], t))
    for line in found["proved"]:
        markup(h("<p>✓ {}</p>", line))
    for line in found["not_proved"]:
        markup(h("<p>– {}</p>", line))


async def _prove(visit: Visit) -> None:
    t = visit.t
    identity = visit.given("event")
    with panel(t("Prove one entry to a stranger"), identity="prove"):
        field = input_field("event", t("The id of the entry"), identity)
        markup(question_form("/verify", (field,), t("Prove it")))
        if not identity:
            return
        found = await asked(visit, ui.element("div"), proof_of, identity)
        if found is None:
            return
        proof = found["proof"]
        markup(
            callout(
                t(
                    "{event} is at position {seq} of {size} entries, shown by {n} hashes.",
                    event=identity,
                    seq=proof["seq"],
                    size=proof["size"],
                    n=len(proof["path"]),
                ),
                "good",
            )
        )
        data = orjson.dumps(
            {"proof": proof, "event_bytes": found["event_bytes"]}, option=orjson.OPT_INDENT_2
        )
        action(
            t("Download the proof"),
            lambda: ui.download.content(data, f"proof-{proof['seq']}.json"),
            "quiet",
        )
        markup(h('<p class="hint">{} <code>{}</code></p>', t("For the root"), found["root"]))


def _foreign(visit: Visit) -> None:
    """Put the check of somebody else's proof or ledger on the page."""
    t = visit.t
    with panel(t("Check what somebody gave you"), identity="foreign"):
        markup(
            h(
                '<p class="hint">{}</p>',
                t("A proof (.json) or a whole ledger (.db), against their signed checkpoint."),
            )
        )
        note, key = _note_fields(visit)
        said = ui.element("div").props("aria-live=polite")

        async def take(event: Any) -> None:
            name, data = event.file.name, await event.file.read()

            def ask(_view: View) -> dict[str, Any]:
                if name.lower().endswith(".json"):
                    return checked_proof(data, note.value or "", key.value or "")
                return checked_ledger(data, note.value or None, key.value or None)

            found = await asked(visit, said, ask)
            if found is None:
                return
            with said:
                _show_foreign(visit, name, found)
            drop.reset()

        most = service_of(visit.request).settings.upload_bytes_max
        drop = file_drop(t("Choose a proof or a ledger, or drop it here"), take, ".json,.db", most)


def _show_foreign(visit: Visit, name: str, found: Mapping[str, Any]) -> None:
    t = visit.t
    if "findings" in found:
        show_report(visit, found)
        return
    words = t(
        "{name} holds: the entry is in the log {log} of {size} entries.",
        name=name,
        log=found["log"],
        size=found["size"],
    )
    markup(callout(words, "good"))
    told = orjson.dumps(found["event"], option=orjson.OPT_INDENT_2).decode()
    markup(h('<pre class="letter card">{}</pre>', told))
