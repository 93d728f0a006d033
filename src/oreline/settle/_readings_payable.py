"""Payable terms and baskets that can be read in two ways, or pay the same metal twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from itertools import combinations, pairwise

from oreline.model import AGGREGATES, analyte
from oreline.settle._ambiguity import Ambiguity, ClauseReading, typical_pct, unknown_price
from oreline.settle._clauses import Payable, Tier
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._payable import payable_grade, says_nothing, tier_span, tier_text
from oreline.settle._rounding import shown
from oreline.settle._units import Quantity, dimension_of

_NEEDS = {
    "pct": ("pct",),
    "deduction": ("deduction",),
    "pct_min_deduction": ("pct", "deduction"),
    "excess": ("pct", "deduction"),
    "tiers": ("tiers",),
}
_NOT_METALS = {"O", "C", "H", "S"}


def payable_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what is open in the payable terms and the basket of a contract."""
    for index, clause in enumerate(contract.payables):
        path = f"payables.{index}"
        yield from _fields(path, clause)
        if clause.method == "tiers" and clause.tiers:
            yield from _tiers(path, clause, contract)
        yield from _priced(path, clause, contract)
    yield from _basket(contract)
    yield from _paid_twice(contract)


def _fields(path: str, clause: Payable) -> Iterator[Ambiguity]:
    """Yield fields that the method needs and has not, or has and does not use."""
    number = clause.clause or ""
    needed = _NEEDS[clause.method]
    for name in needed:
        if not getattr(clause, name) and getattr(clause, name) != 0:
            message = f"the method {clause.method} of {clause.analyte} has no {name}"
            yield Ambiguity(f"{path}.{name}", message, f"write {name}", number=number)
    for name in ("pct", "deduction", "tiers", "tier_pays"):
        held = name in needed or (name == "tier_pays" and clause.method == "tiers")
        if getattr(clause, name) and not held:
            yield _unused(path, clause, name)
    if dimension_of(clause.unit) != "grade":
        message = f"{clause.unit!r} is no unit of grade"
        yield Ambiguity(f"{path}.unit", message, "write % or g/dmt", number=number)


def _unused(path: str, clause: Payable, name: str) -> Ambiguity:
    """Return that a method makes no use of what is written, with what would be paid with it."""
    grade = typical_pct(clause.analyte)
    other = "tiers" if name.startswith("tier") else "pct_min_deduction"
    changed = {"method": other, "tier_pays": clause.tier_pays or "whole"}
    readings = [
        ("it does not count", clause),
        (f"it counts, as in {other}", _with(clause, changed)),
    ]
    return Ambiguity(
        f"{path}.{name}",
        f"{name} is written, and the method {clause.method} of {clause.analyte} does not use it",
        f'leave {name} out, or write method = "{other}"',
        f"at {shown(grade)} % {clause.analyte}",
        tuple(ClauseReading(text, _paid(one, grade)) for text, one in readings),
        clause.clause or "",
    )


def _with(clause: Payable, changes: Mapping[str, object]) -> Payable:
    return clause.model_copy(update=dict(changes))


def _paid(clause: Payable, grade: Decimal) -> str:
    found = payable_grade(clause, grade)
    return found.formula or found.why


def _tiers(path: str, clause: Payable, contract: Contract) -> Iterator[Ambiguity]:
    number, place = clause.clause or "", f"{path}.tiers"
    for index, tier in enumerate(clause.tiers):
        low, high = tier_span(tier, contract.units)
        inclusive = tier.below is None and tier.up_to is not None
        empty = high is not None and (high < low or (high == low and not inclusive))
        if tier.below is not None and tier.up_to is not None:
            message = f"the tier {tier_text(tier)} has two ends"
        elif empty:
            message = f"the tier {tier_text(tier)} ends where it begins or before"
        elif says_nothing(tier):
            message = f"the tier {tier_text(tier)} does not say what it pays"
        else:
            continue
        remedy = "write one end, and a percentage, a deduction or a price"
        yield Ambiguity(f"{place}.{index}", message, remedy, number=number)
    ordered = sorted(clause.tiers, key=lambda tier: tier_span(tier, contract.units)[0])
    whole = clause.tier_pays != "marginal"
    for lower, upper in pairwise(ordered):
        found = _between(place, clause, (lower, upper), contract)
        if found is not None and (whole or "gap" not in found.message):
            yield found
    if clause.tier_pays is None:
        yield from _whole_or_marginal(path, clause, ordered, contract)
    elif not whole:
        yield from _marginal(place, clause, ordered, contract)


