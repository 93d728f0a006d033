"""The form of an entry: what happened is chosen in plain words, the ledger answers as one types."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from nicegui import ui

from oreline.api import View, appended, service_of, tried
from oreline.exchange import utc_moment
from oreline.model import KINDS
from oreline.web._blocks import NOTHING, callout, finding_list, h, joined
from oreline.web._finding_words import TITLES
from oreline.web._form_fields import Field, body_fields, on_screen, trimmed, with_lot
from oreline.web._form_widgets import Box, Place, Sheet, put_fields
from oreline.web._frame import Visit, action, asked, lot_link, markup, panel
from oreline.web._kinds import GROUPS, SENTENCES
from oreline.web._strings import Translate, msg
from oreline.web._writing import whole_event

CHECK_AFTER_S = 0.35
"""How long nothing is typed before the ledger is asked."""
MISSING = ("ORL-0103", "ORL-0109")
"""What is only not there yet: it is no mistake until somebody wants to record."""
ENVELOPE = (
    Field("time", msg("When it happened"), "moment", required=True),
    Field("site", msg("At which site"), "text", suggested="sites"),
    Field("to_site", msg("Delivered to (site)"), "text", suggested="sites"),
    Field("party", msg("Done by (party)"), "text", suggested="parties"),
    Field("to_party", msg("For or to (party)"), "text", suggested="parties"),
    Field("time_start", msg("When it began"), "moment"),
    Field("external_id", msg("Number of your own paper"), "text"),
    Field("note", msg("Note"), "text"),
)
NEEDED = ("time", "site", "party")
NEEDED_TOO = {
    "dispatch": ("to_site", "to_party"), "transfer": ("to_party",), "money": ("to_party",),
    "process": ("time_start",), "blend": ("time_start",),
}  # fmt: skip
"""What of when, where and who most people need besides, by kind of entry."""
Told = tuple[Box | None, Mapping[str, str]]
"""A finding, and the input that it is about."""


def put_form(visit: Visit) -> None:
    """Put the choice of what happened on the page, and its form once that is chosen."""
    t, kind, lot = visit.t, visit.given("kind"), visit.given("lot")
    if kind not in KINDS or kind == "correct":
        title = t("What happened to {lot}?", lot=lot) if lot else t("What happened?")
        markup(h("<h2>{}</h2>", title)).classes("chosen")
        markup(_what_happened(visit, "")).classes("choose")
        return
    fold = h("<summary>{}</summary>{}", t("Something else happened"), _what_happened(visit, kind))
    markup(h("<h2>{}</h2>", t(SENTENCES[kind])), tag="div").classes("chosen")
    markup(fold, tag="details").classes("choose")
    _put_form(visit, kind)


def _what_happened(visit: Visit, chosen: str) -> Markup:
    """Return the kinds of entry in the words of somebody who does not know them yet."""
    t = visit.t

    def links(kinds: Sequence[tuple[str, str]]) -> Markup:
        return joined(
            h(
                '<li><a href="{}"{} title="{}">{}</a></li>',
                visit.link("/record", part="form", kind=kind, lot=visit.given("lot")),
                Markup(' aria-current="true"') if kind == chosen else NOTHING,
                t(SENTENCES[kind]),
                t(words),
            )
            for kind, words in kinds
        )

    return joined(
        h('<p>{}</p><ul class="chips">{}</ul>', t(words), links(kinds)) for words, kinds in GROUPS
    )


def _put_form(visit: Visit, kind: str) -> None:
    """Put the form of a kind of entry on the page, with the ledger's answer beside it."""
    _Form(visit, kind).put()


