"""A settlement in plain fractions, written from the invoice identity alone.

net = sum over metals of payable content × price, less treatment × dry mass, less refining ×
content, plus participation, less penalties × dry mass, plus other lines. Each line is rounded, then
the total. It shares no code with oreline and reads the contract as the plain words of its file.

Also draws of random contracts and parcels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

Words = dict[str, Any]
EXACT_LB = "2204.62262184877580722973801345"
EXACT_OZ = "31.1034768"


@dataclass
class Pile:
    """Goods that terms are applied to at once: dry and wet tonnes, and grades as fractions."""

    dry: Fraction
    wet: Fraction
    grades: dict[str, Fraction]


def net_value(contract: Words, lots: list[Words], prices: dict[str, Fraction]) -> Fraction:
    """Return the net value of lots, at given prices per tonne."""
    return sum(line_amounts(contract, lots, prices).values(), Fraction(0))


def line_amounts(
    contract: Words, lots: list[Words], prices: dict[str, Fraction]
) -> dict[str, Fraction]:
    """Return every rounded line by its id, with the rounding of the total where there is one."""
    piles = _piles(contract, lots)
    exact = _payables(contract, piles, prices)
    exact |= _basket(contract, piles, prices)
    metal = sum(exact.values(), Fraction(0)) - exact.get("toll", Fraction(0))
    dry = sum((pile.dry for pile in piles), Fraction(0))
    if "treatment" in contract:
        exact["treatment"] = -dry * _number(contract["treatment"]["rate"])
    for one in contract.get("refining", ()):
        content = _content(contract, piles, one["analyte"], one["basis"])
        rate = per_t(one["rate"], contract)
        exact[f"refining-{one['analyte']}"] = -content * rate
    for one in contract.get("participation", ()):
        beyond = max(Fraction(0), prices[one["price"]] - per_t(one["base"], contract))
        content = _content(contract, piles, one["analyte"], "payable")
        exact[f"participation-{one['analyte']}"] = (
            Fraction(one["share_pct"]) / 100 * beyond * content
        )
    for one in contract.get("penalties", ()):
        name = "+".join(one["analytes"])
        exact[f"penalty-{name}"] = -sum((p.dry * _penalty(one, p) for p in piles), Fraction(0))
    exact |= _lines(contract, piles, metal, sum(exact.values(), Fraction(0)))
    lines = {name: rounded(value, contract["rounding"]["lines"]) for name, value in exact.items()}
    total = sum(lines.values(), Fraction(0))
    difference = rounded(total, contract["rounding"]["total"]) - total
    return {**lines, "rounding": difference} if difference else lines


def _piles(contract: Words, lots: list[Words]) -> list[Pile]:
    piles = []
    for lot in lots:
        wet = Fraction(lot["wet"])
        dry = wet * (1 - Fraction(lot["moisture"]) / 100)
        grades = {name: Fraction(pct) / 100 for name, pct in lot["grades"].items()}
        piles.append(Pile(dry, wet, grades))
    if contract["settled_by"] == "lot":
        return piles
    dry = sum((one.dry for one in piles), Fraction(0))
    mean = {
        name: sum((one.dry * one.grades[name] for one in piles), Fraction(0)) / dry
        for name in piles[0].grades
    }
    return [Pile(dry, sum((one.wet for one in piles), Fraction(0)), mean)]


def _payables(
    contract: Words, piles: list[Pile], prices: dict[str, Fraction]
) -> dict[str, Fraction]:
    found = {}
    for one in contract.get("payables", ()):
        content = _content(contract, piles, one["analyte"], "payable")
        found[f"payable-{one['analyte']}"] = content * prices[one["price"]]
    return found


def _content(contract: Words, piles: list[Pile], analyte: str, basis: str) -> Fraction:
    if basis == "contained":
        return sum((pile.dry * pile.grades[analyte] for pile in piles), Fraction(0))
    clause = next(one for one in contract["payables"] if one["analyte"] == analyte)
    return sum((pile.dry * _paid(clause, pile.grades[analyte]) for pile in piles), Fraction(0))


def _paid(clause: Words, grade: Fraction) -> Fraction:
    """Return the payable part of the dry mass."""
    if "over" in clause and grade <= grade_of(clause["over"]):
        return Fraction(0)
    share = Fraction(clause.get("pct", 0)) / 100
    less = grade_of(clause["deduction"]) if "deduction" in clause else Fraction(0)
    value = {
        "pct": share * grade,
        "deduction": grade - less,
        "pct_min_deduction": min(share * grade, grade - less),
        "excess": share * (grade - less),
    }[clause["method"]]
    value = max(Fraction(0), value)
    if "rounding" in clause:
        one = Fraction(1, 100) if clause["unit"] == "%" else Fraction(1, 10**6)
        value = rounded(value / one, clause["rounding"]) * one
    return value


def _basket(contract: Words, piles: list[Pile], prices: dict[str, Fraction]) -> dict[str, Fraction]:
    basket = contract.get("basket")
    if basket is None:
        return {}
    found = {}
    for item in basket["items"]:
        pct = Fraction(basket.get("pct_of_basket") or item["payable_pct"])
        mass = sum((pile.dry * pile.grades[item["analyte"]] for pile in piles), Fraction(0))
        found[f"basket-{item['analyte']}"] = mass * pct / 100 * prices[item["price"]]
    oxides = sum((pile.dry * pile.grades[basket["aggregate"]] for pile in piles), Fraction(0))
    found["toll"] = -oxides * per_t(basket["toll"], contract)
    return found


def _penalty(clause: Words, pile: Pile) -> Fraction:
    total = sum((pile.grades[name] for name in clause["analytes"]), Fraction(0))
    excess = max(Fraction(0), total - grade_of(clause["over"]))
    steps = excess / grade_of(clause["step"])
    if clause["steps"] == "whole_step":
        steps = Fraction(math.floor(steps))
    return steps * _number(clause["rate"])


def _lines(
    contract: Words, piles: list[Pile], metal: Fraction, value: Fraction
) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    masses = {
        "USD/dmt": sum((pile.dry for pile in piles), Fraction(0)),
        "USD/wmt": sum((pile.wet for pile in piles), Fraction(0)),
        "USD": Fraction(1),
    }
    lines = contract.get("lines", ())
    for one in lines:
        if "rate" in one:
            found[one["id"]] = masses[one["rate"].split()[1]] * _number(one["rate"])
        elif one["of"] == "payable_value":
            found[one["id"]] = metal * Fraction(one["pct"]) / 100
    base = value + sum(found.values(), Fraction(0))
    for one in lines:
        if one.get("of") == "net_value":
            found[one["id"]] = base * Fraction(one["pct"]) / 100
    return {f"line-{name}": amount for name, amount in found.items()}


def rounded(value: Fraction, rounding: Words) -> Fraction:
    """Return a multiple of a step; a half goes away from zero, or to the even multiple."""
    step = Fraction(rounding["to"])
    count = abs(value) / step
    whole = math.floor(count)
    rest = count - whole
    half = Fraction(1, 2)
    up = rest > half or (rest == half and (rounding["half"] == "up" or whole % 2 == 1))
    made = (whole + up) * step
    return -made if value < 0 else made


def per_t(text: str, contract: Words) -> Fraction:
    """Return a price per tonne of content."""
    number, unit = text.split()
    money, content = unit.split("/")
    printed = contract.get("constants", {})
    in_a_t = {
        "t": Fraction(1),
        "kg": Fraction(1000),
        "mtu": Fraction(100),
        "lb": Fraction(printed.get("lb_per_t", EXACT_LB)),
        "oz": Fraction(10**6) / Fraction(printed.get("g_per_ozt", EXACT_OZ)),
    }
    cents = Fraction(1, 100) if money == "c" else Fraction(1)
    return Fraction(number) * cents * in_a_t[content]


def grade_of(text: str) -> Fraction:
    """Return a grade as a fraction of the dry mass."""
    number, unit = text.split()
    return Fraction(number) / {"%": 100, "g/dmt": 10**6, "ppm": 10**6}[unit]


def _number(text: str) -> Fraction:
    return Fraction(text.split()[0])


# Draws


def numbers(low: int, high: int, places: int) -> st.SearchStrategy[str]:
    """Return decimal numbers between two whole ones as text."""
    scale = 10**places

    def text(value: int) -> str:
        sign = "-" if value < 0 else ""
        whole, rest = divmod(abs(value), scale)
        return f"{sign}{whole}.{rest:0{places}d}"

    return st.integers(low * scale, high * scale).map(text)


ROUNDINGS = st.fixed_dictionaries(
    {
        "lines": st.fixed_dictionaries(
            {"to": st.sampled_from(("0.01", "0.05", "1")), "half": st.sampled_from(("up", "even"))}
        ),
        "total": st.fixed_dictionaries(
            {"to": st.sampled_from(("0.01", "1")), "half": st.sampled_from(("up", "even"))}
        ),
    }
)
HEAD: Words = {
    "id": "drawn", "title": "Drawn", "seller": "a", "buyer": "b", "materials": ["conc"],
    "currency": "USD", "basis": "reported", "source": "drawn", "weight": {"rule": "loading"},
    "assays": {"rule": "seller"}, "payments": [{"stage": "provisional", "pct": "90"}],
}  # fmt: skip


@st.composite
def metal_contracts(draw: st.DrawFn) -> Words:
    """Draw a contract on copper with gold, with charges, penalties and lines of every kind."""
    contract: Words = {**HEAD, "settled_by": draw(st.sampled_from(("lot", "parcel")))}
    contract["rounding"] = draw(ROUNDINGS)
    contract["constants"] = draw(
        st.sampled_from(({}, {"lb_per_t": "2204.62"}, {"g_per_ozt": "31.1035"}))
    )
    contract["prices"] = [
        {"id": "cu", "fixed": f"{draw(numbers(1, 15000, 2))} USD/t"},
        {"id": "au", "fixed": f"{draw(numbers(1, 5000, 2))} USD/oz"},
    ]
    contract["payables"] = [
        _drawn_payable(draw, "Cu", "cu", "%", 2), _drawn_payable(draw, "Au", "au", "g/dmt", 3)
    ]  # fmt: skip
    contract["treatment"] = {"rate": f"{draw(numbers(-50, 200, 2))} USD/dmt"}
    basis = st.sampled_from(("payable", "contained"))
    contract["refining"] = [
        {"analyte": "Cu", "rate": f"{draw(numbers(-5, 20, 3))} c/lb", "basis": draw(basis)},
        {"analyte": "Au", "rate": f"{draw(numbers(0, 8, 2))} USD/oz", "basis": draw(basis)},
    ]
    if draw(st.booleans()):
        contract["participation"] = [
            {
                "analyte": "Cu", "price": "cu", "base": f"{draw(numbers(1, 9000, 1))} USD/t",
                "share_pct": draw(numbers(-20, 20, 1)), "side": "above",
            }
        ]  # fmt: skip
    contract["penalties"] = [_drawn_penalty(draw, names) for names in (["As", "Sb"], ["Pb"])]
    contract["lines"] = _drawn_lines(draw)
    return contract


def _drawn_payable(draw: st.DrawFn, analyte: str, price: str, unit: str, most: int) -> Words:
    method = draw(st.sampled_from(("pct", "deduction", "pct_min_deduction", "excess")))
    clause: Words = {"analyte": analyte, "method": method, "price": price, "unit": unit}
    if method != "deduction":
        clause["pct"] = draw(numbers(0, 100, 2))
    if method != "pct":
        clause["deduction"] = f"{draw(numbers(0, most, 2))} {unit}"
    if draw(st.booleans()):
        clause["over"] = f"{draw(numbers(0, most, 1))} {unit}"
    if draw(st.booleans()):
        half = draw(st.sampled_from(("up", "even")))
        clause["rounding"] = {"to": draw(st.sampled_from(("0.01", "0.1"))), "half": half}
    return clause


def _drawn_penalty(draw: st.DrawFn, names: list[str]) -> Words:
    return {
        "analytes": names,
        "over": f"{draw(numbers(0, 1, 2))} %",
        "step": f"{draw(st.sampled_from(('0.01', '0.1', '0.3')))} %",
        "rate": f"{draw(numbers(0, 10, 2))} USD/dmt",
        "steps": draw(st.sampled_from(("pro_rata", "whole_step"))),
    }


def _drawn_lines(draw: st.DrawFn) -> list[Words]:
    every: list[Words] = [
        {"id": "freight", "title": "Freight", "rate": f"{draw(numbers(-100, 100, 2))} USD/wmt"},
        {"id": "sampling", "title": "Sampling", "rate": f"{draw(numbers(-5, 5, 3))} USD/dmt"},
        {"id": "umpire", "title": "Umpire", "rate": f"{draw(numbers(-2000, 2000, 2))} USD"},
        {
            "id": "insurance", "title": "Insurance", "pct": draw(numbers(-2, 2, 3)),
            "of": "payable_value",
        },
        {"id": "levy", "title": "Levy", "pct": draw(numbers(-5, 5, 2)), "of": "net_value"},
    ]  # fmt: skip
    return [one for one in every if draw(st.booleans())]


@st.composite
def basket_contracts(draw: st.DrawFn) -> Words:
    """Draw a contract on rare earths, each oxide at its own percentage or all at one."""
    names = ("Nd2O3", "Pr6O11", "La2O3", "CeO2")
    whole = draw(st.none() | numbers(1, 100, 1))
    items: list[Words] = [{"analyte": name, "price": name.lower()} for name in names]
    if whole is None:
        for item in items:
            item["payable_pct"] = draw(numbers(-50, 100, 1))
    basket: Words = {"aggregate": "TREO", "items": items}
    basket["toll"] = f"{draw(numbers(0, 25, 2))} USD/kg"
    if whole is not None:
        basket["pct_of_basket"] = whole
    return {
        **HEAD,
        "settled_by": draw(st.sampled_from(("lot", "parcel"))),
        "rounding": draw(ROUNDINGS),
        "prices": [
            {"id": name.lower(), "fixed": f"{draw(numbers(1, 120, 2))} USD/kg"} for name in names
        ],
        "basket": basket,
        "lines": _drawn_lines(draw),
    }


METAL = {"Cu": (1, 40, 2), "Au": (0, 1, 6), "As": (0, 2, 3), "Sb": (0, 2, 3), "Pb": (0, 5, 2)}
OXIDES = {
    "Nd2O3": (0, 15, 2), "Pr6O11": (0, 5, 2), "La2O3": (0, 20, 2), "CeO2": (0, 30, 2),
    "TREO": (1, 70, 2),
}  # fmt: skip


@st.composite
def drawn_lots(draw: st.DrawFn, grades: dict[str, tuple[int, int, int]]) -> list[Words]:
    """Draw one to three lots with grades in %."""
    return [
        {
            "name": f"L-{at}",
            "wet": draw(numbers(1, 20000, 3)),
            "moisture": draw(numbers(0, 15, 2)),
            "grades": {name: draw(numbers(*bounds)) for name, bounds in grades.items()},
        }
        for at in range(draw(st.integers(1, 3)))
    ]


def prices_of(contract: Words) -> dict[str, Fraction]:
    """Return the fixed prices of a contract per tonne."""
    return {one["id"]: per_t(one["fixed"], contract) for one in contract["prices"]}
