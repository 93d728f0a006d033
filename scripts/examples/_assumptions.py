"""Every assumed number of the illustration beside the first batch, with its reasoning."""

from __future__ import annotations

COLUMNS = "id,value,low,high,unit,reasoning,source"

_USGS_SPLIT = (
    "USGS Minerals Yearbook 2022, rare earths, table 2 (Mountain Pass); no split has been "
    "published for any carbonatite in Pakistan"
)
_STIBNITE = (
    "Stibnite Gold Project feasibility study 2020 reports 84 to 91 % to a 55-65 % concentrate"
)
_SIMULATED = (
    "Seed of the generator scripts/build_examples.py. Every figure that names this id was computed "
    "from the assumptions here, with instrument noise of the stated uncertainty; nobody measured it"
)
_TERMS = (
    "Every number of the contract is invented, in forms that the trade uses; no contract of the "
    "real parties has been published"
)

ROWS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("A-SIM-SB", "202611", "", "", "1", _SIMULATED, "own"),
    ("A-SIM-CU", "202611", "", "", "1", _SIMULATED, "own"),
    ("A-SIM-REE", "202611", "", "", "1", _SIMULATED, "own"),
    ("A-SIM-SHIP", "202611", "", "", "1", _SIMULATED, "own"),
    ("A-PLAN", "1", "", "", "1", "Planned figures: the design values here, without noise", "own"),
    ("A-RULE", "1", "", "", "1", "A choice for the illustration, not a contract term", "own"),
    (
        "A-SB-RATE",
        "18",
        "10",
        "25",
        "t/d dry",
        (
            "Small hand-held mine; 300 days give about 270 t Sb "
            "in ore, near the 260 t that USGS lists for all of Pakistan in 2025"
        ),
        "USGS MCS 2026 (scale)",
    ),
    (
        "A-SB-GRADE",
        "5.0",
        "3",
        "9",
        "% Sb",
        (
            "Below the 7-12 % that an old survey gives for ore of "
            "Balochistan, because mined ore is diluted"
        ),
        "Mineral Profile of Balochistan 2009 (scale)",
    ),
    (
        "A-SB-LEAD",
        "0.60",
        "0.1",
        "2",
        "% Pb",
        ("Leady ore, so that a penalty arises: Chitral samples of one study reach 24 % Pb"),
        "Khan 2024, Arab. J. Geosci. (scale)",
    ),
    ("A-SB-REC", "87.5", "84", "91", "%", "Flotation of stibnite", _STIBNITE),
    ("A-SB-PBREC", "45", "30", "60", "%", "Part of the lead follows the antimony", "own estimate"),
    ("A-SB-CON", "55", "50", "65", "% Sb", "Flotation concentrate", _STIBNITE),
    (
        "A-SB-LUMP",
        "4",
        "2",
        "8",
        "t/month wet",
        "Hand-sorted stibnite lumps beside flotation",
        "own estimate",
    ),
    ("A-SB-LUMPGRADE", "38", "30", "60", "% Sb", "Hand-sorted lump ore", "trade practice"),
    ("A-CU-RATE", "150", "100", "250", "t/d dry", "Small open pit", "own estimate"),
    (
        "A-CU-GRADE",
        "1.20",
        "0.8",
        "1.6",
        "% Cu",
        ("Selective small-scale mining; large porphyries nearby run 0.3 to 0.6 %"),
        "own estimate",
    ),
    ("A-CU-LOW", "0.5", "0.3", "0.8", "% Cu", "Low-grade ore milled for ten days", "own estimate"),
    (
        "A-CU-REC",
        "88",
        "84",
        "92",
        "%",
        ("0.5 % ore, 30 % concentrate and 0.05 % tailings give 90 % in the textbook case"),
        "Davenport, Extractive Metallurgy of Copper (scale)",
    ),
    ("A-CU-CON", "26", "22", "30", "% Cu", "Chalcopyrite concentrate", "trade practice"),
    ("A-REE-RATE", "80", "40", "150", "t/d dry", "Trial mining of a carbonatite", "own estimate"),
    (
        "A-REE-GRADE",
        "2.5",
        "1.5",
        "5",
        "% TREO",
        (
            "No rare-earth grade has been published for a "
            "carbonatite in Pakistan; low end of operating mines"
        ),
        "own estimate",
    ),
    ("A-REE-ND", "11.7", "10.9", "18.5", "% of TREO", "Nd2O3", _USGS_SPLIT),
    ("A-REE-PR", "4.2", "3.9", "6.2", "% of TREO", "Pr6O11", _USGS_SPLIT),
    (
        "A-REE-REC",
        "65",
        "60",
        "70",
        "%",
        ("Flotation of carbonatite; 80 % at Mountain Pass, less expected of a first plant"),
        "Pradip and Fuerstenau 2013 (scale)",
    ),
    (
        "A-REE-CON",
        "45",
        "35",
        "60",
        "% TREO",
        "Bastnaesite concentrate; 65.6 % at Mountain Pass",
        "Pradip and Fuerstenau 2013 (scale)",
    ),
    (
        "A-REE-TH",
        "310",
        "100",
        "600",
        "g/t Th",
        ("Low-thorium carbonatite, so that an assay of it stands in the certificates"),
        "own estimate",
    ),
    ("A-MOIST-ORE", "4.0", "2", "7", "% H2O", "Run-of-mine ore", "own estimate"),
    ("A-MOIST-CON", "9.0", "7", "11", "% H2O", "Filter cake", "trade practice"),
    (
        "A-DUST",
        "0.15",
        "0.05",
        "0.4",
        "% of feed",
        "Crusher dust that leaves the site",
        "own estimate",
    ),
    (
        "A-U-SCALE",
        "0.4",
        "0.2",
        "0.8",
        "% relative",
        ("Weighbridge, sum of a day's trucks, 1 sigma"),
        "own estimate",
    ),
    ("A-U-BELT", "1.0", "0.5", "2", "% relative", "Belt scale, 1 sigma", "own estimate"),
    (
        "A-U-FLOW",
        "2.0",
        "1",
        "5",
        "% relative",
        "Flow and density of a slurry, 1 sigma",
        "own estimate",
    ),
    ("A-U-MOIST", "0.25", "0.1", "0.5", "% H2O", "Moisture sample, 1 sigma", "own estimate"),
    (
        "A-U-GRADECONTROL",
        "6.0",
        "3",
        "10",
        "% relative",
        ("Grade control sample of a day's ore, 1 sigma"),
        "own estimate",
    ),
    ("A-U-FEED", "2.5", "1", "4", "% relative", "Shift assay of feed, 1 sigma", "own estimate"),
    (
        "A-U-CON",
        "0.8",
        "0.4",
        "1.5",
        "% relative",
        "Shift assay of concentrate, 1 sigma",
        "own estimate",
    ),
    ("A-U-TAIL", "4.0", "2", "8", "% relative", "Shift assay of tailings, 1 sigma", "own estimate"),
    ("A-U-LAB", "0.35", "0.2", "0.6", "% relative", "Commercial assay, 1 sigma", "own estimate"),
    (
        "A-U-SURVEY",
        "3.0",
        "2",
        "5",
        "% relative",
        "Survey of a pile at a stock-take, 1 sigma",
        "own estimate",
    ),
    (
        "A-BOX",
        "24",
        "18",
        "26",
        "t wet",
        "Concentrate in bags in a 20-foot container",
        "trade practice",
    ),
    ("A-TRUCK", "2", "1", "4", "d", "Plant to port by truck", "own estimate"),
    (
        "A-SEA",
        "40",
        "31",
        "50",
        "d",
        ("About 9,600 nautical miles at 13 knots by Suez take 31 days; calls on the way"),
        "searoute 1.6.0 (scale)",
    ),
    (
        "A-TRANSIT",
        "0.15",
        "0",
        "0.5",
        "% wet",
        "Handling loss from plant to receiver",
        "trade practice",
    ),
    ("A-DRYING", "0.4", "0", "1", "% H2O", "Cake dries on the way", "trade practice"),
    (
        "A-LIMIT",
        "0.5",
        "0.3",
        "0.7",
        "% Sb",
        "Splitting limit beyond which an umpire decides",
        "trade practice",
    ),
    ("A-TERMS-CU", "1", "", "", "1", _TERMS, "own"),
    ("A-TERMS-SB", "1", "", "", "1", _TERMS, "own"),
    ("A-TERMS-REE", "1", "", "", "1", _TERMS, "own"),
    (
        "A-FUND",
        "500",
        "",
        "",
        "USD million",
        (
            "The total of the framework is reported (E-03); that it is one instrument between "
            "these two, its tranches and their conditions are invented"
        ),
        "own",
    ),
    (
        "A-PX-CU",
        "10800",
        "9900",
        "12000",
        "USD/t",
        (
            "Level about which the invented price walks; monthly averages of September to November "
            "2025 were 9,984, 10,740 and 10,812"
        ),
        "World Bank commodity prices (CC BY 4.0) (scale)",
    ),
    (
        "A-PX-SB",
        "55000",
        "30000",
        "60000",
        "USD/t",
        (
            "Level about which the invented price walks; the average of 2025 in the United States, "
            "25 USD/lb, is 55,100 USD/t"
        ),
        "USGS MCS 2026 (scale)",
    ),
    (
        "A-PX-SBCN",
        "24000",
        "18000",
        "35000",
        "USD/t",
        "With tax; far below Rotterdam, so that taking one market for the other would show",
        "own estimate",
    ),
    ("A-PX-ND", "82", "60", "110", "USD/kg", "Neodymium oxide with tax", "own estimate"),
    ("A-PX-PR", "80", "60", "110", "USD/kg", "Praseodymium oxide with tax", "own estimate"),
)

VALUES: dict[str, float] = {row[0]: float(row[1]) for row in ROWS}
"""The central value of each assumption."""


def assumed(identity: str) -> float:
    """Return the central value of an assumption."""
    return VALUES[identity]