class _Form:
    """One form under way: what is typed, what the ledger says of it, what is marked for it."""

    def __init__(self, visit: Visit, kind: str) -> None:
        service = service_of(visit.request)
        self.visit, self.kind = visit, kind
        self.zone = visit.desk.zone
        now = service.clock().astimezone(ZoneInfo(self.zone))
        self.envelope: dict[str, Any] = {"time": now.strftime("%Y-%m-%dT%H:%M")}
        if visit.person.party is not None:
            self.envelope["party"] = visit.person.party
        self.body: dict[str, Any] = with_lot(kind, visit.given("lot"))
        self.mark = service.token_bytes(6).hex()
        self.sheet = Sheet(visit.t, self.zone, self.changed)
        self.waiting: list[asyncio.Task[None]] = []

    def put(self) -> None:
        """Put the fields on the page, and beside them the place of the answer."""
        t = self.visit.t
        needed = (*NEEDED, *NEEDED_TOO.get(self.kind, ()))
        envelope = [replace(one, is_first=one.name in needed) for one in ENVELOPE]
        self.form = ui.element("div").classes("aside")
        with self.form:
            with ui.element("div"):
                with panel(t("What")):
                    put_fields(self.sheet, body_fields(self.kind), self.body, Place(("body",)))
                with panel(t("When, where, who")):
                    put_fields(self.sheet, envelope, self.envelope, Place())
                markup(h('<p class="hint">{}</p>', t("* must be given")))
                action(t("Record it"), self.record)
            with ui.element("aside").classes("panel card sticky").props("aria-live=polite"):
                markup(h("{}", t("What the ledger says")), tag="h2")
                self.answer = ui.element("div")
                with self.answer:
                    markup(h('<p class="hint">{}</p>', t("It checks while you type.")))

    def changed(self) -> None:
        """Ask the ledger as soon as nothing more is typed."""
        for task in self.waiting:
            task.cancel()
        self.waiting[:] = [asyncio.get_event_loop().create_task(self.check())]

    async def check(self) -> None:
        """Show what the ledger says of what stands there now."""
        await asyncio.sleep(CHECK_AFTER_S)
        await self._tell(is_final=False)

    async def record(self) -> None:
        """Record what stands there; where it cannot be, show the first field that is to mend."""
        for task in self.waiting:
            task.cancel()
        if not await self._tell(is_final=True):
            return
        found = await asked(self.visit, self.answer, self._write, really=True)
        if found is None:
            return
        self.form.clear()
        with self.form:
            markup(_recorded(self.visit, self.kind, found, _made(self.body)))

    async def _tell(self, *, is_final: bool) -> bool:
        """Say what the ledger says, beside the fields too; return whether it can be recorded."""
        found = await asked(self.visit, self.answer, self._write, really=False)
        if found is None:
            return False
        findings = [*found["findings"], *(f for one in found["entries"] for f in one["findings"])]
        placed = [(self._box_of(one["where"]), self._mended(one)) for one in findings]
        self._mark(placed, is_final=is_final)
        told = [self._plain(box, finding) for box, finding in placed]
        with self.answer:
            markup(_checked(self.visit, found, told))
        return bool(found["ok"])

    def _draft(self) -> dict[str, Any]:
        envelope = trimmed(self.envelope)
        for name, moment in self._moments():
            if moment is not None:
                envelope[name] = moment
        return {"schema": f"{self.kind}/1", **envelope, "body": trimmed(self.body)}

    def _moments(self) -> Iterator[tuple[str, str | None]]:
        """Yield the moments that are typed, in UTC; None where there is no such moment."""
        for name in ("time", "time_start"):
            if self.envelope.get(name):
                yield name, utc_moment(str(self.envelope[name]), self.zone)[0]

    def _write(self, view: View, *, really: bool) -> dict[str, Any]:
        ready = whole_event(self.visit, view, self._draft(), self.mark)
        return appended(view, [ready]) if really else tried(view, [ready])

    def _box_of(self, where: str) -> Box | None:
        """Return the input that a finding is about, None where it is about the entry as a whole."""
        path = tuple(where.rpartition(" ")[2].split("/"))
        if path[0] not in {"body", *(one.name for one in ENVELOPE)}:
            return None
        if path[0] == "body":
            path = ("body", *on_screen(self.body, path[1:]))
        return self.sheet.box_at(path)

    def _mended(self, finding: Mapping[str, str]) -> Mapping[str, str]:
        """Return a finding on a moment as the clocks on the form have it, others as they are."""
        name = finding["where"].rpartition(" ")[2]
        typed = self.envelope.get(name) if name in {"time", "time_start"} else None
        wrong = utc_moment(str(typed), self.zone)[1] if typed else None
        return finding if wrong is None else {**finding, **wrong.to_json()}

    def _plain(self, box: Box | None, finding: Mapping[str, str]) -> Mapping[str, str]:
        """Return a finding with the words of the form."""
        t = self.visit.t
        plain = {**finding, "where": t("This entry") if box is None else box.words}
        if finding["code"] in MISSING:
            plain |= {"message": t("This is needed."), "fix": ""}
        return plain

    def _mark(
        self, placed: Sequence[tuple[Box | None, Mapping[str, str]]], *, is_final: bool
    ) -> None:
        """Say beside each field what is wrong with it, and go to the first where it matters now."""
        t = self.visit.t
        wrong: dict[int, str] = {}
        for box, finding in placed:
            is_due = is_final or finding["code"] not in MISSING
            if box is not None and finding["severity"] == "fatal" and is_due:
                is_missing = finding["code"] in MISSING
                said = t("This is needed.") if is_missing else _sentence(finding, t)
                wrong.setdefault(box.element.id, said)
        self.sheet.box_at(())  # forgets the inputs that are gone
        for box in self.sheet.boxes:
            if box.element.id in wrong:
                box.element.props["error"] = True
                box.element.props["error-message"] = wrong[box.element.id]
                box.element.update()
            elif "error" in box.element.props:
                box.element.props(remove="error error-message")
        first = next((b for b in self.sheet.boxes if b.element.id in wrong), None)
        target = f"c{first.element.id}" if first is not None and is_final else ""
        self.form.client.run_javascript(f"setTimeout(() => window.orelineMarked({target!r}), 60)")


