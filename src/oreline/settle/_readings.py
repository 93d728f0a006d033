"""Can a contract be read in one way only? Nothing is settled under one that cannot."""

from __future__ import annotations

from oreline.settle._ambiguity import Ambiguity
from oreline.settle._contract import Contract
from oreline.settle._readings_calendar import calendar_ambiguities
from oreline.settle._readings_charge import charge_ambiguities
from oreline.settle._readings_frame import frame_ambiguities
from oreline.settle._readings_numbers import number_ambiguities
from oreline.settle._readings_payable import payable_ambiguities
from oreline.settle._readings_tiers import tier_ambiguities
from oreline.settle._readings_umpire import umpire_cost_ambiguities


def contradictions(contract: Contract) -> tuple[Ambiguity, ...]:
    """Return everything in a contract that can be read in several ways or cannot be applied.

    Where there are readings, each says what it would pay on a stated example, worked out by the
    same functions that settle; a clause whose readings all pay the same is not reported. A clause
    that is missing altogether is told when it is needed, by the statement; an analyte without a
    splitting limit by the exchange of assays, unless the parties have agreed on a result.

    >>> contract = Contract.model_validate({"id": "c", "title": "Copper", "seller": "a",
    ...     "buyer": "b", "materials": ["cu-conc"], "currency": "USD", "basis": "assumed",
    ...     "source": "A-1", "prices": [{"id": "cu", "fixed": "9000 USD/t"}],
    ...     "payables": [{"analyte": "Cu", "method": "pct", "pct": "96.5", "price": "cu"}],
    ...     "refining": [{"analyte": "Cu", "rate": "8 c/lb"}]})
    >>> for one in contradictions(contract):
    ...     print(one.clause, *one.readings, sep=" | ")
    refining.0.basis | on the payable content: 47.6551 USD/dmt | on the contained content: \
49.3835 USD/dmt
    """
    return (
        *frame_ambiguities(contract),
        *calendar_ambiguities(contract),
        *umpire_cost_ambiguities(contract),
        *payable_ambiguities(contract),
        *charge_ambiguities(contract),
        *tier_ambiguities(contract),
        *number_ambiguities(contract),
    )