def _between(
    place: str, clause: Payable, pair: tuple[Tier, Tier], contract: Contract
) -> Ambiguity | None:
    """Return that two neighbouring tiers leave a gap that grades can fall into, or overlap."""
    lower, upper = pair
    end, begin = tier_span(lower, contract.units)[1], tier_span(upper, contract.units)[0]
    with localcontext(EXACT):
        if end is None or end > begin or (end == begin and lower.below is None):
            middle = begin if end is None else (begin + end) / 2
            kind, remedy = "overlap", "let the next tier begin where the one before ends"
        elif end < begin and not closed_by_rounding(clause.analyte, end, begin, contract):
            middle = (begin + end) / 2
            kind = "leave a gap"
            remedy = "write below instead of up_to, or round assays to the step of the tiers"
        else:
            return None
    written = Quantity(middle, "%").to(clause.unit, contract.units)
    return Ambiguity(
        place,
        f"the tiers {tier_text(lower)} and {tier_text(upper)} of {clause.analyte} {kind}",
        remedy,
        f"at {shown(written)} {clause.unit}",
        tuple(
            ClauseReading(f"as {tier_text(tier)}", _paid(_only(clause, tier), middle))
            for tier in pair
        ),
        clause.clause or "",
    )


def _only(clause: Payable, tier: Tier) -> Payable:
    """Return a clause in which the terms of one tier hold for every grade."""
    endless = tier.model_copy(update={"from_": None, "below": None, "up_to": None})
    return _with(clause, {"tiers": (endless,), "tier_pays": "whole"})


