"""How a reconciliation looks in the terminal: verdict, values before and after, tests, suspects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from oreline.cli._render import print_findings, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.balance import ReconciledQuantity, Reconciliation

STATUS_STYLES = {"RECONCILED": "bold green", "NOT REDUNDANT": "yellow"}


def print_reconciliation(console: Console, found: Reconciliation) -> None:
    """Print everything that a person must see of a reconciliation."""
    console.print(Text(str(found.status), STATUS_STYLES.get(str(found.status), "bold red")))
    console.print(Text(_global_words(found)))
    _print_quantities(console, found)
    _print_nodes(console, found)
    _print_suspects(console, found)
    print_findings(console, found.findings)


def _global_words(found: Reconciliation) -> str:
    test = found.overall
    if not test.freedom:
        return "Nothing is measured twice, so nothing could be tested."
    is_beyond = "beyond" if test.is_exceeded else "within"
    return (
        f"Global test: chi-square {test.chi2:.4g} with {test.freedom} degrees of freedom, "
        f"{is_beyond} {test.critical:.4g} ({100 * found.confidence:g} %)."
    )


def _print_quantities(console: Console, found: Reconciliation) -> None:
    print_title(console, "Streams (± one standard uncertainty)")
    limit = "" if found.critical is None else f"{found.critical:.2f}"
    rows = [
        (
            item.quantity.stream,
            f"{item.quantity.what}, {item.quantity.unit}",
            _pair(item.measured, item.u),
            _reconciled(item),
            str(item.known),
            _statistic(item, found.critical),
        )
        for item in found
    ]
    heading = f"test (≤ {limit})" if limit else "test"
    columns = ("stream", "quantity", "measured", "reconciled", "class", heading)
    print_table(console, columns, rows, right=("measured", "reconciled", heading))


def _pair(value: float | None, u: float | None) -> str:
    if value is None or u is None:
        return ""
    return f"{value:.6g} ± {u:.2g}"


def _reconciled(item: ReconciledQuantity) -> str:
    told = _pair(item.value, item.value_u)
    return f"{told} (held at 0)" if item.at_zero and told else told or "UNKNOWN"


def _statistic(item: ReconciledQuantity, critical: float | None) -> Text:
    if item.is_excluded:
        return Text("left out", "yellow")
    if item.statistic is None:
        return Text("")
    is_beyond = critical is not None and item.statistic > critical
    return Text(f"{item.statistic:.2f}", "bold red" if is_beyond else "")


def _print_nodes(console: Console, found: Reconciliation) -> None:
    tested = [test for test in found.nodes if test.statistic is not None]
    untested = len(found.nodes) - len(tested)
    if not tested:
        console.print(Text("No node has all its legs measured.", "dim"))
        return
    print_title(console, "Nodes as measured: in less out, t")
    rows = [
        (
            test.node,
            test.what,
            _pair(test.imbalance_t, test.u_t),
            Text(f"{test.statistic:.2f}", "bold red" if test.is_exceeded else ""),
        )
        for test in tested
    ]
    heading = f"test (≤ {tested[0].critical or 0:.2f})"
    columns = ("node", "quantity", "imbalance", heading)
    print_table(console, columns, rows, right=("imbalance", heading))
    if untested:
        console.print(Text(f"{untested} more cannot be tested: a leg is not measured.", "dim"))


def _print_suspects(console: Console, found: Reconciliation) -> None:
    if not found.suspects:
        return
    print_title(console, "Suspects, in the order in which they were taken out")
    rows = [
        (
            str(item.quantity),
            _pair(item.measured, item.u),
            "UNKNOWN" if item.value is None else f"{item.value:.6g}",
            f"{item.statistic:.2f}",
            f"{item.chi2:.4g} ({item.freedom})",
            ", ".join(str(quantity) for quantity, _ in item.alternatives),
        )
        for item in found.suspects
    ]
    columns = ("suspect", "measured", "by the others", "test", "chi² after", "or as well")
    print_table(console, columns, rows, right=("measured", "by the others", "test", "chi² after"))
