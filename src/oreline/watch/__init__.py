"""What is reported, by whom, and what of it is so? Dated claims, each with its sentence.

Reports come in as files; rules read them, the same way each time, without a network. A claim keeps
the characters of the sentence it rests on, who says it, when it was published and which rule found
it. Claims of one event are set side by side: agreed, differing or single.
"""

from __future__ import annotations

from oreline.watch._claim import (
    KINDS,
    LADDERS,
    RULES_VERSION,
    Amount,
    Attribution,
    Claim,
    Money,
    Percent,
    When,
)
from oreline.watch._companies import (
    STAGES,
    Agency,
    Company,
    Place,
    Product,
    agencies,
    companies,
    company_of,
    place_of,
    product_of,
)
from oreline.watch._copies import Copies, Kinship, origins
from oreline.watch._entities import Entity, likeness
from oreline.watch._extract import claims_of
from oreline.watch._folder import quoted_reports, read_reports, report_files, without_quoted
from oreline.watch._intake import SUFFIXES, take_in
from oreline.watch._limits import Limits
from oreline.watch._names import normal_name
from oreline.watch._processes import workers_for
from oreline.watch._reconcile import Point, Saying
from oreline.watch._settings import (
    WATCH_FILE,
    AlertRule,
    DigestTable,
    ExtractorTable,
    WatchSettings,
    read_settings,
    settings_of,
)
from oreline.watch._shelved import Change, files_taken, shelve_evidence, shelve_reports
from oreline.watch._source import UNTOLD, Document, Published, Told
from oreline.watch._tickers import Ticker, same_paper, ticker_of
from oreline.watch._timeline import (
    Entry,
    Reading,
    Timeline,
    entry_of,
    furthest,
    published_by,
    timeline,
)
from oreline.watch._times import Anchor, month_of
from oreline.watch._timex import Timex, timexes
from oreline.watch._watched import Event, Watched, watch

__all__ = [
    "KINDS",
    "LADDERS",
    "RULES_VERSION",
    "STAGES",
    "SUFFIXES",
    "UNTOLD",
    "WATCH_FILE",
    "Agency",
    "AlertRule",
    "Amount",
    "Anchor",
    "Attribution",
    "Change",
    "Claim",
    "Company",
    "Copies",
    "DigestTable",
    "Document",
    "Entity",
    "Entry",
    "Event",
    "ExtractorTable",
    "Kinship",
    "Limits",
    "Money",
    "Percent",
    "Place",
    "Point",
    "Product",
    "Published",
    "Reading",
    "Saying",
    "Ticker",
    "Timeline",
    "Timex",
    "Told",
    "WatchSettings",
    "Watched",
    "When",
    "agencies",
    "claims_of",
    "companies",
    "company_of",
    "entry_of",
    "files_taken",
    "furthest",
    "likeness",
    "month_of",
    "normal_name",
    "origins",
    "place_of",
    "product_of",
    "published_by",
    "quoted_reports",
    "read_reports",
    "read_settings",
    "report_files",
    "same_paper",
    "settings_of",
    "shelve_evidence",
    "shelve_reports",
    "take_in",
    "ticker_of",
    "timeline",
    "timexes",
    "watch",
    "without_quoted",
    "workers_for",
]
