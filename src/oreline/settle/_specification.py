"""Whether goods meet a specification, and are dry enough to be loaded in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from oreline.settle._clauses import Specification, SpecificationLimit
from oreline.settle._exchange_rule import EXACT
from oreline.settle._rounding import shown

MOISTURE = "H2O"
_TML_OF_FMP = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class SpecificationFinding:
    """A limit that goods do not meet, or of which nobody can say whether they do.

    ``subject`` is the analyte, ``H2O`` for moisture. ``verdict`` is ``outside`` or ``unknown``.
    ``otherwise`` says what follows where it is outside: the buyer may reject, it is only noted, or
    the goods may not be loaded in bulk.
    """

    subject: str
    verdict: Literal["outside", "unknown"]
    otherwise: Literal["reject", "note", "not loaded"]
    message: str


def check_specification(
    spec: Specification, grades_pct: Mapping[str, Decimal], moisture_pct: Decimal | None = None
) -> tuple[SpecificationFinding, ...]:
    """Return every limit that is not met or cannot be judged; nothing where all are met.

    Both ends of a limit are within it. The moisture, where the specification has a limit for
    transport, has to be less than it.

    Parameters
    ----------
    spec
        The specification.
    grades_pct
        By analyte, % of dry mass; one that is not there is UNKNOWN, not zero.
    moisture_pct
        % of wet mass; None where it is UNKNOWN.

    >>> spec = Specification.model_validate({"limits": [{"analyte": "Sb", "max": "0.2 %"}]})
    >>> check_specification(spec, {"Sb": Decimal("0.25")})[0].message
    'Sb 0.25 % is more than 0.2 %'
    >>> check_specification(spec, {"Sb": Decimal("0.2")})
    ()
    """
    found = [_checked(limit, grades_pct.get(limit.analyte)) for limit in spec.limits]
    found.append(_transport(spec, moisture_pct))
    return tuple(one for one in found if one is not None)


def meets(findings: Iterable[SpecificationFinding]) -> bool | None:
    """Return whether goods meet a specification; None where it is unknown.

    >>> meets([])
    True
    """
    verdicts = {one.verdict for one in findings}
    if "outside" in verdicts:
        return False
    return None if verdicts else True


def transportable_limit(spec: Specification) -> Decimal | None:
    """Return the moisture, % of wet mass, below which goods may be loaded in bulk.

    The transportable moisture limit, or nine tenths of the flow moisture point (IMSBC Code, ISO
    12742). None where the specification has neither.
    """
    if spec.tml_pct is not None or spec.fmp_pct is None:
        return spec.tml_pct
    with localcontext(EXACT):
        return spec.fmp_pct * _TML_OF_FMP


def may_load(spec: Specification, moisture_pct: Decimal | None) -> bool | None:
    """Return whether goods of a moisture may be loaded in bulk; None where it is unknown.

    The moisture has to be less than the limit (IMSBC Code, Group A): one that equals it is not.

    >>> spec = Specification(tml_pct=Decimal("9.1"))
    >>> [may_load(spec, Decimal(moisture)) for moisture in ("9.0", "9.1")]
    [True, False]
    """
    limit = transportable_limit(spec)
    if limit is None or moisture_pct is None:
        return None
    return moisture_pct < limit


def _checked(limit: SpecificationLimit, grade: Decimal | None) -> SpecificationFinding | None:
    if grade is None:
        message = f"{limit.analyte} is not assayed; the limit is {_range(limit)}"
        return SpecificationFinding(limit.analyte, "unknown", limit.otherwise, message)
    written = f"{limit.analyte} {shown(grade)} %"
    if limit.min is not None and grade < limit.min.to("%"):
        message = f"{written} is less than {limit.min}"
    elif limit.max is not None and grade > limit.max.to("%"):
        message = f"{written} is more than {limit.max}"
    else:
        return None
    return SpecificationFinding(limit.analyte, "outside", limit.otherwise, message)


def _range(limit: SpecificationLimit) -> str:
    ends = (("at least", limit.min), ("at most", limit.max))
    return " and ".join(f"{word} {end}" for word, end in ends if end is not None) or "not written"


def _transport(spec: Specification, moisture: Decimal | None) -> SpecificationFinding | None:
    limit = transportable_limit(spec)
    if limit is None:
        return None
    if moisture is None:
        message = f"the moisture is unknown; it has to be less than {shown(limit)} %"
        return SpecificationFinding(MOISTURE, "unknown", "not loaded", message)
    if may_load(spec, moisture):
        return None
    message = f"a moisture of {shown(moisture)} % is not less than the limit of {shown(limit)} %"
    return SpecificationFinding(MOISTURE, "outside", "not loaded", message)
