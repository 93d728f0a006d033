"""The first batch, exactly as far as it was published: claims, parties, places, papers."""

from __future__ import annotations

from examples._tables import Entered, Row

SHA_BENZINGA = "cbcb979196ac3d566041301c4e86d1adf9d6fa240648e82e4a2f01976de39a06"
SHA_WEB_DESK = "35fd43446a2fddce85a99059d99424d83a2114fa877617b7576822d74f6a1bb4"
BENZINGA = "Benzinga, 2025-10-03"
WEB_DESK = "Web desk report, Islamabad, 2025-10-06"
_TITLE_1 = "Pakistan Sends First Batch Of Rare Earth Elements To US In $500 Million Deal"
_TITLE_2 = "Pakistan sends first batch of rare earth elements to US: report"
_ONE_RELEASE = (
    "Both reports rest on one press release of an interested party; two outlets are not two "
    "independent sources."
)

EVIDENCE_COLUMNS = "id,outlet,title,date,sha256,file,quote,note"
_QUOTES_1 = (
    ("E-01", "has shipped its first batch of enriched rare earth elements and critical minerals",
     "Shipped; 'enriched' is not a form: concentrate, carbonate, oxide or metal is not stated."),
    ("E-02", "The shipment, which was delivered to U.S. Strategic Metals (USSM) on Thursday",
     "Delivered; Thursday before Friday 2025-10-03 is 2025-10-02. The place is not stated."),
    ("E-03", "kicking off a $500 million partnership signed last month",
     "USD 500 million is the framework, not the value of the cargo. Signed last month: September."),
    ("E-04", "A $500 million Memorandum of Understanding (MoU) was signed in September",
     "A memorandum; the other report calls it an agreement and a deal."),
    ("E-05", ("The inaugural shipment contained antimony, copper concentrate, and rare earth "
     "elements, including neodymium and praseodymium"), "Materials. No mass, assay or form."),
    ("E-06", "the countries said in a statement", _ONE_RELEASE),
    ("E-07", "USSM, a Missouri-based company", "The receiving plant is not stated."),
    ("E-08", "to establish a poly-metallic refinery in Pakistan", "Aim of the memorandum."),
)  # fmt: skip
_QUOTES_2 = (
    ("E-09", ("Pakistan has dispatched its first ever shipment of rare earth and critical minerals "
     "to the United States"), "Dispatched, in the opening line; the day is not stated."),
    ("E-10", ("Pakistan has successfully delivered its first batch of enriched rare earth elements "
     "and critical minerals to US Strategic Metals (USSM) in the United States"),
     "Delivered, in the sentence quoted from the release; the day is not stated."),
    ("E-11", ("“This achievement inaugurates a $500 million partnership framework, signed earlier "
     "this month"), "The release says this month, the other report says September: contested."),
    ("E-12", ("Pakistan has indigenously sourced and prepared antimony, copper concentrate, rare "
     "earth elements with neodymium and praseodymium"),
     "The only published statement of origin: the country. No district, mine or site."),
    ("E-13", "said this week", _ONE_RELEASE),
    ("E-14", "a Chicago-based US public relations (PR) firm", "Who issued the release."),
    ("E-15", ("including exploration, beneficiation, concentrate production and eventual "
     "establishment of refineries in Pakistan"),
     "Phases of the framework; no split of the money over them is published."),
    ("E-16", "the agreement for collaboration across a range of critical minerals",
     "An agreement here, a memorandum of understanding in the other report."),
    ("E-17", "at the Prime Minister’s House in Islamabad, according to the US embassy in Islamabad",
     "Where it was signed."),
)  # fmt: skip


def evidence() -> list[tuple[str, ...]]:
    """Return the rows of the evidence table: one short quote each."""
    rows: list[tuple[str, ...]] = [
        (i, "Benzinga", _TITLE_1, "2025-10-03", SHA_BENZINGA, "", quote, note)
        for i, quote, note in _QUOTES_1
    ]
    rows += [
        (i, "not named in the text (Web Desk, Islamabad)", _TITLE_2, "2025-10-06", SHA_WEB_DESK,
         "", quote, note)
        for i, quote, note in _QUOTES_2
    ]  # fmt: skip
    return rows


