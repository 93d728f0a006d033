"""Mine to magnet: assumptions, parties, places and materials of the second example."""

from __future__ import annotations

from examples._real_batch import BENZINGA, SHA_BENZINGA

_OWN = "own estimate"
_SIM = (
    "Seed of the generator scripts/build_examples.py. Every figure that names this id was computed "
    "from the assumptions here, with instrument noise of the stated uncertainty; nobody measured it"
)
ASSUMPTIONS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("A-SIM-MAGNET", "202611", "", "", "1", _SIM, "own"),
    ("A-CHOICE", "1", "", "", "1", "A choice for the illustration, not a contract term", "own"),
    ("A-US-ORE", "110", "60", "200", "t/week dry", ("Trial mining of a heavy-rich deposit; the "
     "deposit that the company reports is in development and mines nothing yet"), _OWN),
    ("A-US-GRADE", "2.0", "0.06", "3", "% TREO", ("Sorted ore, far above the 0.06 % reported for "
     "the whole deposit"), _OWN),
    ("A-US-ND", "10.0", "7", "14", "% of TREO", "Nd2O3 in a heavy-rich ore", _OWN),
    ("A-US-PR", "2.6", "2", "4", "% of TREO", "Pr6O11 in a heavy-rich ore", _OWN),
    ("A-US-DY", "1.5", "0.5", "6", "% of TREO", "Dy2O3 in a heavy-rich ore", _OWN),
    ("A-US-TB", "0.30", "0.1", "1", "% of TREO", "Tb4O7 in a heavy-rich ore", _OWN),
    ("A-AU-ORE", "50", "30", "80", "t/week dry", "Second feed from another country", _OWN),
    ("A-AU-GRADE", "6.9", "5", "9", "% TREO", "Weathered carbonatite", _OWN),
    ("A-AU-ND", "18.13", "17", "19", "% of TREO", "Nd2O3", ("USGS Minerals Yearbook 2022, rare "
     "earths, table 2 (Mount Weld)")),
    ("A-AU-PR", "5.16", "4.8", "5.5", "% of TREO", "Pr6O11", ("USGS Minerals Yearbook 2022, "
     "table 2 (Mount Weld)")),
    ("A-AU-DY", "0.25", "0.1", "0.4", "% of TREO", "Dy2O3", ("USGS Minerals Yearbook 2022, table 2 "
     "(Mount Weld)")),
    ("A-AU-TB", "0.09", "0.05", "0.15", "% of TREO", "Tb4O7", ("USGS Minerals Yearbook 2022, "
     "table 2 (Mount Weld)")),
    ("A-LEACH", "80", "65", "90", "%", "Rare earths from ore to carbonate", _OWN),
    ("A-CARBONATE", "50", "45", "60", "% TREO", "Mixed rare-earth carbonate", "trade practice"),
    ("A-SX", "93", "88", "98", "%", ("Separation by solvent extraction; a plant study of 2012 "
     "assumes 98 %"), "Avalon Geismar prefeasibility study 2012 (scale)"),
    ("A-OXIDE", "99.5", "99", "99.9", "% of the oxide", "Purity of separated oxides",
     "trade practice"),
    ("A-METAL", "95", "90", "98", "%", "Oxide to metal by electrolysis", _OWN),
    ("A-ALLOY", "98", "96", "99", "%", "Metal to strip-cast flakes", _OWN),
    ("A-NDPR", "30.0", "27", "32", "% of alloy", ("Nd2Fe14B alone needs 26.7 % Nd; magnets hold 27 "
     "to 32 % Nd and Pr"), "formula mass; trade practice"),
    ("A-DY", "0.8", "0", "4", "% of alloy", "Against heat", "trade practice"),
    ("A-TB", "0.20", "0", "1", "% of alloy", "Against heat", "trade practice"),
    ("A-BORON", "1.0", "0.9", "1.1", "% of alloy", "Boron", "formula mass"),
    ("A-ALLOYRATE", "2.6", "1.5", "4", "t/week", "Two casts a week", _OWN),
    ("A-SINTER", "88", "80", "94", "%", "Alloy to sintered blocks", _OWN),
    ("A-MACHINING", "85", "70", "92", "%", "Blocks to finished magnets", _OWN),
    ("A-SWARF", "90", "60", "98", "%", "Swarf that is collected and sent back", _OWN),
    ("A-SWARFREC", "92", "85", "97", "%", "Rare earths from swarf to oxide", _OWN),
    ("A-SEA-US-UK", "5", "3", "7", "weeks", "Mine to separation", _OWN),
    ("A-SEA-AU-UK", "7", "5", "9", "weeks", "Mine to separation", _OWN),
    ("A-SEA-UK-US", "4", "3", "6", "weeks", "Alloy to magnet plant, and swarf back", _OWN),
    ("A-U-MASS", "0.3", "0.1", "0.5", "% relative", "Scale, 1 sigma", _OWN),
    ("A-U-ORE", "4.0", "2", "6", "% relative", "Assay of ore, 1 sigma", _OWN),
    ("A-U-PRODUCT", "0.6", "0.3", "1", "% relative", "Assay of a product, 1 sigma", _OWN),
    ("A-U-SURVEY", "0.8", "0.3", "2", "% relative", "Stock-take of oxides, 1 sigma", _OWN),
)  # fmt: skip
VALUES: dict[str, float] = {row[0]: float(row[1]) for row in ASSUMPTIONS}

