"""What is it worth under this contract? Statements, their differences, exposure."""

from __future__ import annotations

from oreline.settle._ambiguity import Ambiguity, ClauseReading
from oreline.settle._assay_exchange import deadlines, decide, decide_lot
from oreline.settle._basket import BasketLine, BasketValue, basket_value_per_dmt
from oreline.settle._charges import (
    Charged,
    Rated,
    escalated_by_year,
    escalated_rate,
    participation_per_t,
    penalty_rate,
)
from oreline.settle._clauses import (
    Basket,
    BasketItem,
    Escalation,
    EscalationBand,
    Participation,
    Payable,
    Penalty,
    PenaltyBand,
    Refining,
    Rounding,
    Specification,
    Tier,
    WeightClause,
)
from oreline.settle._contract import Contract
from oreline.settle._contract_files import (
    contract_file,
    contract_of_folder,
    contracts_of_folder,
    read_file,
)
from oreline.settle._contract_problems import table_types
from oreline.settle._contract_schema import contract_models, contract_schema
from oreline.settle._contract_text import contract_text, read_contract
from oreline.settle._contract_words import FieldWords, field_words
from oreline.settle._declared import contracts_of, prices_of, series_named
from oreline.settle._exchange_decision import (
    LACKS,
    AnalyteDecision,
    ExchangeState,
    Extension,
    LabResult,
    Lack,
    LotDecision,
    LotExchange,
    Submission,
)
from oreline.settle._exchange_log import (
    ACCEPTED,
    EXTENDED,
    ExchangeLog,
    Logged,
    exchange_log,
    exchange_logs,
    taking_part,
)
from oreline.settle._exchange_lots import Exchange, event_day, exchange_of, lab_results, may_open
from oreline.settle._exchange_proof import SealedSide, SealReport, verify_exchange
from oreline.settle._exchange_rule import (
    PARTIES,
    AnalyteRule,
    AssayRounding,
    CostRule,
    ExchangeRule,
    GradeLimit,
    LateRule,
    NoLimitRule,
    Side,
    TieRule,
    UmpireVariant,
)
from oreline.settle._exchange_terms import exchange_rule, parties_of
from oreline.settle._exposure import Exposure, exposure, marked_per_t
from oreline.settle._ledger_invoices import Invoiced, invoice_draft, paid_before
from oreline.settle._ledger_parcel import parcel_of
from oreline.settle._lot_assays import SETTLED
from oreline.settle._measured_inputs import MeasuredInput, measured_inputs
from oreline.settle._money_spread import (
    Contribution,
    MoneySpread,
    MoneyTrials,
    money_spread,
    money_trials,
)
from oreline.settle._parcel import Parcel, Reading, SettlementLot, Weighing
from oreline.settle._payable import PaidGrade, PaidPart, payable_grade
from oreline.settle._price_files import PRICE_COLUMNS, PRICE_COLUMNS_NEEDED, read_prices
from oreline.settle._prices import PriceSeries, Revision, values_known
from oreline.settle._pricing import Declaration, Priced, PriceQuestion, price_of
from oreline.settle._published_specifications import (
    PublishedSpecification,
    published_specification,
    published_specifications,
)
from oreline.settle._quotation import Quotation, quotation
from oreline.settle._readings import contradictions
from oreline.settle._rounding import rounded_to
from oreline.settle._seal import (
    CONTRACT,
    OPENED,
    ROLE,
    SCHEME,
    SEALED,
    STATEMENT_MAX,
    Secret,
    make_secret,
    opening_drafts,
    read_secret,
    seal_draft,
    seal_hash,
)
from oreline.settle._settle import Settling, settle, statement_of
from oreline.settle._shipments import Shipment, find_shipment, shipments_of
from oreline.settle._specification import (
    SpecificationFinding,
    check_specification,
    may_load,
    meets,
    transportable_limit,
)
from oreline.settle._statement import (
    AnalyteSummary,
    Effect,
    Input,
    LineEffect,
    Missing,
    Stage,
    Statement,
    StatementLine,
    Step,
    Waterfall,
)
from oreline.settle._statement_pdf import statement_pdf
from oreline.settle._statement_sheets import statement_workbook
from oreline.settle._statement_tables import (
    Imprint,
    money_text,
    statement_frame,
    statement_hash,
    statement_json,
)
from oreline.settle._stoichiometry import ANTIMONY_FORMS, AntimonyForm, grade_as, theoretical_pct
from oreline.settle._terms_files import TermsRead, prices_of_folder, read_terms
from oreline.settle._umpire import Assay, CostBearer, How, cost_bearer, umpire_assay
from oreline.settle._umpire_risk import UmpireRisk, umpire_probability, umpire_risks
from oreline.settle._units import Constants, Quantity, parse_quantity
from oreline.settle._waterfall import EFFECTS, waterfall
from oreline.settle._weight import FinalWeight, dry_mass, final_weight, wet_basis_pct

