"""Archives: their files, as far as they unpack to a size that was asked for."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from oreline.model import Severity

if TYPE_CHECKING:
    from oreline.watch._intake import Intake

_CHUNK: Final = 65_536


def members(intake: Intake, name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Give the files of an archive; sizes are counted while unpacking, as headers may lie."""
    limits = intake.limits
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        intake.say(
            "ORL-1303", Severity.FATAL, name, f"the archive cannot be read: {error}", "make it anew"
        )
        return
    if len(entries) > limits.archive_members_max:
        intake.say(
            "ORL-1304",
            Severity.FATAL,
            name,
            f"the archive has {len(entries)} files;"
            f" archive_members_max is {limits.archive_members_max}",
            "split it",
        )
        return
    left = limits.archive_bytes_max
    for entry in entries:
        where = f"{name}/{entry.filename}"
        most = min(
            left, limits.file_bytes_max, max(4_096, entry.compress_size) * limits.archive_ratio_max
        )
        try:
            unpacked = _unpacked(archive, entry, most)
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
            OSError,
        ) as error:
            intake.say(
                "ORL-1303",
                Severity.FATAL,
                where,
                f"the file cannot be unpacked: {error}",
                "make the archive anew",
            )
            continue
        if unpacked is None:
            intake.say(
                "ORL-1304",
                Severity.FATAL,
                where,
                f"the file unpacks to more than {most} bytes",
                "unpack it yourself if you trust it",
            )
            continue
        left -= len(unpacked)
        yield where, unpacked


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                return None
            parts.append(chunk)
    return b"".join(parts)
