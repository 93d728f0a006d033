"""What is settled and where it stands: a parcel on plain files, or a shipment of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oreline.cli._exit_codes import ExitCode
from oreline.cli._question import Answer
from oreline.cli._reader import Reader
from oreline.cli._settle_given import read_given, refusal

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.model import Finding
    from oreline.settle import (
        Contract,
        Declaration,
        Invoice,
        Missing,
        Parcel,
        PriceSeries,
        Settling,
        Shipment,
        Stage,
        Statement,
    )


@dataclass(frozen=True, slots=True)
class Source:
    """One parcel with its contract and prices.

    ``parcel`` is that of a file; a shipment is read from the ledger of ``reader`` as of each day
    that is asked for. ``findings`` is what is odd with the files, or cannot be read of the ledger.
    """

    name: str
    contract: Contract | None
    prices: Mapping[str, PriceSeries]
    parcel: Parcel | None = None
    reader: Reader | None = None
    shipment: Shipment | None = None
    findings: tuple[Finding, ...] = field(default=())

    def settling(
        self, stage: Stage, on: date, declared: Mapping[str, Declaration] | None = None
    ) -> Settling:
        """Return what is asked of a statement at a stage, with what was known on a day."""
        from oreline.settle import Settling, settling_of

        assert self.contract is not None
        if self.parcel is not None:
            return Settling(self.contract, self.parcel, self.prices, stage, on, declared or {})
        assert self.reader is not None
        assert self.shipment is not None
        ledger = self.reader.ledger
        return settling_of(ledger, self.contract, self.shipment, self.prices, stage, on, declared)

    def statement(
        self,
        stage: Stage,
        on: date,
        declared: Mapping[str, Declaration] | None = None,
        paid: Decimal | None = None,
    ) -> Statement:
        """Return the statement; what was paid before is asked of the ledger unless it is given."""
        from oreline.settle import Parcel, paid_before, settle, statement_of

        if self.contract is None:
            parcel = self.parcel or Parcel(self.name, ())
            return settle(None, parcel, {}, stage=stage, on=on, paid_before=paid or Decimal(0))
        asked = self.settling(stage, on, declared)
        if paid is None and self.reader is not None:
            paid = paid_before(self.reader.ledger, self.contract, asked.parcel, stage).amount
        return statement_of(asked, paid or Decimal(0))

    def invoices(self) -> tuple[Invoice, ...]:
        """Return the invoices of the shipment; of a parcel on plain files none is known."""
        from oreline.settle import invoices_of

        if self.reader is None or self.shipment is None or self.contract is None:
            return ()
        return invoices_of(self.reader.ledger, self.contract, self.shipment.names)

    def lots(self) -> list[str]:
        """Return the sampling lots."""
        if self.shipment is not None:
            return list(self.shipment.lots)
        return [] if self.parcel is None else [lot.lot for lot in self.parcel.lots]


def source_of(
    reader: Reader,
    contracts: Sequence[str] | None,
    parcels: Sequence[Path] | None,
    shipment: str | None,
    prices: Path | None,
) -> Source | Answer:
    """Return the one parcel or shipment of a call, or the answer that its files cannot be used.

    Raises
    ------
    InputError
        If both or neither are named, or contract or shipment are not there.
    """
    from oreline.model import InputError

    if bool(parcels) == (shipment is not None):
        message = "say what is settled: --shipment NAME of the ledger, or --parcel FILE"
        raise InputError(f"{message}, not both" if parcels else message)
    if shipment is not None:
        return _of_ledger(reader, contracts, shipment, prices)
    assert parcels is not None
    if len(parcels) != 1:
        raise InputError("a statement is on one parcel; give --parcel once")
    given = read_given([Path(one) for one in contracts or ()], parcels, prices)
    refused = refusal(given)
    if refused is not None:
        return refused
    (parcel,) = given.parcels
    terms = given.contract_of(parcel)
    return Source(
        parcel.parcel.id, terms, given.prices, parcel=parcel.parcel, findings=given.findings
    )


def _of_ledger(
    reader: Reader, contracts: Sequence[str] | None, shipment: str, prices: Path | None
) -> Source | Answer:
    from oreline.model import InputError
    from oreline.settle import find_shipment, implausible

    if contracts and len(contracts) > 1:
        raise InputError("a shipment is settled under one contract; give --contract once")
    known = series_known(reader, prices)
    if isinstance(known, Answer):
        return known
    series, findings = known
    if not contracts:
        return Source(shipment, None, series, reader=reader, findings=findings)
    terms = contract_named(reader, contracts[0])
    found = find_shipment(reader.ledger, terms, shipment)
    findings = (*findings, *implausible(terms, series, f"contract {terms.id}"))
    return Source(found.id, terms, series, reader=reader, shipment=found, findings=findings)


def series_known(
    reader: Reader, prices: Path | None, day: str | None = None
) -> tuple[Mapping[str, PriceSeries], tuple[Finding, ...]] | Answer:
    """Return the price series of a folder where one is given, else of the ledger."""
    from oreline.settle import prices_of

    if prices is None:
        return prices_of(reader.ledger, day)
    given = read_given((), (), prices)
    return refusal(given) or (given.prices, given.findings)


def contract_named(reader: Reader, given: str) -> Contract:
    """Return a contract by its id in the ledger or the chain folder, or of a .toml file.

    Raises
    ------
    InputError
        If it is not there, or cannot be read; its findings name every problem.
    """
    import difflib

    from oreline.model import InputError
    from oreline.settle import contract_file, contract_of_folder, contracts_of

    if Path(given).suffix == ".toml":
        return contract_file(Path(given))
    known, findings = contracts_of(reader.ledger)
    if given in known:
        return known[given]
    unread = [one for one in findings if one.where == f"contract {given}"]
    if unread:
        raise InputError(f"contract {given} cannot be used: {unread[0].message}", unread)
    folder = chain_folder(reader)
    found = contract_of_folder(folder, given)
    if found is not None:
        return found
    near = difflib.get_close_matches(given, contracts_known(reader), n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "give its .toml file"
    message = f"no contract {given} in this ledger and in {folder / 'contracts'}"
    raise InputError(f"{message}; {hint}")


def contracts_known(reader: Reader) -> dict[str, Contract]:
    """Return the contracts of the ledger, and those of the chain folder that it does not have."""
    from oreline.settle import contracts_of, contracts_of_folder

    known = dict(contracts_of(reader.ledger)[0])
    if reader.chain_option is not None or reader.store.path is not None:
        for one in contracts_of_folder(chain_folder(reader)):
            known.setdefault(one.id, one)
    return known


def chain_folder(reader: Reader) -> Path:
    """Return the folder of the chain that a call means."""
    return reader.chain_option or Path(reader.store.path or "").parent


def not_settled(missing: Sequence[Missing]) -> str:
    """Return in one line that nothing is settled, and why."""
    lacking = "; ".join(f"{one.where}: {one.why}" for one in missing[:1])
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return f"NOT SETTLED: {lacking}{more}"


def unsettled_answer(made: Statement, source: Source, on: date) -> Answer:
    """Return the answer of a question that only a settled parcel has; its status says so."""
    from oreline.settle import statement_json

    def show(console: Console) -> None:
        from oreline.cli._settle_tables import print_missing

        print_missing(console, made, on.isoformat())

    result: dict[str, Any] = {"on": on.isoformat(), "statement": statement_json(made)}
    problem = not_settled(made.missing)
    return Answer(result, show, problem=problem, told_of=source.reader, status=ExitCode.NOT_SETTLED)
