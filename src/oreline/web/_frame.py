"""The frame of every page: who asks, of which moment, in which language; rail, head and foot.

A page is a function of a :class:`Visit` under the decorator :func:`page`. It asks through
``visit.answer``, which runs an answer of ``oreline.api`` in a worker thread with the view of this
person, so that no page sees more than its address under ``/api/v1`` would give.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup, escape
from nicegui import run, ui

from oreline.api import (
    Desk,
    NotSignedInError,
    Person,
    Right,
    View,
    at_hand,
    csrf_token_of,
    is_still_signed_in,
    person_of,
    problem_of,
    service_of,
)
from oreline.model import OrelineError, StoreError
from oreline.web._blocks import (
    BASIS_LETTERS,
    NOTHING,
    basis_mark,
    callout,
    empty_state,
    error_state,
    h,
    joined,
    waiting_state,
)
from oreline.web._plain import unreachable
from oreline.web._strings import LANGUAGES, Language, Translate, translator
from oreline.web._verbs import GROUPS, VERBS

THEMES = ("auto", "light", "dark")
RESPONSE_S_MAX = 30.0
"""How long a page may take to be built before the browser is told that it failed."""
SOON_S = 0.4
"""How long a page waits for what it is about before it stands without."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    request: Request
    desk: Desk
    person: Person
    language: Language
    theme: str
    t: Translate

    @property
    def as_of(self) -> str | None:
        """Return the moment up to which events count, None for all."""
        return self.request.query_params.get("as_of") or None

    @property
    def known_at(self) -> str | None:
        """Return the moment by which they had been recorded, None for all."""
        return self.request.query_params.get("known_at") or None

    def given(self, name: str, default: str = "") -> str:
        """Return what the address says of a name."""
        return self.request.query_params.get(name) or default

    def link(self, path: str, **query: object) -> str:
        """Return an address that keeps the moment that this page is about."""
        asked = {name: str(value) for name, value in query.items() if value not in {None, ""}}
        kept = {"as_of": self.as_of, "known_at": self.known_at}
        named = {name: value for name, value in {**kept, **asked}.items() if value}
        safe_path = quote(path, safe="/:@+,;=~.-_")
        return f"{safe_path}?{urlencode(named)}" if named else safe_path

    def here(self, **query: object) -> str:
        """Return this page's address with some of its choices changed."""
        now = dict(self.request.query_params.items())
        return self.link(self.request.url.path, **{**now, **query})

    def view(self) -> View:
        """Return what this person may see at this moment; call it in a worker thread."""
        return self.desk.view(self.person, as_of=self.as_of, known_at=self.known_at)

    async def answer(self, question: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        """Ask in a worker thread: ``question(view, *given, **named)``.

        Raises
        ------
        OrelineError
            As the question does.
        """

        def ask() -> Any:
            # A page lives on in the browser after its session has ended.
            if not is_still_signed_in(self.request):
                raise NotSignedInError("the session has ended; sign in again")
            return question(self.view(), *given, **named)

        return await run.io_bound(ask)

    async def at_hand(self, question: Callable[..., Any], /, *given: Any) -> Any:
        """Return what needs no computing, see :func:`oreline.api.at_hand`; None where nothing is.

        Raises
        ------
        OrelineError
            If the session has ended, or the ledger cannot be read.
        """
        return await self.answer(at_hand, question, *given)

    async def choices(self, question: Callable[..., Any], /, *given: Any) -> Any:
        """Return an answer that offers choices: the latest at hand, for none is a statement.

        Raises
        ------
        OrelineError
            As the question does.
        """
        known = await self.at_hand(question, *given)
        return await self.answer(question, *given) if known is None else known[0]

    def may(self, right: Right) -> bool:
        """Return whether this person has a right."""
        return self.person.may(right)

    @property
    def csrf_token(self) -> str:
        """Return the token that a form of this session must carry."""
        return csrf_token_of(self.request)


def page(
    path: str, title: str, *, right: Right = Right.READ, wide: bool = False
) -> Callable[[Callable[[Visit], Awaitable[None]]], Callable[..., Any]]:
    """Make a function of a visit a page with the frame around it.

    Whoever is not signed in is sent to do so; whoever lacks the right is told which; an error of
    the domain stands where the page would.
    """

    def turn(build: Callable[[Visit], Awaitable[None]]) -> Callable[..., Any]:
        async def shown(request: Request) -> Response | None:
            try:
                visit = visit_of(request)
            except StoreError as error:
                return unreachable(problem_of(error), request.cookies.get("oreline_language", "en"))
            if visit is None:
                back = quote(_address(request), safe="")
                return RedirectResponse(f"/sign-in?next={back}", status_code=303)
            with _frame(visit, wide=wide):
                if not visit.may(right):
                    markup(_refused(visit, right))
                    return None
                try:
                    await build(visit)
                except OrelineError as error:
                    markup(problem_block(visit, error))
            return None

        shown.__name__, shown.__doc__ = build.__name__, build.__doc__
        # What the router must see; the module's annotations are text.
        shown.__annotations__ = {"request": Request, "return": Any}
        return ui.page(path, title=f"{title} · oreline", response_timeout=RESPONSE_S_MAX)(shown)

    return turn


def visit_of(request: Request) -> Visit | None:
    """Return the visit that a request makes, None if nobody is signed in."""
    person = person_of(request)
    if person is None:
        return None
    wanted = request.cookies.get("oreline_language") or person.language
    language = LANGUAGES.get(wanted, LANGUAGES["en"])
    # Whoever writes the page's head needs it too.
    request.scope.get("oreline.page", {})["language"] = language
    theme = request.cookies.get("oreline_theme", "auto")
    return Visit(
        request=request,
        desk=service_of(request).desk,
        person=person,
        language=language,
        theme=theme if theme in THEMES else "auto",
        t=translator(language.code),
    )


def _address(request: Request) -> str:
    """Return the path and the query that were asked for."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def markup(content: Markup, tag: str = "div") -> ui.html:
    """Put markup on the page. It must come from ``h``: everything else in it is escaped there."""
    assert isinstance(content, Markup)
    return ui.html(str(content), sanitize=False, tag=tag)


@contextmanager
def panel(title: str, *, identity: str = "") -> Iterator[ui.element]:
    """Open a part of a page with its heading."""
    section = ui.element("section").classes("panel")
    if identity:
        section.props(f"id={identity}")
    with section:
        markup(h("{}", title), tag="h2")
        yield section


def problem_block(visit: Visit, error: OrelineError) -> Markup:
    """Return what a page shows of an error: as the API's problem says it."""
    problem = problem_of(error)
    title = visit.t("This cannot be answered")
    return error_state(title, problem.detail, problem.findings, visit.t)


async def asked(
    visit: Visit, said: ui.element, question: Callable[..., Any], /, *given: Any, **named: Any
) -> Any:
    """Ask, and return the answer with ``said`` emptied for it.

    Where the question fails, ``said`` shows why and the answer is None.
    """
    try:
        found = await visit.answer(question, *given, **named)
    except OrelineError as error:
        said.clear()
        with said:
            markup(problem_block(visit, error))
        return None
    said.clear()
    return found


def event_link(visit: Visit, identity: str) -> Markup:
    """Return an entry's id as a link to it."""
    return h('<a href="{}">{}</a>', visit.link("/record/event", id=identity), identity)


def lot_link(visit: Visit, name: str) -> Markup:
    """Return a lot's name as a link to it."""
    return h('<a href="{}">{}</a>', visit.link(f"/lots/{name}"), name)


def later(
    visit: Visit,
    title: str,
    question: Callable[..., Any],
    render: Callable[[Any], None],
    *given: Any,
    identity: str = "",
) -> None:
    """Put a part on the page whose answer takes a while: the page stands at once, the part follows.

    ``render`` is called inside the part with what ``question(view, *given)`` answered. Where the
    ledger has grown, what was answered before stands there meanwhile, and says so.
    """
    with panel(title, identity=identity) as part:
        body = ui.element("div")
    with body:
        markup(waiting_state(visit.t))

    async def fill() -> None:
        try:
            known = await visit.at_hand(question, *given)
            if known is not None and not known[1]:
                await _put(visit, body, render, known[0])
                return
            asked = asyncio.create_task(visit.answer(question, *given))
            if known is not None and not (await asyncio.wait({asked}, timeout=SOON_S))[0]:
                await _put(visit, body, render, *known)
            await _put(visit, body, render, await asked)
        except OrelineError as error:
            _put_problem(visit, body, error)

    # Beside the body: what is put there clears it, and would end a timer in it with its work.
    with part:
        ui.timer(0, fill, once=True)


async def soon(
    visit: Visit, question: Callable[..., Any], render: Callable[[Any], Any], *given: Any
) -> None:
    """Put on the page what follows from an answer: at once, where it is there soon enough.

    Else the page stands without it at first, or with what was answered before the ledger grew,
    which it says; what follows from the present answer takes its place. ``render`` may be a
    coroutine.

    Raises
    ------
    OrelineError
        As the question does, where it does so soon.
    """
    body = ui.element("div")
    known = await visit.at_hand(question, *given)
    if known is not None and not known[1]:
        await _put(visit, body, render, known[0])
        return
    asked = asyncio.create_task(visit.answer(question, *given))
    # Where the browser goes away before it is there, nobody else looks at how it ended.
    asked.add_done_callback(lambda task: task.cancelled() or task.exception())
    # What changes at once would only flicker.
    done, _ = await asyncio.wait({asked}, timeout=SOON_S)
    if done:
        await _put(visit, body, render, asked.result())
        return
    if known is not None:
        await _put(visit, body, render, *known)
    else:
        with body:
            markup(waiting_state(visit.t))

    async def fill() -> None:
        try:
            await _put(visit, body, render, await asked)
        except OrelineError as error:
            _put_problem(visit, body, error)

    ui.timer(0, fill, once=True)  # beside the body, as above


async def _put(
    visit: Visit, body: ui.element, render: Callable[[Any], Any], found: Any, behind: int = 0
) -> None:
    """Put an answer into a part of the page, and say how many entries it lacks."""
    body.clear()
    with body:
        if behind:
            words = visit.t(
                "New entries that are not in these numbers yet: {n}. They are being worked in.",
                n=behind,
            )
            markup(callout(words, "warn")).classes("behind")
        rendered = render(found)
        if isawaitable(rendered):
            await rendered


def _put_problem(visit: Visit, body: ui.element, error: OrelineError) -> None:
    body.clear()
    with body:
        markup(problem_block(visit, error))


@contextmanager
def _frame(visit: Visit, *, wide: bool) -> Iterator[None]:
    ui.add_head_html('<link rel="stylesheet" href="/static/parts.css">')
    ui.add_head_html('<link rel="stylesheet" href="/static/site.css">')
    ui.add_head_html(_GONE_CHARTS)
    ui.add_head_html(_PICK)
    ui.dark_mode({"light": False, "dark": True, "auto": None}[visit.theme])
    with ui.header(elevated=False).classes("rail"):
        markup(_rail(visit)).classes("rail-in")
    if visit.as_of or visit.known_at:
        markup(_moment(visit))
    with (
        ui.element("div").classes("sheet wide" if wide else "sheet").props("id=content tabindex=-1")
    ):
        yield
        markup(_colophon(visit))


def action(words: str, on_click: Callable[..., Any], kind: str = "") -> ui.button:
    """Put a button on the page; ``kind`` is quiet or danger. It has our colours, not the kit's."""
    button = ui.button(words, on_click=on_click, color=None)
    return button.props("no-caps unelevated").classes(f"btn {kind}")


def file_drop(
    words: str, on_upload: Callable[..., Any], accept: str, bytes_max: int, *, many: bool = False
) -> ui.upload:
    """Put a place on the page where files can be dropped, or chosen with a named button.

    Of ``many``, ``on_upload`` is called once with all that are dropped together.
    """
    drop = ui.upload(multiple=many, auto_upload=True, max_file_size=bytes_max)
    if many:
        drop.on_multi_upload(on_upload).props("batch")
    else:
        drop.on_upload(on_upload)
    drop.props(f'accept="{accept}" flat bordered').classes("drop")
    drop.add_slot("header", _DROP.format(escape(words)))
    ui.add_head_html(_NAME_INPUTS)
    return drop


# The kit's own inputs have no name that a reader of screens could say. They are named in the moment
# in which they come: a message from the server would be late.
_NAME_INPUTS = """<script>
new MutationObserver(() => {
  for (const input of document.querySelectorAll('.q-uploader__input:not([aria-label])')) {
    const button = input.closest('.q-uploader')?.querySelector('.drop-head .q-btn__content .block');
    if (button) input.setAttribute('aria-label', button.textContent);
  }
}).observe(document, {childList: true, subtree: true});
</script>"""


# A chart that gives way to a later one while it is being drawn has nothing left to complain about.
_GONE_CHARTS = """<script>
addEventListener('unhandledrejection', (event) => {
  if (String(event.reason).includes('Resize must be passed a displayed plot div')) {
    event.preventDefault();
  }
});
</script>"""


_DROP = (
    '<div class="drop-head"><q-btn flat no-caps icon="upload_file" label="{}" '
    '@click="props.pickFiles"></q-btn><q-uploader-add-trigger /></div>'
)


def head(title: object, lead: object = "", aside: object = "") -> None:
    """Put the head of a page on it: what it is called, what it answers, what one can do."""
    lead_line = h('<p class="lead">{}</p>', lead) if lead else NOTHING
    markup(h("<h1>{}</h1>{}{}", title, aside, lead_line)).classes("head")


_PICK = '<script src="/static/pick.js" defer></script>'
"""Offers names in every input that has ``data-pick``, on every page."""


def _rail(visit: Visit) -> Markup:
    t, chain = visit.t, visit.desk.chain_title
    return h(
        '<a class="skip" href="#content">{skip}</a>'
        '<a class="brand" href="{home}"><b>oreline</b><span>{chain}</span></a>'
        '<details class="menu"><summary>{menu}</summary></details>'
        '<form class="search" action="/lots" role="search"><input class="in" name="search" '
        'type="search" aria-label="{find}" placeholder="{find}" data-pick="lots" '
        'data-pick-leads="{lot}"></form>{told}'
        '<nav aria-label="{pages}">{groups}</nav><div class="rail-foot">{foot}</div>',
        skip=t("Skip to the content"),
        home=visit.link("/"),
        chain=chain,
        menu=t("Menu"),
        find=t("Find a lot"),
        lot=visit.link("/lots/NAME"),
        told=_pick_words(t),
        pages=t("Pages"),
        groups=joined(_group(visit, group) for group in GROUPS),
        foot=_rail_foot(visit),
    )


def _pick_words(t: Translate) -> Markup:
    """Return what the script that offers names says; readers of screens are told how many."""
    return h(
        '<div id="pick-words" class="sr" aria-live="polite" data-list="{}" data-found="{}" '
        'data-none="{}"></div>',
        t("Names that are known"),
        t("{n} names to choose from; use the arrow keys.", n="{n}"),
        t("No such name is known yet."),
    )


def _group(visit: Visit, group: str) -> Markup:
    verbs = [verb for verb in VERBS if verb.group == group and visit.may(Right(verb.right))]
    if not verbs:
        return NOTHING
    here = _verb_at(visit.request.url.path)
    items = joined(
        h(
            '<li><a href="{}"{}><i class="q-icon material-icons" aria-hidden="true">{}</i>'
            "{}</a></li>",
            visit.link(verb.path),
            Markup(' aria-current="page"') if verb.path == here else NOTHING,
            verb.icon,
            visit.t(verb.title),
        )
        for verb in verbs
    )
    return h("<h2>{}</h2><ul>{}</ul>", visit.t(group), items)


def _verb_at(here: str) -> str:
    """Return the path of the entry that a page belongs to: the longest that it lies under.

    >>> _verb_at("/settle/statement"), _verb_at("/settle/exchange"), _verb_at("/")
    ('/settle', '/settle/exchange', '/')
    """
    paths = [verb.path for verb in VERBS if here == verb.path or here.startswith(f"{verb.path}/")]
    return max(paths, key=len, default="")


def _rail_foot(visit: Visit) -> Markup:
    t = visit.t
    others = [lang for code, lang in LANGUAGES.items() if code != visit.language.code]
    turned = "light" if visit.theme == "dark" else "dark"
    languages = joined(
        h(
            '<a href="{}" lang="{}">{}</a>',
            _setting(visit, language=lang.code),
            lang.code,
            lang.name,
        )
        for lang in others
    )
    look = h(
        '<a href="{}">{}</a>',
        _setting(visit, theme=turned),
        t("Dark view") if turned == "dark" else t("Light view"),
    )
    moment = h(
        '<details><summary>{}</summary><form method="get"><label for="as-of">{}</label>'
        '<input class="in" id="as-of" type="date" name="as_of" value="{}"><label for="known-at">{}'
        '</label><input class="in" id="known-at" type="date" name="known_at" value="{}">'
        '<p><button class="btn quiet">{}</button></p></form></details>',
        t("See another moment"),
        t("What had happened by"),
        (visit.as_of or "")[:10],
        t("What had been recorded by"),
        (visit.known_at or "")[:10],
        t("Show"),
    )
    return h('{}<div class="row-of">{}{}</div>{}', moment, languages, look, _who(visit))


def _who(visit: Visit) -> Markup:
    t, person = visit.t, visit.person
    if person.is_local:
        return h("<span>{}</span>", t("Open on this machine only, without sign-in"))
    return h(
        '<form method="post" action="/sign-out"><span>{}, {}</span> '
        '<input type="hidden" name="csrf_token" value="{}">'
        '<button class="plain">{}</button></form>',
        person.title,
        t(str(person.role)),
        visit.csrf_token,
        t("Sign out"),
    )


def _setting(visit: Visit, **chosen: str) -> str:
    return f"/settings?{urlencode({**chosen, 'next': _address(visit.request)})}"


def _moment(visit: Visit) -> Markup:
    t = visit.t
    told = []
    if visit.as_of:
        told.append(t("What had happened by {day}.", day=visit.as_of))
    if visit.known_at:
        told.append(t("What had been recorded by {day}.", day=visit.known_at))
    address = visit.request.url.path
    return h(
        '<div class="moment" role="status"><span>{}</span><a href="{}">{}</a></div>',
        " ".join(told),
        address,
        t("Back to now"),
    )


def _colophon(visit: Visit) -> Markup:
    t, header = visit.t, visit.desk.store.header
    marks = joined(
        (h("<span>{} {}</span>", basis_mark(basis, t), t(basis)) for basis in BASIS_LETTERS), " "
    )
    return h(
        '<div class="colophon"><span>{}</span>{}</div>',
        t("Ledger {id} ({tense})", id=header.id, tense=t(header.tense)),
        marks,
    )


def _refused(visit: Visit, right: Right) -> Markup:
    t = visit.t
    return empty_state(
        t("You may not do this"),
        t(
            "It needs the right “{right}”; your role is {role}. Ask whoever administers this "
            "server.",
            right=t(str(right)),
            role=t(str(visit.person.role)),
        ),
    )
