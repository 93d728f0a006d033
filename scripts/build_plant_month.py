"""Write the workbooks of the metallurgist's tutorial: one month of a small concentrator.

The plant does not exist; its numbers are drawn from one fixed seed. Layouts are what plants have:
two header rows, a row of units, kilograms beside tonnes, per cent beside ppm, `<0.01`, totals
below the table. The same program gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import xlsxwriter

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "tutorials" / "plant-month" / "plant"
SEED = 20251017
DAYS = 31
TRUCKS_A_DAY = 4
BAD_DAY = 17
"""Its antimony concentrate was 55 %, and somebody typed 45."""

Row = Sequence[str | float | None]
FEED, SB_CONC, CU_CONC, TAILS = "ROM", "SB-CONC", "CU-CONC", "TAILS"
MATERIALS = {FEED: "ore", SB_CONC: "sb-conc", CU_CONC: "cu-conc", TAILS: "tailings"}


class _Month:
    """The true month and its readings; one generator of noise, used in a fixed order."""

    def __init__(self) -> None:
        self._noise = np.random.default_rng(SEED)
        self.trucks: list[Row] = []
        self.shifts: list[Row] = []
        self.assays: list[Row] = []
        self.ore_dry_t = 400.0
        for day in range(1, DAYS + 1):
            self._receive(day)
            self._run(day)

    def read(self, true: float, relative: float, digits: int) -> float:
        """Return a reading of a true value by an instrument of this relative uncertainty."""
        return round(true * (1 + relative * float(self._noise.standard_normal())), digits)

    def _receive(self, day: int) -> None:
        for truck in range(1, TRUCKS_A_DAY + 1):
            wet_kg = 25000 + 500 * float(self._noise.uniform(-1, 1))
            grades = (4.0, 1.2)
            self.ore_dry_t += wet_kg / 1000 * 0.96
            self.trucks.append(
                [
                    f"{day:02d}{truck}",
                    _day(day),
                    f"{7 + 2 * truck:02d}:10",
                    round(self.read(wet_kg, 0.002, 0), -1),
                    self.read(4.0, 0.03, 1),
                    *(self.read(grade, 0.03, 2) for grade in grades),
                ]
            )

    def _run(self, day: int) -> None:
        feed = 96.0 * (1 + 0.05 * float(self._noise.uniform(-1, 1)))
        sb_recovery = 0.82 + 0.02 * float(self._noise.uniform(-1, 1))
        cu_recovery = 0.80 + 0.02 * float(self._noise.uniform(-1, 1))
        sb_conc, cu_conc = feed * 0.04 * sb_recovery / 0.55, feed * 0.012 * cu_recovery / 0.22
        tails = feed - sb_conc - cu_conc
        tails_sb = (feed * 4.0 - sb_conc * 55 - cu_conc * 4) / tails
        tails_cu = (feed * 1.2 - sb_conc * 1 - cu_conc * 22) / tails
        self.ore_dry_t -= feed
        streams = [
            (FEED, "in", feed, "belt scale", 0.01, 4.0, 1.2, 300.0),
            (SB_CONC, "out", sb_conc, "platform scale", 0.001, 55.0, 1.0, 1500.0),
            (CU_CONC, "out", cu_conc, "platform scale", 0.001, 4.0, 22.0, 2500.0),
            (TAILS, "out", tails, "belt scale", 0.01, tails_sb, tails_cu, 110.0),
        ]
        for stream, side, dry, method, relative, sb, cu, arsenic in streams:
            self.shifts.append(
                [_day(day), stream, side, MATERIALS[stream], method, self.read(dry, relative, 3)]
            )
            typed = self.read(sb, 0.01, 2)
            if day == BAD_DAY and stream == SB_CONC:
                typed = round(typed - 10, 2)
            lead: str | float = "<0.01" if stream in (FEED, TAILS) else self.read(0.3, 0.01, 2)
            self.assays.append(
                [
                    _day(day),
                    stream,
                    typed,
                    self.read(cu, 0.01, 3),
                    self.read(arsenic, 0.025, 0),
                    lead,
                ]
            )


def _day(day: int) -> str:
    return f"{date(2025, 10, day):%d.%m.%Y}"


def _sheet(
    name: str, title: str, head: Sequence[Row], rows: Sequence[Row], last: Row | None
) -> None:
    options = {"strings_to_numbers": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(FOLDER / f"{name}.xlsx"), options) as workbook:
        workbook.set_properties({"created": datetime(2025, 11, 1, tzinfo=UTC), "author": ""})
        sheet = workbook.add_worksheet(title)
        sheet.set_column(0, 12, 14)
        for line, row in enumerate(
            [[f"{title}, October 2025"], *head, *rows, *filter(None, [last])]
        ):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(line, column, cell)


def write() -> None:
    """Write the three workbooks."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    month = _Month()
    total = sum(float(row[3] or 0) for row in month.trucks)
    _sheet(
        "weighbridge",
        "Weighbridge",
        [
            ["Ticket", "Arrival", "Arrival", "Net", "Water", "Grade", "Grade"],
            ["No", "Day", "Hour", "Wet", "", "Sb", "Cu"],
            [None, None, None, "kg", "%", "%", "%"],
        ],
        month.trucks,
        ["Total", None, None, total],
    )
    _sheet(
        "shifts",
        "Shifts",
        [
            ["Shift", "Stream", "Stream", "Stream", "Stream", "Mass"],
            ["Day", "Lot", "In or out", "Material", "Weighed by", "Dry"],
            [None, None, None, None, None, "t"],
        ],
        month.shifts,
        None,
    )
    _sheet(
        "laboratory",
        "Laboratory",
        [
            ["Shift", "Shift", "Sb", "Cu", "As", "Pb"],
            ["Day", "Lot", "XRF", "XRF", "XRF", "XRF"],
            [None, None, "%", "%", "ppm", "%"],
        ],
        month.assays,
        None,
    )
    first, last = "30.09.2025 23:50", "31.10.2025 23:50"
    made = {lot: sum(float(r[5] or 0) for r in month.shifts if r[1] == lot) for lot in _MADE}
    stock: list[Row] = [
        [first, FEED, "survey", 400, 4.0, 1.2],
        [first, SB_CONC, "platform scale", 30, 55.0, 1.0],
        [first, CU_CONC, "platform scale", 20, 4.0, 22.0],
        [last, FEED, "survey", month.read(month.ore_dry_t, 0.03, 0), None, None],
        [last, SB_CONC, "platform scale", round(30 + made[SB_CONC] - 0.2, 1), None, None],
        [last, CU_CONC, "platform scale", round(20 + made[CU_CONC] + 0.1, 1), None, None],
    ]
    _sheet(
        "stock-take",
        "Stock-take",
        [
            ["Counted", "Pile", "Pile", "Mass", "Grade", "Grade"],
            ["At", "Lot", "Measured by", "Dry", "Sb", "Cu"],
            [None, None, None, "t", "%", "%"],
        ],
        stock,
        None,
    )


_MADE = (SB_CONC, CU_CONC)


if __name__ == "__main__":
    write()
