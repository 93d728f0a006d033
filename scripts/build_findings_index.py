"""Write the list of codes in docs/findings/README.md from the pages of the codes themselves.

Code and title come from a page's first line, the severity from the line that the page shows as
oreline prints it, else from the source that makes the finding. A test checks that the list is up
to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "findings"
PAGE = FOLDER / "README.md"
SOURCE = ROOT / "src" / "oreline"
MARK = "## Codes\n"
CODE = re.compile(r"ORL-\d{4}")
SEVERITIES = ("fatal", "warning", "note")
BLOCKS = {
    "01": "An event as it is written",
    "02": "The ledger",
    "03": "Files, tables and mappings",
    "04": "Chain of custody",
    "05": "Balances",
    "06": "Open questions and documents",
    "07": "The API and the pages",
    "08": "Settlement",
    "09": "Drill holes and resources",
    "10": "Process design",
    "11": "Plans, conditions and money",
    "12": "Stress",
    "13": "Reports",
}
"""What the first two digits of a code stand for."""


def codes_in_source() -> frozenset[str]:
    """Return every code that the package mentions."""
    files = SOURCE.rglob("*.py")
    return frozenset(code for file in files for code in CODE.findall(file.read_text("utf-8")))


def entry(file: Path, source: str) -> tuple[str, str, str]:
    """Return (code, severity, title) of a page; the source speaks where the page shows no line."""
    text = file.read_text(encoding="utf-8")
    heading, _, _ = text.partition("\n")
    code, _, title = heading.removeprefix("# ").partition(": ")
    shown = re.search(rf"^({'|'.join(SEVERITIES)}) {code}\b", text, re.MULTILINE)
    if shown is not None:
        return code, shown[1], title
    word = "|".join(SEVERITIES)
    called = re.search(rf'\b({word})\(\s*"{code}"', source)
    made = re.search(rf'"{code}",\s*Severity\.({word})\b', source, re.IGNORECASE)
    found = called or made
    if found is None:
        raise SystemExit(f"{file.name} shows no line as oreline prints it: what is its severity?")
    return code, found[1].lower(), title


def page_text() -> str:
    """Return the whole page: what stands above the list, and the list made anew."""
    source = "\n".join(file.read_text("utf-8") for file in sorted(SOURCE.rglob("*.py")))
    entries = [entry(file, source) for file in sorted(FOLDER.glob("ORL-*.md"))]
    above, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise SystemExit(f"{PAGE.name} has no line '{MARK.strip()}'")
    lines = [
        f"{len(entries)} codes. The list is written by `scripts/build_findings_index.py`; a number",
        "is never used twice.",
    ]
    for block, meaning in BLOCKS.items():
        rows = [item for item in entries if item[0].startswith(f"ORL-{block}")]
        lines += ["", f"### {meaning}", "", "| code | severity | title |", "|---|---|---|"]
        lines += [
            f"| [{code}]({code}.md) | {severity} | {title[:1].upper()}{title[1:]} |"
            for code, severity, title in rows
        ]
    return f"{above}{mark}\n" + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is up to date."""
    text = page_text()
    if "--check" in arguments:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
