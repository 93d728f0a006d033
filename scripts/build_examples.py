"""Write the example chain folders, `examples/pakistan-us` and `examples/mine-to-magnet`.

    python scripts/build_examples.py [--out DIR] [--check]

The same program gives the same bytes: the random numbers are counter-based and keyed by name.
`--check` writes nothing and fails if a folder on disk is not what would be written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from examples import _mine_to_magnet, _pakistan_us
from examples._tables import Folder

FOLDERS: dict[str, Callable[[], Folder]] = {
    "pakistan-us": _pakistan_us.folder,
    "mine-to-magnet": _mine_to_magnet.folder,
}


def write(folder: Folder, place: Path) -> None:
    """Write a folder; files that are no longer made are removed, others are left alone."""
    for path, data in folder.files.items():
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    ours = ("events/*.csv", "contracts/*.toml", "instruments/*.toml", "prices/*.csv")
    for old in sorted(path for pattern in ours for path in place.rglob(pattern)):
        if old.relative_to(place).as_posix() not in folder.files:
            old.unlink()


def differences(folder: Folder, place: Path) -> list[str]:
    """Return the files that are missing or not as they would be written."""
    return [
        path
        for path, data in folder.files.items()
        if not (place / path).is_file() or (place / path).read_bytes() != data
    ]


def main() -> int:
    """Write or check both folders; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    default = Path(__file__).resolve().parents[1] / "examples"
    parser.add_argument("--out", type=Path, default=default, help="the folder of the examples")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()
    wrong = []
    for name, make in FOLDERS.items():
        folder, place = make(), options.out / name
        if options.check:
            wrong += [f"{name}/{path}" for path in differences(folder, place)]
        else:
            write(folder, place)
    for path in wrong:
        sys.stdout.write(f"differs: {path}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
