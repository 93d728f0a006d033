"""Writes docs/reference/api.md from the API's own description; ``--check`` only compares.

Run: .venv/bin/python scripts/build_api_reference.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oreline.api import PREFIX, api_description

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "api.md"
INTRODUCTION = f"""# API

This page is made from the description that the API gives of itself, by
`scripts/build_api_reference.py`; a test fails while the two differ. The description, with every
field and limit, is at `{PREFIX}/openapi.json` of a [running server](../deploy.md).

Pages and API give the same answers: what a page shows, a program can ask for.

## Who asks

A program sends a token: `Authorization: Bearer orl_...`. `oreline people token` makes one, or the
page *People*; it is shown once, and carries some of its person's rights until it expires. See
[security](security.md) for rights and roles. A server that is open on its own machine needs none.

```console
$ curl -H "Authorization: Bearer $TOKEN" "https://chain.example.org{PREFIX}/lots?limit=2"
```

## Answers

```json
{{"ok": true, "result": {{}}, "ledger": {{"id": "small", "size": 15, "root": "…", "as_of": null}}}}
```

`ledger` says of what the answer is: the size and the root of the log, and `as_of` and `known_at`
where they were asked for. `as_of` (what had happened by then) and `known_at` (what had been
recorded by then, or the first N events) may be given wherever an address lists them. Masses are
decimal text with their unit, never floating-point numbers.

Long lists come in pages: `items`, `total`, and `next`, which goes into `after` (of events:
`before`) for the next page and is null at the end.

## Errors

Every error is a problem as RFC 9457 has it, `application/problem+json`, with all findings at once:

```json
{{
  "type": "https://oreline.example/problems/input",
  "title": "This cannot be understood",
  "status": 422,
  "detail": "1 of what was given cannot be used",
  "instance": "{PREFIX}/lots",
  "findings": [
    {{
      "code": "ORL-0700",
      "severity": "fatal",
      "where": "query limit",
      "message": "Input should be greater than or equal to 1",
      "fix": "see the parameters of this address in the API's own description"
    }}
  ]
}}
```

| status | type ends in | means |
|---|---|---|
| 400 | `malformed` | it is no request: the body is no JSON, the address has zero bytes |
| 401 | `not-signed-in` | nobody asks, or with a token that is none |
| 403 | `not-allowed` | the right is missing, or another site's page asks |
| 404 | `not-found` | there is no such thing, or not for you: the two look the same |
| 405 | `method` | the address does not take this method |
| 409 | `refused` | the ledger refuses the events; findings say which and why |
| 413 | `limit` | a [limit](security.md#limits) was reached |
| 415 | `media-type` | this kind of content is not understood |
| 421 | `host` | the server does not answer to the name in `Host` |
| 422 | `input`, `unit`, `loop`, `not-verified` | it cannot be understood, or does not verify |
| 429 | `too-many` | too many tries; the detail says how long to wait |
| 503 | `store` | the ledger or the application store cannot be reached; try again |
"""


BODIES = {
    "application/json": "JSON",
    "application/x-www-form-urlencoded": "a form",
    "multipart/form-data": "a file, as a form",
}


def page_text() -> str:
    """Return the whole page."""
    groups: dict[str, list[str]] = {}
    for method, path, operation in _operations():
        rows = groups.setdefault(operation.get("tags", ["service"])[0], [])
        rows.append(f"| `{method} {path}` | {_words(operation)} | {_given(operation)} |")
    parts = [INTRODUCTION]
    for tag, rows in groups.items():
        head = f"## {tag.capitalize()}\n\n| address | gives | takes (**needed**) |\n|---|---|---|"
        parts.append("\n".join([head, *rows]) + "\n")
    return "\n".join(parts)


def _operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in api_description()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.removeprefix(PREFIX), operation


def _words(operation: Mapping[str, Any]) -> str:
    text = " ".join(str(operation.get("description", "")).split())
    return text.replace("|", "\\|").replace("``", "`")


def _given(operation: Mapping[str, Any]) -> str:
    shown = []
    for parameter in operation.get("parameters", ()):
        mark = "**" if parameter.get("required") else ""
        shown.append(f"{mark}`{parameter['name']}`{mark}")
    bodies = operation.get("requestBody", {}).get("content", {})
    shown.extend(BODIES.get(kind, kind) for kind in bodies)
    return ", ".join(shown)


def main() -> int:
    """Write the page, or compare it."""
    text = page_text()
    if "--check" in sys.argv:
        return int(PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
