"""An instrument: money that one party promised another, its tranches and their conditions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from oreline.comply import Condition
from oreline.fund._terms import Terms
from oreline.model import Basis


class InstrumentKind(StrEnum):
    """What an instrument is."""

    EQUITY = "equity"
    LOAN = "loan"
    GRANT = "grant"
    PREPAYMENT = "prepayment"
    """Paid ahead for material that is delivered later."""
    PRICE_FLOOR = "price_floor"
    """Paid where a price falls below an agreed one."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A condition precedent: what must hold before a tranche is released.

    Parameters
    ----------
    title
        In words, as the parties agreed it.
    condition
        As it is judged.
    """

    id: str
    title: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of an instrument that is released at once.

    Parameters
    ----------
    amount
        In the instrument's currency.
    phase
        The phase of the chain that it pays for; empty if none is named.
    after
        The tranches that must have been released, and stand uncontested, before this one.
    due
        The day by which the parties mean to have released it; None if none is agreed.
    approvals
        The parties of which one person each must approve; at least two different people.
    weakest_basis
        The weakest basis of a number that conditions may rest on: what rests on less is UNKNOWN.
    """

    id: str
    title: str
    amount: Decimal
    phase: str
    after: tuple[str, ...]
    due: str | None
    approvals: tuple[str, ...]
    weakest_basis: Basis
    precedents: tuple[Precedent, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument as its text says it.

    Parameters
    ----------
    giver, taker
        Whose money it is and who receives it: parties of the chain.
    amount
        What is committed, in ``currency``; the tranches sum to at most this.
    terms
        The SHA-256 of the text: what a release was judged under.
    returns
        How the money comes back, and what was promised about that.
    """

    id: str
    title: str
    kind: InstrumentKind
    giver: str
    taker: str
    amount: Decimal
    currency: str
    basis: Basis
    source: str
    tranches: tuple[Tranche, ...]
    rules: tuple[Precedent, ...]
    terms: str
    returns: Terms = field(default_factory=Terms)

    @property
    def has_returns(self) -> bool:
        """Return whether the text says how the money comes back."""
        returns = self.returns
        return any((returns.loan, returns.prepayment, returns.price_floor))

    def tranche(self, identity: str) -> Tranche | None:
        """Return a tranche by id, None if the instrument has none of this id."""
        return next((one for one in self.tranches if one.id == identity), None)


def terms_hash(text: str) -> str:
    """Return the SHA-256 of an instrument's text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