def _sentence(finding: Mapping[str, str], t: Translate) -> str:
    """Return what to do about a field: in another language what kind of thing is wrong."""
    title = TITLES.get(finding["code"], "")
    if title and t(title) != title:
        return t(title)
    said = finding["fix"] or finding["message"]
    return said[:1].upper() + said[1:]


def _checked(
    visit: Visit, found: Mapping[str, Any], findings: Sequence[Mapping[str, str]]
) -> Markup:
    t = visit.t
    if not found["ok"]:
        fatal = sum(one["severity"] == "fatal" for one in findings)
        said = callout(t("Not yet: {n} to mend.", n=fatal), "bad")
    elif any(entry["state"] == "held" for entry in found["entries"]):
        said = callout(t("It will be held until a named person decides."), "warn")
    elif any(one["severity"] != "note" for one in findings):
        said = callout(t("It can be recorded; somebody should look at this."), "warn")
    else:
        said = callout(t("It can be recorded."), "good")
    return said + finding_list(findings, t)


def _made(body: Mapping[str, Any]) -> list[str]:
    """Return the lots that a body makes, else those that it is about."""

    def named(side: str) -> list[Any]:
        lines = body.get(side) or ()
        return [line.get("lot") if isinstance(line, Mapping) else line for line in lines]

    found = named("outputs") or [body.get("lot"), *named("lots"), *named("inputs")]
    return list(dict.fromkeys(str(name) for name in found if name))


def _recorded(
    visit: Visit, kind: str, found: Mapping[str, Any], lots: Sequence[str] = ()
) -> Markup:
    t = visit.t
    entry = found["entries"][0]
    said = t("Recorded as entry {seq} of the log.", seq=entry["seq"])
    if entry["state"] == "held":
        said = t("Held as entry {seq} until a named person decides.", seq=entry["seq"])
    links = joined((lot_link(visit, name) for name in lots), ", ")
    where = t("Its metal, where it came from, and its papers stand on the page of the lot:")
    of_lots = h("<p>{} {}</p>", where, links) if lots else NOTHING
    remarks = [{**one, "where": ""} for one in (*found["findings"], *entry["findings"])]
    return h(
        '<div>{}{}{}<p><a class="btn" href="{}">{}</a> '
        '<a class="btn quiet" href="{}">{}</a></p></div>',
        callout(said, "good"),
        finding_list(remarks, t),
        of_lots,
        visit.link("/record/event", id=entry["id"]),
        t("See the entry"),
        visit.link("/record", part="form", kind=kind),
        t("Record another"),
    )
