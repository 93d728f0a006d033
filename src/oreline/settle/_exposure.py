"""What is not priced yet: payable metal by market and month, and in lots of its hedge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from oreline.settle._clauses import PriceClause
from oreline.settle._exchange_rule import EXACT
from oreline.settle._figures import Figures
from oreline.settle._pricing import Priced
from oreline.settle._settle import Settling, worth
from oreline.settle._valuation import Valuation, clean

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Payable content of an analyte whose price is still open, in tonnes.

    ``month`` is that in which its period ends, ``YYYY-MM``; empty where the event that the period
    is counted from has not come. The payable metal moves with the market, not the contained.
    ``unpriced_t`` is None where it is UNKNOWN, and ``why`` then says why; it is at most
    ``payable_t``. ``lots`` are lots of the hedge, as many as the contract's price clause names.
    """

    analyte: str
    series: str
    month: str
    payable_t: Decimal | None
    priced_t: Decimal | None
    unpriced_t: Decimal | None
    lots: Decimal | None
    parcels: tuple[str, ...]
    notes: tuple[str, ...] = ()
    why: str = ""


def exposure(settlings: Iterable[Settling]) -> tuple[Exposure, ...]:
    """Return the unpriced payable content of some parcels, by analyte, series and month.

    A period that has passed in part is priced in part: its published days have made their share of
    the price. A fixed price is no exposure.
    """
    rows: dict[tuple[str, str, str, str], list[Exposure]] = {}
    for one in settlings:
        for row in _of(one):
            lot = "" if row.lots is None else f"{row.lots:f}"
            rows.setdefault((row.analyte, row.series, row.month, lot), []).append(row)
    return tuple(_together(found) for _, found in sorted(rows.items()))


def marked_per_t(price: Priced, forward_per_t: Decimal) -> Decimal | None:
    """Return what a price is expected to be: the published part as it is, the rest at a forward.

    None where nobody can know which part is published.
    """
    if price.share is None:
        return None
    if price.average_per_t is None or not price.share:
        return forward_per_t
    with localcontext(EXACT):
        marked = price.share * price.average_per_t + (1 - price.share) * forward_per_t
        return clean(marked)


def _of(asked: Settling) -> Iterator[Exposure]:
    """Yield the open prices of a parcel; ``lots`` holds the size of a lot until they are summed."""
    contract, figures = asked.contract, asked.figures()
    made = worth(asked, figures)
    clauses = {one.id: one for one in contract.prices}
    named = [(one.analyte, one.price) for one in contract.payables]
    if contract.basket is not None:
        named += [(one.analyte, one.price) for one in contract.basket.items]
    for analyte, name in named:
        clause, price = clauses.get(name or ""), figures.prices.get(name or "")
        if clause is None or price is None or clause.fixed is not None or price.is_final:
            continue
        yield _row(asked, analyte, clause, price, made, figures)


def _row(
    asked: Settling,
    analyte: str,
    clause: PriceClause,
    price: Priced,
    made: Valuation,
    figures: Figures,
) -> Exposure:
    content = made.contents.get(analyte)
    payable = None if content is None else content.of("payable")
    why, unpriced = "", None
    if payable is None:
        why = "; ".join(dict.fromkeys(one.why for one in figures.missing)) or "content UNKNOWN"
    elif price.missing:
        why = "; ".join(dict.fromkeys(one.why for one in price.missing))
    elif price.share is None:
        why = f"nobody knows how many values {clause.series} will have in the period"
    else:
        with localcontext(EXACT):
            unpriced = clean(payable * (_ONE - price.share))
    size = None if clause.hedge_lot is None else clause.hedge_lot.to("t", asked.contract.units)
    return Exposure(
        analyte,
        clause.series or "",
        price.month,
        None if payable is None else clean(payable),
        None if payable is None or unpriced is None else clean(payable) - unpriced,
        unpriced,
        size,
        (asked.parcel.id,),
        tuple(note for note in price.notes if "may still declare" in note),
        why,
    )


def _together(rows: list[Exposure]) -> Exposure:
    first = rows[0]
    unpriced = _total(one.unpriced_t for one in rows)
    lots = None
    if first.lots is not None and unpriced is not None:
        with localcontext(EXACT):
            lots = clean(unpriced / first.lots)
    return Exposure(
        first.analyte,
        first.series,
        first.month,
        _total(one.payable_t for one in rows),
        _total(one.priced_t for one in rows),
        unpriced,
        lots,
        tuple(dict.fromkeys(name for one in rows for name in one.parcels)),
        tuple(dict.fromkeys(note for one in rows for note in one.notes)),
        "; ".join(dict.fromkeys(one.why for one in rows if one.why)),
    )


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total
