"""Mine to metal: two mines, separation with returned swarf, Nd-Pr, Dy and Tb metal."""

from __future__ import annotations

from examples._magnet_flow import (
    ELEMENTS,
    IN_OXIDE,
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

SEPARATION = "illus-separation-uk"
METAL = "illus-metal-uk"
DAYS_AT_SEA = {"us": "A-SEA-US-UK", "au": "A-SEA-AU-UK"}


def mine(works: Works, week: int, land: str) -> None:
    """Enter a week of one mine: ore, leaching to carbonate, shipment to separation."""
    site, upper = f"illus-mine-{land}", land.upper()
    tonnes = assumed(f"A-{upper}-ORE") * (1 + 0.08 * float(works.rng.standard_normal()))
    grade = share(f"A-{upper}-GRADE") * (1 + 0.05 * float(works.rng.standard_normal()))
    treo = 1000 * tonnes * grade
    elements = {
        name: treo * share(f"A-{upper}-{name.upper()}") * IN_OXIDE[name] for name in ELEMENTS
    }
    ore = Stock(1000 * tonnes, elements)
    recovered = share("A-LEACH") * (1 + 0.01 * float(works.rng.standard_normal()))
    carbonate = Stock(
        treo * recovered / share("A-CARBONATE"), {n: m * recovered for n, m in elements.items()}
    )
    residue = Stock(ore.mass - treo, {n: m * (1 - recovered) for n, m in elements.items()})
    lot, ore_lot = f"illus:carbonate-{land}-{week:02d}", f"illus:ore-{land}-{week:02d}"
    weighed = line(works, "out", ore_lot, "ore", ore)
    dug = head(f"{land}-{week:02d}-extract", "extract", (week, 1, 14), site) | weighed
    works.enter([dug | works.grades(ore, assumed("A-U-ORE") / 100, oxides=True)])
    leach = head(f"{land}-{week:02d}-leach", "process", (week, 4, 16), site)
    leach |= {"unit": f"illus-leach-{land}", "side": "in", "lot": ore_lot, "all": "yes"}
    pile = line(works, "out", f"illus:residue-{land}", "residue", residue) | {"continuing": "yes"}
    works.enter([
        leach,
        line(works, "out", lot, "carbonate", carbonate),
        pile | works.grades(residue, assumed("A-U-ORE") / 100, oxides=True),
    ])  # fmt: skip
    assay(works, (f"{land}-{week:02d}-assay", lot, leach["event"]), (week, 5, 9), site, carbonate,
          oxides=True)  # fmt: skip
    works.lots[lot] = carbonate
    transit = round(7 * assumed(DAYS_AT_SEA[land]))
    haul(works, f"{land}-{week:02d}", [lot], (week, 5, 10), (site, SEPARATION, "sea", transit))
    works.carbonates.append((week + transit // 7 + 1, land, lot))


def separate(works: Works, week: int) -> None:
    """Enter a week of solvent extraction of whatever has arrived, swarf included."""
    due = [(land, lot) for ready, land, lot in works.carbonates if ready == week]
    back = [lot for ready, lot in works.swarf_back if ready == week]
    if not due:
        return
    fed = Stock()
    for land, lot in due:
        fed.add(works.lots[lot].part(share("A-SX")))
        if land == "us":
            works.us_nd_kg += works.lots[lot].elements["Nd"] * share("A-SX") * 0.97
    for lot in back:
        fed.add(works.lots[lot].part(share("A-SWARFREC")))
    lost = Stock()
    for lot in (*(lot for _, lot in due), *back):
        lost.add(works.lots[lot])
    run = head(f"sx-{week:02d}", "process", (week, 3, 18), SEPARATION) | {"unit": "illus-sx"}
    lots = [*(lot for _, lot in due), *back]
    rows = [{"side": "in", "lot": lot, "all": "yes"} for lot in lots]
    products = _products(fed)
    for name, stock in products.items():
        rows.append(line(works, "out", f"illus:{name}", name, stock) | {"continuing": "yes"})
        works.pool(name).add(stock)
    rest = Stock(
        max(lost.mass * 0.40, 1.0),
        {n: lost.elements[n] - sum(p.elements.get(n, 0.0) for p in products.values())
         for n in ELEMENTS},
    )  # fmt: skip
    rows.append(
        line(works, "out", "illus:other-oxides", "other-oxides", rest)
        | {"continuing": "yes"}
        | works.grades(rest, 0.03, oxides=True)
    )
    works.enter([run | rows[0], *rows[1:]])
    for name, stock in products.items():
        assay(works, (f"sx-{week:02d}-{name}", f"illus:{name}", run["event"]), (week, 4, 9),
              SEPARATION, stock, oxides=True)  # fmt: skip


def _products(fed: Stock) -> dict[str, Stock]:
    """Return the separated oxides of a feed."""
    purity = share("A-OXIDE")
    found = {}
    for name, elements in (("ndpr-oxide", ("Nd", "Pr")), ("dy-oxide", ("Dy",)),
                           ("tb-oxide", ("Tb",))):  # fmt: skip
        kept = {n: fed.elements.get(n, 0.0) * 0.97 for n in elements}
        found[name] = Stock(sum(m / IN_OXIDE[n] for n, m in kept.items()) / purity, kept)
    return found


def make_metal(works: Works, week: int, name: str, wanted_kg: float) -> None:
    """Enter one campaign of metal: oxide drawn, hauled, reduced; metal goes to its bin."""
    pool = works.pool(f"{name}-oxide")
    if pool.mass <= 0:
        return
    taken = pool.take(min(0.93, wanted_kg / pool.mass))
    lot, label = f"illus:{name}-oxide-{week:02d}", f"{name}-{week:02d}"
    draw = head(f"{label}-draw", "split", (week, 0, 8), SEPARATION)
    weighed = works.dry(taken) | known("scale")
    works.enter([
        draw | {"side": "in", "lot": f"illus:{name}-oxide"} | weighed,
        {"side": "out", "lot": lot, "material": f"illus-{name}-oxide"} | weighed,
    ])  # fmt: skip
    haul(works, label, [lot], (week, 0, 10), (SEPARATION, METAL, "truck", 1))
    metal = Stock(
        sum(taken.elements.values()) * share("A-METAL") / 0.997,
        {n: m * share("A-METAL") for n, m in taken.elements.items()},
    )
    slag = Stock(
        taken.mass * 0.12, {n: m * (1 - share("A-METAL")) for n, m in taken.elements.items()}
    )
    run = head(f"{label}-metal", "process", (week, 3, 20), METAL) | {"unit": "illus-electrolysis"}
    works.enter([
        run | {"side": "in", "lot": lot, "all": "yes"},
        line(works, "out", f"illus:{name}-metal", f"{name}-metal", metal) | {"continuing": "yes"},
        line(works, "out", "illus:slag", "slag", slag) | {"continuing": "yes"}
        | works.grades(slag, 0.05, oxides=False),
    ])  # fmt: skip
    assay(works, (f"{label}-assay", f"illus:{name}-metal", run["event"]), (week, 4, 8), METAL,
          metal, oxides=False)  # fmt: skip
    works.pool(f"{name}-metal").add(metal)
