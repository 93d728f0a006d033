"""Hand over drill hole tables: what the columns mean, what is wrong, and then a set to explore."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nicegui import events, ui

from oreline.api import Right, View, checked_holes, files_of_set, kept_holes, service_of
from oreline.explore import mapping_text
from oreline.web._blocks import basis_tag, callout, finding_list, h, joined, tiles
from oreline.web._explore_statistics import statistics_table
from oreline.web._frame import Visit, action, asked, file_drop, head, markup, page, panel
from oreline.web._mapping_form import MappingForm, values_of

HERE: Final = "/explore/add"
EXPLORE: Final = "/explore"
PROBLEMS_OPEN: Final = 10
"""So many problems stand open; more are folded away."""
KINDS: Final = ".csv,.tsv,.txt,.xlsx,.parquet,.zip,.toml"


@dataclass(slots=True)
class Handed:
    """What somebody has handed over so far; it is gone with the page."""

    files: dict[str, bytes] = field(default_factory=dict)
    mapping: str | None = None
    is_chosen: bool = False
    """Whether the mapping is theirs: a guess gives way to a better one when a file comes."""
    asked: int = 0


@page(HERE, "Add drill holes")
async def add_holes_page(visit: Visit) -> None:
    """Take tables, show what they are taken for and all that is wrong, keep them on request."""
    t = visit.t
    lead = t("Drop collars, surveys, assays and geology. Nothing is kept before you say so.")
    back = h('<p><a href="{}">{}</a></p>', visit.link(EXPLORE), t("Explore"))
    head(t("Add drill holes"), lead, back)
    adding = _Adding(visit)
    adding.put()
    if visit.given("set"):
        await adding.take_set(visit.given("set"))


class _Adding:
    """The page under way: files, the form of their mapping, what is wrong, keeping."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.t = visit.t
        self.handed = Handed()
        self.name = ""
        self.most = service_of(visit.request).settings.upload_bytes_max

    def put(self) -> None:
        t = self.t
        with panel(t("Files"), identity="files"):
            words = t(
                "CSV, Excel or Parquet, or a zip of them; at most {mb} MB. Commas or semicolons, "
                "decimal points or commas, metres or feet: say below what they are.",
                mb=f"{self.most / 2**20:,.0f}",
            )
            markup(h('<p class="hint">{}</p>', words))
            words = t("Choose files, or drop them here")
            self.drop = file_drop(words, self._take, KINDS, self.most, many=True)
            refused = t("Not taken: too large, or of another kind than {kinds}.", kinds=KINDS)
            self.drop.on_rejected(lambda: self._state(refused, "bad"))
            self.listed = ui.element("div").props("aria-live=polite")
        self.form = ui.element("div")
        self.said = ui.element("div").props("aria-live=polite id=said")
        self.keeping = ui.element("div")
        self._state(t("Nothing is handed over yet."))

    def _state(self, words: str, kind: str = "") -> None:
        """Say how far it is; there is always one such line."""
        self.said.clear()
        with self.said:
            markup(callout(words, kind) if kind else h('<p class="hint">{}</p>', words))

    async def _take(self, event: events.MultiUploadEventArguments) -> None:
        given = {one.name: await one.read() for one in event.files}
        self.drop.reset()
        if sum(map(len, ({**self.handed.files, **given}).values())) > self.most:
            words = self.t("Together the files are too large: none of these was taken.")
            self._state(words, "bad")
            return
        self.handed.files |= given
        if not self.handed.is_chosen:
            self.handed.mapping = None
        await self._check()

    async def take_set(self, name: str) -> None:
        """Begin with a set that is kept: under another name its settings can be others."""
        self.handed.files = await self.visit.answer(files_of_set, name)
        self.name = f"{name}-2"
        await self._check()

    def _forget(self, name: str) -> Any:
        async def forget() -> None:
            self.handed.files.pop(name, None)
            if not self.handed.is_chosen:
                self.handed.mapping = None
            await self._check()

        return forget

    def _list(self) -> None:
        t = self.t
        self.listed.clear()
        with self.listed:
            for name, data in self.handed.files.items():
                with ui.element("div").classes("row-of"):
                    markup(h("<b>{}</b>", name))
                    markup(h('<span class="hint">{} kB</span>', f"{len(data) / 1000:,.1f}"))
                    action(t("Take {file} away", file=name), self._forget(name), "quiet small")

    async def _check(self) -> None:
        t, handed = self.t, self.handed
        handed.asked += 1
        number = handed.asked
        self._list()
        self.keeping.clear()
        if not handed.files:
            self.form.clear()
            self._state(t("Nothing is handed over yet."))
            return
        self._state(t("Reading"))

        def ask(view: View) -> dict[str, Any]:
            return checked_holes(view, dict(handed.files), self.most, handed.mapping)

        found = await asked(self.visit, self.said, ask)
        # Files come one by one: only what was asked last is the answer to all of them.
        if number != handed.asked:
            return
        if found is None:
            with self.said:
                markup(h('<p class="hint">{}</p>', t("Nothing is kept.")))
            return
        handed.mapping = found["mapping"]
        self._put_form(found)
        self._answer(found)

    def _put_form(self, found: Mapping[str, Any]) -> None:
        t = self.t
        self.form.clear()
        with self.form, panel(t("Which column means what"), identity="mapping"):
            told = [*found["guessed"], *found["open"]]
            if told:
                with ui.element("details"):
                    words = t("{n} guesses, each with its reason", n=len(told))
                    markup(h("{}", words), tag="summary")
                    markup(h("<ul>{}</ul>", joined(h('<li lang="en">{}</li>', x) for x in told)))
            values = values_of(found["mapping"])
            columns = {one["file"]: one["columns"] for one in found["files"]}
            if values is not None:
                MappingForm(t, values, columns, lambda: self._changed(values)).put()
            with ui.element("details"):
                markup(h("{}", t("The same as text: explore.toml")), tag="summary")
                self.box = ui.textarea(t("Settings"), value=found["mapping"])
                self.box.props("outlined autogrow input-style=font-family:monospace")
                self.box.classes("broad").style("max-width: 100%")
                self.box.on_value_change(lambda event: self._typed(str(event.value or "")))
            action(t("Check again"), self._check)

    def _changed(self, values: Mapping[str, Any]) -> None:
        self.box.value = mapping_text(values)

    def _typed(self, text: str) -> None:
        """Take the settings as they are now; what was found before is of others."""
        if text == self.handed.mapping:
            return
        self.handed.mapping, self.handed.is_chosen = text, True
        self.handed.asked += 1
        self.keeping.clear()
        self._state(self.t("The settings have changed: check again. Nothing is kept."), "warn")

    def _answer(self, found: Mapping[str, Any]) -> None:
        t = self.t
        self.said.clear()
        with self.said:
            if not found["usable"]:
                words = t("These drill holes cannot be used yet. Nothing is kept.")
                markup(callout(words, "bad"))
            elif found["left_out"]:
                words = t("They can be used, but {n} problems leave something out. Nothing is kept "
                          "yet.", n=f"{found['left_out']:,}")  # fmt: skip
                markup(callout(words, "warn"))
            else:
                markup(callout(t("They can be used. Nothing is kept yet."), "good"))
            if found["holes"] is not None:
                _summary(self.visit, found)
            if found["findings"]:
                with panel(t("What is wrong, each at its row"), identity="problems"):
                    shown = len(found["findings"])
                    if shown < found["findings_of"]:
                        words = t("The first {n} of {all}.", n=shown, all=found["findings_of"])
                        markup(h('<p class="hint">{}</p>', words))
                    markup(finding_list(found["findings"][:PROBLEMS_OPEN], t))
                    rest = found["findings"][PROBLEMS_OPEN:]
                    if rest:
                        with ui.element("details"):
                            markup(h("{}", t("{n} more", n=len(rest))), tag="summary")
                            markup(finding_list(rest, t))
            if found["ignored"]:
                words = t("No tables, and left alone: {names}", names=", ".join(found["ignored"]))
                markup(h('<p class="hint">{}</p>', words))
        self.keeping.clear()
        if found["usable"]:
            with self.keeping:
                self._keep(found)

    def _keep(self, found: Mapping[str, Any]) -> None:
        t, visit = self.t, self.visit
        with panel(t("Keep them, and explore them"), identity="keep"):
            if not visit.may(Right.RECORD) or visit.person.party is not None:
                words = t("Who may record for the whole chain keeps drill holes; ask them.")
                markup(h('<p class="hint">{}</p>', words))
                return
            with ui.element("div").classes("inputs"):
                name = ui.input(
                    t("Name of the set"), value=self.name or _name_of(self.handed.files)
                )
                name.props("outlined dense maxlength=60")
            model: ui.switch | None = None
            if found["model"] is not None:
                model = ui.switch(t("With settings for a first block model"), value=True)
                with ui.element("div").classes("inputs"):
                    density = ui.number(t("Density of all rock, t/m3"), min=0.5, max=20, step=0.1)
                    source = ui.input(t("Who says so (source)"))
                    for one in (density, source):
                        one.props("outlined dense")
                with ui.element("details"):
                    markup(h("{}", t("What is proposed, and why")), tag="summary")
                    said = (h('<li lang="en">{}</li>', one) for one in found["model"]["said"])
                    markup(h("<ul>{}</ul>", joined(said)))
            else:
                markup(h('<p class="hint" lang="en">{}</p>', found["model_lacks"]))
            failed = ui.element("div").props("aria-live=polite")

            async def keep() -> None:
                given = None
                if model is not None and model.value and density.value:
                    given = (float(density.value), str(source.value or ""))
                is_modelled = model is not None and bool(model.value)

                def write(view: View) -> dict[str, Any]:
                    return self._kept(view, str(name.value or ""), given, is_modelled)

                kept = await asked(visit, failed, write)
                if kept is not None:
                    ui.navigate.to(visit.link(EXPLORE, set=kept["set"]))

            action(t("Keep these drill holes"), keep)

    def _kept(
        self, view: View, name: str, density: tuple[float, str] | None, is_modelled: bool
    ) -> dict[str, Any]:
        files, text = dict(self.handed.files), self.handed.mapping or ""
        if is_modelled:
            found = checked_holes(view, files, self.most, text, density=density)
            if found["model"] is not None:
                text = f"{text}\n{found['model']['text']}"
        return kept_holes(view, name, files, self.most, text)


def _summary(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show how much was drilled, and the grades of the assays."""
    t, told = visit.t, found["holes"]
    with panel(t("What they hold"), identity="holds"):
        markup(
            tiles(
                (
                    (t("Holes"), told["holes"], f"{told['drilled_m']:,.0f} m"),
                    (t("Assayed intervals"), f"{told['intervals']:,}",
                     ", ".join(list(told["analytes"])[:8])),
                    (t("Basis"), basis_tag(told["basis"], t), t("of all grades")),
                )
            )
        )  # fmt: skip
        statistics_table(visit, found)


def _name_of(files: Mapping[str, bytes]) -> str:
    """Return a name for a set: that of the archive it came in.

    >>> _name_of({"Old drilling.zip": b""}), _name_of({"collar.csv": b""})
    ('old-drilling', 'drilling')
    """
    archive = next((name for name in sorted(files) if name.casefold().endswith(".zip")), "")
    stem = re.sub(r"[^a-z0-9]+", "-", archive.rpartition(".")[0].casefold()).strip("-")
    return stem[:60].strip("-") or "drilling"
