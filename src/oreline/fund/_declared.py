"""The instruments that a ledger declares."""

from __future__ import annotations

from oreline.fund._instrument import Instrument
from oreline.fund._instrument_text import read_instrument
from oreline.model import Finding, Severity
from oreline.record import Ledger


def instruments_of(ledger: Ledger) -> tuple[dict[str, Instrument], tuple[Finding, ...]]:
    """Return the instruments of a ledger by id, and those whose text cannot be used.

    An instrument that cannot be read (ORL-1174) stands in nobody's way but its own. A declaration
    without a text is none that can be judged, and is left aside.
    """
    found: dict[str, Instrument] = {}
    findings: list[Finding] = []
    for identity, versions in ledger.declared.get("instrument", {}).items():
        version = versions[-1]
        text = version.data.get("terms")
        if not isinstance(text, str):
            continue
        event = ledger.event(version.seq)
        instrument, wrong = read_instrument(text, "line")
        between = (event.get("party"), event.get("to_party"))
        if instrument is None:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            message = f"the text declared by {event['id']} cannot be used: "
            message += f"{wrong[0].where.replace(':', ' ')}: {wrong[0].message}{more}"
        elif (identity, *between) != (instrument.id, instrument.giver, instrument.taker):
            message = f"{event['id']} declares it from {between[0]} to {between[1]}; its text says "
            message += f"{instrument.id}, from {instrument.giver} to {instrument.taker}"
        else:
            found[identity] = instrument
            continue
        fix = "correct the file in instruments/ and import it again"
        where = f"instrument {identity}"
        findings.append(Finding("ORL-1174", Severity.FATAL, where, message, fix))
    return found, tuple(findings)
