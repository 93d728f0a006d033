"""The drawing of a flowsheet: units in the order in which material reaches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, h, joined

BOX, HEIGHT, GAP, STEP, TOP = 148, 40, 12, 214, 8
SWEEPS = 6
"""How often the boxes of each column are sorted by what they are joined to."""


@dataclass(frozen=True, slots=True)
class Box:
    """A feed, unit or product of the drawing; ``below`` is the small text under its name."""

    id: str
    kind: str
    below: str


@dataclass(frozen=True, slots=True)
class Pipe:
    """A stream of the drawing: from box to box, with the part of the largest that it carries."""

    origin: str
    destination: str
    part: float
    told: str


def flowsheet_drawing(
    boxes: Sequence[Box],
    pipes: Sequence[Pipe],
    link: Callable[[str], str],
    label: str,
    chosen: str = "",
) -> Markup:
    """Return the drawing; every unit is a link. What flows back is dashed."""
    columns, back = layers([box.id for box in boxes], [(p.origin, p.destination) for p in pipes])
    places = {
        name: (column * STEP, TOP + row * (HEIGHT + GAP))
        for column, names in enumerate(columns)
        for row, name in enumerate(names)
    }
    width = len(columns) * STEP - (STEP - BOX)
    height = TOP + max(map(len, columns), default=0) * (HEIGHT + GAP)
    deepest = height
    parts = []
    for number, pipe in enumerate(pipes):
        is_back = (pipe.origin, pipe.destination) in back
        parts.append(_pipe(places, pipe, deepest + 10 * (number % 4) if is_back else None))
    parts += [_box(box, places[box.id], link(box.id), is_chosen=box.id == chosen) for box in boxes]
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><svg class="lineage flow" '
        'viewBox="0 0 {} {}" style="width:{}px;max-width:none">{}</svg></div>',
        label,
        width + 2,
        deepest + 46,
        width + 2,
        joined(parts),
    )


def layers(
    names: Sequence[str], edges: Sequence[tuple[str, str]]
) -> tuple[list[list[str]], frozenset[tuple[str, str]]]:
    """Return the boxes in columns from left to right, and the edges that lead back.

    An edge leads back if its end comes before its start on the way there. A box stands one column
    behind the last that feeds it; inside a column boxes stand near what they are joined to.

    >>> layers(["ore", "mill", "cell", "metal"],
    ...        [("ore", "mill"), ("mill", "cell"), ("cell", "mill"), ("cell", "metal")])
    ([['ore'], ['mill'], ['cell'], ['metal']], frozenset({('cell', 'mill')}))
    """
    after: dict[str, list[str]] = {name: [] for name in names}
    for origin, destination in edges:
        after[origin].append(destination)
    back = _back_edges(names, after)
    forward = [edge for edge in edges if edge not in back]
    column = dict.fromkeys(names, 0)
    for _ in names:
        moved = False
        for origin, destination in forward:
            if column[destination] <= column[origin]:
                column[destination] = column[origin] + 1
                moved = True
        if not moved:
            break
    columns: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for name in names:
        columns[column[name]].append(name)
    _sort(columns, forward)
    return columns, back


def _back_edges(names: Sequence[str], after: Mapping[str, list[str]]) -> frozenset[tuple[str, str]]:
    back, state = set(), dict.fromkeys(names, 0)
    for start in names:
        if state[start]:
            continue
        state[start] = 1
        path = [(start, iter(after[start]))]
        while path:
            name, ends = path[-1]
            end = next(ends, None)
            if end is None:
                state[name] = 2
                path.pop()
            elif state[end] == 1:
                back.add((name, end))
            elif not state[end]:
                state[end] = 1
                path.append((end, iter(after[end])))
    return frozenset(back)


def _sort(columns: list[list[str]], edges: Sequence[tuple[str, str]]) -> None:
    """Sort each column by the middle of what its boxes are joined to, to and fro."""
    joined_to: dict[str, list[str]] = {name: [] for names in columns for name in names}
    for origin, destination in edges:
        joined_to[origin].append(destination)
        joined_to[destination].append(origin)
    for sweep in range(SWEEPS):
        row = {name: number for names in columns for number, name in enumerate(names)}

        def middle(name: str, row: Mapping[str, int] = row) -> float:
            ends = joined_to[name]
            return sum(row[end] for end in ends) / len(ends) if ends else row[name]

        for names in columns if sweep % 2 else columns[::-1]:
            names.sort(key=middle)


def _pipe(places: Mapping[str, tuple[int, int]], pipe: Pipe, below: int | None) -> Markup:
    (x1, y1), (x2, y2) = places[pipe.origin], places[pipe.destination]
    wide = 1.0 + 6.0 * pipe.part
    if below is None:
        start, end = (x1 + BOX, y1 + HEIGHT / 2), (x2, y2 + HEIGHT / 2)
        bend = max((end[0] - start[0]) / 2, 20)
        path = (
            f"M{start[0]} {start[1]:.0f}C{start[0] + bend:.0f} {start[1]:.0f} "
            f"{end[0] - bend:.0f} {end[1]:.0f} {end[0]} {end[1]:.0f}"
        )
    else:
        left, right = x1 + BOX / 2, x2 + BOX / 2
        path = (
            f"M{left:.0f} {y1 + HEIGHT}C{left:.0f} {below + 30} {right:.0f} {below + 30} "
            f"{right:.0f} {y2 + HEIGHT}"
        )
    dash = NOTHING if below is None else Markup(' stroke-dasharray="6 4"')
    return h(
        '<path class="le" d="{}" stroke-width="{:.1f}"{}><title>{}</title></path>',
        path,
        wide,
        dash,
        pipe.told,
    )


def _box(box: Box, place: tuple[int, int], address: str, *, is_chosen: bool) -> Markup:
    x, y = place
    kinds = {"unit": ("lc" if is_chosen else "ln", 6), "feed": ("ln", 20), "product": ("ln", 0)}
    shape, round_ = kinds[box.kind]
    name = box.id if len(box.id) <= 20 else f"{box.id[:19]}…"
    inside = h(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>'
        '<text class="lt{}" x="{}" y="{}">{}</text><text class="ls{}" x="{}" y="{}">{}</text>',
        shape, x, y, BOX, HEIGHT, round_,
        " lw" if is_chosen else "", x + 9, y + 17, name,
        " lw" if is_chosen else "", x + 9, y + 32, box.below,
    )  # fmt: skip
    if box.kind != "unit":
        return h("<g><title>{}</title>{}</g>", box.id, inside)
    return h('<a href="{}" aria-label="{}">{}</a>', address, box.id, inside)


def boxes_and_pipes(
    found: Mapping[str, Any], element: str, told: Callable[[float], str]
) -> tuple[list[Box], list[Pipe]]:
    """Return what is drawn of a solved flowsheet as the API gives it; width is by an element."""
    boxes = [
        Box(row["id"], "feed", told(row["dry_t_per_h"]))
        for row in found["streams"]
        if row["from"] is None
    ]
    boxes += [Box(row["id"], "unit", row["law"].replace("_", " ")) for row in found["units"]]
    boxes += [Box(row["product"], "product", told(row["dry_t_per_h"])) for row in found["products"]]
    flows = [
        (row, row["contained_t_per_h"].get(element, row["dry_t_per_h"])) for row in found["streams"]
    ]
    largest = max((flow for _, flow in flows), default=0.0) or 1.0
    pipes = [
        Pipe(
            row["from"] or row["id"],
            row["to"],
            flow / largest,
            f"{row['id']}: {told(row['dry_t_per_h'])}, {element} {told(flow)}",
        )
        for row, flow in flows
        if row["dry_t_per_h"] + row["water_t_per_h"] > 0
    ]
    return boxes, pipes
