"""``oreline plan``: the best plan of a chain, and what a project costs, pays and owes."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._balance_formulas import see_usable, table_bytes
from oreline.cli._plan_actual import actual
from oreline.cli._plan_build_up import COMMANDS
from oreline.cli._plan_hedge import hedge
from oreline.cli._plan_ledger import ledger
from oreline.cli._plan_quarters import quarters
from oreline.cli._plan_studies import STUDIES
from oreline.cli._plan_worth import break_even, stages
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.plan import LevyBase, LevyStack, PresentValue, RateOfReturn

app = typer.Typer(
    no_args_is_help=True,
    help="What to build, when, and where to send it? The best plan; annuities, cash flows.\n\n"
    "Example: oreline plan solve examples/pakistan-us",
)
Rate = Annotated[
    str, typer.Option("--rate", metavar="RATE", help="For one period: 0.1, 10% or 7.5%/12.")
]
Currency = Annotated[str, typer.Option("--currency", metavar="CODE", help="Of all money: USD.")]
Money = Annotated[str | None, typer.Option(metavar="AMOUNT", help="In the same currency.")]


def amount_of(text: str, what: str) -> Decimal:
    """Return a number as exact decimal.

    Raises
    ------
    InputError
        If it is none.
    """
    from oreline.model import InputError

    if not re.fullmatch(r"-?[0-9]{1,19}(\.[0-9]{1,15})?", text):
        raise InputError(f"{what}: {text!r} is no number; write digits with a decimal point")
    return Decimal(text)


def money(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it, to the cent.

    >>> money(Decimal("-1854.0247"), "USD")
    '-1,854.02 USD'
    """
    return f"{amount:,.2f} {currency}"


@question(Needs.NOTHING)
def annuity(
    _reader: Reader,
    rate: Rate,
    periods: Annotated[int, typer.Option("--periods", help="How many payments.")],
    present_value: Annotated[
        str, typer.Option("--present-value", metavar="AMOUNT", help="Received today: the loan.")
    ],
    currency: Currency,
    future_value: Annotated[
        str, typer.Option("--future-value", metavar="AMOUNT", help="Received at the end.")
    ] = "0",
    begin: Annotated[
        bool, typer.Option("--begin", help="Payments at the beginning of each period.")
    ] = False,
) -> Answer:
    """Give the equal payment that pays off a loan; what is paid is negative.

    Example: oreline plan annuity --rate 7.5%/12 --periods 180 --present-value 200000 --currency USD
    """
    from oreline.plan import PaidAt, annuity_payment, parse_rate

    paid_at = PaidAt.BEGIN if begin else PaidAt.END
    payment = annuity_payment(
        parse_rate(rate),
        periods,
        amount_of(present_value, "--present-value"),
        amount_of(future_value, "--future-value"),
        paid_at=paid_at,
    )

    def show(console: Console) -> None:
        console.print(f"Payment each period: {money(payment, currency)} ({periods} periods,")
        console.print(f"at the {paid_at} of each, {rate} a period).")

    told = {"payment": f"{payment:f}", "currency": currency, "paid_at": str(paid_at)}
    return Answer({**told, "periods": periods, "basis": "derived"}, show)


@question(Needs.NOTHING)
def annual_equivalent(
    _reader: Reader,
    rate: Rate,
    years: Annotated[int, typer.Option("--years", help="The life of the project.")],
    npv: Annotated[str, typer.Option("--npv", metavar="AMOUNT", help="Its net present value.")],
    currency: Currency,
) -> Answer:
    """Give the equal yearly amount with this net present value, to compare different lives.

    Example: oreline plan annual-equivalent --rate 10% --years 3 --npv 178.77 --currency USD
    """
    from oreline.plan import equivalent_annual_annuity, parse_rate

    found = equivalent_annual_annuity(parse_rate(rate), years, amount_of(npv, "--npv"))

    def show(console: Console) -> None:
        console.print(f"Each year for {years} years: {money(found, currency)}.")

    told = {"annuity": f"{found:f}", "currency": currency, "years": years, "basis": "derived"}
    return Answer(told, show)


@question(Needs.NOTHING, export=True)
def npv(
    _reader: Reader,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The cash flow as CSV.")],
    rate: Rate,
    discounting: Annotated[
        str, typer.Option("--discounting", help="end or middle of each period.")
    ] = "end",
) -> Answer:
    """Give the net present value of a cash flow, and every internal rate of return.

    Columns: period (0 for today, or from 1), amount, currency. Nothing is assumed about signs.

    Example: oreline plan npv docs/tutorials/calculators/cash-flow.csv --rate 10%
    """
    from oreline.model import InputError
    from oreline.plan import (
        Discounting,
        net_present_value,
        parse_rate,
        rates_of_return,
        read_cash_flow,
    )

    if discounting not in tuple(Discounting):
        raise InputError(f"--discounting {discounting!r}: write end or middle")
    flow, findings = read_cash_flow(table_bytes(file), file.name)
    see_usable(file, findings)
    assert flow is not None
    found = net_present_value(parse_rate(rate), flow, Discounting(discounting))
    returns = rates_of_return(flow)

    def show(console: Console) -> None:
        _show_value(console, found, returns)

    return Answer({**found.to_json(), "irr": returns.to_json()}, show, found.to_frame)


def _show_value(console: Console, found: PresentValue, returns: RateOfReturn) -> None:
    from oreline.cli._render import print_note, print_pairs

    flow = found.flow
    first = "today" if flow.first_period == 0 else "one period from today"
    print_pairs(
        console,
        (
            ("net present value", money(found.value, flow.currency)),
            ("rate a period", f"{found.rate:%}"),
            ("first flow", f"{first}; each counts at the {found.discounting} of its period"),
            ("rate of return", ", ".join(f"{x:.4%}" for x in returns.rates) or "none"),
        ),
    )
    if returns.reason:
        print_note(console, returns.reason)


