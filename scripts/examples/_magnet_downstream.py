"""Alloy to magnet and back: strip casting, sintering, machining, swarf, credits, stock-takes."""

from __future__ import annotations

from examples._magnet_flow import (
    Stock,
    Works,
    assay,
    assumed,
    haul,
    head,
    known,
    line,
    share,
)
from examples._magnet_upstream import METAL, SEPARATION
from examples._readings import cells, read_relative, written
from examples._tables import Row

MAGNETS = "illus-magnet-us"
ADDITIONS = (("dy", "Dy", "A-DY"), ("tb", "Tb", "A-TB"))
CASTS = (1, 3)
"""The weekdays on which alloy is cast."""


def buy_iron(works: Works, week: int) -> None:
    """Enter the month's iron and ferroboron as goods that come in from outside the chain.

    Nothing goes into that event, so that where they come from is UNKNOWN; what they are made of is
    on the supplier's certificate.
    """
    for name, kilograms in (("iron", 12_000.0), ("ferroboron", 900.0)):
        row = head(f"{name}-{week:02d}", "process", (week, 0, 7), METAL) | {
            "unit": "illus-goods-in",
            "note": "Bought from outside the chain.",
        }
        stock = Stock(kilograms * (1 + 0.02 * float(works.rng.standard_normal())))
        bought = line(works, "out", f"illus:{name}-{week:02d}", name, stock)
        nothing_found = works.grades(stock, 0.1, oxides=False)
        works.enter([row | bought | nothing_found | known("supplier's certificate")])


