"""A cache that only its owner has written: read without trust in the file, written in one piece.

What stands in such a file is believed, and it holds what a ledger withholds from others. So neither
it nor its folder may be anybody else's to write, others may not read it, and it never lies in a
chain folder, which is made to be shared. A file that is not so is left alone.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from oreline.record._secret_files import chain_folder_around

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def open_own(path: Path) -> BinaryIO | None:
    """Open a file for reading, None if there is none or others could have written it."""
    if not _is_ours(path.parent):
        return None
    try:
        # Whatever lies there, opening it neither follows a link nor waits.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or not _own_alone(status):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


@contextmanager
def replacing_own(path: Path) -> Iterator[BinaryIO | None]:
    """Open what becomes the file when the block ends without an error; None if nothing can.

    Of several processes that want to write it at once, one does, and the others get None. What one
    that was killed had begun is begun anew by the next.

    Raises
    ------
    OSError
        If writing fails.
    """
    part = path.with_name(f".{path.name}.part")
    descriptor = _begun(path, part)
    if descriptor is None:
        yield None
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.truncate()
            yield file
            file.flush()
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _begun(path: Path, part: Path) -> int | None:
    """Return the locked file that becomes another, None if it cannot be had."""
    if chain_folder_around(path) is not None:
        return None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(path.parent):
            return None
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(part, flags, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held the lock before may have given this very file its name.
        if os.fstat(descriptor).st_ino == part.stat().st_ino:
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and _own_alone(status)


def _own_alone(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE
