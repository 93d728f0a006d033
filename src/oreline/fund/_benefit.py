"""What both sides gain: value that stays where it is mined, stage by stage, and metal elsewhere.

All money is per tonne of contained metal until it is multiplied by the tonnes of a year. Of each
stage the value added is what its product is worth less what its feed was worth. It goes to local
spending, to spending abroad, to levies; what is left is profit, of owners here and abroad. What
stays is local spending, levies, and the profit of owners here; the rest leaves. Both together are
the value added, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from oreline.comply import Missing
from oreline.fund._foreign_exchange import (
    ExchangeFlow,
    StageExchange,
    StageTrade,
    exchange_flows,
    exchange_missing,
)


@dataclass(frozen=True, slots=True)
class StageLevy:
    """A royalty or a tax on a stage: a part of a base, None where nobody states the rate.

    Parameters
    ----------
    level
        Of its payee: ``province``, ``federation`` or ``district``.
    base_per_t
        What the rate is taken of, in words in ``base``.
    """

    id: str
    stage: str
    payee: str
    level: str
    rate: Decimal | None
    base: str
    base_per_t: Decimal
    basis: str
    source: str

    @property
    def per_t(self) -> Decimal | None:
        """Return what it takes of a tonne."""
        return None if self.rate is None else self.rate * self.base_per_t


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way to metal, in order; money per tonne of contained metal.

    Parameters
    ----------
    worth_per_t
        Of its product at the gate.
    owned_share
        Of the profit, what belongs to owners in the producing country, as a fraction of one.
    """

    id: str
    title: str
    country: str
    worth_per_t: Decimal
    local_per_t: Decimal
    abroad_per_t: Decimal
    owned_share: Decimal
    jobs: Decimal
    local_jobs_share: Decimal
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class Importer:
    """Who receives the metal: what it uses a year, and what of that covered countries send it."""

    country: str
    uses_t: Decimal
    from_covered_t: Decimal
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class BenefitTerms:
    """What a chain folder says of benefits; ``country`` is where the ore is mined."""

    title: str
    country: str
    currency: str
    element: str
    tonnes_per_year: Decimal
    basis: str
    source: str
    stages: tuple[Stage, ...]
    levies: tuple[StageLevy, ...]
    importer: Importer | None
    exchange: tuple[StageExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class StageGain:
    """What one stage adds and where it goes, per tonne; None where a levy is not known.

    Parameters
    ----------
    kept, left
        What stays in the producing country, and what leaves it.
    kept_so_far
        With all stages before it: what stays if the product of this stage is exported.
    jobs_so_far, local_jobs_so_far
        At all stages in the country up to this one.
    """

    stage: Stage
    added: Decimal
    levies: Decimal | None
    profit: Decimal | None
    kept: Decimal | None
    left: Decimal | None
    kept_so_far: Decimal | None
    left_so_far: Decimal | None
    jobs_so_far: Decimal
    local_jobs_so_far: Decimal


@dataclass(frozen=True, slots=True)
class Benefit:
    """What both sides gain, with what is missing by name."""

    terms: BenefitTerms
    stages: tuple[StageGain, ...]
    missing: tuple[Missing, ...]

    def by_payee(self) -> dict[tuple[str, str], Decimal | None]:
        """Return what levies of a year bring to each payee, by level and payee."""
        found: dict[tuple[str, str], Decimal | None] = {}
        for one in self.terms.levies:
            key = (one.level, one.payee)
            before = found.get(key, Decimal(0))
            share = one.per_t
            known = None if before is None or share is None else before + self._yearly(share)
            found[key] = known
        return found

    def more_than(self, before: str, after: str) -> Decimal | None:
        """Return what more stays a year if one stage is exported instead of an earlier one."""
        kept = {one.stage.id: one.kept_so_far for one in self.stages}
        low, high = kept[before], kept[after]
        return None if low is None or high is None else self._yearly(high - low)

    def local_share(self) -> Fraction | None:
        """Return the part of all value added that stays."""
        last = self.stages[-1]
        if last.kept_so_far is None or last.left_so_far is None:
            return None
        whole = last.kept_so_far + last.left_so_far
        return Fraction(last.kept_so_far) / Fraction(whole) if whole else None

    def importer_share(self) -> Fraction | None:
        """Return which part of the importer's use the tonnes are."""
        importer = self.terms.importer
        if importer is None or not importer.uses_t:
            return None
        return Fraction(self.terms.tonnes_per_year) / Fraction(importer.uses_t)

    def replaces_covered(self) -> Decimal | None:
        """Return how many tonnes from covered countries the metal can take the place of."""
        importer = self.terms.importer
        if importer is None:
            return None
        return min(self.terms.tonnes_per_year, importer.from_covered_t)

    def trades(self) -> tuple[StageTrade, ...]:
        """Return what the stages in the producing country trade with others, in their order."""
        stated = {one.stage: one for one in self.terms.exchange}
        return tuple(
            StageTrade(
                gain.stage.id,
                gain.stage.worth_per_t,
                gain.stage.abroad_per_t,
                None if gain.profit is None else (1 - gain.stage.owned_share) * gain.profit,
                stated.get(gain.stage.id),
            )
            for gain in self.stages
            if gain.stage.country == self.terms.country
        )

    def exchange(self) -> tuple[ExchangeFlow, ...]:
        """Return the foreign exchange of an export at each stage in the country."""
        return exchange_flows(self.trades())

    def exchange_frame(self) -> pl.DataFrame:
        """Return one row a stage: a year's money as decimal text, empty where it is not known."""
        rows = []
        for one in self.exchange():
            parts = (one.worth, one.inflow, one.imports, one.debt_service, one.dividends, one.net)
            yearly = [None if part is None else _text(self._yearly(part)) for part in parts]
            share = one.retained
            kept = None if share is None else f"{float(100 * share):.2f}"
            rows.append((one.stage, *yearly, kept, one.basis, one.source))
        names = ("stage", "export_value", "inflow", "imports", "debt_service", "dividends_abroad",
                 "net", "retained_pct", "basis", "source")  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def _yearly(self, per_t: Decimal) -> Decimal:
        return per_t * self.terms.tonnes_per_year

    def to_frame(self) -> pl.DataFrame:
        """Return one row a stage; a year's money as decimal text, empty where it is not known."""
        rows = []
        for one in self.stages:
            stage = one.stage
            worth = self._yearly(stage.worth_per_t)
            amounts = (one.added, one.levies, one.profit, one.kept, one.left, one.kept_so_far,
                       one.left_so_far)  # fmt: skip
            yearly = [None if part is None else self._yearly(part) for part in amounts]
            rows.append(
                (stage.id, stage.title, stage.country, _text(worth), *map(_text, yearly),
                 _text(one.jobs_so_far), _text(one.local_jobs_so_far), stage.basis, stage.source)
            )  # fmt: skip
        names = ("stage", "title", "country", "export_value", "value_added", "levies", "profit",
                 "stays", "leaves", "stays_if_exported_here", "leaves_if_exported_here", "jobs",
                 "local_jobs", "basis", "source")  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money of a year as decimal text."""
        terms, importer = self.terms, self.terms.importer
        share, supply = self.local_share(), self.importer_share()
        return {
            "title": terms.title,
            "country": terms.country,
            "currency": terms.currency,
            "element": terms.element,
            "tonnes_per_year": _text(terms.tonnes_per_year),
            "basis": terms.basis,
            "source": terms.source,
            "stages": self.to_frame().to_dicts(),
            "levies": [
                {"level": level, "payee": payee, "a_year": _text(amount)}
                for (level, payee), amount in self.by_payee().items()
            ],
            "local_share_pct": None if share is None else f"{float(100 * share):.2f}",
            "importer": None
            if importer is None
            else {
                "country": importer.country,
                "uses_t": _text(importer.uses_t),
                "share_of_use_pct": None if supply is None else f"{float(100 * supply):.2f}",
                "replaces_covered_t": _text(self.replaces_covered()),
                "basis": importer.basis,
                "source": importer.source,
            },
            "foreign_exchange": self.exchange_frame().to_dicts(),
            "foreign_exchange_missing": [one.to_json() for one in exchange_missing(self.trades())],
            "missing": [one.to_json() for one in self.missing],
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"


def benefit_of(terms: BenefitTerms) -> Benefit:
    """Return what both sides gain under some terms."""
    gains: list[StageGain] = []
    kept_so_far: Decimal | None = Decimal(0)
    left_so_far: Decimal | None = Decimal(0)
    jobs, local_jobs, before = Decimal(0), Decimal(0), Decimal(0)
    for stage in terms.stages:
        added = stage.worth_per_t - before
        levies = _sum(one.per_t for one in terms.levies if one.stage == stage.id)
        kept, left, profit = _shared(terms, stage, added, levies)
        kept_so_far = None if kept is None or kept_so_far is None else kept_so_far + kept
        left_so_far = None if left is None or left_so_far is None else left_so_far + left
        if stage.country == terms.country:
            jobs += stage.jobs
            local_jobs += stage.jobs * stage.local_jobs_share
        gains.append(
            StageGain(stage, added, levies, profit, kept, left, kept_so_far, left_so_far, jobs,
                      local_jobs)
        )  # fmt: skip
        before = stage.worth_per_t
    missing = tuple(
        Missing(f"rate of {one.id}", f"nobody states what {one.payee} takes", "state its rate_pct")
        for one in terms.levies
        if one.rate is None
    )
    return Benefit(terms, tuple(gains), missing)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for one in amounts:
        if one is None:
            return None
        total += one
    return total


def _shared(
    terms: BenefitTerms, stage: Stage, added: Decimal, levies: Decimal | None
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return what of the value added stays, what leaves, and the profit in it.

    Levies are of the producing country; a stage elsewhere spends and pays nothing in it.
    """
    if levies is None:
        return None, None, None
    profit = added - stage.local_per_t - stage.abroad_per_t - levies
    kept = levies + stage.owned_share * profit
    if stage.country == terms.country:
        kept += stage.local_per_t
    return kept, added - kept, profit
