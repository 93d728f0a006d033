"""The study of a claim: which paper it is about, on which days, beside which other events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from oreline.model import InputError
from oreline.watch._event_study import (
    MODELS,
    EventStudy,
    Model,
    OtherEvent,
    StudyRules,
    event_study,
)
from oreline.watch._market import Market
from oreline.watch._price_checks import series_of_claim, spoken_of
from oreline.watch._series import MarketSeries

if TYPE_CHECKING:
    from oreline.watch._claim import Claim
    from oreline.watch._watched import Watched


def days_of_claim(watched: Watched, claim: Claim) -> tuple[date, date, str]:
    """Return the days between which a claim's event lies, and how they were reached.

    Raises
    ------
    InputError
        If neither the claim nor its report has a day.
    """
    when = claim.when
    if when is not None and when.first is not None and when.last is not None:
        return when.first, when.last, f"the claim says {when.said!r}"
    document = next(one for one in watched.documents if one.name == claim.document)
    day = document.published.day
    if day is None:
        raise InputError(
            f"neither the claim {claim.id} nor its report {claim.document} has a day: give one"
        )
    return day, day, "the claim says no day: the day its report was published counts"


def claim_named(watched: Watched, name: str) -> Claim:
    """Return a claim by its id or the beginning of it; an event stands for its first claim.

    Raises
    ------
    InputError
        If there is none, or several begin so.
    """
    event = watched.event(name)
    if event is not None:
        return event.claims[0]
    found = [one for one in watched.claims if one.id.startswith(name)] if name else []
    exact = [one for one in found if one.id == name]
    if len(exact or found) != 1:
        many = "several claims begin" if found else "no claim or event has an id that begins"
        raise InputError(f"{many} with {name!r}")
    return (exact or found)[0]


def study_claim(
    watched: Watched,
    market: Market,
    name: str,
    *,
    index: str | None = None,
    series: str | None = None,
    days: tuple[date, date] | None = None,
    rules: StudyRules | None = None,
    known_at: date | None = None,
) -> EventStudy:
    """Study the price of the paper that a claim is about around the claim's days.

    Parameters
    ----------
    name
        The id of a claim or an event.
    index
        What it is compared with, by id or ticker; without one the mean model is used.
    series, days
        Another series or other days than the claim's own.

    Raises
    ------
    InputError
        If there is no such claim, series or day, or the prices do not allow the study.
    """
    claim = claim_named(watched, name)
    price = _series(market, series) if series else series_of_claim(claim, market)
    if price is None:
        named = ", ".join(claim.names("company", "target", "recipient", "ticker")) or "nobody"
        raise InputError(f"no series is given of {named}, whom claim {claim.id} is about")
    first, last, how = (
        days_of_claim(watched, claim) if days is None else (*days, "the days were given")
    )
    chosen = rules if rules is not None else StudyRules(model="market" if index else "mean")
    found = event_study(
        price,
        None if index is None else _series(market, index),
        first,
        last,
        rules=chosen,
        event=claim.id,
        others=_others(watched, market, claim, price),
        known_at=known_at,
    )
    return replace(found, notes=(how, *found.notes))


def _series(market: Market, name: str) -> MarketSeries:
    found = market.find(name)
    if found is None:
        known = ", ".join(one.id for one in market.series[:20]) or "none"
        raise InputError(f"no series is called {name!r}; there are: {known}")
    return found


def _others(
    watched: Watched, market: Market, claim: Claim, price: MarketSeries
) -> tuple[OtherEvent, ...]:
    """Return the dated events about the same company, beside the one of the claim."""
    named = spoken_of(watched.claims)
    mine = named[claim.id]
    found = []
    for event in watched.events:
        if claim in event.claims:
            continue
        about = [
            one
            for one in event.claims
            if named[one.id] & mine or series_of_claim(one, market) is price
        ]
        if not about:
            continue
        try:
            first, last, _ = days_of_claim(watched, about[0])
        except InputError:
            continue  # without a day it can lie anywhere, and is marked nowhere
        found.append(OtherEvent(event.id, event.title, first, last))
    return tuple(found)


def study_rules(
    model: str,
    windows: Sequence[str] = (),
    *,
    estimation: int = 120,
    gap: int = 5,
    returns: str = "simple",
) -> StudyRules:
    """Return the rules of a study from words, as a command or an address gives them.

    >>> study_rules("mean", ["-1:3"]).windows
    ((-1, 3),)

    Raises
    ------
    InputError
        If a window is none, or a rule is out of its range.
    """
    if len(windows) > WINDOWS_MAX:
        raise InputError(f"a study has at most {WINDOWS_MAX} windows")
    read = []
    for one in windows or ("0:0", "-1:1", "-5:5", "-10:10"):
        first, _, last = one.partition(":")
        try:
            read.append((int(first), int(last)))
        except ValueError:
            raise InputError(f"the window {one!r} is not written as -1:1") from None
    return StudyRules(
        model=_model(model),
        before=max(0, *(-first for first, _ in read)),
        after=max(0, *(last for _, last in read)),
        estimation=estimation,
        gap=gap,
        windows=tuple(read),
        returns=_returns(returns),
    )


WINDOWS_MAX: Final = 20


def _model(word: str) -> Model:
    for known in ("market", "mean", "adjusted"):
        if word == known:
            return known
    raise InputError(f"{word!r} is no model; there are {', '.join(MODELS)}")


def _returns(word: str) -> Literal["simple", "log"]:
    if word == "simple":
        return "simple"
    if word == "log":
        return "log"
    raise InputError(f"{word!r}: returns are simple or log")
