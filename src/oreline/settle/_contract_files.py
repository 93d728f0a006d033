"""The files of contracts in a chain folder; only the faces call this."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oreline.model import Finding, InputError, Severity
from oreline.settle._contract import Contract
from oreline.settle._contract_text import contract_of_text

CONTRACT_BYTES_MAX = 1_000_000
"""The longest file of a contract, or of a parcel, that is read."""
Reader = Callable[[str, str], tuple[Contract | None, tuple[Finding, ...]]]


def contract_file(path: Path, read: Reader = contract_of_text) -> Contract:
    """Read one contract, by default as far as its form goes: fields, words and units.

    Raises
    ------
    InputError
        If the file cannot be read or holds no contract; its findings name every problem.
    """
    contract, findings = read_file(path, read)
    if contract is None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        message = f"{path.name} is no contract: {first.where}: {first.message}{more}"
        raise InputError(message, findings)
    return contract


def read_file(
    path: Path, read: Reader, name: str | None = None
) -> tuple[Contract | None, tuple[Finding, ...]]:
    """Return the contract of a file, or what is wrong; ``name`` is what findings call it."""
    text, findings = text_of(path, name or path.name)
    return (None, findings) if text is None else read(text, name or path.name)


def text_of(path: Path, name: str) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the text of a TOML file, or why it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(CONTRACT_BYTES_MAX + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, (_unread(name, f"cannot be read: {reason}", "check the file"),)
    if len(data) > CONTRACT_BYTES_MAX:
        message = f"the file is longer than {CONTRACT_BYTES_MAX} bytes"
        return None, (_unread(name, message, "is it the right file? Take out what is no term"),)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fix = "save the file as UTF-8"
        return None, (_unread(f"{name}:{line}", "this line is not UTF-8", fix),)


def contract_of_folder(folder: Path, identity: str) -> Contract | None:
    """Return the contract with an id from a chain folder, None if there is none.

    A contract that cannot be read stands in nobody's way but its own.

    Raises
    ------
    InputError
        If it is not found and a file beside cannot be read: it may be that one.
    """
    unread: list[InputError] = []
    for path in contract_paths(folder):
        try:
            found = contract_file(path)
        except InputError as error:
            unread.append(error)
            continue
        if found.id == identity:
            return found
    if unread:
        findings = [finding for error in unread for finding in error.findings]
        raise InputError("; ".join(str(error.args[0]) for error in unread), findings)
    return None


def contracts_of_folder(folder: Path) -> tuple[Contract, ...]:
    """Return the contracts of a chain folder that can be read."""
    found = []
    for path in contract_paths(folder):
        try:
            found.append(contract_file(path))
        except InputError:
            continue
    return tuple(found)


def contract_paths(folder: Path) -> list[Path]:
    """Return the files of contracts of a chain folder, in the order of their names."""
    return sorted((folder / "contracts").glob("*.toml"))


def _unread(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-0800", Severity.FATAL, where, message, fix)