def closed_by_rounding(name: str, end: Decimal, begin: Decimal, contract: Contract) -> bool:
    """Return whether assays are rounded so that none can lie between two grades, in %."""
    limits = [] if contract.assays is None else contract.assays.limits
    own = [limit for limit in limits if limit.analyte == name]
    if not own or any(dimension_of(limit.unit) != "grade" for limit in own):
        return False
    for limit in own:
        if limit.rounding is None:
            return False
        low, high = (Quantity(grade, "%").to(limit.unit, contract.units) for grade in (end, begin))
        if (low // limit.rounding.to + 1) * limit.rounding.to < high:
            return False
    return True


def _whole_or_marginal(
    path: str, clause: Payable, ordered: list[Tier], contract: Contract
) -> Iterator[Ambiguity]:
    first = tier_span(ordered[0], contract.units)[0]
    low, high = tier_span(ordered[-1], contract.units)
    grade = low * 3 / 2 if high is None else (low + high) / 2
    grade = min(grade, Decimal(100)) if low else typical_pct(clause.analyte)
    padded = [Tier(below=Quantity(first, "%"), pct=Decimal(0)), *ordered] if first else ordered
    touching = [
        later.model_copy(update={"from_": earlier.below or earlier.up_to})
        for earlier, later in pairwise(padded)
    ]
    whole = _with(clause, {"tier_pays": "whole"})
    changes = {"tiers": (padded[0], *touching), "tier_pays": "marginal"}
    readings = (
        ClauseReading("each tier pays the whole grade", _paid(whole, grade)),
        ClauseReading("each tier pays the part within it", _paid(_with(clause, changes), grade)),
    )
    if len(ordered) == 1 and not first:
        return
    written = Quantity(grade, "%").to(clause.unit, contract.units)
    yield Ambiguity(
        f"{path}.tier_pays",
        f"the tiers of {clause.analyte} do not say whether they pay the whole grade",
        'write tier_pays = "whole" or "marginal"',
        f"at {shown(written)} {clause.unit}",
        readings,
        clause.clause or "",
    )


def _marginal(
    place: str, clause: Payable, ordered: list[Tier], contract: Contract
) -> Iterator[Ambiguity]:
    spans = [tier_span(tier, contract.units) for tier in ordered]
    number = clause.clause or ""
    if spans[0][0] != 0 or any(lower[1] != upper[0] for lower, upper in pairwise(spans)):
        message = f"marginal tiers of {clause.analyte} do not begin at zero or do not touch"
        remedy = 'begin at zero, with pct = "0" where nothing is paid, and let tiers touch'
        yield Ambiguity(place, message, remedy, number=number)
    if any(tier.deduction is not None for tier in ordered):
        message = f"a deduction in marginal tiers of {clause.analyte} could be from each part"
        remedy = 'write tier_pays = "whole", or percentages alone'
        yield Ambiguity(place, message, remedy, number=number)


def _priced(path: str, clause: Payable, contract: Contract) -> Iterator[Ambiguity]:
    number = clause.clause or ""
    if clause.price is not None:
        found = unknown_price(contract, f"{path}.price", clause.price, number)
        if found is not None:
            yield found
    elif not clause.tiers or any(tier.pays is None and tier.pct != 0 for tier in clause.tiers):
        message = f"{clause.analyte} is paid and no price is named"
        yield Ambiguity(f"{path}.price", message, "name a price clause: price", number=number)


def _basket(contract: Contract) -> Iterator[Ambiguity]:
    basket = contract.basket
    if basket is None:
        return
    number, whole = basket.clause or "", basket.pct_of_basket
    if basket.aggregate not in AGGREGATES:
        message = f"{basket.aggregate} is no aggregate of oxides"
        remedy = f"write one of {', '.join(AGGREGATES)}"
        yield Ambiguity("basket.aggregate", message, remedy, number=number)
    for index, item in enumerate(basket.items):
        path, own = f"basket.items.{index}", item.payable_pct
        if whole is not None and own is not None:
            yield Ambiguity(
                f"{path}.payable_pct",
                f"both a percentage of the basket and one of {item.analyte} are written",
                "leave out pct_of_basket, or payable_pct of every item",
                f"of 100 USD of {item.analyte}",
                (
                    ClauseReading("the percentage of the basket", f"{whole:f} USD"),
                    ClauseReading("its own percentage", f"{own:f} USD"),
                    ClauseReading("one of the other", f"{shown(whole * own / 100)} USD"),
                ),
                number,
            )
        elif whole is None and own is None:
            message = f"it is not written what of {item.analyte} is paid"
            remedy = "write payable_pct, 0 where nothing is paid, or pct_of_basket"
            yield Ambiguity(f"{path}.payable_pct", message, remedy, number=number)
        if item.price is not None:
            found = unknown_price(contract, f"{path}.price", item.price, number)
            if found is not None:
                yield found
        elif own != 0:
            message = f"{item.analyte} of the basket names no price"
            yield Ambiguity(f"{path}.price", message, "name a price clause", number=number)


def _paid_twice(contract: Contract) -> Iterator[Ambiguity]:
    """Yield pairs of clauses, or items of a basket, that pay for the same metal."""
    paid = [
        (f"payables.{index}", clause.analyte, clause.clause or "")
        for index, clause in enumerate(contract.payables)
    ]
    if contract.basket is not None:
        paid += [
            (f"basket.items.{index}", item.analyte, contract.basket.clause or "")
            for index, item in enumerate(contract.basket.items)
            if item.payable_pct != 0
        ]
    for (first, one, number), (second, other, _) in combinations(paid, 2):
        common = _metals(one) & _metals(other)
        if not common:
            continue
        yield Ambiguity(
            second,
            f"{', '.join(sorted(common))} is paid here and by {first} too",
            "let one clause pay it; one that pays nothing has pct or payable_pct 0",
            f"of a tonne of {one} at 100 % and one price",
            (
                ClauseReading(f"only {first} pays", f"1 t of {one}"),
                ClauseReading(f"only {second} pays", f"its content as {other}"),
                ClauseReading("both pay", "the metal is paid twice"),
            ),
            number,
        )


def _metals(name: str) -> frozenset[str]:
    """Return the elements that an analyte is paid for; oxygen and the like only by themselves."""
    symbols = AGGREGATES.get(name, (name,))
    found = [element for symbol in symbols for element, _ in analyte(symbol).elements]
    metals = {element for element in found if element not in _NOT_METALS}
    return frozenset(metals or found)
