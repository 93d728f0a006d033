"""Loading and discharge weights of a sampling lot, summed over its containers.

Of several weights the one written on the movement itself counts, else the weighing nearest to it
in time, before it at loading and after it at discharge: never simply the newest. What is not
weighed is UNKNOWN, and so is a dry mass without a moisture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any, Literal

from oreline.model import MG_PER_UNIT, PPT_PER_UNIT
from oreline.settle._exchange_log import ExchangeLog, Logged
from oreline.settle._exchange_rule import EXACT
from oreline.settle._movements import Touch
from oreline.settle._parcel import Reading, Weighing
from oreline.settle._statement import weakest_of

_KEPT = Context(prec=34)
"""Digits of a moisture that follows from two masses: more than any weight needs."""
_TOLD = Context(prec=12)
"""Digits of an uncertainty."""
At = Literal["loading", "discharge"]
_ROLES: Mapping[At, tuple[str, ...]] = {
    "loading": ("agreed", "seller", "survey"),
    "discharge": ("agreed", "buyer", "survey"),
}
"""In whose assay a moisture is looked for, the first of these that states one."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The parts of a sampling lot in a shipment, with all that the ledger says of them.

    ``left`` is the dispatch on the main carriage; ``came`` the receipt of each part that arrived.
    """

    lot: str
    parts: tuple[str, ...]
    is_whole: bool
    touches: Mapping[str, Sequence[Touch]]
    logs: Mapping[str, ExchangeLog]
    left: tuple[int, int]
    came: Mapping[str, Touch]


@dataclass(frozen=True, slots=True)
class _Part:
    """A weighed part: wet and dry mass in tonnes, moisture in % of wet mass.

    ``is_shared``: the moisture is that of the whole sampling lot, one error for all its parts.
    """

    wet: Reading
    moisture: Reading
    dry: Reading
    is_shared: bool = False


def weighed_at(carried: Carried, at: At) -> Weighing | None:
    """Return the weight of a sampling lot at loading or discharge, None where nobody weighed it.

    The parts are summed: wet masses, dry masses, and the moisture that follows from both.
    Uncertainties of weighings are independent; a moisture that several parts share is one error.
    """
    if at == "discharge" and set(carried.came) != set(carried.parts):
        return None
    with localcontext(EXACT):
        parts = [_part(carried, lot, at) for lot in carried.parts]
        if all(_is_silent(part) for part in parts):
            return _of_the_whole(carried, at)
        return _summed(carried.parts, parts)


def _is_silent(part: _Part) -> bool:
    return not part.wet.evidence and not part.dry.evidence


def _of_the_whole(carried: Carried, at: At) -> Weighing | None:
    """Return the weight of a lot that was weighed before it was divided, if all of it is here."""
    if at == "discharge" or not carried.is_whole or carried.parts == (carried.lot,):
        return None
    part = _part(carried, carried.lot, at)
    return None if _is_silent(part) else _summed((carried.lot,), [part])


def _part(carried: Carried, lot: str, at: At) -> _Part:
    touch = _weight(carried, lot, at)
    if touch is None:
        nothing = Reading(None, why=f"nobody weighed {lot} at {at}")
        return _Part(nothing, nothing, nothing)
    wet, dry = (_mass(touch, name) for name in ("wet", "dry"))
    moisture, is_shared = _moisture(carried, lot, at, touch)
    if wet is None:
        assert dry is not None
        return _Part(Reading(None, why=f"only the dry mass of {lot} is stated"), moisture, dry)
    if dry is not None and dry.value is not None:
        if moisture.value is None:
            moisture, is_shared = _wetness(wet, dry), False
        return _Part(wet, moisture, dry, is_shared)
    return _Part(wet, moisture, _dried(wet, moisture), is_shared)


def _weight(carried: Carried, lot: str, at: At) -> Touch | None:
    weighed = [touch for touch in carried.touches.get(lot, ()) if _is_weighed(touch)]
    if at == "loading":
        return _loaded(carried, lot, weighed)
    came = carried.came[lot]
    if any(touch.at == came.at for touch in weighed):
        return next(touch for touch in weighed if touch.at == came.at)
    after = [touch for touch in weighed if touch.at > came.at and touch.kind == "weigh"]
    between = [touch for touch in weighed if carried.left < touch.at < came.at]
    return next(iter(after), None) or (between[-1] if between else None)


def _loaded(carried: Carried, lot: str, weighed: Sequence[Touch]) -> Touch | None:
    """Return the last weight before the dispatch that is of all that left.

    What was weighed before something was drawn from the lot is not; neither is what was added to a
    lot that was made in several turns.
    """
    before = [touch for touch in carried.touches.get(lot, ()) if touch.at <= carried.left]
    made = sum(touch.line["side"] == "outputs" for touch in before)
    drawn = [touch.at for touch in before if _is_draw(touch, lot == carried.lot)]
    since = max(drawn, default=(0, -1))
    fitting = [
        touch
        for touch in weighed
        if since < touch.at <= carried.left and (made < 2 or touch.line["side"] != "outputs")
    ]
    return fitting[-1] if fitting else None


def _is_draw(touch: Touch, is_sampling_lot: bool) -> bool:
    if touch.line["side"] != "inputs":
        return False
    # Its division into the containers draws all of a sampling lot; what it weighed is on board.
    return not (is_sampling_lot and touch.kind == "split")


def _is_weighed(touch: Touch) -> bool:
    """Return whether a line states the mass of the whole lot, not of what was drawn from it."""
    return touch.line["side"] != "inputs" and bool({"wet", "dry"} & touch.line.keys())


def _moisture(carried: Carried, lot: str, at: At, weight: Touch) -> tuple[Reading, bool]:
    """Return the moisture of a part, and whether it is that of the whole sampling lot.

    That of its weighing counts, else the part's own, else that of the sampling lot.
    """
    if "moisture" in weight.line:
        return _percent(weight.line["moisture"], (weight.id,)), False
    for name in dict.fromkeys((lot, carried.lot)):
        found = _of_certificate(carried.logs.get(name), at)
        if found is not None:
            return found, name != lot
        stated = [
            touch
            for touch in carried.touches.get(name, ())
            if "moisture" in touch.line
            and touch.line["side"] != "inputs"
            and (touch.at <= carried.left) == (at == "loading")
        ]
        if stated:
            near = stated[-1] if at == "loading" else stated[0]
            return _percent(near.line["moisture"], (near.id,)), name != lot
    return Reading(None, why=f"nobody states the moisture of {lot} at {at}"), False


def _of_certificate(log: ExchangeLog | None, at: At) -> Reading | None:
    for role in _ROLES[at]:
        for assay in () if log is None else log.assays:
            body = body_of(assay)
            if body is not None and body["role"] == role and "moisture" in body:
                return _percent(body["moisture"], (assay.id,))
    return None


def body_of(assay: Logged) -> Mapping[str, Any] | None:
    """Return what an assay says now, None where it was taken back."""
    return None if assay.is_void else assay.amended or assay.body


def _mass(touch: Touch, name: str) -> Reading | None:
    given = touch.line.get(name)
    if given is None:
        return None
    per_t = MG_PER_UNIT["t"]
    if "value" not in given:
        return Reading(None, None, _basis(given), (touch.id,), _why(f"the {name} mass", given))
    factor = MG_PER_UNIT[given["unit"]] / per_t
    u = None if "u" not in given else Decimal(given["u"]) * factor
    return Reading(Decimal(given["value"]) * factor, u, _basis(given), (touch.id,))


def _percent(given: Mapping[str, Any], evidence: tuple[str, ...]) -> Reading:
    if "value" not in given:
        return Reading(None, None, _basis(given), evidence, _why("the moisture", given))
    factor = PPT_PER_UNIT[given["unit"]] / PPT_PER_UNIT["%"]
    u = None if "u" not in given else Decimal(given["u"]) * factor
    return Reading(Decimal(given["value"]) * factor, u, _basis(given), evidence)


def _basis(given: Mapping[str, Any]) -> str:
    return str(given.get("basis", "reported"))


def _why(what: str, given: Mapping[str, Any]) -> str:
    if "unknown" in given:
        return f"{what} is UNKNOWN: {given['unknown']}"
    unit = given.get("unit", "")
    for word in ("below", "above"):
        if word in given:
            return f"{what} is {word} {given[word]} {unit}"
    return f"{what} is between {given.get('low')} and {given.get('high', 'any')} {unit}"


def _dried(wet: Reading, moisture: Reading) -> Reading:
    evidence = tuple(dict.fromkeys((*wet.evidence, *moisture.evidence)))
    basis = weakest_of(wet.basis, moisture.basis)
    for one in (wet, moisture):
        if one.value is None:
            return Reading(None, None, basis, evidence, one.why)
    assert wet.value is not None
    assert moisture.value is not None
    return Reading(wet.value * (100 - moisture.value) / 100, None, basis, evidence)


def _wetness(wet: Reading, dry: Reading) -> Reading:
    """Return the moisture that follows from a wet and a dry mass."""
    if not wet.value or dry.value is None or dry.value > wet.value:
        return Reading(None, None, wet.basis, wet.evidence, "wet and dry mass do not agree")
    basis = weakest_of(wet.basis, dry.basis)
    moisture = _KEPT.plus(100 * (wet.value - dry.value) / wet.value)
    return Reading(moisture, None, basis, wet.evidence)


def _summed(lots: Sequence[str], parts: Sequence[_Part]) -> Weighing:
    wet = _sum(lots, [part.wet for part in parts])
    dry = _sum(lots, [part.dry for part in parts])
    if len(parts) == 1:
        moisture = parts[0].moisture
        return Weighing(wet, moisture, _with_u(dry, _dry_u(parts)))
    dry = _with_u(dry, _dry_u(parts))
    moistures = [part.moisture for part in parts]
    basis = weakest_of(*(one.basis for one in moistures))
    evidence = tuple(dict.fromkeys(name for one in moistures for name in one.evidence))
    lacking = next((one for one in moistures if one.value is None), None)
    if lacking is not None or not wet.value or dry.value is None:
        why = (lacking or dry).why or "the wet mass is UNKNOWN"
        return Weighing(wet, Reading(None, None, basis, evidence, why), dry)
    mean = _KEPT.plus(100 * (wet.value - dry.value) / wet.value)
    u = _moisture_u(parts, wet.value, mean)
    return Weighing(wet, Reading(mean, u, basis, evidence), dry)


def _sum(lots: Sequence[str], readings: Sequence[Reading]) -> Reading:
    basis = weakest_of(*(one.basis for one in readings))
    evidence = tuple(dict.fromkeys(name for one in readings for name in one.evidence))
    whys = [one.why or f"{lot} is UNKNOWN" for lot, one in zip(lots, readings, strict=True)
            if one.value is None]  # fmt: skip
    if whys:
        more = f"; so are {len(whys) - 1} more of its parts" if len(whys) > 1 else ""
        return Reading(None, None, basis, evidence, whys[0] + more)
    values = [one.value for one in readings if one.value is not None]
    spreads = [one.u for one in readings if one.u is not None]
    u = _root(spreads) if len(spreads) == len(readings) else None
    return Reading(sum(values, Decimal(0)), u, basis, evidence)


def _dry_u(parts: Sequence[_Part]) -> Decimal | None:
    """Return u of the dry mass: of each weighing, and once of each moisture by all it speaks of."""
    if all(part.wet.value is None for part in parts):
        return _sum([""] * len(parts), [part.dry for part in parts]).u
    terms: list[Decimal] = []
    together = Decimal(0)
    for part in parts:
        wet, moisture = part.wet, part.moisture
        if wet.value is None or wet.u is None or moisture.value is None or moisture.u is None:
            return None
        terms.append(wet.u * (100 - moisture.value) / 100)
        if part.is_shared:
            together += wet.value * moisture.u / 100
        else:
            terms.append(wet.value * moisture.u / 100)
    return _root([*terms, together])


def _moisture_u(parts: Sequence[_Part], wet: Decimal, mean: Decimal) -> Decimal | None:
    """Return u of the moisture of the sum, in %: of 100 × (1 - dry / wet)."""
    terms: list[Decimal] = []
    together = Decimal(0)
    for part in parts:
        if part.wet.value is None or part.wet.u is None:
            return None
        if part.moisture.value is None or part.moisture.u is None:
            return None
        terms.append((part.moisture.value - mean) / wet * part.wet.u)
        if part.is_shared:
            together += part.wet.value / wet * part.moisture.u
        else:
            terms.append(part.wet.value / wet * part.moisture.u)
    return _root([*terms, together])


def _with_u(reading: Reading, u: Decimal | None) -> Reading:
    if reading.value is None:
        return reading
    return Reading(reading.value, u, reading.basis, reading.evidence, reading.why)


def _root(terms: Sequence[Decimal]) -> Decimal:
    return _TOLD.plus(sum((term * term for term in terms), Decimal(0)).sqrt(EXACT))
