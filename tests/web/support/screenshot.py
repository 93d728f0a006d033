"""Looks at pages as a browser shows them: runs Debian's Chromium and reads its pictures."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oreline_testing.absent import absent

Pixels = npt.NDArray[np.uint8]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=8000",
)


@dataclass(frozen=True)
class Seen:
    """A page as shown: its pixels, rows by columns by RGB, and what its console said."""

    pixels: Pixels
    console: tuple[str, ...]


def only(page: Path, section: str, folder: Path) -> Path:
    """Write a page anew with one section to be seen; Chromium's pictures end at 16,384 pixels."""
    style = f"<style>section{{display:none}}#{section}{{display:block}}</style></head>"
    part = folder / f"{page.stem}-{section}.html"
    part.write_text(page.read_text("utf-8").replace("</head>", style), encoding="utf-8")
    return part


def look(page: Path, folder: Path, width: int, height: int) -> Seen:
    """Show a page in a window of this size."""
    program = shutil.which("chromium")
    if program is None:
        absent("Chromium is not installed (apt-get install chromium)", system=True)
    picture = folder / f"{page.stem}-{width}.png"
    command = [
        program,
        *FLAGS,
        f"--user-data-dir={folder / f'profile-{page.stem}-{width}'}",
        f"--window-size={width},{height}",
        f"--screenshot={picture}",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    console = tuple(line for line in done.stderr.splitlines() if ":CONSOLE" in line)
    return Seen(read_png(picture.read_bytes()), console)


def read_png(data: bytes) -> Pixels:
    """Read an 8-bit RGB or RGBA picture that is not interlaced, as Chromium writes them."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place, packed, width, height, channels = 8, b"", 0, 0, 0
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            channels = {2: 3, 6: 4}[colour]
            assert depth == 8
            assert body[12] == 0
        elif kind == b"IDAT":
            packed += body
        place += length + 12
    raw = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, width * channels + 1)
    return _unfiltered(raw, channels).reshape(height, width, channels)[:, :, :3]


def _unfiltered(raw: Pixels, channels: int) -> Pixels:
    rows = np.zeros((raw.shape[0], raw.shape[1] - 1), np.uint8)
    before = np.zeros(rows.shape[1], np.uint8)
    for number, (kind, line) in enumerate(zip(raw[:, 0], raw[:, 1:], strict=True)):
        if kind == 0:
            rows[number] = line
        elif kind == 1:
            steps = line.reshape(-1, channels)
            rows[number] = np.cumsum(steps, axis=0, dtype=np.uint8).reshape(-1)
        elif kind == 2:
            rows[number] = line + before
        else:
            rows[number] = _by_neighbours(kind, line, before, channels)
        before = rows[number]
    return rows


def _by_neighbours(kind: int, line: Pixels, above: Pixels, channels: int) -> list[int]:
    """Undo the filters "average" (3) and "Paeth" (4)."""
    told: list[int] = []
    up = above.tolist()
    for place, value in enumerate(line.tolist()):
        left = told[place - channels] if place >= channels else 0
        corner = up[place - channels] if place >= channels else 0
        if kind == 3:
            guess = (left + up[place]) // 2
        else:
            far = (abs(up[place] - corner), abs(left - corner), abs(left + up[place] - 2 * corner))
            guess = (left, up[place], corner)[far.index(min(far))]
        told.append((value + guess) & 255)
    return told