def cast(works: Works, week: int) -> None:
    """Enter the week's casts, as far as there is metal, and send them to the magnet plant."""
    made = []
    for weekday in CASTS:
        lot = _one_cast(works, week, weekday)
        if lot is not None:
            made.append(lot)
    if made:
        transit = round(7 * assumed("A-SEA-UK-US"))
        haul(works, f"alloy-{week:02d}", made, (week, 4, 10), (METAL, MAGNETS, "sea", transit))
        works.alloys.append((week + transit // 7 + 1, made))


def _one_cast(works: Works, week: int, weekday: int) -> str | None:
    size = 1000 * assumed("A-ALLOYRATE") / len(CASTS)
    metal = works.pool("ndpr-metal")
    wanted = size * share("A-NDPR")
    if metal.mass < wanted:
        return None
    label = f"cast-{week:02d}-{weekday}"
    run = head(label, "process", (week, weekday, 22), METAL) | {"unit": "illus-strip-caster"}
    charge, rows = Stock(), []
    taken = metal.take(wanted / metal.mass)
    charge.add(taken)
    rows.append(line(works, "in", "illus:ndpr-metal", "ndpr-metal", taken))
    for name, _, part in ADDITIONS:
        pool = works.pool(f"{name}-metal")
        if pool.mass > 0:
            added = pool.take(min(0.95, size * share(part) / pool.mass))
            charge.add(added)
            rows.append(line(works, "in", f"illus:{name}-metal", f"{name}-metal", added))
    boron = Stock(size * share("A-BORON") / 0.19)
    iron = Stock(size - charge.mass - boron.mass)
    bought = week - week % 4
    for name, stock in (("iron", iron), ("ferroboron", boron)):
        charge.add(stock)
        rows.append(line(works, "in", f"illus:{name}-{bought:02d}", name, stock))
    alloy, skull = charge.part(share("A-ALLOY")), charge.part(1 - share("A-ALLOY"))
    lot = f"illus:alloy-{week:02d}-{weekday}"
    rows.append(line(works, "out", lot, "alloy", alloy))
    rows.append(
        line(works, "out", "illus:slag", "slag", skull)
        | {"continuing": "yes"}
        | works.grades(skull, 0.05, oxides=False)
    )
    works.enter([run | rows[0], *rows[1:]])
    assay(works, (f"{label}-assay", lot, run["event"]), (week, weekday, 23), METAL, alloy,
          oxides=False)  # fmt: skip
    works.lots[lot] = alloy
    return lot


def make_magnets(works: Works, week: int) -> None:
    """Enter the magnets of the alloy that has arrived, the swarf, and the sale."""
    for ready, lots in works.alloys:
        if ready != week:
            continue
        alloy = Stock()
        for lot in lots:
            alloy.add(works.lots[lot])
        _sinter_and_machine(works, week, lots, alloy)


def _sinter_and_machine(works: Works, week: int, lots: list[str], alloy: Stock) -> None:
    blocks = alloy.part(share("A-SINTER"))
    magnets = blocks.part(share("A-MACHINING"))
    rejects = alloy.part((1 - share("A-SINTER")) * share("A-SWARF"))
    swarf = blocks.part((1 - share("A-MACHINING")) * share("A-SWARF"))
    block_lot, magnet_lot = f"illus:blocks-{week:02d}", f"illus:magnets-{week:02d}"
    names = {"rejects": rejects, "swarf": swarf}
    sinter = head(f"sinter-{week:02d}", "process", (week, 2, 18), MAGNETS)
    sinter |= {"unit": "illus-press-and-sinter"}
    rows: list[Row] = [{"side": "in", "lot": lot, "all": "yes"} for lot in lots]
    rows += [
        line(works, "out", block_lot, "blocks", blocks) | works.grades(blocks, 0.006, oxides=False),
        line(works, "out", f"illus:rejects-{week:02d}", "swarf", rejects),
    ]
    works.enter([sinter | rows[0], *rows[1:]])
    machine = head(f"machine-{week:02d}", "process", (week, 4, 18), MAGNETS)
    machine |= {"unit": "illus-machining", "side": "in", "lot": block_lot, "all": "yes"}
    works.enter([
        machine,
        line(works, "out", magnet_lot, "magnets", magnets),
        line(works, "out", f"illus:swarf-{week:02d}", "swarf", swarf),
    ])  # fmt: skip
    assay(works, (f"magnets-{week:02d}-assay", magnet_lot, machine["event"]), (week, 5, 8),
          MAGNETS, magnets, oxides=False)  # fmt: skip
    for name, stock in names.items():
        lot = f"illus:{name}-{week:02d}"
        made_by = sinter["event"] if name == "rejects" else machine["event"]
        assay(works, (f"{name}-{week:02d}-assay", lot, made_by), (week, 5, 9), MAGNETS, stock,
              oxides=False)  # fmt: skip
        works.lots[lot] = stock
        works.swarf_waiting.append(lot)
    box = head(f"pack-{week:02d}", "pack", (week, 5, 10), MAGNETS)
    works.enter([box | {"container": f"illus-crate-{week:02d}", "lot": magnet_lot,
                        "seals": f"ILM-{week:02d}"}])  # fmt: skip
    sold = head(f"sale-{week:02d}", "consume", (week, 5, 16), MAGNETS)
    works.enter([sold | {"side": "in", "lot": magnet_lot, "all": "yes", "purpose": "sold",
                         "to_party": "illus-customer"}])  # fmt: skip
    works.sold_nd_kg += magnets.elements["Nd"]


def return_swarf(works: Works, week: int) -> None:
    """Enter the month's swarf: mixed, sent back to separation, due some weeks later."""
    if not works.swarf_waiting:
        return
    lot, together = f"illus:swarf-return-{week:02d}", Stock()
    rows: list[Row] = []
    for name in works.swarf_waiting:
        rows.append({"side": "in", "lot": name, "all": "yes"})
        together.add(works.lots[name])
    mixed = head(f"swarf-{week:02d}-mix", "blend", (week, 5, 17), MAGNETS)
    works.enter([mixed | rows[0], *rows[1:], line(works, "out", lot, "swarf", together)])
    transit = round(7 * assumed("A-SEA-UK-US"))
    haul(works, f"swarf-{week:02d}", [lot], (week, 6, 8), (MAGNETS, SEPARATION, "sea", transit))
    works.lots[lot] = together
    works.swarf_waiting.clear()
    works.swarf_back.append((week + transit // 7 + 1, lot))


def credit(works: Works, week: int) -> None:
    """Enter the month's credits for neodymium from the United States: issue, move, part retired."""
    kilograms = works.us_nd_kg * 0.98
    if kilograms <= 0:
        return
    works.us_nd_kg = 0.0
    moved = round(kilograms * 0.9, 1)
    works.credit_ok_kg += moved
    # A claim is never larger than the credit, nor than the neodymium in the magnets sold.
    claimed = round(min(0.8 * works.credit_ok_kg, 0.95 * works.sold_nd_kg), 1)
    works.credit_ok_kg -= claimed
    works.sold_nd_kg = 0.0
    common = {"model": "mass_balance", "analyte": "Nd", "attribute": "origin-US",
              **known("input share of separation times recovery")}  # fmt: skip
    rows: list[tuple[str, str, float, Row]] = [
        ("issue", SEPARATION, kilograms, {"account": "illus-account-uk",
         "lot": "illus:ndpr-oxide", "expires": "2026-12-31"}),
        ("move", SEPARATION, moved, {"account": "illus-account-uk",
         "to_account": "illus-account-ok"}),
    ]  # fmt: skip
    if claimed > 0:
        claim = "Nd of United States origin in magnets sold, by mass balance"
        rows.append(("retire", MAGNETS, claimed, {"account": "illus-account-ok", "claim": claim}))
    for hour, (action, site, mass, more) in enumerate(rows, 8):
        row = head(f"credit-{week:02d}-{action}", "credit", (week, 6, hour), site)
        works.enter([row | common | more | {"action": action, "mass_kg": written(mass, 1)}])


def take_stock(works: Works, week: int) -> None:
    """Enter the month's stock-take of oxides and metal."""
    for name, site in (("ndpr-oxide", SEPARATION), ("dy-oxide", SEPARATION),
                       ("tb-oxide", SEPARATION), ("ndpr-metal", METAL), ("dy-metal", METAL),
                       ("tb-metal", METAL)):  # fmt: skip
        stock = works.pool(name)
        if stock.mass <= 0:
            continue
        row = head(f"count-{name}-{week:02d}", "count", (week, 6, 20), site)
        shown = read_relative(works.rng, stock.mass, assumed("A-U-SURVEY") / 100)
        works.enter([row | {"lot": f"illus:{name}"} | cells("dry_kg", shown) | known("weighed")])
