"""The contracts of a chain folder, read for the exchange of assays; only the faces call this."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from oreline.model import InputError
from oreline.settle._contract import Contract


def contract_file(path: Path) -> Contract:
    """Read one contract.

    Raises
    ------
    InputError
        If the file cannot be read or holds no contract; every field that is wrong is named.
    """
    try:
        return Contract.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        )
        raise InputError(f"{path.name} is no contract: {places}") from error
    except ValueError as error:
        raise InputError(f"{path.name} is no TOML: {error}") from error


def contract_of_folder(folder: Path, identity: str) -> Contract | None:
    """Return the contract with an id from a chain folder, None if there is none.

    A contract that cannot be read stands in nobody's way but its own.

    Raises
    ------
    InputError
        If it is not found and a file beside cannot be read: it may be that one.
    """
    unread = []
    for path in sorted((folder / "contracts").glob("*.toml")):
        try:
            found = contract_file(path)
        except InputError as error:
            unread.append(str(error))
            continue
        if found.id == identity:
            return found
    if unread:
        raise InputError("; ".join(unread))
    return None


def contracts_of_folder(folder: Path) -> tuple[Contract, ...]:
    """Return the contracts of a chain folder that can be read."""
    found = []
    for path in sorted((folder / "contracts").glob("*.toml")):
        try:
            found.append(contract_file(path))
        except InputError:
            continue
    return tuple(found)