EVIDENCE: tuple[tuple[str, ...], ...] = (
    ("E-01", "Benzinga",
     "Pakistan Sends First Batch Of Rare Earth Elements To US In $500 Million Deal", "2025-10-03",
     SHA_BENZINGA, "", ("will acquire U.K.-based Less Common Metals to accelerate its "
     "mine-to-magnet strategy"), "Reported as a plan; nothing here is data of these companies."),
    ("E-02", "Benzinga",
     "Pakistan Sends First Batch Of Rare Earth Elements To US In $500 Million Deal", "2025-10-03",
     SHA_BENZINGA, "", "supporting its planned magnet manufacturing facility in Oklahoma",
     "Planned, in the words of the report."),
)  # fmt: skip

_INVENTED = "A-CHOICE invented for the illustration; no such party or place exists"
PARTIES: tuple[tuple[str, ...], ...] = (
    ("usa-rare-earth", "USA Rare Earth Inc.", "US", "", "reported-acquirer", "", "", "",
     "reported", f"E-01; {BENZINGA}"),
    ("less-common-metals", "Less Common Metals", "GB", "", "metal-and-alloy-maker",
     "", "", "", "reported", f"E-01; {BENZINGA}"),
    *(
        (identity, f"{name} (invented)", land, "", roles, "", "", "", "assumed", _INVENTED)
        for identity, name, land, roles in (
            ("illus-miner-us", "Illustration miner", "US", "miner"),
            ("illus-miner-au", "Illustration miner", "AU", "miner"),
            ("illus-separator", "Illustration separator", "GB", "separator"),
            ("illus-metal-maker", "Illustration metal maker", "GB", "metal-and-alloy-maker"),
            ("illus-magnet-maker", "Illustration magnet maker", "US", "magnet-maker"),
            ("illus-customer", "Illustration customer", "US", "customer"),
        )
    ),
)  # fmt: skip

_CANDIDATE = "Shown for orientation; no event of the illustration happens here."
SITES: tuple[tuple[str, ...], ...] = (
    ("cand-round-top", "Round Top", "development", "US", "Texas", "", "31.277", "-105.476", "1",
     "usa-rare-earth", "", "candidate", "", "", "reported",
     f"{_CANDIDATE} In development (USGS Earth MRI record)"),
    ("cand-ellesmere-port", "Less Common Metals, Ellesmere Port", "plant", "GB", "England", "",
     "53.29", "-2.90", "5", "less-common-metals", "", "candidate", "", "", "reported",
     f"{_CANDIDATE} E-01; position of the town"),
    ("cand-stillwater", "Planned magnet plant, Stillwater", "plant", "US", "Oklahoma", "",
     "36.11561", "-97.05837", "10", "usa-rare-earth", "", "candidate", "", "", "reported",
     f"{_CANDIDATE} E-02 names Oklahoma; position of the town (GeoNames)"),
    *(
        (identity, f"{name} (invented)", kind, land, region, "", "", "", "", operator, custody,
         "chain", "", "", "assumed", _INVENTED)
        for identity, name, kind, land, region, operator, custody in (
            ("illus-mine-us", "Illustration heavy-rich mine", "mine", "US", "", "illus-miner-us",
             "segregated"),
            ("illus-mine-au", "Illustration carbonatite mine", "mine", "AU", "", "illus-miner-au",
             "segregated"),
            ("illus-separation-uk", "Illustration separation plant", "separation", "GB", "",
             "illus-separator", "mass_balance"),
            ("illus-metal-uk", "Illustration metal and alloy plant", "metal", "GB", "",
             "illus-metal-maker", "mass_balance"),
            ("illus-magnet-us", "Illustration magnet plant", "magnet", "US", "Oklahoma",
             "illus-magnet-maker", "mass_balance"),
        )
    ),
)  # fmt: skip

