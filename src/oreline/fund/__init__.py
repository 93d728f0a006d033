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
    of_other_plan,
    read_forecast,
)
from oreline.fund._foreign_exchange import (
    ExchangeFlow,
    StageExchange,
    StageTrade,
    exchange_flows,
    exchange_missing,
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
from oreline.fund._transfer import ControlledSale, TransferFile, transfer_file
from oreline.fund._transfer_methods import (
    ArmsLength,
    Comparables,
    RangeResult,
    TransferMethod,
    adjustment,
    arms_length,
    range_result,
)
from oreline.fund._transfer_text import (
    TRANSFER_FILE,
    RelatedParties,
    TestedContract,
    TransferTerms,
    read_transfer,
)
from oreline.fund._words import WORDS

__all__ = [
    "APPROVAL",
    "BENEFIT_FILE",
    "FORECAST_FILE",
    "GRAVE",
    "PROJECT_FILE",
    "TRANSFER_FILE",
    "WORDS",
    "Accounts",
    "Amendments",
    "Approval",
    "ArmsLength",
    "Available",
    "Benefit",
    "BenefitTerms",
    "Comparables",
    "ControlledSale",
    "Covenant",
    "CovenantStanding",
    "DayCount",
    "Decision",
    "Deliverable",
    "Draw",
    "Entry",
    "ExchangeFlow",
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
    "RangeResult",
    "Ratio",
    "Received",
    "RelatedParties",
    "Repayment",
    "Risk",
    "Span",
    "Stage",
    "StageExchange",
    "StageLevy",
    "StageTrade",
    "Standing",
    "Terms",
    "TestedContract",
    "Tranche",
    "TrancheState",
    "TransferFile",
    "TransferMethod",
    "TransferTerms",
    "accounts_of",
    "adjustment",
    "approval_draft",
    "arms_length",
    "beancount_text",
    "benefit_of",
    "beyond_bounds",
    "books_of",
    "covenant_standing",
    "draws_of",
    "exchange_flows",
    "exchange_missing",
    "forecast_of_plan",
    "funding_programmes",
    "instruments_of",
    "loan_schedule",
    "matches",
    "matches_frame",
    "metal_received",
    "money_draft",
    "moved_tranches",
    "of_other_plan",
    "outlook_of",
    "pack_of",
    "pack_pdf",
    "permits_frame",
    "permits_of",
    "phase_gates",
    "phases_on_line",
    "project_words",
    "range_result",
    "read_amount",
    "read_benefit",
    "read_forecast",
    "read_instrument",
    "read_office",
    "read_project",
    "read_transfer",
    "release_draft",
    "release_tranche",
    "see_within",
    "speaking",
    "standing_of",
    "status_frames",
    "transfer_file",
]