@question(Needs.NOTHING)
def estimate_class(
    _reader: Reader,
    engineering: Annotated[
        str, typer.Option("--engineering-pct", metavar="PCT", help="How much of it is done.")
    ],
    low: Annotated[
        str, typer.Option("--low-pct", metavar="PCT", help="Claimed accuracy below: -15.")
    ],
    high: Annotated[
        str, typer.Option("--high-pct", metavar="PCT", help="Claimed accuracy above: 15.")
    ],
    cost: Annotated[
        str | None, typer.Option("--cost", metavar="AMOUNT", help="Also give its range.")
    ] = None,
) -> Answer:
    """Say whether a claimed accuracy of a cost fits the engineering that is done.

    The exit status is 1 if it does not.

    Example: oreline plan estimate-class --engineering-pct 8 --low-pct -15 --high-pct 15
    """
    from oreline.design import check_estimate, cost_range

    bounds = amount_of(low, "--low-pct"), amount_of(high, "--high-pct")
    found = check_estimate(amount_of(engineering, "--engineering-pct"), *bounds)
    span = None if cost is None else cost_range(amount_of(cost, "--cost"), *bounds)
    told = found.to_json()
    told["range"] = None if span is None else [f"{end:f}" for end in span]

    def show(console: Console) -> None:
        console.print("It fits." if found.consistent else "It does NOT fit.")
        console.print(f"{found.reason[0].upper()}{found.reason[1:]}.")
        if span is not None:
            console.print(f"Cost from {span[0]:f} to {span[1]:f}.")
        console.print(f"Classes: {told['source']}.", style="dim")

    problem = "" if found.consistent else "the accuracy does not fit the engineering"
    return Answer(told, show, problem=problem)


@question(Needs.NOTHING, export=True)
def levies(
    _reader: Reader,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The levies as CSV.")],
    currency: Currency,
    gross_revenue: Money = None,
    net_smelter_return: Money = None,
    export_value: Money = None,
    profit_before_tax: Money = None,
) -> Answer:
    """Give what royalties and levies take, each of its own base.

    Columns: levy, rate_pct, base (gross revenue, net smelter return, export value, profit before
    tax, or unknown), payee, source.

    Example: oreline plan levies docs/tutorials/calculators/levies.csv --currency USD
    --gross-revenue 100
    """
    from oreline.plan import LevyBase, levy_stack, read_levies

    given = {
        LevyBase.GROSS_REVENUE: gross_revenue,
        LevyBase.NET_SMELTER_RETURN: net_smelter_return,
        LevyBase.EXPORT_VALUE: export_value,
        LevyBase.PROFIT_BEFORE_TAX: profit_before_tax,
    }
    bases: dict[LevyBase, Decimal] = {
        base: amount_of(text, str(base)) for base, text in given.items() if text is not None
    }
    made, findings = read_levies(table_bytes(file), file.name)
    see_usable(file, findings)
    found = levy_stack(made, bases, currency)

    def show(console: Console) -> None:
        _show_levies(console, found)

    return Answer(found.to_json(), show, found.to_frame)


def _show_levies(console: Console, found: LevyStack) -> None:
    from oreline.cli._render import print_findings, print_table

    columns = ("levy", "of", "amount")
    rows: list[tuple[Any, ...]] = [
        (
            line.levy.name,
            line.reason,
            "UNKNOWN" if line.amount is None else money(line.amount, found.currency),
        )
        for line in found.lines
    ]
    total = "UNKNOWN" if found.total is None else money(found.total, found.currency)
    rows.append(("total", "", total))
    print_table(console, columns, rows, right=columns[2:])
    if found.total is None:
        console.print(f"Known of it: {money(found.known, found.currency)}.")
    if found.findings:
        print_findings(console, found.findings)


@question(Needs.NOTHING)
def advance(
    _reader: Reader,
    instalment: Annotated[
        list[str],
        typer.Option("--instalment", metavar="AMOUNT", help="Of year 1, 2, ...; the last goes on."),
    ],
    cap: Annotated[str, typer.Option("--cap", metavar="AMOUNT", help="Of all together.")],
    years: Annotated[int, typer.Option("--years", help="How many years to list.")],
    currency: Currency,
) -> Answer:
    """List the instalments of an advance royalty until its cap.

    Example: oreline plan advance --instalment 5 --instalment 7.5 --instalment 10 --cap 50
    --years 8 --currency "million USD"
    """
    from oreline.plan import advance_royalties

    paid = [amount_of(text, "--instalment") for text in instalment]
    found = advance_royalties(paid, amount_of(cap, "--cap"), years)

    def show(console: Console) -> None:
        from oreline.cli._render import print_table

        columns = ("year", "paid", "paid so far")
        rows = [(one.year, f"{one.instalment:f}", f"{one.cumulative:f}") for one in found]
        print_table(console, columns, rows, right=columns)
        console.print(f"Amounts in {currency}.", style="dim")

    told = {"years": [one.to_json() for one in found], "currency": currency, "basis": "derived"}
    return Answer(told, show)


for _name, _command in (
    *COMMANDS,
    *STUDIES,
    ("quarters", quarters),
    ("hedge", hedge),
    ("break-even", break_even),
    ("stages", stages),
    ("ledger", ledger),
    ("actual", actual),
    ("annuity", annuity),
    ("annual-equivalent", annual_equivalent),
    ("npv", npv),
    ("estimate-class", estimate_class),
    ("levies", levies),
    ("advance", advance),
):
    app.command(_name)(_command)
