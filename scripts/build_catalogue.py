"""Gathers every message of the pages and brings the catalogues up to date.

`python scripts/build_catalogue.py` rewrites each `messages.po`: what is new stands there without a
translation, what is gone is taken out. `--check` says whether that would change anything.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src" / "oreline"
LOCALES = SOURCE / "web" / "data" / "locale"
KEYWORDS = {"t": None, "msg": None}
ROOMS = ("web", "api")


def messages() -> Catalog:
    """Return a catalogue of every message in the source, without places."""
    found = Catalog(project="oreline", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        for _, _, text, _, _ in extract_from_dir(
            SOURCE / room, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            if isinstance(text, str) and text:
                found.add(text)
    return found


def updated(code: str) -> bytes:
    """Return the catalogue of a language as it should be."""
    path = LOCALES / code / "messages.po"
    old = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=code)
    known = {item.id: item.string for item in old if item.id and item.string}
    new = Catalog(locale=code, project="oreline", charset="utf-8", fuzzy=False)
    for item in sorted(messages(), key=lambda one: str(one.id)):
        if item.id:
            new.add(item.id, known.get(item.id, ""))
    written = io.BytesIO()
    write_po(written, new, omit_header=True, no_location=True, width=100)
    return written.getvalue()


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with --check say whether they are up to date."""
    status = 0
    for folder in sorted(LOCALES.iterdir()):
        path = folder / "messages.po"
        data = updated(folder.name)
        if "--check" in arguments:
            if not path.exists() or path.read_bytes() != data:
                print(f"{path} is out of date: run python scripts/build_catalogue.py")
                status = 1
        else:
            path.write_bytes(data)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
