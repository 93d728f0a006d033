"""What is reported, by whom, and what of it is so? Dated claims, each with its sentence.

Reports come in as files; rules read them, the same way each time, without a network. A claim keeps
the characters of the sentence it rests on, who says it, when it was published and which rule found
it. Claims of one event are set side by side: agreed, differing or single.
"""

from __future__ import annotations

from oreline.watch._against_ledger import (
    LEDGER_VERDICTS,
    AgainstLedger,
    LedgerPoint,
    against_ledger,
    ledger_verdicts,
)
from oreline.watch._alerts import (
    Alert,
    AlertGrounds,
    Alerts,
    PriceLine,
    alerts_of,
)
from oreline.watch._attach import (
    ATTACHED,
    Attached,
    ClaimSubject,
    attach_draft,
    attached_already,
    attached_claims,
    attached_frame,
    check_claim_subject,
    claim_subject,
    found_claim,
    how_read_now,
)
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
    value_text,
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
from oreline.watch._digest import (
    Digest,
    digest_html,
    digest_message,
    digest_text,
)
from oreline.watch._entities import Entity
from oreline.watch._event_study import (
    MODELS,
    EventStudy,
    OtherEvent,
    StudyDay,
    StudyRules,
    StudyWindow,
    event_study,
)
from oreline.watch._explained import Explained, explain
from oreline.watch._exported import FORMS as EXPORT_FORMS
from oreline.watch._exported import to_ftm, to_prov
from oreline.watch._extract import claims_of
from oreline.watch._folder import quoted_reports, read_reports, report_files, without_quoted
from oreline.watch._follow import Follower, News, follow
from oreline.watch._gaps import EventGaps, Gap, Gaps, gaps_of
from oreline.watch._intake import SUFFIXES, take_in
from oreline.watch._judged import (
    NOT_JUDGED,
    Judgement,
    Judgements,
    judge_draft,
    judged_frame,
    judgements_of,
)
from oreline.watch._likeness import likeness
from oreline.watch._limits import Limits
from oreline.watch._mail import Sent, send, tell
from oreline.watch._market import (
    Market,
    market_of,
    market_of_chain,
    market_of_folder,
    of_contract,
    price_files,
    price_lines,
    shipped_series,
)
from oreline.watch._market_feed import Fetched, fetch, kept_files
from oreline.watch._market_pictures import LinePicture, series_picture, study_picture
from oreline.watch._market_settings import (
    FeedTable,
    MarketSettings,
    PortfolioTable,
    SeriesTable,
    market_settings,
)
from oreline.watch._names import normal_name
from oreline.watch._portfolio import Holding, Portfolio, portfolio
from oreline.watch._price_checks import PriceCheck, check_move, price_checks, series_of_claim
from oreline.watch._price_table import PriceTerms, read_price_file
from oreline.watch._processes import workers_for
from oreline.watch._reading import watch_places
from oreline.watch._reconcile import Point, Saying
from oreline.watch._second_reader import (
    CACHE_FOLDER,
    ReaderError,
    SecondReading,
    asked_of,
    read_again,
)
from oreline.watch._series import MarketSeries, SeriesTerms, series_rows
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
from oreline.watch._studied import claim_named, days_of_claim, study_claim, study_rules
from oreline.watch._taken import Taken, taken
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
from oreline.watch._timeline_picture import timeline_svg
from oreline.watch._times import Anchor, month_of
from oreline.watch._timex import Timex, timexes
from oreline.watch._told import (
    TOLD_FILE,
    ToldBook,
    told_book,
    told_marks,
)
from oreline.watch._trust import LETTERS, Trust
from oreline.watch._watched import Event, Watched, put_together, watch

__all__ = [
    "ATTACHED",
    "CACHE_FOLDER",
    "EXPORT_FORMS",
    "KINDS",
    "LADDERS",
    "LEDGER_VERDICTS",
    "LETTERS",
    "MODELS",
    "NOT_JUDGED",
    "RULES_VERSION",
    "STAGES",
    "SUFFIXES",
    "TOLD_FILE",
    "UNTOLD",
    "WATCH_FILE",
    "AgainstLedger",
    "Agency",
    "Alert",
    "AlertGrounds",
    "AlertRule",
    "Alerts",
    "Amount",
    "Anchor",
    "Attached",
    "Attribution",
    "Change",
    "Claim",
    "ClaimSubject",
    "Company",
    "Copies",
    "Digest",
    "DigestTable",
    "Document",
    "Entity",
    "Entry",
    "Event",
    "EventGaps",
    "EventStudy",
    "Explained",
    "ExtractorTable",
    "FeedTable",
    "Fetched",
    "Follower",
    "Gap",
    "Gaps",
    "Holding",
    "Judgement",
    "Judgements",
    "Kinship",
    "LedgerPoint",
    "Limits",
    "LinePicture",
    "Market",
    "MarketSeries",
    "MarketSettings",
    "Money",
    "News",
    "OtherEvent",
    "Percent",
    "Place",
    "Point",
    "Portfolio",
    "PortfolioTable",
    "PriceCheck",
    "PriceLine",
    "PriceTerms",
    "Product",
    "Published",
    "ReaderError",
    "Reading",
    "Saying",
    "SecondReading",
    "Sent",
    "SeriesTable",
    "SeriesTerms",
    "StudyDay",
    "StudyRules",
    "StudyWindow",
    "Taken",
    "Ticker",
    "Timeline",
    "Timex",
    "Told",
    "ToldBook",
    "Trust",
    "WatchSettings",
    "Watched",
    "When",
    "against_ledger",
    "agencies",
    "alerts_of",
    "asked_of",
    "attach_draft",
    "attached_already",
    "attached_claims",
    "attached_frame",
    "check_claim_subject",
    "check_move",
    "claim_named",
    "claim_subject",
    "claims_of",
    "companies",
    "company_of",
    "days_of_claim",
    "digest_html",
    "digest_message",
    "digest_text",
    "entry_of",
    "event_study",
    "explain",
    "fetch",
    "files_taken",
    "follow",
    "found_claim",
    "furthest",
    "gaps_of",
    "how_read_now",
    "judge_draft",
    "judged_frame",
    "judgements_of",
    "kept_files",
    "ledger_verdicts",
    "likeness",
    "market_of",
    "market_of_chain",
    "market_of_folder",
    "market_settings",
    "month_of",
    "normal_name",
    "of_contract",
    "origins",
    "place_of",
    "portfolio",
    "price_checks",
    "price_files",
    "price_lines",
    "product_of",
    "published_by",
    "put_together",
    "quoted_reports",
    "read_again",
    "read_price_file",
    "read_reports",
    "read_settings",
    "report_files",
    "same_paper",
    "send",
    "series_of_claim",
    "series_picture",
    "series_rows",
    "settings_of",
    "shelve_evidence",
    "shelve_reports",
    "shipped_series",
    "study_claim",
    "study_picture",
    "study_rules",
    "take_in",
    "taken",
    "tell",
    "ticker_of",
    "timeline",
    "timeline_svg",
    "timexes",
    "to_ftm",
    "to_prov",
    "told_book",
    "told_marks",
    "value_text",
    "watch",
    "watch_places",
    "without_quoted",
    "workers_for",
]
