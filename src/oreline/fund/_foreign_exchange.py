"""Foreign exchange of an export: what comes in, what goes out again, and what of it remains.

All is per tonne of contained metal, if the product of a stage is exported:

- inflow = worth of the product × the part of the proceeds that is brought into the country
- outflow = imports + service of foreign debt + dividends abroad, of all stages up to it
- dividends abroad = the profit of owners abroad × the part of it that is paid out
- net = inflow - outflow; retained = net / worth

New money from abroad, equity or a loan, is no earning and not counted; its service is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from oreline.comply import Missing


@dataclass(frozen=True, slots=True)
class StageExchange:
    """What a chain folder states of the foreign exchange of a stage; None where it is unknown.

    Parameters
    ----------
    brought_home
        Of what an export of its product earns, as a fraction of one.
    debt_service_per_t
        Interest and principal to creditors abroad.
    paid_out
        Of the profit of owners abroad, as a fraction of one.
    """

    stage: str
    brought_home: Decimal | None
    debt_service_per_t: Decimal | None
    paid_out: Decimal | None
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class StageTrade:
    """A stage in the producing country: worth of its product, imports, profit of owners abroad."""

    stage: str
    worth: Decimal
    imports: Decimal
    profit_abroad: Decimal | None
    stated: StageExchange | None


@dataclass(frozen=True, slots=True)
class ExchangeFlow:
    """Foreign exchange per tonne if the product of a stage is exported; None: not known."""

    stage: str
    worth: Decimal
    inflow: Decimal | None
    imports: Decimal
    debt_service: Decimal | None
    dividends: Decimal | None
    basis: str
    source: str

    @property
    def net(self) -> Decimal | None:
        """Return what remains in the country."""
        inflow, debt, dividends = self.inflow, self.debt_service, self.dividends
        if inflow is None or debt is None or dividends is None:
            return None
        return inflow - self.imports - debt - dividends

    @property
    def retained(self) -> Fraction | None:
        """Return what remains as a part of the worth; None of what is worth nothing."""
        net = self.net
        return None if net is None or not self.worth else Fraction(net) / Fraction(self.worth)


def exchange_flows(trades: Sequence[StageTrade]) -> tuple[ExchangeFlow, ...]:
    """Return the foreign exchange of an export at each stage, in their order.

    >>> said = StageExchange("ore", Decimal(1), Decimal(30), Decimal("0.5"), "assumed", "A-1")
    >>> trade = StageTrade("ore", Decimal(1000), Decimal(200), Decimal(100), said)
    >>> (found,) = exchange_flows([trade])
    >>> found.net, found.retained
    (Decimal('720.0'), Fraction(18, 25))
    """
    flows = []
    imports, debt, dividends = Decimal(0), _ZERO, _ZERO
    for one in trades:
        said = one.stated
        imports += one.imports
        debt = _plus(debt, None if said is None else said.debt_service_per_t)
        dividends = _plus(dividends, _paid_out(one))
        home = None if said is None else said.brought_home
        flows.append(
            ExchangeFlow(
                one.stage,
                one.worth,
                None if home is None else home * one.worth,
                imports,
                debt,
                dividends,
                "" if said is None else said.basis,
                "" if said is None else said.source,
            )
        )
    return tuple(flows)


_ZERO: Decimal | None = Decimal(0)


def _paid_out(one: StageTrade) -> Decimal | None:
    """Return dividends abroad; of a loss nothing is paid, and where no profit is nothing can be."""
    profit = one.profit_abroad
    if profit is not None and profit <= 0:
        return Decimal(0)
    part = None if one.stated is None else one.stated.paid_out
    return None if profit is None or part is None else part * profit


def _plus(total: Decimal | None, more: Decimal | None) -> Decimal | None:
    return None if total is None or more is None else total + more


def exchange_missing(trades: Sequence[StageTrade]) -> Iterator[Missing]:
    """Yield what nobody states, by name."""
    for one in trades:
        if one.stated is None:
            fix = f'add an [[exchange]] with stage = "{one.stage}"'
            yield Missing(f"foreign exchange of {one.stage}", "nobody states it", fix)
            continue
        for name, value in (
            ("brought_home_pct", one.stated.brought_home),
            ("debt_service_per_t", one.stated.debt_service_per_t),
            ("paid_out_pct", one.stated.paid_out),
        ):
            if value is None:
                yield Missing(f"{name} of {one.stage}", "nobody states it", f"state its {name}")
