"""Names that a person judged to be of one or of two: kept in the ledger, and obeyed by the rules.

A judgement is an attestation. A later one of the same two names takes the place of an earlier one,
and a voided one counts no more. Names judged the same have one key; names judged different never
have, whatever the rules or other judgements would make of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from oreline.model import InputError
from oreline.record import Ledger
from oreline.watch._names import normal_name

if TYPE_CHECKING:
    import polars as pl

JUDGED: Final = "judged-names"
"""The type of the attestation that a judgement is."""
VERDICTS: Final = ("same", "different")
NAME_CHARS_MAX: Final = 300
"""How long a name may be that is judged."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person judged of two names, in the order in which the person gave them."""

    event: str
    first: str
    second: str
    verdict: str
    note: str
    actor: str
    time: str

    @property
    def pair(self) -> frozenset[str]:
        """Return the two names as they are compared."""
        return frozenset((spelt(self.first), spelt(self.second)))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = ("event", "first", "second", "verdict", "note", "actor", "time")
        return {name: getattr(self, name) for name in names}


def spelt(name: str) -> str:
    """Return a name without what only typing makes of it: case and spaces.

    >>> spelt("Zeta  Metals Corp")
    'zeta metals corp'
    """
    return " ".join(name.casefold().split())


def plain_key(key: str) -> str:
    """Return the key of a name with one word for the United States before others.

    >>> plain_key("united states antimony")
    'us antimony'
    """
    return re.sub(r"^(?:united states|u s|usa)(?= \w)", "us", key)


@dataclass(frozen=True, slots=True)
class Judgements:
    """The judgements in force, the earliest first.

    Where several say *same* of what another says *different* of, that one prevails, and the last of
    the *same* is set aside.
    """

    all: tuple[Judgement, ...] = ()

    @property
    def followed(self) -> list[Judgement]:
        """Return the *same* that are followed."""
        return list(_told_apart(self.all)[0])

    @property
    def set_aside(self) -> list[Judgement]:
        """Return the *same* that would join what was judged different."""
        return list(_told_apart(self.all)[1])

    def to_json(self) -> dict[str, Any]:
        """Return them as JSON."""
        aside = self.set_aside
        return {"judged": [{**one.to_json(), "is_followed": one not in aside} for one in self.all]}

    def by_form(self) -> dict[str, tuple[str, ...]]:
        """Return the judged names of each form (see :func:`judged_name`)."""
        found: dict[str, tuple[str, ...]] = {}
        told = dict.fromkeys(spelt(name) for one in self.all for name in (one.first, one.second))
        for name in told:
            form = normal_name(name)
            found[form] = (*found.get(form, ()), name)
        return found

    def same_as(self, name: str) -> tuple[tuple[str, Judgement], ...]:
        """Return the other names of whom a name was judged to be, each with a judgement of it."""
        own = self.names_of(name)
        found: dict[str, Judgement] = {}
        for one in self.followed:
            for told in (one.first, one.second):
                if spelt(told) in own and spelt(told) != spelt(name):
                    found.setdefault(told, one)
        return tuple(found.items())

    def other_than(self, name: str) -> tuple[tuple[str, Judgement], ...]:
        """Return the names of whom a name was judged not to be, each with a judgement of it."""
        own = self.names_of(name)
        found: dict[str, Judgement] = {}
        for one in self.all:
            if one.verdict == "different":
                for told, other in ((one.first, one.second), (one.second, one.first)):
                    if spelt(told) in own:
                        found.setdefault(other, one)
        return tuple(found.items())

    def names_of(self, name: str) -> frozenset[str]:
        """Return a name with all that it was judged to be the same as, through others as well."""
        found = {spelt(name)}
        edges = [one.pair for one in self.followed]
        grown = True
        while grown:
            near = [edge for edge in edges if edge & found and not edge <= found]
            found.update(*near)
            grown = bool(near)
        return frozenset(found)

    def keys(self, rules: Mapping[str, str]) -> Mapping[str, str]:
        """Return the one key of every name: what the rules give, as the judgements alter it."""
        return JudgedKeys(rules, self) if self.all else rules


NOT_JUDGED: Final = Judgements()
"""No judgement at all."""


