"""Reports in the project's own words, for a chain folder that works without anybody's articles.

Of the first batch they say what the two published reports say, and nothing else: the outlets are
invented, no fact is. The later ones are about the illustration's invented parties, and everything
in them is invented. Each file says so in its first line and at its end.
"""

from __future__ import annotations

from typing import Final

_FIRST: Final = "Writing by the oreline project for its example, CC0-1.0; no outlet printed it."
_RETOLD: Final = (
    "Disclaimer: invented are the outlet and the wording; the facts are those of evidence.csv."
)
_INVENTED: Final = (
    "Disclaimer: all of it is invented, the outlet, the companies, the amounts and the days."
)

_BATCH: Final = """\
Pakistan hands over its first rare earths and antimony to a buyer in Missouri

Outlet: Indus Example Post (invented)
Published: 2025-10-03

Pakistan has shipped its first batch of critical minerals to US Strategic Metals (USSM), a company
of Missouri. The shipment was delivered to USSM on Thursday.

The batch holds antimony, copper concentrate and rare earths with neodymium and praseodymium, both
countries said in a statement. Nobody has published a mass, a grade, a mine or a port.

Frontier Works Organization (FWO) and US Strategic Metals (USSM) signed a $500 million memorandum of
understanding in September.
"""
_FRAMEWORK: Final = """\
Missouri company and FWO begin their mineral partnership

Outlet: Ozark Example Ledger (invented)
Published: 2025-10-06

Pakistan has dispatched its first shipment of rare earths and critical minerals to the United
States, under a $500 million agreement between US Strategic Metals (USSM) and Frontier Works
Organization (FWO).

FWO and USSM signed the $500 million agreement earlier this month, a release said. It covers
exploration, beneficiation, concentrate production and, later, refineries in Pakistan.
"""
_CORRECTION: Final = """\
Correction: when FWO and USSM signed

Outlet: Ozark Example Ledger (invented)
Published: 2025-10-08

A report of Monday gave another month and another name. US Strategic Metals (USSM) and Frontier
Works Organization (FWO) signed a $500 million memorandum of understanding in September.
"""
_RELEASE: Final = """\
Illustration Operator plans its second antimony shipment

Press release

Published: 2025-12-15

Illustration Operator Ltd is pleased to announce that it plans to ship its second batch of 130
tonnes of antimony concentrate to Illustration Buyer Inc. in December 2025.

"We are ready, and the containers stand at the plant in Illustration District A today," said Amna
Example, chief executive of Illustration Operator Ltd.
"""
_COPIED: Final = """\
Second antimony cargo planned

Outlet: Indus Example Post (invented)
Published: 2025-12-16

Illustration Operator Ltd plans to ship its second batch of 130 tonnes of antimony concentrate to
Illustration Buyer Inc. in December 2025, it said in a release.

This content was partially produced with the help of AI tools.
"""
_SENT: Final = """\
Second antimony shipment leaves the plant

Outlet: Ozark Example Ledger (invented)
Published: 2025-12-23

Illustration Operator Ltd shipped its second batch of 132 tonnes of antimony concentrate to
Illustration Buyer Inc. on Monday, a port agent said.
"""
_LARGER: Final = """\
150 tonnes of antimony are on the road

Outlet: Gulf Example Wire (invented)
Published: 2025-12-23

Illustration Operator Ltd shipped its second batch of 150 tonnes of antimony concentrate to
Illustration Buyer Inc. on Saturday, according to a freight broker.
"""
_DENIED: Final = """\
Operator denies larger cargo

Outlet: Gulf Example Wire (invented)
Published: 2025-12-24

Illustration Operator Ltd denied on Tuesday that it had shipped a second batch of as much as 150
tonnes of antimony to Illustration Buyer Inc. before the holidays.
"""
_PRICE: Final = """\
Buyer of antimony gains on the exchange

Outlet: Indus Example Post (invented)
Published: 2025-12-24

Shares of Illustration Buyer Inc. rose 25% to close at $5.00 on Tuesday, after a close of $4.00 the
day before. The company is now valued at $210 million.
"""
_PRICE_AGAIN: Final = """\
Illustration Buyer up on second cargo

Outlet: Ozark Example Ledger (invented)
Published: 2025-12-24

Shares of Illustration Buyer Inc. rose 27% to close at $5.00 on Tuesday. The company is now
valued at $210 million.
"""

_TEXTS: Final = {
    "2025-10-03-first-batch": (_BATCH, _RETOLD),
    "2025-10-06-framework": (_FRAMEWORK, _RETOLD),
    "2025-10-08-correction": (_CORRECTION, _RETOLD),
    "2025-12-15-second-batch-release": (_RELEASE, _INVENTED),
    "2025-12-16-second-batch-planned": (_COPIED, _INVENTED),
    "2025-12-23-second-batch-sent": (_SENT, _INVENTED),
    "2025-12-23-second-batch-larger": (_LARGER, _INVENTED),
    "2025-12-24-denial": (_DENIED, _INVENTED),
    "2025-12-24-shares": (_PRICE, _INVENTED),
    "2025-12-24-shares-again": (_PRICE_AGAIN, _INVENTED),
}

FILES: Final = {
    f"evidence/{name}.txt": f"{_FIRST}\n\n{text}\n{note}\n" for name, (text, note) in _TEXTS.items()
}
"""The reports by their places in the chain folder."""