MATERIALS: tuple[tuple[str, ...], ...] = tuple(
    (f"illus-{identity}", f"{name} (assumed)", form, stage, hs, tracked, "assumed",
     "A-SIM-MAGNET")
    for identity, name, form, stage, hs, tracked in (
        ("ore", "Rare-earth ore", "ore", "mine", "", "Nd Pr Dy Tb"),
        ("residue", "Leach residue", "tailings", "tailings", "", "Nd Pr Dy Tb"),
        ("carbonate", "Mixed rare-earth carbonate", "carbonate", "concentrate", "284690",
         "Nd Pr Dy Tb"),
        ("ndpr-oxide", "Nd-Pr oxide", "oxide", "oxide", "284690", "Nd Pr"),
        ("dy-oxide", "Dysprosium oxide", "oxide", "oxide", "284690", "Dy"),
        ("tb-oxide", "Terbium oxide", "oxide", "oxide", "284690", "Tb"),
        ("other-oxides", "Other rare-earth products and raffinate", "oxide", "oxide", "284690",
         "Nd Pr Dy Tb"),
        ("ndpr-metal", "Nd-Pr metal", "metal", "metal", "280530", "Nd Pr"),
        ("dy-metal", "Dysprosium metal", "metal", "metal", "280530", "Dy"),
        ("tb-metal", "Terbium metal", "metal", "metal", "280530", "Tb"),
        ("slag", "Electrolysis and casting slag", "slag", "slag", "", "Nd Pr Dy Tb"),
        ("iron", "Iron", "metal", "metal", "7206", "Fe"),
        ("ferroboron", "Ferroboron", "alloy", "alloy", "720299", "B Fe"),
        ("alloy", "Strip-cast NdFeB flakes", "alloy", "alloy", "", "Nd Pr Dy Tb"),
        ("blocks", "Sintered blocks", "magnet", "magnet", "850511", "Nd Pr Dy Tb"),
        ("magnets", "NdFeB magnets", "magnet", "magnet", "850511", "Nd Pr Dy Tb"),
        ("swarf", "Magnet swarf and rejects", "scrap", "recycling", "", "Nd Pr Dy Tb"),
    )
)  # fmt: skip

ROUTES: tuple[tuple[str, ...], ...] = (
    ("illus-us-uk", "illus-mine-us", "illus-separation-uk", "sea", "", "", "35", "assumed",
     "A-SEA-US-UK"),
    ("illus-au-uk", "illus-mine-au", "illus-separation-uk", "sea", "", "", "49", "assumed",
     "A-SEA-AU-UK"),
    ("illus-oxide", "illus-separation-uk", "illus-metal-uk", "truck", "", "", "1", "assumed",
     "A-CHOICE"),
    ("illus-uk-us", "illus-metal-uk", "illus-magnet-us", "sea", "", "", "28", "assumed",
     "A-SEA-UK-US"),
    ("illus-us-uk-swarf", "illus-magnet-us", "illus-separation-uk", "sea", "", "", "28", "assumed",
     "A-SEA-UK-US"),
)  # fmt: skip
RULES: tuple[tuple[str, ...], ...] = (
    ("illus-grade-book", "grade-book", "*", "umpire>agreed>seller,buyer>plant>line", "mean",
     "2025-07-01", "", "assumed", "A-CHOICE"),
)  # fmt: skip
PERMITS: tuple[tuple[str, ...], ...] = (
    ("illus-export-us", "export", "illus-mine-us", "Illustration authority (invented)",
     "mixed rare-earth carbonate", "2025-01-01", "2026-12-31", "assumed to be in force", "assumed",
     "A-CHOICE"),
    ("illus-environmental-uk", "environmental", "illus-separation-uk",
     "Illustration authority (invented)", "solvent extraction", "2024-01-01", "2029-01-01",
     "assumed to be in force", "assumed", "A-CHOICE"),
)  # fmt: skip
CHAIN_TOML = """\
# From two mines to magnets and back: an invented chain as one report describes a planned one. The
# companies named in it are reported; every lot, quantity and site of an event is an illustration.
name = "mine-to-magnet"
title = "Mine to magnet: separation and alloy in the United Kingdom, magnets in Oklahoma"
currency = "USD"
horizon_start = "2025-07-07"
horizon_end = "2030-06-30"
boundary_view = "dashed"
declared = "2025-07-01"

[defaults]
time_zone = "UTC"
actor = "oreline-editor"

[[phases]]
id = "magnets"
name = "Magnet plant in Oklahoma"
basis = "reported"
source = "E-02"
note = "Planned, in the words of the report. Budget and dates UNKNOWN."
"""