class _Groups:
    """Things that were joined, and what is joined with each."""

    def __init__(self) -> None:
        self._of: dict[str, frozenset[str]] = {}

    def of(self, one: str) -> frozenset[str]:
        return self._of.get(one, frozenset((one,)))

    def joined(self, one: str, two: str) -> frozenset[str]:
        return self.of(one) | self.of(two)

    def join(self, one: str, two: str) -> None:
        whole = self.joined(one, two)
        self._of.update(dict.fromkeys(whole, whole))


@lru_cache(maxsize=8)
def _told_apart(
    told: tuple[Judgement, ...],
) -> tuple[tuple[Judgement, ...], tuple[Judgement, ...]]:
    """Return the *same* that are followed, and those that join what was judged different."""
    apart = [one.pair for one in told if one.verdict == "different"]
    groups = _Groups()
    followed: list[Judgement] = []
    aside: list[Judgement] = []
    for one in told:
        if one.verdict != "same":
            continue
        joined = groups.joined(*one.pair)
        if any(pair <= joined for pair in apart):
            aside.append(one)
            continue
        groups.join(*one.pair)
        followed.append(one)
    return tuple(followed), tuple(aside)


def judged_name(name: str, by_form: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the judged name that a name is: so spelt, or else the only one of its form."""
    alike = by_form.get(normal_name(name), ()) if by_form else ()
    if spelt(name) in alike:
        return spelt(name)
    return alike[0] if len(alike) == 1 else None


class JudgedKeys(Mapping[str, str]):
    """The keys of the rules, as judgements alter them.

    The keys of names judged the same become one. Where that, or a rule, gives one key to names that
    were judged different, these get keys of their own.

    Attributes
    ----------
    apart
        The keys of each two names that were judged different.
    """

    def __init__(self, rules: Mapping[str, str], judgements: Judgements) -> None:
        """Alter the keys of rules until no judgement is broken."""
        self._rules = rules
        self._judgements = judgements
        self._judged = frozenset(name for one in judgements.all for name in one.pair)
        self._own_spelling: dict[str, str] = {}
        self._own_form: dict[str, str] = {}
        different = [one for one in judgements.all if one.verdict == "different"]
        parted: set[frozenset[str]] = set()
        self._join()
        while broken := [one for one in different if self[one.first] == self[one.second]]:
            self._part(broken[0], is_again=broken[0].pair in parted)
            parted.add(broken[0].pair)
            self._join()
        self.apart = frozenset(frozenset((self[one.first], self[one.second])) for one in different)

    def _join(self) -> None:
        self._groups = _Groups()
        for one in self._judgements.followed:
            self._groups.join(self._parted_key(one.first), self._parted_key(one.second))

    def _part(self, one: Judgement, *, is_again: bool) -> None:
        """Give a key of its own to whichever of two names has its key from the other.

        If that was not enough, to every name that was judged to be one of the two: what rules make
        of them is then left aside.
        """
        shared = self._parted_key(one.first)
        if is_again or shared != self._parted_key(one.second):
            both = self._judgements.names_of(one.first) | self._judgements.names_of(one.second)
            self._own_spelling.update((name, f"judged {name}") for name in both)
            return
        forms = {plain_key(normal_name(name)) for name in (one.first, one.second)}
        if len(forms) == 1:
            self._own_spelling.update((name, name) for name in one.pair)
            return
        self._own_form.update((form, form) for form in forms - {shared})

    def _parted_key(self, name: str) -> str:
        """Return the key of a name before names judged the same are joined."""
        own = self._own_spelling.get(spelt(name))
        if own is not None:
            return own
        form = plain_key(normal_name(name))
        return self._own_form.get(form) or plain_key(self._rules.get(name, form))

    def __getitem__(self, name: str) -> str:
        """Return the key of a name, also of one that the rules do not know."""
        whole = self._groups.of(self._parted_key(name))
        return min(whole, key=lambda key: (not _is_coded(key), -len(key), key))

    def is_judged(self, name: str) -> bool:
        """Return whether a person judged this name itself."""
        return spelt(name) in self._judged

    def __iter__(self) -> Iterator[str]:
        """Yield the names that the rules know."""
        return iter(self._rules)

    def __len__(self) -> int:
        """Return how many names the rules know."""
        return len(self._rules)


def _is_coded(key: str) -> bool:
    return key.startswith(("country ", "agency "))


def judgements_of(ledger: Ledger) -> Judgements:
    """Return the judgements in force in a ledger: the last of each two names that is not voided."""
    found: dict[frozenset[str], Judgement] = {}
    for event in ledger.other:
        if event["schema"] != "attest/1" or event["body"]["type"] != JUDGED:
            continue
        extra = event.get("extra") or {}
        first, second, verdict = (
            str(extra.get(f"watch.{name}", "")) for name in ("first", "second", "verdict")
        )
        if not first or not second or verdict not in VERDICTS or spelt(first) == spelt(second):
            continue  # written by another program: it says nothing that can be followed
        one = Judgement(
            event["id"], first, second, verdict,
            event.get("note") or "", event["actor"], event["time"],
        )  # fmt: skip
        found.pop(one.pair, None)
        found[one.pair] = one
    return Judgements(tuple(found.values()))


def judge_draft(
    first: str, second: str, verdict: str, ledger: Ledger
) -> dict[str, Any] | Judgement:
    """Return the attestation of a judgement without its time and actor, or the same one in force.

    Raises
    ------
    InputError
        If the verdict is none, a name is empty, too long or twice the same, the ledger is not the
        actual one, or the judgement contradicts those in force.
    """
    first, second = " ".join(first.split()), " ".join(second.split())
    names = (first, second)
    wrong = []
    if verdict not in VERDICTS:
        wrong.append(f"{verdict!r} is no judgement; write same or different")
    if ledger.header.tense != "actual":
        wrong.append(f"{ledger.header.id} is {ledger.header.tense}; judgements are of what is")
    wrong += [f"{name!r} is no name" for name in names if not normal_name(name)]
    long = [name for name in names if len(name) > NAME_CHARS_MAX]
    wrong += [f"a name has {len(name)} characters, more than {NAME_CHARS_MAX}" for name in long]
    if spelt(first) == spelt(second):
        wrong.append("both names are the same but for case and spaces: nothing to judge")
    if wrong:
        raise InputError("; ".join(wrong))
    known = judgements_of(ledger)
    one = Judgement("", first, second, verdict, "", "", "")
    same = next((each for each in known.all if each.pair == one.pair), None)
    if same is not None and same.verdict == verdict:
        return same
    _check_fits(one, known)
    told = "one and the same" if verdict == "same" else "two, and not the same"
    return {
        "schema": "attest/1",
        "id": _free_id(one, ledger),
        "body": {
            "type": JUDGED,
            "subject": hashlib.sha256("|".join(sorted(one.pair)).encode()).hexdigest()[:24],
            "statement": f"“{names[0]}” and “{names[1]}” are {told}.",
        },
        "extra": {
            "watch.first": names[0],
            "watch.second": names[1],
            "watch.verdict": verdict,
        },
    }


def _check_fits(one: Judgement, known: Judgements) -> None:
    """Refuse a judgement that contradicts others, and say which."""
    others = Judgements(tuple(each for each in known.all if each.pair != one.pair))
    after = Judgements((*others.all, one))
    new = set(after.set_aside) - set(others.set_aside)
    if not new:
        return
    chain = [each for each in others.all if each.pair & _touched(one, others)]
    told = "; ".join(
        f"{each.first} and {each.second} {each.verdict} ({each.event}, by {each.actor})"
        for each in chain
    )
    raise InputError(
        f"that contradicts what was judged: {told}. Take one of these back with "
        "'oreline record correct EVENT --void', or judge its two names anew"
    )


def _touched(one: Judgement, known: Judgements) -> frozenset[str]:
    """Return all names that a judgement touches, through others as well."""
    return known.names_of(one.first) | known.names_of(one.second)


def _free_id(one: Judgement, ledger: Ledger) -> str:
    """Return an id that follows from what is judged, past earlier judgements of it."""
    what = "|".join((*sorted(one.pair), one.verdict))
    base = f"judged-{hashlib.sha256(what.encode()).hexdigest()[:24]}"
    mark = f'"id":"{base}'.encode()
    used = sum(mark in data for data in ledger.raw.values())
    return base if used == 0 else f"{base}-{used + 1}"


def judged_frame(known: Judgements) -> pl.DataFrame:
    """Return judgements as a table, one row each."""
    import polars as pl

    names = ("event", "first", "second", "verdict", "note", "actor", "time")
    schema = {**dict.fromkeys(names, pl.String), "is_followed": pl.Boolean}
    return pl.DataFrame(known.to_json()["judged"], schema=pl.Schema(schema))
