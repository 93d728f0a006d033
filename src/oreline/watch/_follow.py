"""Folders that are followed: what is new in them is read as it arrives, and told.

What was read lies on a shelf, and with it what was told. So a follower that was killed goes on
where it was: what it had read is not read again, and what it had not told yet is told. Killed in
between, it tells one look's news twice, never not at all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from oreline.model import Chain, Finding, InputError, Severity
from oreline.record import Shelf, Source
from oreline.watch._claim import Claim
from oreline.watch._intake import DEFAULT_LIMITS
from oreline.watch._judged import NOT_JUDGED, Judgements
from oreline.watch._limits import Limits
from oreline.watch._processes import Workers, one_worker
from oreline.watch._shelved import Change, files_taken, group_of, shelve_reports
from oreline.watch._watched import Event, Watched, put_together

FOLLOWED: Final = "followed"
"""The group of what was told, on a shelf."""
REST_SECONDS: Final = 2.0
"""How long a file must not have changed before it is read: it may be half written."""


@dataclass(frozen=True, slots=True)
class News:
    """What one look found.

    Attributes
    ----------
    is_first
        Whether nothing was told before: then nothing is new, and ``watched`` says what is there.
    claims
        The claims that were not told before, each with its event.
    verdicts
        Events whose verdict is another than it was told to be, each with the former one.
    change
        The files that are new, altered or gone, and what is wrong with those read.
    """

    is_first: bool
    claims: tuple[tuple[Event, Claim], ...]
    verdicts: tuple[tuple[Event, str], ...]
    change: Change
    watched: Watched

    def to_json(self) -> Iterator[dict[str, Any]]:
        """Yield one JSON object for each thing that is told."""
        if self.is_first:
            counts = {"reports": len(self.watched.documents), "events": len(self.watched.events)}
            yield {"told": "start", **counts}
        for state in ("new", "altered", "gone"):
            names: Sequence[str] = getattr(self.change, state)
            for name in names if not self.is_first else ():
                yield {"told": "report", "report": name, "state": state}
        for one in self.change.findings:
            if one.severity is not Severity.NOTE:
                yield {"told": "finding", **one.to_json()}
        for event, claim in self.claims:
            yield {"told": "claim", "event": event.id, "title": event.title, **claim.to_json()}
        for event, was in self.verdicts:
            told = {"event": event.id, "title": event.title, "was": was, "is": event.verdict}
            yield {"told": "verdict", **told}


@dataclass(slots=True)
class Follower:
    """Places that are followed on a shelf; each :meth:`look` gives what is new since the last."""

    shelf: Shelf
    places: tuple[Path, ...]
    chain: Chain | None = None
    limits: Limits = DEFAULT_LIMITS
    workers: Workers = one_worker
    clock: Callable[[], float] = time.time
    judgements: Judgements = NOT_JUDGED
    _seen: dict[tuple[Path, str], tuple[str, float]] = field(default_factory=dict)
    _unread: dict[tuple[Path, str], str] = field(default_factory=dict)
    _missing: set[Path] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    _has_looked: bool = False

    @property
    def is_settled(self) -> bool:
        """Return whether no file is waited for at the last look."""
        return not self._seen

    def look(self, today: date, progress: Callable[[int, int], None] | None = None) -> News | None:
        """Read what is new and at rest; return what is to be told, None if nothing is.

        Call :meth:`told` once it is told.
        """
        new: list[str] = []
        altered: list[str] = []
        gone: list[str] = []
        findings: list[Finding] = []
        for place in self.places:
            change = self._bring(place, today, progress)
            new += change.new
            altered += change.altered
            gone += change.gone
            findings += change.findings
        change = Change(tuple(new), tuple(altered), tuple(gone), tuple(findings))
        before = self._before()
        if before is not None and self._has_looked and not change and not findings:
            return None
        # At the first look what was read before a kill, and not told, is told.
        self._has_looked = True
        files = (file for place in self.places for file in files_taken(self.shelf, place))
        reports = (report for file in files for report in file.reports)
        news = self._news(
            before, put_together(reports, chain=self.chain, judgements=self.judgements), change
        )
        return news if news.is_first or news.claims or news.verdicts or change or findings else None

    def told(self, news: News) -> None:
        """Keep what was told, so that it is not told again."""
        state = {claim.id: event.verdict for event in news.watched.events for claim in event.claims}
        self.shelf.put(FOLLOWED, [Source(self._name(), "", (), json.dumps(state))])

    def _bring(
        self, place: Path, today: date, progress: Callable[[int, int], None] | None
    ) -> Change:
        if not place.exists():
            # What was read of it stays: a disk may come back.
            if place in self._missing:
                return Change((), (), (), ())
            self._missing.add(place)
            message = "the place is gone; it is looked for again"
            wrong = Finding("ORL-1317", Severity.WARNING, str(place), message, "bring it back")
            return Change((), (), (), (wrong,))
        self._missing.discard(place)
        self._asked = set()
        try:
            change = shelve_reports(
                self.shelf,
                place,
                today=today,
                limits=self.limits,
                workers=self.workers,
                progress=progress,
                is_ready=lambda name, mark: self._is_at_rest(place, name, mark),
            )
        except InputError:
            # Gone between two looks at it: the next one tells.
            return Change((), (), (), ())
        # What was waited for and is gone is waited for no longer.
        for key in [one for one in self._seen if one[0] == place and one[1] not in self._asked]:
            del self._seen[key]
        read = self.shelf.marks(group_of(place))
        for name in (*change.new, *change.altered):
            mark, _ = self._seen.pop((place, name))
            if read.get(name) != mark:
                self._unread[place, name] = mark
        return change

    def _is_at_rest(self, place: Path, name: str, mark: str) -> bool:
        """Return whether a file has not changed for a while, by the clock or by two looks at it."""
        key, now = (place, name), self.clock()
        self._asked.add(name)
        if self._unread.get(key) == mark:
            self._seen.pop(key, None)
            return False
        before, since = self._seen.get(key, ("", now))
        if before != mark:
            before, since = mark, now
        self._seen[key] = (mark, since)
        changed = int(mark.split()[1]) / 1e9 if mark.split()[1].isdigit() else now
        return now - since >= REST_SECONDS or now - changed >= REST_SECONDS

    def _before(self) -> dict[str, str] | None:
        """Return the verdict that every claim told was told with; None if nothing was told."""
        name = self._name()
        for found, _, kept in self.shelf.kept(FOLLOWED):
            if found == name:
                state: dict[str, str] = json.loads(kept)
                return state
        return None

    def _name(self) -> str:
        return "\n".join(str(place.resolve()) for place in self.places)

    def _news(self, before: dict[str, str] | None, watched: Watched, change: Change) -> News:
        claims: list[tuple[Event, Claim]] = []
        verdicts: list[tuple[Event, str]] = []
        for event in watched.events if before is not None else ():
            assert before is not None
            fresh = [one for one in event.claims if one.id not in before]
            claims += [(event, one) for one in fresh]
            was = [before[one.id] for one in event.claims if one.id in before]
            former = next((one for one in was if one != event.verdict), None)
            if former is not None:
                verdicts.append((event, former))
        return News(before is None, tuple(claims), tuple(verdicts), change, watched)


def follow(
    follower: Follower,
    *,
    seconds: float,
    today: Callable[[], date],
    is_once: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[News]:
    """Yield what is new, look by look, for as long as somebody takes it.

    Parameters
    ----------
    seconds
        How long is waited between two looks.
    is_once
        Whether to stop once everything that is there is read.

    Raises
    ------
    InputError
        If a place is not there at the beginning.
    """
    for place in follower.places:
        if not place.exists():
            raise InputError(f"{place} is not there")
    while True:
        news = follower.look(today())
        if news is not None:
            yield news
            follower.told(news)
        if is_once and follower.is_settled:
            return
        wait(min(seconds, REST_SECONDS) if is_once else seconds)
