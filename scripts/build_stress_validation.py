"""Write docs/validation/stress.md: published measures of supply risk beside ours, computed now.

    python scripts/build_stress_validation.py FACTS [--check]

FACTS is the folder of published vectors; the sections stand in tests/stress/support.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation" / "stress.md"
sys.path.append(str(ROOT / "tests" / "stress" / "support"))

from stress_validation import page  # noqa: E402 (only now can it be found)


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` tell by 1 that it is not what is computed now."""
    facts, *rest = arguments
    text = page(Path(facts))
    if rest == ["--check"]:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
