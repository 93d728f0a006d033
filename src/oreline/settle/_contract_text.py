"""A contract as text: how the TOML of a contract file becomes terms, and terms become TOML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import orjson
from pydantic import ValidationError

from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.model import Finding, Severity
from oreline.settle._contract import Contract
from oreline.settle._contract_problems import form_findings, unclear_findings
from oreline.settle._readings import contradictions


def read_contract(text: str, name: str) -> tuple[Contract | None, tuple[Finding, ...]]:
    """Read the text of a contract file and say everything that is wrong with it.

    Parameters
    ----------
    text
        TOML, see ``docs/reference/contract.md``.
    name
        What the file is called; findings say ``name:line``.

    Returns
    -------
    contract, findings
        The contract, or None where any finding is fatal. A clause that can be read in two ways is
        one, with what each reading would pay.
    """
    contract, findings = contract_of_text(text, name)
    if contract is None:
        return None, findings
    unclear = contradictions(contract)
    if not unclear:
        return contract, findings
    found, _ = located(text, name)
    assert found is not None
    return None, (*findings, *unclear_findings(unclear, found, name))


def contract_of_text(text: str, name: str) -> tuple[Contract | None, tuple[Finding, ...]]:
    """Read a contract as far as its form goes: fields, words, units."""
    found, wrong = located(text, name)
    if found is None:
        return None, wrong
    try:
        return Contract.model_validate(plain(found.values)), ()
    except ValidationError as error:
        return None, form_findings(error, found, name)


def located(text: str, name: str) -> tuple[Located | None, tuple[Finding, ...]]:
    """Read a TOML text with its lines; a finding says where it is none."""
    try:
        return located_toml(text), ()
    except TomlSyntaxError as error:
        fix = 'look at this line and the one above: text stands in quotes, as in title = "Copper"'
        message = f"this is no TOML: {error}"
        return None, (Finding("ORL-0800", Severity.FATAL, f"{name}:{error.line}", message, fix),)


def plain(value: Any) -> Any:
    """Return what TOML gave with its days as text, as everywhere else."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value


def contract_text(contract: Contract) -> str:
    """Return a contract as the text of a contract file; reading it gives the same contract.

    Only what the contract says is written, not what it leaves to a default.
    """
    told = contract.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    single = {key: value for key, value in told.items() if not _is_tables(value)}
    tables = {key: value for key, value in told.items() if _is_tables(value)}
    parts = ["".join(_pairs(single))]
    for key, value in tables.items():
        for table in value if isinstance(value, list) else [value]:
            head = f"[[{key}]]" if isinstance(value, list) else f"[{key}]"
            parts.append(f"{head}\n" + "".join(_pairs(table)))
    return "\n".join(parts)


def _is_tables(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, list) and _is_tables(value):
            inside = "".join(f"  {_inline(one)},\n" for one in value)
            yield f"{key} = [\n{inside}]\n"
        else:
            yield f"{key} = {_inline(value)}\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    # Strings of JSON are strings of TOML but for this one character, which TOML wants escaped.
    return orjson.dumps(value).decode().replace("\x7f", "\\u007f")
