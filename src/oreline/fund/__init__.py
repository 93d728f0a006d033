"""What is committed, released, spent? Tranches with conditions that the ledger proves."""

from __future__ import annotations

from oreline.fund._approvals import APPROVAL, Approval, approval_draft
from oreline.fund._benefit import Benefit, BenefitTerms, Stage, StageLevy, benefit_of
from oreline.fund._benefit_text import BENEFIT_FILE, read_benefit
from oreline.fund._books import Entry, InstrumentBooks, Line, beancount_text, books_of
from oreline.fund._bounds import beyond_bounds, see_within
from oreline.fund._covenants import CovenantStanding, covenant_standing
from oreline.fund._declared import instruments_of
from oreline.fund._forecast import (
    FORECAST_FILE,
    Available,
    Forecast,
    Span,
    forecast_of_plan,
    read_forecast,
)
from oreline.fund._instrument import Instrument, InstrumentKind, Precedent, Tranche
from oreline.fund._instrument_text import read_instrument
from oreline.fund._loan import LoanPeriod, LoanSchedule, draws_of, loan_schedule
from oreline.fund._matching import (
    PROJECT_FILE,
    Fact,
    FundingProgramme,
    Match,
    funding_programmes,
    matches,
    matches_frame,
    project_words,
    read_project,
)
from oreline.fund._money import Accounts, Move, accounts_of, money_draft, read_amount, speaking
from oreline.fund._moved import (
    Amendments,
    MovedInstrument,
    MovedPrecedent,
    MovedTranche,
    moved_tranches,
)
from oreline.fund._office import GRAVE, Decision, Deliverable, Office, Risk, read_office
from oreline.fund._outlook import Outlook, outlook_of
from oreline.fund._pack import Pack, Received, metal_received, pack_of
from oreline.fund._pack_pdf import pack_pdf
from oreline.fund._permits import (
    PermitNow,
    PermitState,
    PhaseGate,
    permits_frame,
    permits_of,
    phase_gates,
)
from oreline.fund._phases import PhaseMoney, PhaseOnLine, phases_on_line, status_frames
from oreline.fund._release import release_draft, release_tranche
from oreline.fund._standing import (
    InstrumentStanding,
    JudgedPrecedent,
    LedgerAt,
    Standing,
    TrancheState,
    standing_of,
)
from oreline.fund._terms import Covenant, DayCount, Draw, LoanTerms, Ratio, Repayment, Terms
from oreline.fund._words import WORDS

__all__ = [
    "APPROVAL",
    "BENEFIT_FILE",
    "FORECAST_FILE",
    "GRAVE",
    "PROJECT_FILE",
    "WORDS",
    "Accounts",
    "Amendments",
    "Approval",
    "Available",
    "Benefit",
    "BenefitTerms",
    "Covenant",
    "CovenantStanding",
    "DayCount",
    "Decision",
    "Deliverable",
    "Draw",
    "Entry",
    "Fact",
    "Forecast",
    "FundingProgramme",
    "Instrument",
    "InstrumentBooks",
    "InstrumentKind",
    "InstrumentStanding",
    "JudgedPrecedent",
    "LedgerAt",
    "Line",
    "LoanPeriod",
    "LoanSchedule",
    "LoanTerms",
    "Match",
    "Move",
    "MovedInstrument",
    "MovedPrecedent",
    "MovedTranche",
    "Office",
    "Outlook",
    "Pack",
    "PermitNow",
    "PermitState",
    "PhaseGate",
    "PhaseMoney",
    "PhaseOnLine",
    "Precedent",
    "Ratio",
    "Received",
    "Repayment",
    "Risk",
    "Span",
    "Stage",
    "StageLevy",
    "Standing",
    "Terms",
    "Tranche",
    "TrancheState",
    "accounts_of",
    "approval_draft",
    "beancount_text",
    "benefit_of",
    "beyond_bounds",
    "books_of",
    "covenant_standing",
    "draws_of",
    "forecast_of_plan",
    "funding_programmes",
    "instruments_of",
    "loan_schedule",
    "matches",
    "matches_frame",
    "metal_received",
    "money_draft",
    "moved_tranches",
    "outlook_of",
    "pack_of",
    "pack_pdf",
    "permits_frame",
    "permits_of",
    "phase_gates",
    "phases_on_line",
    "project_words",
    "read_amount",
    "read_benefit",
    "read_forecast",
    "read_instrument",
    "read_office",
    "read_project",
    "release_draft",
    "release_tranche",
    "see_within",
    "speaking",
    "standing_of",
    "status_frames",
]
