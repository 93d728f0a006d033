"""Charges and participation by grade: each of the goods at the rate of its own grade."""

from __future__ import annotations

from decimal import Decimal

from oreline.settle._applied import (
    UNKNOWN,
    Applied,
    Draft,
    basis_of,
    bracketed,
    charge_in,
    draft_of,
    escalated,
    place_of,
)
from oreline.settle._charge_tiers import rate_at, share_tiers
from oreline.settle._charges import Rated, participation_per_t
from oreline.settle._clauses import Participation, Refining, Treatment
from oreline.settle._figures import Goods
from oreline.settle._rounding import shown
from oreline.settle._statement import Input, Missing

ByGrade = Treatment | Refining | Participation


def by_grade(applied: Applied, clause: ByGrade, name: str, subject: str, title: str) -> Draft:
    """Return the line of a clause whose rate depends on the grade, summed over the goods.

    A grade that is not there is reported as such already, and a price too.
    """
    value: Decimal | None = Decimal(0)
    terms, gaps, prices = [], [], tuple[Input, ...]()
    for at, goods in enumerate(applied.goods):
        rated, prices = _rated(applied, clause, goods)
        per = "dmt" if isinstance(clause, Treatment) else "t"
        rate, base = charge_in(applied, rated, per), _base(applied, clause, at)
        known = "UNKNOWN" if base is None else shown(base)
        terms.append(f"{known} {per} × {bracketed(rated)}")
        value = None if value is None or rate is None or base is None else value + base * rate
        if rated.rate is None and rated.why:
            place = f"{place_of(name.replace('-', ' '), clause)}, {goods.label}"
            gaps.append(Missing("clause", place, rated.why, "complete the tiers of the clause"))
    analytes = tuple(one for one in dict.fromkeys((_by(clause), subject)) if one)
    given: tuple[Input, ...] = applied.dry_inputs()
    if not isinstance(clause, Treatment):
        basis = _basis(clause)
        content = applied.content(clause.analyte).of(basis)
        of = basis_of(applied, clause.analyte)
        given = (Input(f"{basis} {clause.analyte}", content, "t", of), *given)
    charged = not isinstance(clause, Participation)
    formula = f"{'- ' if charged else ''}({' + '.join(terms) or UNKNOWN})"
    return draft_of(
        name, name.partition("-")[0], subject, title, clause, formula,
        (*given, *applied.assay_inputs(*analytes), *prices),
        None if value is None else -value if charged else value, gaps,
    )  # fmt: skip


def _by(clause: ByGrade) -> str:
    own = "" if isinstance(clause, Treatment) else clause.analyte
    return clause.by or own


def _basis(clause: Refining | Participation) -> str:
    return (clause.basis or "payable") if isinstance(clause, Refining) else "payable"


def _base(applied: Applied, clause: ByGrade, at: int) -> Decimal | None:
    """Return what a rate is on: dry mass, or the content of one of the goods."""
    if isinstance(clause, Treatment):
        return applied.goods[at].dry_t
    content = applied.content(clause.analyte)
    parts = content.payable_t if _basis(clause) == "payable" else content.contained_t
    return parts[at]


def _rated(applied: Applied, clause: ByGrade, goods: Goods) -> tuple[Rated, tuple[Input, ...]]:
    """Return the rate of some goods by their grade, and the prices that move it."""
    grade, units = goods.grades.get(_by(clause)), applied.contract.units
    if not isinstance(clause, Participation):
        rated = rate_at(clause, grade, units)
        if rated.rate is None:
            return rated, ()
        moved, inputs = escalated(applied, clause, rated.rate, clause.escalation)
        text = moved.formula if clause.escalation is not None else rated.formula
        if moved.rate is not None and clause.escalation is not None:
            text = f"{rated.formula}; {moved.formula}"
        return Rated(moved.rate, text, moved.why), inputs
    inputs = (*applied.price_inputs(clause.price), applied.term("base", clause.base, clause))
    if grade is None:
        return Rated(None), inputs
    share = share_tiers(clause).at(grade, clause.tier_rate, units)
    if share.value is None:
        return Rated(None, why=share.why), inputs
    one = clause.model_copy(update={"share_pct": share.value, "tiers": ()})
    price = applied.price(clause.price)
    if price is None:
        return Rated(None), inputs
    made = participation_per_t(one, price, units)
    return Rated(made.rate, f"{share.text}: {made.formula}", made.why), inputs
