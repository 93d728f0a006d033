"""Plants at random whose masses are all known, for laws that hold for every plant."""

from __future__ import annotations

from typing import Any

from balance_ledgers import event, grade, line, mass
from hypothesis import strategies as st

Event = dict[str, Any]
KINDS = ("extract", "process", "blend", "split", "consume", "dispatch", "receive", "count")
SITES = ("a", "b", "c")


class Plant:
    """A plant whose masses are all known: mined, milled, mixed, divided, moved, counted, sold.

    Lots may be used elsewhere than the book has them; none is drawn below zero.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.held: dict[str, int] = {}

    def made(self, value_mg: int, *, graded: bool) -> Event:
        name = f"m:L{len(self.held)}"
        self.held[name] = value_mg
        dry = mass(str(value_mg), "mg", u=str(self.draw(st.integers(0, 5))))
        if not graded:
            return line(name, dry=dry)
        return line(name, dry=dry, grades=[grade("Cu", str(self.draw(st.integers(0, 99))), u="1")])

    def taken(self, name: str) -> tuple[Event, int]:
        if self.draw(st.booleans()):
            value, self.held[name] = self.held[name], 0
            return line(name, all=True), value
        value = self.draw(st.integers(1, self.held[name]))
        self.held[name] -= value
        return line(name, dry=mass(str(value), "mg", u="1")), value

    def changed(self, kind: str, name: str) -> Event:
        drawn, value = self.taken(name)
        if kind == "consume":
            return {"inputs": [drawn], "purpose": "sold"}
        if kind == "blend":
            return {"inputs": [drawn], "outputs": [self.made(value, graded=False)]}
        cut = self.draw(st.integers(0, value))
        parts = [part for part in (cut, value - cut) if part]
        outputs = [self.made(part, graded=kind == "process") for part in parts]
        return {"inputs": [drawn], "outputs": outputs}

    def body(self, kind: str, full: list[str]) -> Event:
        if kind == "extract":
            return {"outputs": [self.made(self.draw(st.integers(1, 10**13)), graded=True)]}
        name = self.draw(st.sampled_from(full))
        if kind in ("dispatch", "receive"):
            return {"lots": [line(name)]}
        if kind != "count":
            return self.changed(kind, name)
        self.held[name] = self.draw(st.integers(0, 10**13))
        return {"lot": name, "dry": mass(str(self.held[name]), "mg", u="2")}

    def event(self, step: int) -> Event:
        full = [name for name, value in self.held.items() if value > 0]
        kind = self.draw(st.sampled_from(KINDS if full else KINDS[:1]))
        time = f"2025-{1 + step // 4:02}-{1 + 7 * (step % 4):02}"
        body = self.body(kind, full)
        return event(kind, f"e{step}", time, body, site=self.draw(st.sampled_from(SITES)))


@st.composite
def plants(draw: st.DrawFn) -> list[Event]:
    """Draw the events of a plant."""
    plant = Plant(draw)
    return [plant.event(step) for step in range(draw(st.integers(1, 14)))]
