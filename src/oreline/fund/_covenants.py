"""Whether promised ratios hold: DSCR and LLCR of each period that repays, exactly compared.

DSCR of a period: the cash available in it, divided by the interest and principal due in it.
LLCR of a period: the cash available from it to the last payment, discounted at the loan's own rate
to the period's first day, divided by what is owed on that day (with what is drawn in the period).
Neither counts cash in hand or reserve accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oreline.comply import Missing, Verdict, number_text
from oreline.fund._loan import Cash, LoanPeriod, LoanSchedule
from oreline.fund._terms import Covenant, LoanTerms, Ratio


@dataclass(frozen=True, slots=True)
class PeriodRatio:
    """A ratio in one period, None where nothing is due in it or where something is missing."""

    period: LoanPeriod
    value: Fraction | None
    missing: tuple[Missing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; the ratio to twelve places."""
        return {
            "period": self.period.number,
            "end": self.period.end.isoformat(),
            "ratio": None if self.value is None else f"{float(self.value):.12f}",
            "missing": [one.to_json() for one in self.missing],
        }


@dataclass(frozen=True, slots=True)
class CovenantStanding:
    """What is said of a covenant: FAIL where any period fails, UNKNOWN where one may."""

    covenant: Covenant
    verdict: Verdict
    ratios: tuple[PeriodRatio, ...]
    missing: tuple[Missing, ...]

    @property
    def least(self) -> PeriodRatio | None:
        """Return the period with the least ratio that is known."""
        known = [one for one in self.ratios if one.value is not None]
        return min(known, key=lambda one: one.value or 0, default=None)

    @property
    def failing(self) -> tuple[PeriodRatio, ...]:
        """Return the periods whose ratio is below what was promised."""
        least = Fraction(self.covenant.at_least)
        return tuple(one for one in self.ratios if one.value is not None and one.value < least)

    def told(self) -> str:
        """Return the reason in one line."""
        name = self.covenant.ratio.upper()
        if self.verdict is Verdict.UNKNOWN:
            return "; ".join(f"{one.name}: {one.why}" for one in self.missing)
        least = self.least
        if least is None or least.value is None:
            return "nothing falls due"
        said = f"least {name} {_short(least.value)} in the period to {least.period.end}, "
        said += f"promised {number_text(Fraction(self.covenant.at_least))}"
        if self.verdict is Verdict.FAIL:
            said += f"; below it in {len(self.failing)} of {len(self.ratios)} periods"
        return said

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "id": self.covenant.id,
            "title": self.covenant.title,
            "ratio": str(self.covenant.ratio),
            "at_least": f"{self.covenant.at_least:f}",
            "verdict": str(self.verdict),
            "told": self.told(),
            "missing": [one.to_json() for one in self.missing],
            "periods": [one.to_json() for one in self.ratios],
        }


def _short(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def covenant_standing(
    covenant: Covenant, terms: LoanTerms, schedule: LoanSchedule, cash: Cash
) -> CovenantStanding:
    """Return whether a covenant holds in every period that repays.

    A period that fails makes it FAIL, also where others are not known.
    """
    repaying = schedule.repaying
    if covenant.ratio is Ratio.DSCR:
        ratios = tuple(_dscr(one, cash) for one in repaying)
    else:
        ratios = _llcr(repaying, cash)
    least = Fraction(covenant.at_least)
    missing = tuple(dict.fromkeys(one for ratio in ratios for one in ratio.missing))
    missing = tuple(dict.fromkeys((*missing, *schedule.missing)))
    fails = any(one.value is not None and one.value < least for one in ratios)
    nothing = not any(one.value is not None for one in ratios) and not missing
    if nothing:
        why, fix = "nothing is drawn or planned to be", "record drawdowns, or plan them in [loan]"
        missing = (Missing("what falls due", why, fix),)
    verdict = Verdict.FAIL if fails else Verdict.UNKNOWN if missing else Verdict.PASS
    return CovenantStanding(covenant, verdict, ratios, missing)


def _dscr(period: LoanPeriod, cash: Cash) -> PeriodRatio:
    if not period.service:
        return PeriodRatio(period, None)
    found = cash(period.start, period.end)
    if found.amount is None:
        return PeriodRatio(period, None, found.missing)
    return PeriodRatio(period, found.amount / Fraction(period.service))


def _llcr(periods: tuple[LoanPeriod, ...], cash: Cash) -> tuple[PeriodRatio, ...]:
    """Return the ratios of all periods, reckoned from the last back to the first."""
    worth = Fraction(0)
    missing: tuple[Missing, ...] = ()
    found: list[PeriodRatio] = []
    is_over = True
    for period in reversed(periods):
        # Cash after the last payment covers nothing: a sculpted loan may be repaid early.
        is_over = is_over and not (period.service or period.opening or period.drawn)
        if is_over:
            found.append(PeriodRatio(period, None))
            continue
        available = cash(period.start, period.end)
        missing = (*available.missing, *missing)
        if available.amount is not None:
            worth = (available.amount + worth) / (1 + period.rate)
        owed = period.opening + period.drawn
        if not owed:
            found.append(PeriodRatio(period, None))
        elif missing:
            found.append(PeriodRatio(period, None, missing))
        else:
            found.append(PeriodRatio(period, worth / Fraction(owed)))
    return tuple(reversed(found))
