"""What reports of one event agree on, where they differ, and what only one of them says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from oreline.watch._claim import LADDERS, Claim, Money, Percent, Value, When, value_text
from oreline.watch._gazetteer import country_names
from oreline.watch._names import normal_name

AGREED: Final = "agreed"
DIFFERS: Final = "differs"
SINGLE: Final = "single"
COMPATIBLE: Final = "compatible"

_SET_SLOTS: Final = frozenset({"parties", "materials", "from", "to"})
_TOLD_APART: Final = frozenset({"words", "purpose", "action", "role", "facility", "asset"})
"""Slots in the words of each report: they are shown side by side and not judged."""


_LOOSE: Final = frozenset({"deal", "partnership", "partnership framework"})


@dataclass(frozen=True, slots=True)
class Saying:
    """What one report says on one point, and the claims that say it."""

    document: str
    text: str
    claims: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"document": self.document, "text": self.text, "claims": list(self.claims)}


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an event: what each report says of it, and how that fits together.

    ``verdict`` is agreed, compatible (one is more exact than the other), differs or single;
    ``note`` says how they differ or fit.
    """

    slot: str
    verdict: str
    told: tuple[Saying, ...]
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "slot": self.slot,
            "verdict": self.verdict,
            "told": [one.to_json() for one in self.told],
            "note": self.note,
        }


def points(claims: Sequence[Claim], key_of: Mapping[str, str]) -> tuple[Point, ...]:
    """Give every point that the claims of one event speak of."""
    slots = list(dict.fromkeys(name for one in claims for name, _ in one.slots))
    found = [_status_point(claims)]
    if any(one.when is not None for one in claims):
        found.append(_when_point(claims))
    order = ("parties", "company", "target", "from", "to", "agency", "materials", "amount")
    slots.sort(key=lambda name: (order.index(name) if name in order else len(order), name))
    found += [_slot_point(name, claims, key_of) for name in slots]
    sources = _said_by(claims)
    return (*found, *sources)


def _said_by(claims: Sequence[Claim]) -> list[Point]:
    """Give whom each report names as its source, where they name others."""
    if claims[0].kind == "quotation":
        return []
    reports: dict[str, list[Claim]] = {}
    for one in claims:
        if one.attribution.speaker is not None:
            reports.setdefault(one.document, []).append(one)
    if not reports:
        return []
    told = tuple(
        Saying(
            name,
            "; ".join(dict.fromkeys(one.attribution.speaker or "" for one in ones)),
            tuple(one.id for one in ones),
        )
        for name, ones in reports.items()
    )
    if len(told) == 1:
        return [Point("said by", SINGLE, told)]
    same = len({one.text for one in told}) == 1
    note = "" if same else "each names another source"
    return [Point("said by", AGREED if same else COMPATIBLE, told, note)]


def _by_report(claims: Sequence[Claim], slot: str) -> dict[str, list[tuple[Value, Claim]]]:
    found: dict[str, list[tuple[Value, Claim]]] = {}
    for one in claims:
        value = one.slot(slot)
        if value is not None:
            found.setdefault(one.document, []).append((value, one))
    return found


def _slot_point(slot: str, claims: Sequence[Claim], key_of: Mapping[str, str]) -> Point:
    reports = _by_report(claims, slot)
    told = tuple(
        Saying(document, _joined(values), tuple(claim.id for _, claim in values))
        for document, values in reports.items()
    )
    verdict, note = _judged(slot, reports, key_of)
    torn = [name for name, values in reports.items() if slot == "parties" and _torn(values, key_of)]
    if torn:
        verdict = DIFFERS
        note = "; ".join(part for part in (note, f"{', '.join(torn)} itself names others") if part)
    return Point(slot, verdict, told, note)


def _torn(values: Sequence[tuple[Value, Claim]], key_of: Mapping[str, str]) -> bool:
    """Return whether one report names parties of which none is the same: two firms, two states."""
    told = [one for one in values if isinstance(one[0], tuple) and len(one[0]) > 1]
    kinds = [_keys([one], key_of) for one in told]
    return any(not (one & two) for one in kinds for two in kinds)


def _joined(values: Sequence[tuple[Value, Claim]]) -> str:
    return "; ".join(dict.fromkeys(value_text(value) for value, _ in values))


def _judged(
    slot: str, reports: Mapping[str, list[tuple[Value, Claim]]], key_of: Mapping[str, str]
) -> tuple[str, str]:
    values = [value for told in reports.values() for value, _ in told]
    if all(isinstance(value, Money) for value in values):
        return _money([value for value in values if isinstance(value, Money)], len(reports))
    if all(isinstance(value, Percent) for value in values):
        return _percent([value for value in values if isinstance(value, Percent)], len(reports))
    kinds = [_keys(told, key_of) for told in reports.values()]
    if slot in _TOLD_APART and len(reports) > 1:
        return (
            (AGREED, "")
            if all(one == kinds[0] for one in kinds)
            else (COMPATIBLE, "each in its own words")
        )
    inner = [one for told in reports.values() for one in (_keys([value], key_of) for value in told)]
    if len(reports) == 1:
        if slot not in _SET_SLOTS and len(set(inner)) > 1 and slot not in _TOLD_APART:
            return DIFFERS, "the report says both"
        return SINGLE, ""
    if all(one == kinds[0] for one in kinds):
        if slot not in _SET_SLOTS and len(kinds[0]) > 1:
            return DIFFERS, "each report says both"
        return AGREED, ""
    states = [frozenset(one for one in kind if one.startswith("country ")) for kind in kinds]
    named = [kind - state for kind, state in zip(kinds, states, strict=True)]
    kinds = [frozenset(_shown(one) for one in kind) for kind in kinds]
    common = frozenset.intersection(*kinds)
    widest = max(kinds, key=len)
    if common and all(one <= widest for one in kinds):
        missing = ", ".join(sorted(widest - common))
        return COMPATIBLE, f"not in every report: {missing}"
    if common:
        return COMPATIBLE, f"in all reports: {', '.join(sorted(common))}"
    if slot in ("from", "to") and _fit(states) and _fit(named):
        return COMPATIBLE, "some name a country only, others a party"
    return DIFFERS, " against ".join(dict.fromkeys(", ".join(sorted(one)) for one in kinds))