LOTS = (
    ("fwo:first-batch-antimony", "antimony-form-not-stated", "not stated"),
    ("fwo:first-batch-copper-concentrate", "copper-concentrate-reported", "concentrate"),
    ("fwo:first-batch-rare-earths", "rare-earths-form-not-stated", "not stated"),
)
"""The three lots: no mass, no assay, no mine of them has been published."""


def _observe(identity: str, time: str, event: Row, origin: bool) -> Entered:
    rows = []
    for lot, material, form in LOTS:
        row = {
            "event": identity,
            "kind": "observe",
            "time": time,
            "lot": lot,
            "material": material,
            "form": form,
            "basis": "reported",
        }
        if origin:
            row |= {"origin_country": "PK", "source": WEB_DESK + " (E-12)"}
        rows.append(row)
    shared = {"actor": "oreline-editor", "party": "fwo", "to_party": "ussm"}
    rows[0] |= shared | event
    return Entered("0000-first-batch", time, tuple(rows))


def events() -> list[Entered]:
    """Return what the two reports say, as separate claims; where they differ both stand."""
    return [
        _observe(
            "first-batch-delivered-benzinga",
            "2025-10-02T00:00:00Z",
            {
                "status": "delivered",
                "statement": "The shipment, which was delivered to U.S. Strategic Metals (USSM) "
                "on Thursday",
                "evidence": SHA_BENZINGA,
                "note": f"{BENZINGA} (E-02). The hour is not published; midnight stands for the "
                "day. The same report also writes 'has shipped' (E-01).",
            },
            origin=False,
        ),
        _observe(
            "first-batch-dispatched-web-desk",
            "2025-10-06T00:00:00Z",
            {
                "status": "dispatched",
                "statement": "Pakistan has dispatched its first ever shipment of rare earth and "
                "critical minerals to the United States",
                "evidence": SHA_WEB_DESK,
                "note": f"{WEB_DESK} (E-09). The day of dispatch is not published; the time is the "
                "day of the report. Contested: see the deliveries reported.",
            },
            origin=True,
        ),
        _observe(
            "first-batch-delivered-release",
            "2025-10-06T00:00:01Z",
            {
                "status": "delivered",
                "statement": "Pakistan has successfully delivered its first batch of enriched rare "
                "earth elements and critical minerals to US Strategic Metals (USSM) in the United "
                "States",
                "evidence": SHA_WEB_DESK,
                "note": f"{WEB_DESK}, quoting the release (E-10). The day of delivery is not "
                "stated there; the time is the day of the report.",
            },
            origin=True,
        ),
    ]


PARTIES_COLUMNS = "id,name,country,lei,roles,owners,valid_from,valid_to,basis,source"
PARTIES: tuple[tuple[str, ...], ...] = (
    ("fwo", "Frontier Works Organization", "PK", "", "seller signatory", "", "", "", "reported",
     "E-04; E-10"),
    ("ussm", "US Strategic Metals (USSM), Missouri", "US", "", "buyer signatory", "", "", "",
     "reported", "E-02; E-07"),
    ("gov-pk", "Government of Pakistan", "PK", "", "government export-authority", "", "", "",
     "reported", "E-06"),
    ("gov-us", "Government of the United States", "US", "", "government customs", "", "", "",
     "reported", "E-06; E-17"),
    ("pr-newswire", "PR Newswire", "US", "", "release-distributor", "", "", "", "reported",
     "E-14"),
    ("benzinga", "Benzinga", "US", "", "outlet", "", "", "", "reported", BENZINGA),
    ("web-desk-islamabad", "Outlet not named in the text (Web Desk, Islamabad)", "PK", "",
     "outlet", "", "", "", "reported", WEB_DESK),
    ("carrier-unknown", "UNKNOWN: no carrier has been named", "", "", "carrier", "", "", "",
     "reported", "not published"),
    ("laboratory-unknown", "UNKNOWN: no laboratory has been named", "", "", "laboratory", "", "",
     "", "reported", "not published"),
    ("next-processor-unknown", "UNKNOWN: nobody has said who processes the batch next", "", "",
     "next-processor", "", "", "", "reported", "not published"),
)  # fmt: skip

