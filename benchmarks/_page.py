"""Writing sections of docs/benchmarks.md, and saying what they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def text_table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def machine(packages: Sequence[str]) -> str:
    """Return what the numbers were measured on, with the versions of the packages named."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    tools = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{os.cpu_count()} virtual cores of a shared server ({model}), {memory:.0f} GiB of "
        f"memory, {platform.system()}, Python {platform.python_version()}, {tools}. Load "
        f"average at the start: {os.getloadavg()[0]:.1f}."
    )


def write_section(mark: str, title: str, content: str) -> None:
    """Put a section between its markers; add them where they are missing."""
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    page = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    if begin not in page:
        page = f"{page.rstrip()}\n\n## {title}\n\n{begin}\n{end}\n"
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(f"{before}{begin}\n\n{content}\n\n{end}{after}")