def _fit(kinds: Sequence[frozenset[str]]) -> bool:
    """Return whether what is named at all has something in common."""
    told = [one for one in kinds if one]
    return not told or bool(frozenset.intersection(*told))


def _shown(key: str) -> str:
    """Give a key as people read it: a country by its name."""
    code = key.removeprefix("country ")
    return key if code == key else country_names().get(code, code)


def _keys(told: Sequence[tuple[Value, Claim]], key_of: Mapping[str, str]) -> frozenset[str]:
    found = []
    for value, _ in told:
        names = value if isinstance(value, tuple) else (str(value),)
        found += [key_of.get(name, normal_name(name)) for name in names]
    keys = frozenset(found)
    # "Deal" and "partnership" are loose words for whatever was signed, where that is named too.
    return keys - _LOOSE or keys


def _money(values: Sequence[Money], reports: int) -> tuple[str, str]:
    if len({(one.currency, one.low, one.high) for one in values}) > 1:
        if len({one.currency for one in values}) > 1:
            return DIFFERS, "other currencies: which amount is the first is not said"
        low, high = min(one.low for one in values), max(one.high for one in values)
        return DIFFERS, f"{low:,f} against {high:,f}, {high - low:,f} apart"
    hedges = sorted({one.hedge for one in values})
    if len(hedges) > 1:
        return DIFFERS, "the same number, said as " + " and as ".join(
            one or "exact" for one in hedges
        )
    return (AGREED, "") if reports > 1 else (SINGLE, "")


def _percent(values: Sequence[Percent], reports: int) -> tuple[str, str]:
    if len({one.value for one in values}) > 1:
        low, high = min(one.value for one in values), max(one.value for one in values)
        return DIFFERS, f"{low:f} % against {high:f} %: prices move during a day"
    return (AGREED, "") if reports > 1 else (SINGLE, "")


def _status_point(claims: Sequence[Claim]) -> Point:
    reports: dict[str, list[Claim]] = {}
    for one in claims:
        reports.setdefault(one.document, []).append(one)
    told = tuple(
        Saying(
            name,
            "; ".join(dict.fromkeys(one.status for one in ones)),
            tuple(one.id for one in ones),
        )
        for name, ones in reports.items()
    )
    kind = claims[0].kind
    statuses = {one.status for one in claims}
    off = statuses - set(LADDERS[kind])
    if off and len(statuses) > 1:
        return Point(
            "status",
            DIFFERS,
            told,
            f"{', '.join(sorted(off))} against {', '.join(sorted(statuses - off))}",
        )
    if len(reports) == 1:
        return Point("status", SINGLE, told)
    highest = {name: max(_step(kind, one.status) for one in ones) for name, ones in reports.items()}
    if len(set(highest.values())) == 1:
        return Point("status", AGREED, told)
    top = max(highest.values())
    further = ", ".join(name for name, step in highest.items() if step == top)
    reached = LADDERS[kind][top] if top >= 0 else "none"
    return Point("status", COMPATIBLE, told, f"furthest step: {reached} ({further})")


def _step(kind: str, status: str) -> int:
    ladder = LADDERS[kind]
    return ladder.index(status) if status in ladder else -1


def _when_point(claims: Sequence[Claim]) -> Point:
    reports: dict[str, list[tuple[When, Claim]]] = {}
    for one in claims:
        if one.when is not None:
            reports.setdefault(one.document, []).append((one.when, one))
    told = tuple(
        Saying(
            name,
            "; ".join(dict.fromkeys(f"{when} ({when.said})" for when, _ in ones)),
            tuple(one.id for _, one in ones),
        )
        for name, ones in reports.items()
    )
    known = [
        when
        for ones in reports.values()
        for when, _ in ones
        if when.first is not None and when.last is not None
    ]
    if not known:
        return Point(
            "when", SINGLE if len(reports) == 1 else COMPATIBLE, told, "no day can be told"
        )
    if len(reports) == 1 and len(known) == 1:
        return Point("when", SINGLE, told)
    met = meeting(known)
    if met is None:
        return Point("when", DIFFERS, told, "no day fits all of them")
    if len({(one.first, one.last) for one in known}) == 1:
        return Point("when", AGREED if len(reports) > 1 else SINGLE, told)
    days = met[0].isoformat() if met[0] == met[1] else f"{met[0]} to {met[1]}"
    several = any(one.candidates for one in known)
    how = "of the readings of a quotation one fits the others" if several else "one is more exact"
    return Point("when", COMPATIBLE, told, f"{how}: {days}")


def meeting(known: Sequence[When]) -> tuple[date, date] | None:
    """Give the days that fit all intervals, reading by reading; None if none do.

    Every one of ``known`` has a first and a last day.
    """
    spans: list[tuple[date, date]] | None = None
    for one in known:
        assert one.first is not None
        assert one.last is not None
        mine = list(one.candidates) or [(one.first, one.last)]
        if spans is None:
            spans = mine
            continue
        spans = [
            (max(first, left), min(last, right))
            for first, last in spans
            for left, right in mine
            if max(first, left) <= min(last, right)
        ]
    if not spans:
        return None
    return min(first for first, _ in spans), max(last for _, last in spans)
