"""Files that only their owner may read: private keys, and results that are sealed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from oreline.model import InputError, LimitExceededError

_CHAIN_FILE = "chain.toml"
"""Marks a chain folder, which is shared with others and so no place for a secret."""


def save_secret_file(data: bytes, path: Path, what: str) -> None:
    """Write a new file that only its owner can read; it appears complete or not at all.

    Its folder is made if it is missing. ``what`` is what messages call it, such as ``key``.

    Raises
    ------
    InputError
        There is a file at ``path`` already, ``path`` lies in a chain folder, or the file cannot be
        created there (a file system without hard links could not protect it either).
    """
    _refuse_chain_folder(path, what)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _link_new(part, path, what)
        finally:
            part.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"cannot write the {what} file {path}: {error.strerror}") from error


def read_secret_file(path: Path, what: str, bytes_max: int, limit: str) -> bytes:
    """Read a file that only its owner can read.

    Raises
    ------
    InputError
        The file cannot be read, or others than its owner may read or write it.
    LimitExceededError
        The file is longer than ``bytes_max``; the message names the ``limit``.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(bytes_max + 1)
    except OSError as error:
        raise InputError(f"cannot read the {what} file {path}: {error.strerror}") from error
    if mode & 0o077:
        raise InputError(f"others may read or write {path}; run: chmod 600 {path}")
    if len(data) > bytes_max:
        raise LimitExceededError(f"{path} is longer than {limit} = {bytes_max}")
    return data


def chain_folder_around(path: Path) -> Path | None:
    """Return the chain folder in which a path lies, None if it lies in none."""
    return next(
        (folder for folder in path.resolve().parents if (folder / _CHAIN_FILE).exists()), None
    )


def _refuse_chain_folder(path: Path, what: str) -> None:
    """Refuse a place that is shared whenever the chain is."""
    folder = chain_folder_around(path)
    if folder is not None:
        message = f"{path} lies in the chain folder {folder}, which is made to be shared"
        raise InputError(f"{message}; keep {what}s elsewhere")


def _link_new(part: Path, path: Path, what: str) -> None:
    """Give a finished file its name; unlike a rename, a link never replaces what is there."""
    try:
        os.link(part, path)
    except FileExistsError as error:
        raise InputError(f"{path} exists; a {what} is never overwritten") from error


def _sync_folder(folder: Path) -> None:
    """Make the entry of a new file survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
