"""A design as a planned ledger: one event for each unit and period, closed to the milligram."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from oreline.design._flowsheet import Flowsheet
from oreline.design._planned_lots import PlannedLinks, PlannedLot
from oreline.design._planned_writer import Event, PeriodWriter
from oreline.design._planning import PlannedPeriod, Planning
from oreline.design._solve import Flows
from oreline.model import Finding, InputError, Severity


def planned_events(
    flows: Flows | Sequence[Flows], planning: Planning, periods: Sequence[PlannedPeriod]
) -> tuple[Event, ...]:
    """Return the events of a planned ledger, in the order in which they happen.

    In each period an ore is extracted, what is bought is received, each unit is one ``process``
    event, and what goes to another site is dispatched and received. A stream is one lot, made by
    one event and used up whole by another. All flows of an element are rounded together to whole
    milligrams, so that each event closes. A recycle inside a site runs within the period; one that
    goes back to a site before it is put on a stock there, from which the next period draws, and
    which opens with what the longest period needs. What is emitted is a loss, what is waste a lot.
    A product that leaves for a site of another party is sold: it is sampled, weighed at both ends
    and assayed by both parties, all as planned, so that a contract can be settled on it.

    Grades have twelve decimals, as in any ledger: a lot above 1,000 t holds its elements to
    10⁻¹² of its mass.

    Parameters
    ----------
    flows
        What was solved; of a design whose ores change from year to year one for each period, of the
        same units and streams.

    Raises
    ------
    InputError
        With findings, if a unit or feed has no site, a site no operator, or the hours are none; or
        if a recycle goes back to a site before while flows change.
    """
    of_period = [flows] * len(periods) if isinstance(flows, Flows) else list(flows)
    if len(of_period) != len(periods):
        raise InputError(f"{len(of_period)} solutions for {len(periods)} periods")
    sheet = of_period[0].frame.flowsheet
    _see_planned(sheet, planning)
    links = {id(one): PlannedLinks(one) for one in of_period}
    hours = [planning.hours_per_year * _part_of_year(period) for period in periods]
    keys = [(id(one), span) for one, span in zip(of_period, hours, strict=True)]
    rounded = {key: links[key[0]].lots(key[1]) for key in set(keys)}
    longest = rounded[max(keys, key=lambda key: key[1])]
    events: list[Event] = []
    for number, key in enumerate(keys):
        writer = PeriodWriter(
            of_period[number].frame.flowsheet, planning, periods, number, rounded[key]
        )
        if number == 0:
            if len(links) > 1:
                _see_no_late(writer, longest)
            events += writer.opening(longest)
        events += writer.events()
    return tuple(sorted(events, key=lambda event: str(event["time"])))


def _see_no_late(writer: PeriodWriter, lots: Sequence[PlannedLot]) -> None:
    """Refuse a recycle through a stock whose make-up changes: what is drawn would not be planned.

    Raises
    ------
    InputError
        With findings, if there is one.
    """
    findings = [
        Finding(
            "ORL-1072", Severity.FATAL, writer.sheet.where,
            f"{lot.name} goes back to a site before it over a stock, and the ore changes: what the "
            "next period draws from it would not be what the design says",
            "end the recycle in a product, or plan each year in a ledger of its own",
        )
        for lot in lots
        if writer.is_late(lot)
    ]  # fmt: skip
    if findings:
        raise InputError("ores that change by year cannot be planned with this design", findings)


def _part_of_year(period: PlannedPeriod) -> float:
    year = date(period.start.year + 1, 1, 1) - date(period.start.year, 1, 1)
    return (period.end - period.start) / year


def _see_planned(flowsheet: Flowsheet, planning: Planning) -> None:
    findings = []

    def missing(where: str, message: str, fix: str) -> None:
        findings.append(Finding("ORL-1060", Severity.FATAL, where, message, fix))

    for unit in flowsheet.units:
        if not unit.site:
            missing(unit.where, f"{unit.id} stands at no site", 'add site = "..." to the unit')
    seen: dict[str, str] = {}
    names = [feed.id for feed in flowsheet.feeds] + [one.id for one in flowsheet.streams]
    for name in (*names, *(f"{unit.id}-reagents" for unit in flowsheet.units)):
        plain = name.replace(".", "-")
        if plain in seen:
            message = f"{name} and {seen[plain]} would name one lot {plain}"
            missing(flowsheet.where, message, "give one of them another id")
        seen[plain] = name
    sites = {unit.site: unit.where for unit in flowsheet.units if unit.site}
    sites |= {feed.site: feed.where for feed in flowsheet.feeds if feed.site}
    sites |= {product.site: product.where for product in flowsheet.products if product.site}
    for site, where in sites.items():
        if site not in planning.operators:
            missing(where, f"nobody operates {site}", "name its operator in sites.csv")
    if not 0 < planning.hours_per_year <= 8784:
        missing(flowsheet.where, f"{planning.hours_per_year} hours a year", "write 1 to 8784")
    if findings:
        raise InputError("the design cannot be written as a planned ledger", findings)
