"""Charges and shares by grade that can be read in two ways, leave a gap, or cannot be applied."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from itertools import pairwise

from oreline.model import UnitError
from oreline.settle._ambiguity import Ambiguity, ClauseReading, typical_pct
from oreline.settle._charge_tiers import HOWS, GradeTiers, rate_tiers, share_tiers
from oreline.settle._clauses import ChargeTier, Participation, Refining, ShareTier, Treatment
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._payable import tier_span, tier_text
from oreline.settle._readings_payable import closed_by_rounding
from oreline.settle._rounding import shown

Tiered = Treatment | Refining | Participation


def tier_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what is open in charges and shares by grade."""
    found: list[tuple[str, Tiered]] = []
    if contract.treatment is not None:
        found.append(("treatment", contract.treatment))
    found += [(f"refining.{at}", one) for at, one in enumerate(contract.refining)]
    found += [(f"participation.{at}", one) for at, one in enumerate(contract.participation)]
    for path, clause in found:
        wrong = list(_fields(path, clause))
        yield from wrong
        if clause.tiers and not wrong:
            yield from _tiers(path, clause, contract)


def _plain(clause: Tiered) -> tuple[str, object]:
    """Return the field that tiers stand in place of, and what is written in it."""
    if isinstance(clause, Participation):
        return "share_pct", clause.share_pct
    return "rate", clause.rate


def _fields(path: str, clause: Tiered) -> Iterator[Ambiguity]:
    number = clause.clause or ""
    field, written = _plain(clause)
    if written is None and not clause.tiers:
        message = f"there is neither a {field} nor tiers by grade"
        yield Ambiguity(f"{path}.{field}", message, f"write {field}, or tiers", number=number)
    if written is not None and clause.tiers:
        yield Ambiguity(
            f"{path}.tiers",
            f"there are both a {field} and tiers by grade",
            "write one of the two",
            "at a grade of the first tier",
            (
                ClauseReading(f"the {field}", str(written)),
                ClauseReading("the tier", str(_number(clause.tiers[0]))),
            ),
            number,
        )
    if not clause.tiers:
        unused = [name for name in ("by", "tier_rate") if getattr(clause, name, None) is not None]
        for name in unused:
            message = f"{name} is written, and there are no tiers"
            yield Ambiguity(f"{path}.{name}", message, f"leave {name} out", number=number)
    elif isinstance(clause, Treatment) and clause.by is None:
        message = "it is not written by whose grade the treatment charge is"
        yield Ambiguity(f"{path}.by", message, 'write by, such as by = "Cu"', number=number)


def _number(tier: ChargeTier | ShareTier) -> object:
    return f"{tier.share_pct:f} %" if isinstance(tier, ShareTier) else tier.rate


def _tiers(path: str, clause: Tiered, contract: Contract) -> Iterator[Ambiguity]:
    number, place, units = clause.clause or "", f"{path}.tiers", contract.units
    try:
        tiers = share_tiers(clause) if isinstance(clause, Participation) else rate_tiers(clause)
    except UnitError as error:
        yield Ambiguity(place, str(error), "write all tiers in one unit", number=number)
        return
    for index, tier in enumerate(tiers.tiers):
        low, high = tier_span(tier, units)
        inclusive = tier.below is None and tier.up_to is not None
        if tier.below is not None and tier.up_to is not None:
            message = f"the tier {tier_text(tier)} has two ends"
        elif high is not None and (high < low or (high == low and not inclusive)):
            message = f"the tier {tier_text(tier)} ends where it begins or before"
        else:
            continue
        yield Ambiguity(f"{place}.{index}", message, "write one end, above from", number=number)
    ordered = sorted(tiers.tiers, key=lambda tier: tier_span(tier, units)[0])
    how = "whole" if isinstance(clause, Treatment) else clause.tier_rate
    for lower, upper in pairwise(ordered):
        found = _between(place, tiers, (lower, upper), contract)
        if found is not None and (how != "marginal" or "gap" not in found.message):
            yield found
    if how is None:
        yield from _whole_or_marginal(path, tiers, number, contract)
    elif how == "marginal":
        spans = [tier_span(tier, units) for tier in ordered]
        if spans[0][0] != 0 or any(lower[1] != upper[0] for lower, upper in pairwise(spans)):
            message = f"marginal tiers by {tiers.analyte} do not begin at zero or do not touch"
            yield Ambiguity(place, message, "begin at zero and let tiers touch", number=number)


def _between(
    place: str,
    tiers: GradeTiers,
    pair: tuple[ChargeTier | ShareTier, ChargeTier | ShareTier],
    contract: Contract,
) -> Ambiguity | None:
    """Return that two neighbouring tiers leave a gap that grades can fall into, or overlap."""
    lower, upper = pair
    end, begin = tier_span(lower, contract.units)[1], tier_span(upper, contract.units)[0]
    with localcontext(EXACT):
        if end is None or end > begin or (end == begin and lower.below is None):
            middle = begin if end is None else (begin + end) / 2
            kind, remedy = "overlap", "let the next tier begin where the one before ends"
        elif end < begin and not closed_by_rounding(tiers.analyte, end, begin, contract):
            middle = (begin + end) / 2
            kind = "leave a gap"
            remedy = "write below instead of up_to, or round assays to the step of the tiers"
        else:
            return None
    return Ambiguity(
        place,
        f"the tiers {tier_text(lower)} and {tier_text(upper)} by {tiers.analyte} {kind}",
        remedy,
        f"at {shown(middle)} % {tiers.analyte}",
        tuple(ClauseReading(f"as {tier_text(one)}", str(_number(one))) for one in pair),
    )


def _whole_or_marginal(
    path: str, tiers: GradeTiers, number: str, contract: Contract
) -> Iterator[Ambiguity]:
    """Yield that tiers may hold for the whole or for their part, where that is not the same."""
    spans = sorted(tier_span(tier, contract.units) for tier in tiers.tiers)
    if len(set(tiers.numbers)) == 1:
        return
    low, high = spans[-1]
    grade = low * 3 / 2 if high is None else (low + high) / 2
    grade = min(grade, Decimal(100)) or typical_pct(tiers.analyte)
    found = [tiers.at(grade, how, contract.units) for how in HOWS]
    yield Ambiguity(
        f"{path}.tier_rate",
        f"the tiers by {tiers.analyte} do not say whether a rate holds for the whole content",
        'write tier_rate = "whole" or "marginal"',
        f"at {shown(grade)} % {tiers.analyte}",
        (
            ClauseReading("a tier's rate holds for the whole", found[0].text or found[0].why),
            ClauseReading("each for the part within it", found[1].text or found[1].why),
        ),
        number,
    )