__all__ = [
    "ACCEPTED",
    "ANTIMONY_FORMS",
    "CONTRACT",
    "EFFECTS",
    "EXTENDED",
    "LACKS",
    "OPENED",
    "PARTIES",
    "PRICE_COLUMNS",
    "PRICE_COLUMNS_NEEDED",
    "ROLE",
    "SCHEME",
    "SEALED",
    "SETTLED",
    "STATEMENT_MAX",
    "Ambiguity",
    "AnalyteDecision",
    "AnalyteRule",
    "AnalyteSummary",
    "AntimonyForm",
    "Assay",
    "AssayRounding",
    "Basket",
    "BasketItem",
    "BasketLine",
    "BasketValue",
    "Charged",
    "ClauseReading",
    "Constants",
    "Contract",
    "Contribution",
    "CostBearer",
    "CostRule",
    "Declaration",
    "Effect",
    "Escalation",
    "EscalationBand",
    "Exchange",
    "ExchangeLog",
    "ExchangeRule",
    "ExchangeState",
    "Exposure",
    "Extension",
    "FieldWords",
    "FinalWeight",
    "GradeLimit",
    "How",
    "Imprint",
    "Input",
    "Invoiced",
    "LabResult",
    "Lack",
    "LateRule",
    "LineEffect",
    "Logged",
    "LotDecision",
    "LotExchange",
    "MeasuredInput",
    "Missing",
    "MoneySpread",
    "MoneyTrials",
    "NoLimitRule",
    "PaidGrade",
    "PaidPart",
    "Parcel",
    "Participation",
    "Payable",
    "Penalty",
    "PenaltyBand",
    "PriceQuestion",
    "PriceSeries",
    "Priced",
    "PublishedSpecification",
    "Quantity",
    "Quotation",
    "Rated",
    "Reading",
    "Refining",
    "Revision",
    "Rounding",
    "SealReport",
    "SealedSide",
    "Secret",
    "SettlementLot",
    "Settling",
    "Shipment",
    "Side",
    "Specification",
    "SpecificationFinding",
    "Stage",
    "Statement",
    "StatementLine",
    "Step",
    "Submission",
    "TermsRead",
    "TieRule",
    "Tier",
    "UmpireRisk",
    "UmpireVariant",
    "Waterfall",
    "Weighing",
    "WeightClause",
    "basket_value_per_dmt",
    "check_specification",
    "contract_file",
    "contract_models",
    "contract_of_folder",
    "contract_schema",
    "contract_text",
    "contracts_of",
    "contracts_of_folder",
    "contradictions",
    "cost_bearer",
    "deadlines",
    "decide",
    "decide_lot",
    "dry_mass",
    "escalated_by_year",
    "escalated_rate",
    "event_day",
    "exchange_log",
    "exchange_logs",
    "exchange_of",
    "exchange_rule",
    "exposure",
    "field_words",
    "final_weight",
    "find_shipment",
    "grade_as",
    "invoice_draft",
    "lab_results",
    "make_secret",
    "marked_per_t",
    "may_load",
    "may_open",
    "measured_inputs",
    "meets",
    "money_spread",
    "money_text",
    "money_trials",
    "opening_drafts",
    "paid_before",
    "parcel_of",
    "parse_quantity",
    "participation_per_t",
    "parties_of",
    "payable_grade",
    "penalty_rate",
    "price_of",
    "prices_of",
    "prices_of_folder",
    "published_specification",
    "published_specifications",
    "quotation",
    "read_contract",
    "read_file",
    "read_prices",
    "read_secret",
    "read_terms",
    "rounded_to",
    "seal_draft",
    "seal_hash",
    "series_named",
    "settle",
    "shipments_of",
    "statement_frame",
    "statement_hash",
    "statement_json",
    "statement_of",
    "statement_pdf",
    "statement_workbook",
    "table_types",
    "taking_part",
    "theoretical_pct",
    "transportable_limit",
    "umpire_assay",
    "umpire_probability",
    "umpire_risks",
    "values_known",
    "verify_exchange",
    "waterfall",
    "wet_basis_pct",
]