SITES_COLUMNS = (
    "id,name,kind,country,region,district,lat,lon,precision_km,operator,custody_model,role,"
    "valid_from,valid_to,basis,source"
)
_CANDIDATE = "Candidate only: nobody has named a mine for the batch."
_USGS_CU = "USGS porphyry copper database"
_SITES: tuple[tuple[str, ...], ...] = (
    ("cand-muhammad-khel", "Muhammad Khel copper (Boya), North Waziristan", "mine", "PK",
     "Khyber Pakhtunkhwa", "North Waziristan", "32.93", "69.95", "15", "", "", "candidate", "", "",
     "reported", "approximate, west of Miran Shah (GeoNames); to be verified", _CANDIDATE),
    ("cand-qila-abdullah", "Qila Abdullah antimony", "prospect", "PK", "Balochistan",
     "Qila Abdullah", "30.88", "66.84", "10", "", "", "candidate", "", "", "reported",
     "USGS abstract on the Quetta-Pishin district, offset from GeoNames", _CANDIDATE),
    ("cand-krinj", "Krinj antimony mine, Chitral", "mine", "PK", "Khyber Pakhtunkhwa", "Chitral",
     "35.99", "71.80", "12", "", "", "candidate", "", "", "reported",
     "USGS Professional Paper 716-G; approximate, not surveyed", _CANDIDATE),
    ("cand-awireth", "Awireth Gol antimony, Chitral", "prospect", "PK", "Khyber Pakhtunkhwa",
     "Chitral", "36.0", "71.75", "15", "", "", "candidate", "", "", "reported",
     "Khan 2024, Arab. J. Geosci. 10.1007/s12517-024-11986-5; approximate", _CANDIDATE),
    ("cand-loe-shilman", "Loe Shilman carbonatite", "prospect", "PK", "Khyber Pakhtunkhwa",
     "Khyber", "34.2208", "71.1411", "1", "", "", "candidate", "", "", "reported",
     "USGS major deposits record 416", _CANDIDATE + " No rare-earth grade is recorded for it."),
    ("cand-saindak", "Saindak copper-gold", "mine", "PK", "Balochistan", "Chagai", "29.2708",
     "61.5847", "1", "", "", "candidate", "", "", "reported", f"{_USGS_CU}, record 405",
     _CANDIDATE),
    ("cand-reko-diq", "Reko Diq copper-gold", "development", "PK", "Balochistan", "Chagai",
     "29.1228", "62.0789", "1", "", "", "candidate", "", "", "reported", f"{_USGS_CU}, record 404",
     _CANDIDATE),
    ("cand-port-karachi", "Port of Karachi", "port", "PK", "Sindh", "", "24.7833", "66.9833", "1",
     "", "", "candidate", "", "", "reported", "NGA World Port Index 48600",
     "Candidate only: the port of loading is not published."),
    ("cand-port-qasim", "Port Qasim", "port", "PK", "Sindh", "", "24.7667", "67.35", "1", "", "",
     "candidate", "", "", "reported", "NGA World Port Index 48605",
     "Candidate only: the port of loading is not published."),
    ("cand-port-houston", "Port of Houston", "port", "US", "Texas", "", "29.75", "-95.2833", "1",
     "", "", "candidate", "", "", "reported", "NGA World Port Index 9240",
     "Candidate only: the port of discharge is not published."),
    ("cand-port-new-orleans", "Port of New Orleans", "port", "US", "Louisiana", "", "29.95",
     "-90.05", "1", "", "", "candidate", "", "", "reported", "NGA World Port Index 8860",
     "Candidate only: the port of discharge is not published."),
    ("cand-port-baltimore", "Port of Baltimore", "port", "US", "Maryland", "", "39.2667",
     "-76.5833", "1", "", "", "candidate", "", "", "reported", "NGA World Port Index 8210",
     "Candidate only: the port of discharge is not published."),
    ("cand-fredericktown", "US Strategic Metals, Fredericktown, Missouri", "plant", "US",
     "Missouri", "", "37.55978", "-90.29401", "5", "ussm", "", "candidate", "", "", "reported",
     "company site as reported; coordinates of the town (GeoNames)",
     "The buyer's reported site; the receiving plant of the batch is not published."),
)  # fmt: skip


def sites() -> list[tuple[str, ...]]:
    """Return the candidate sites; why they are only candidates stands with their source."""
    return [(*row[:-2], f"{row[-1]} {row[-2]}") for row in _SITES]


MATERIALS_COLUMNS = "id,name,form,stage,hs_code,tracked,basis,source"
MATERIALS: tuple[tuple[str, ...], ...] = (
    ("antimony-form-not-stated", "Antimony (ore, concentrate, metal or oxide: not stated)",
     "not stated", "not stated", "", "Sb", "reported", "E-05"),
    ("copper-concentrate-reported", "Copper concentrate", "concentrate", "concentrate", "", "Cu",
     "reported", "E-05"),
    ("rare-earths-form-not-stated", "Rare earths with Nd and Pr, called enriched (form not stated)",
     "not stated", "not stated", "", "Nd Pr", "reported", "E-01; E-05"),
)  # fmt: skip

ROUTES_COLUMNS = "id,from,to,mode,distance_km,cost_usd_per_t,days,basis,source"
_SEA = "searoute 1.6.0 at 13 knots; candidate, the route of the batch is not published"
_LEGS = (
    ("houston", "9600", "12291", "30.8", "39.4"),
    ("new-orleans", "9372", "12068", "30.0", "38.7"),
    ("baltimore", "8314", "11726", "26.6", "37.6"),
)


def routes() -> list[tuple[str, ...]]:
    """Return candidate sea routes from Karachi, by Suez and by the Cape."""
    rows: list[tuple[str, ...]] = []
    for port, suez_nm, cape_nm, suez_d, cape_d in _LEGS:
        for way, nm, days in (("suez", suez_nm, suez_d), ("cape", cape_nm, cape_d)):
            kilometres = format(int(nm) * 1.852, ".0f")
            rows.append((f"cand-karachi-{port}-{way}", "cand-port-karachi", f"cand-port-{port}",
                         "sea", kilometres, "", days, "derived", _SEA))  # fmt: skip
    return rows


DOCUMENTS_COLUMNS = "id,document,holder,settles,basis,source"
_PRACTICE = "trade practice; nobody has said that this paper exists for the batch"
DOCUMENTS: tuple[tuple[str, ...], ...] = tuple(
    (*row, "assumed", _PRACTICE)
    for row in (
        ("D-01", "Bill of lading", "carrier-unknown",
         "bill_of_lading mass port_of_loading status title"),
        ("D-02", "Packing list", "fwo", "mass form"),
        ("D-03", "Certificate of analysis", "laboratory-unknown", "assay moisture form"),
        ("D-04", "Weight certificate", "fwo", "mass moisture"),
        ("D-05", "Certificate of origin", "gov-pk", "district mine hs_code"),
        ("D-06", "Mine lease or permit", "gov-pk", "mine district title"),
        ("D-07", "Export declaration with HS code", "gov-pk",
         "hs_code mass port_of_loading price form"),
        ("D-08", "Commercial invoice", "fwo", "price mass form title"),
        ("D-09", "Text of the memorandum", "ussm", "signing_date title next_processor"),
        ("D-10", "Delivery receipt", "ussm", "status receiving_plant mass"),
        ("D-11", "Umpire certificate", "laboratory-unknown", "assay"),
        ("D-12", "US entry summary", "gov-us", "hs_code mass price receiving_plant status"),
        ("D-13", "Dispatch note of the mine", "fwo", "mine district mass"),
        ("D-14", "Processing contract or toll agreement", "ussm", "next_processor form price"),
        ("D-15", "Moisture certificate", "laboratory-unknown", "moisture"),
    )
)  # fmt: skip
