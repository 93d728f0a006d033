"""Contracts, price series and specifications in the terminal and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from oreline.cli._render import print_note, print_pairs, print_table, print_title

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from oreline.settle import SpecificationCheck

Rows = Sequence[Mapping[str, Any]]
_CONTRACT_COLUMNS = (
    "contract", "title", "seller", "buyer", "currency", "basis", "shipment", "shipped", "lots",
    "documents", "invoiced",
)  # fmt: skip
_SERIES_COLUMNS = (
    "id", "name", "kind", "unit", "vat_pct", "market", "delivered", "basis", "source", "count",
    "last_day", "last_value",
)  # fmt: skip


def print_contracts(console: Console, rows: Rows) -> None:
    """Print contracts, each with its shipments."""
    if not rows:
        print_note(
            console,
            "NOT SETTLED: there is no contract. Write one as contracts/NAME.toml in the chain "
            "folder, check it with 'oreline settle check', and import it",
        )
    for terms in rows:
        print_title(console, f"{terms['id']}  {terms['title']}")
        print_pairs(
            console,
            [
                ("Between", f"{terms['seller']} and {terms['buyer']}"),
                ("Materials", ", ".join(terms["materials"])),
                ("Basis", f"{terms['basis']}: {terms['source']}"),
                ("Stages", ", ".join(_words(stage) for stage in terms["stages"])),
            ],
        )
        told = [
            (
                one["shipment"],
                one["shipped"],
                ", ".join(one["lots"]),
                ", ".join(one["documents"]),
                ", ".join(_words(stage) for stage in one["invoiced"]) or "nothing",
            )
            for one in terms["shipments"]
        ]
        columns = ("shipment", "shipped", "lots", "documents", "invoiced")
        print_table(console, columns, told, empty="nothing was shipped under this contract")


def contracts_frame(rows: Rows) -> pl.DataFrame:
    """Return a row for each shipment under each contract, and for a contract without any."""
    import polars as pl

    told = [
        {
            "contract": terms["id"],
            **{name: terms[name] for name in _CONTRACT_COLUMNS[1:6]},
            "shipment": one.get("shipment"),
            "shipped": one.get("shipped"),
            **{name: " ".join(one.get(name, ())) for name in _CONTRACT_COLUMNS[8:]},
        }
        for terms in rows
        for one in terms["shipments"] or [{}]
    ]
    return pl.DataFrame(told, schema=dict.fromkeys(_CONTRACT_COLUMNS, pl.String))


def print_contract(console: Console, told: Mapping[str, Any]) -> None:
    """Print the terms of a contract clause by clause."""
    print_title(console, f"{told['id']}  {told['title']}")
    print_pairs(
        console,
        [
            ("Seller", told["seller"]),
            ("Buyer", told["buyer"]),
            ("Materials", ", ".join(told["materials"])),
            ("Currency", told["currency"]),
            ("Basis", f"{told['basis']}: {told['source']}"),
        ],
    )
    rows = [(one["clause"], one["subject"], one["text"]) for one in told["clauses"]]
    print_table(console, ("clause", "about", "terms"), rows)


def print_series(console: Console, rows: Rows, day: str) -> None:
    """Print price series, each with its last value."""
    print_title(console, f"Price series, {day}")
    told = [
        (
            one["id"],
            one["kind"],
            "UNKNOWN" if one["last_value"] is None else f"{one['last_value']} {one['unit']}",
            one["last_day"] or "",
            one["basis"],
            one["source"],
        )
        for one in rows
    ]
    columns = ("series", "kind", "last value", "of day", "basis", "source")
    print_table(console, columns, told, right=("last value",), empty="there are no prices")


def series_frame(rows: Rows) -> pl.DataFrame:
    """Return price series as a table; values are exact decimal text."""
    import polars as pl

    told = [{name: _text(one[name]) for name in _SERIES_COLUMNS} for one in rows]
    return pl.DataFrame(told, schema=dict.fromkeys(_SERIES_COLUMNS, pl.String))


def print_values(console: Console, told: Mapping[str, Any]) -> None:
    """Print one series with its values, the latest last."""
    print_title(console, f"{told['id']}  {told['name']}, {told['on']}")
    vat = told["vat_pct"]
    tax = "without value added tax" if vat == "0" else f"with {vat} % value added tax"
    print_pairs(
        console,
        [
            ("Kind", told["kind"]),
            ("Unit", f"{told['unit']}, {tax}"),
            ("Market", told["market"] or "not stated"),
            ("Delivered", told["delivered"] or "not stated"),
            ("Basis", told["basis"]),
            ("Source", told["source"]),
        ],
    )
    if told["kind"] == "annual":
        print_note(console, "a yearly average is no contract price")
    columns: tuple[str, ...] = ("day", told["unit"])
    rows = [(one["day"], one["value"], one["published"]) for one in told["values"]]
    if any(one["published"] for one in told["values"]):
        columns = (*columns, "published")
    shown = [row[: len(columns)] for row in rows]
    print_table(console, columns, shown, right=(told["unit"],), empty="no value yet")


def print_specifications(console: Console, rows: Rows) -> None:
    """Print the published specifications that are known."""
    print_title(console, "Published specifications")
    told = [(one["id"], one["title"], one["source"], one["retrieved"]) for one in rows]
    print_table(console, ("name", "title", "source", "retrieved"), told)


def print_specification(console: Console, told: Mapping[str, Any]) -> None:
    """Print a specification limit by limit, with what the assays make of it."""
    print_title(console, f"{told['id']}  {told['title']}")
    verdict, style = {
        True: ("MET", "bold green"),
        False: ("NOT MET", "bold red"),
        None: ("UNKNOWN", "bold yellow"),
    }[told["meets"]]
    console.print(Text(verdict, style))
    found = {one["subject"]: one for one in told["found"]}
    rows = [
        (
            one["analyte"],
            one["min"] or "",
            one["max"] or "",
            _judged(found.pop(one["analyte"], None)),
        )
        for one in told["limits"]
    ]
    rows += [(name, "", "", _judged(one)) for name, one in found.items()]
    print_table(console, ("analyte", "least", "most", "verdict"), rows, right=("least", "most"))
    print_pairs(console, [("Source", f"{told['source']}, retrieved {told['retrieved']}")])
    if told["note"]:
        print_note(console, told["note"])


def print_limits(console: Console, found: SpecificationCheck) -> None:
    """Print how a shipment meets each limit, with the events that say it."""
    style = {"PASS": "bold green", "OUTSIDE": "bold red", "UNKNOWN": "bold yellow"}
    print_title(console, f"{found.parcel} under {found.contract}, {found.stage}, {found.on}")
    console.print(Text(found.verdict, style[found.verdict]))
    papers = list(dict.fromkeys(name for one in found.checks for name in one.evidence))
    rows = [
        (
            one.goods,
            one.subject,
            one.least,
            one.most,
            "UNKNOWN" if one.found_pct is None else f"{one.found_pct.normalize():f} %",
            Text(one.verdict, style[one.verdict]),
            " ".join(f"[{papers.index(name) + 1}]" for name in one.evidence) or one.message,
        )
        for one in found.checks
    ]
    columns = ("goods", "analyte", "least", "most", "found", "verdict", "evidence")
    print_table(console, columns, rows, right=columns[2:5], empty="no limits are written")
    for number, paper in enumerate(papers, 1):
        console.print(Text(f"  [{number}] {paper}", "dim"))


def _judged(one: Mapping[str, Any] | None) -> Text | str:
    if one is None:
        return Text("met", "green")
    if one["verdict"] == "unknown":
        return f"UNKNOWN: {one['message']}"
    follows = {"reject": "may be refused", "note": "noted"}.get(one["otherwise"], one["otherwise"])
    return Text(f"{one['message']}; {follows}", "red")


def _words(stage: str) -> str:
    return stage.replace("_", " ")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
