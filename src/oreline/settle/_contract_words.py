"""What each field of a contract or parcel means, with one right way to write it.

The remedies of the reader, the JSON Schema and the reference page all speak from here. A test
holds it to the types: a field without words is not published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What a field means, and how it is written after ``=``."""

    meaning: str
    example: str


def _words(**fields: tuple[str, str]) -> Mapping[str, FieldWords]:
    return {name: FieldWords(*told) for name, told in fields.items()}


_BANDED = '{ base = "9000 USD/t", price = "cu", bands = [{ change = "%s", per = "1 USD/t" }] }'
_CLAUSE = {
    "clause": ("the number of the clause on paper; statements name it", '"8.3"'),
    "note": ("a remark that changes nothing", '"as amended in May"'),
}

FIELDS: Mapping[str, Mapping[str, FieldWords]] = {
    "Contract": _words(
        id=("by which statements, seals and invoices name the contract", '"fwo-ussm-cu-1"'),
        title=("what the contract is called", '"Copper concentrate, first shipment"'),
        seller=("the id of the party that sells", '"fwo"'),
        buyer=("the id of the party that buys", '"ussm"'),
        materials=("the ids of the materials that are sold under it", '["cu-concentrate"]'),
        currency=("of all amounts, in three letters", '"USD"'),
        basis=(
            "how the terms are known: `reported` from a signed paper, or `assumed`",
            '"assumed"',
        ),
        source=("the paper, or the id of the assumption", '"A-TERMS-CU"'),
        valid_from=("the first day on which it holds", "2025-09-01"),
        valid_to=("the last day on which it holds", "2026-08-31"),
        settled_by=(
            "whether terms that depend on the grade hold for each lot or the mean of the parcel",
            '"lot"',
        ),
        delivery=("the Incoterms rule and the place", '{ incoterm = "FCA", place = "Karachi" }'),
        calendar=("at which place days are counted", '{ time_zone = "Asia/Karachi" }'),
        constants=("what a pound and a troy ounce are, as printed", '{ lb_per_t = "2204.62" }'),
        rounding=("of money, by line and of the total", '{ lines = { to = "0.01" } }'),
        specification=("what the goods have to be", '{ tml_pct = "10.5" }'),
        weight=("which weight is final", '{ rule = "discharge" }'),
        assays=("how the final assay comes about", '{ rule = "seller" }'),
        prices=("the prices, each with its days", '[{ id = "cu", fixed = "9000 USD/t" }]'),
        payables=(
            "what of each analyte is paid",
            '[{ analyte = "Cu", method = "pct", pct = "96.5", price = "cu" }]',
        ),
        basket=("rare earths, each oxide at its own price", '{ items = [{ analyte = "Nd2O3" }] }'),
        treatment=("the charge on each dry tonne", '{ rate = "80 USD/dmt" }'),
        refining=(
            "charges on the content of an analyte",
            '[{ analyte = "Cu", rate = "8 c/lb", basis = "payable" }]',
        ),
        participation=(
            "shares in a price beyond a base",
            '[{ analyte = "Cu", price = "cu", base = "9000 USD/t", share_pct = "10" }]',
        ),
        penalties=(
            "deductions for impurities",
            '[{ analytes = ["As"], over = "0.2 %", step = "0.1 %", rate = "2 USD/dmt" }]',
        ),
        lines=(
            "freight, insurance and other amounts",
            '[{ id = "freight", title = "Freight", rate = "-45 USD/wmt" }]',
        ),
        payments=("what is paid at each stage", '[{ stage = "provisional", pct = "90" }]'),
    ),
    "Delivery": _words(
        **_CLAUSE,
        incoterm=("the rule of Incoterms 2020", '"FCA"'),
        place=("the place that belongs to the rule", '"Karachi"'),
        title_passes=("when title passes, a term of its own", '"on provisional payment"'),
        risk_passes=("when risk passes, where it differs from the rule", '"on loading"'),
        in_containers=("whether the goods travel in containers", "true"),
        insured_pct=("the insured part of the value, in per cent", '"110"'),
    ),
    "PrintedConstants": _words(
        **_CLAUSE,
        lb_per_t=("pounds in a tonne, as the contract prints it", '"2204.62"'),
        g_per_ozt=("grams in a troy ounce, as the contract prints it", '"31.1035"'),
    ),
    "MoneyRounding": _words(
        lines=("of each line", '{ to = "0.01" }'),
        total=("of the total", '{ to = "0.01" }'),
    ),
    "Rounding": _words(
        to=("the step, in the unit of what is rounded", '"0.01"'),
        half=("where a half goes: `up`, away from zero, or to the `even` step", '"up"'),
    ),
    "Specification": _words(
        **_CLAUSE,
        limits=("of grades", '[{ analyte = "Pb", max = "1 %" }]'),
        tml_pct=("the transportable moisture limit, % of wet mass", '"10.5"'),
        fmp_pct=("the flow moisture point; the limit is nine tenths of it", '"11.7"'),
    ),
    "SpecificationLimit": _words(
        analyte=("what is limited", '"Pb"'),
        base=("the grade to which a published index refers; nothing is checked", '"0.5 %"'),
        min=("the lowest grade allowed, included", '"24 %"'),
        max=("the highest grade allowed, included", '"1 %"'),
        otherwise=("whether goods beyond it may be rejected, or it is only noted", '"reject"'),
    ),
    "CalendarClause": _words(
        **_CLAUSE,
        time_zone=("the place at which days are counted, by its IANA name", '"Asia/Karachi"'),
        weekend=("weekdays that are no business days", '["saturday", "sunday"]'),
        holidays=("other days that are no business days", "[2025-12-25]"),
        counts=("which days a deadline counts", '"calendar_days"'),
        last_day=("what holds where the last day is no business day", '"next_business_day"'),
    ),
    "WeightClause": _words(
        **_CLAUSE,
        rule=("which of two weights is final", '"discharge"'),
        franchise_pct=("the franchise, in % of the loading weight", '"0.5"'),
        franchise_on=("whether wet or dry weights are compared with it", '"dry"'),
        moisture=("whose moisture makes the dry mass", '"as_weight"'),
        rounding=("of the dry mass of a lot, in dmt", '{ to = "0.001" }'),
    ),
    "ExchangeClause": _words(
        **_CLAUSE,
        rule=("whose result is final: by exchange, of one side, or the mean", '"exchange"'),
        deadline_days=("days to give a result, counted from `deadline_from`", "45"),
        deadline_from=("the event that the days are counted from", '"sealing"'),
        open_days=("days to open a sealed result after both have sealed", "3"),
        late=("what holds where one party misses its date", '"other_conclusive"'),
        umpire=("how the umpire's result settles", '"between_or_nearer"'),
        tie=("who is nearer where the umpire lies in the middle", '"umpire"'),
        umpire_cost=("who bears the umpire's cost in the end", '"further_pays"'),
        umpire_fee=("what the umpire takes, until an invoice says it", '"450 USD"'),
        umpire_fee_per=("whether the fee is for each analyte, or for the lot", '"analyte"'),
        umpire_paid_by=("who pays the umpire first; `bearer`: each its own part", '"seller"'),
        umpire_laboratories=("the laboratories agreed as umpire", '["Laboratory 3"]'),
        limits=("how far two results may lie apart", '[{ analyte = "Cu", limit = "0.30 %" }]'),
    ),
    "SplittingLimit": _words(
        **_CLAUSE,
        analyte=("of which analyte", '"Cu"'),
        limit=("how far two results may lie apart, equality included", '"0.30 %"'),
        from_=("the grade from which it holds", '"20 %"'),
        below=("the grade below which it holds", '"20 %"'),
        no_limit=("what settles the analyte where no limit is agreed", '"mean"'),
        rounding=("of results, in `unit`", '{ to = "0.01" }'),
        round_results=("whether each result is rounded before the two are compared", "true"),
        unit=("the unit in which results are compared and rounded", '"%"'),
    ),
    "PriceClause": _words(
        **_CLAUSE,
        id=("by which other clauses name the price", '"cu"'),
        series=("the id of a series of prices/series.csv", '"lme-cu"'),
        fixed=("a fixed price, where no series is named", '"9000 USD/t"'),
        qp=("which days make the price", '{ kind = "month", event = "arrival", offset = 1 }'),
        options=(
            "other periods that a party may declare",
            '[{ id = "m2", by = "buyer", qp = { kind = "month", event = "arrival", offset = 2 } }]',
        ),
        provisional=("how it is priced until its days are over", '"last_published"'),
        provisional_fixed=("the provisional price, where it is fixed", '"9000 USD/t"'),
        vat_pct=("the value-added tax to take out of the series", '"13"'),
        fx=("the id of a series of the rate to the contract's currency", '"usd-per-cny"'),
        floor=("the lowest price", '"110 USD/kg"'),
        cap=("the highest price", '"300 USD/kg"'),
        hedge_lot=("a lot of the market on which the price is hedged", '"25 t"'),
        rounding=("of the price, in `unit`", '{ to = "0.01" }'),
        unit=("the unit of the rounding", '"USD/t"'),
    ),
    "QuotationalPeriod": _words(
        kind=("a month, a number of days, the last value published, or fixed days", '"month"'),
        event=("the event that it is counted from", '"arrival"'),
        offset=("months, or days, after the event", "1"),
        days=("how many published days", "5"),
        side=("whether days are counted after or before the event", '"after"'),
        includes_event=("whether the day of the event counts", "true"),
        start=("the first day, where fixed", "2025-10-01"),
        end=("the last day, where fixed", "2025-10-31"),
    ),
    "QuotationOption": _words(
        id=("by which it is declared", '"m2"'),
        qp=("the period", '{ kind = "month", event = "arrival", offset = 2 }'),
        by=("who may declare it", '"buyer"'),
        declare_event=("the event that the days to declare are counted from", '"shipment"'),
        declare_within_days=("days in which to declare it", "10"),
    ),
    "Payable": _words(
        **_CLAUSE,
        analyte=("what is paid", '"Cu"'),
        method=("by which arithmetic", '"pct_min_deduction"'),
        pct=("the part paid, in per cent", '"96.5"'),
        deduction=("what is taken off the grade", '"1 %"'),
        over=("nothing is paid at or below this grade", '"1 g/dmt"'),
        tiers=("terms by grade", '[{ below = "50 %", pct = "60" }, { from = "50 %", pct = "70" }]'),
        tier_pays=("whether a tier holds for the whole grade or its own part", '"whole"'),
        price=("the id of the price", '"cu"'),
        rounding=("of the payable grade, in `unit`", '{ to = "0.01" }'),
        unit=("the unit of the rounding", '"%"'),
    ),
    "Tier": _words(
        from_=("the grade from which it holds", '"50 %"'),
        below=("the grade below which it holds", '"60 %"'),
        up_to=("the grade up to which it holds, included", '"59.99 %"'),
        pct=("the part paid, in per cent", '"70"'),
        deduction=("what is taken off the grade", '"1 %"'),
        pays=("a fixed price per content", '"20 USD/mtu"'),
    ),
    "Basket": _words(
        **_CLAUSE,
        aggregate=("what the toll is on", '"TREO"'),
        items=("the oxides", '[{ analyte = "Nd2O3", payable_pct = "70", price = "nd" }]'),
        pct_of_basket=("the part of the whole basket that is paid", '"65"'),
        toll=("a charge per content of the aggregate", '"5 USD/kg"'),
    ),
    "BasketItem": _words(
        analyte=("the oxide", '"Nd2O3"'),
        payable_pct=("the part paid; zero and negative parts are allowed", '"70"'),
        price=("the id of the price", '"nd"'),
    ),
    "Treatment": _words(
        **_CLAUSE,
        rate=("the charge, which may be zero or negative", '"80 USD/dmt"'),
        by=("by the grade of which analyte the tiers are", '"Sb"'),
        tiers=(
            "the charge by grade, in place of one rate",
            '[{ below = "50 %", rate = "120 USD/dmt" }, { from = "50 %", rate = "90 USD/dmt" }]',
        ),
        escalation=(
            "how it moves with a price",
            _BANDED % "0.10 USD/dmt",
        ),
    ),
    "TreatmentTier": _words(
        from_=("the grade from which it holds", '"25 %"'),
        below=("the grade below which it holds", '"30 %"'),
        up_to=("the grade up to which it holds, included", '"29.99 %"'),
        rate=("the charge, which may be zero or negative", '"90 USD/dmt"'),
    ),
    "RefiningTier": _words(
        from_=("the grade from which it holds", '"25 %"'),
        below=("the grade below which it holds", '"30 %"'),
        up_to=("the grade up to which it holds, included", '"29.99 %"'),
        rate=("the charge, which may be zero or negative", '"6 c/lb"'),
    ),
    "ShareTier": _words(
        from_=("the grade from which it holds", '"25 %"'),
        below=("the grade below which it holds", '"30 %"'),
        up_to=("the grade up to which it holds, included", '"29.99 %"'),
        share_pct=("the share in per cent, positive for the seller", '"10"'),
    ),
    "Refining": _words(
        **_CLAUSE,
        analyte=("on the content of which analyte", '"Cu"'),
        rate=("the charge, which may be zero or negative", '"8 c/lb"'),
        by=("by the grade of which other analyte the tiers are", '"Cu"'),
        tiers=(
            "the charge by grade, in place of one rate",
            '[{ below = "25 %", rate = "8 c/lb" }, { from = "25 %", rate = "6 c/lb" }]',
        ),
        tier_rate=("whether a tier holds for the whole content or its own part", '"whole"'),
        basis=("on what is paid, or on all that is contained", '"payable"'),
        escalation=(
            "how it moves with a price",
            _BANDED % "0.01 c/lb",
        ),
    ),
    "Escalation": _words(
        base=("the price at which the charge is as stated", '"9000 USD/t"'),
        price=("the id of the price it moves with", '"cu"'),
        bands=(
            "by how much, between which prices",
            '[{ from = "9000 USD/t", change = "0.10 USD/dmt", per = "1 USD/t" }]',
        ),
        reading=("each band at its own rate, or the whole excess at the last", '"marginal"'),
        steps=("whether a part of `per` counts", '"pro_rata"'),
    ),
    "EscalationBand": _words(
        from_=("the price from which it holds", '"9000 USD/t"'),
        to=("the price up to which it holds", '"10000 USD/t"'),
        change=("the change of the charge", '"0.10 USD/dmt"'),
        per=("for each so much of price", '"1 USD/t"'),
    ),
    "Participation": _words(
        **_CLAUSE,
        analyte=("on the payable content of which analyte", '"Cu"'),
        price=("the id of the price", '"cu"'),
        base=("the price from which it counts", '"9000 USD/t"'),
        share_pct=("the share in per cent, positive for the seller", '"10"'),
        by=("by the grade of which other analyte the tiers are", '"Cu"'),
        tiers=(
            "the share by grade, in place of one",
            '[{ below = "25 %", share_pct = "5" }, { from = "25 %", share_pct = "10" }]',
        ),
        tier_rate=("whether a tier holds for the whole content or its own part", '"whole"'),
        side=("above the base, below it, or both", '"above"'),
        cap=("the most that it comes to, per content", '"200 USD/t"'),
    ),
    "Penalty": _words(
        **_CLAUSE,
        analytes=("the impurity, or several whose grades are added", '["As", "Sb"]'),
        over=("the grade above which it counts", '"0.2 %"'),
        until=("the grade up to which it counts", '"0.5 %"'),
        step=("for each so much of grade", '"0.1 %"'),
        rate=("the deduction for a step", '"2 USD/dmt"'),
        steps=("whether a part of a step counts", '"pro_rata"'),
        bands=("a deduction by grade instead", '[{ up_to = "0.03 %", rate = "0.15 USD/oz" }]'),
        cap=("the most that it comes to", '"25 USD/dmt"'),
        reject=("the grade above which the goods may be refused", '"0.5 %"'),
        on=("the analyte on whose content the deduction is", '"Au"'),
    ),
    "PenaltyBand": _words(
        up_to=("the grade up to which it holds, included", '"0.03 %"'),
        rate=("the deduction, for the whole", '"0.15 USD/oz"'),
    ),
    "Line": _words(
        **_CLAUSE,
        id=("by which statements name the line", '"freight"'),
        title=("what it is called", '"Sea freight"'),
        rate=("per dry tonne, per wet tonne, or a sum; positive for the seller", '"-45 USD/wmt"'),
        pct=("in per cent of `of`", '"-1.5"'),
        of=("of what the percentage is taken", '"payable_value"'),
        days_from=("the event from which interest runs", '"shipment"'),
        days_to=("the event to which interest runs", '"final_invoice"'),
        per_year=("whether the percentage is interest for a year of 360 days", "true"),
        stages=("the stages on whose statements it stands", '["final"]'),
    ),
    "Payment": _words(
        **_CLAUSE,
        stage=("at which stage", '"provisional"'),
        pct=("of the value as known then, in per cent", '"90"'),
        due_event=("the event from which days to pay are counted", '"invoice"'),
        due_days=("days to pay", "5"),
    ),
    "ParcelFile": _words(
        id=("by which statements name the parcel", '"sent-1"'),
        contract=("the id of the contract under which it is settled", '"cu-1"'),
        basis=("how its numbers are known, where they do not say", '"measured"'),
        source=("where its numbers are from, where they do not say", '"certificates in binder 3"'),
        weights=("a table of weights beside the file", '"weights.csv"'),
        assays=("a table of results beside the file", '"assays.csv"'),
        days=("the days of events", "{ shipment = 2025-09-20 }"),
        umpire_fees=(
            "what umpires asked for their analyses",
            '[{ lot = "fwo:CU-1", amount = "450 USD", paid_by = "seller" }]',
        ),
        lots=("the sampling lots", '[{ lot = "fwo:CU-1" }]'),
    ),
    "ParcelDays": _words(
        shipment=("dispatch: the bill of lading", "2025-09-20"),
        arrival=("receipt at the place of delivery", "2025-10-28"),
        sealing=("sealing of the samples", "2025-10-30"),
        delivery_note=("the delivery note", "2025-10-29"),
        invoice=("the provisional invoice", "2025-09-25"),
        final_invoice=("the final invoice", "2025-12-05"),
        signature=("signature of the contract", "2025-09-08"),
    ),
    "ParcelFee": _words(
        lot=("the lot that was analysed", '"fwo:CU-1"'),
        amount=("what the umpire asked for", '"450 USD"'),
        paid_by=("which party was asked to pay it", '"seller"'),
        analytes=("which analytes it is for; left out, all that the umpire decided", '["Cu"]'),
        source=("the umpire's invoice; statements name it", '"invoice AK-77"'),
    ),
    "ParcelLot": _words(
        lot=("the id of the lot", '"fwo:CU-1"'),
        loading=("its weight at loading", '{ wet = "24.350 wmt", moisture = "8.10 %" }'),
        discharge=("its weight at discharge", '{ wet = "24.310 wmt", moisture = "8.00 %" }'),
        assays=("its results by role", '{ seller = { Cu = "28.10 %" } }'),
    ),
    "ParcelWeighing": _words(
        wet=("the wet mass", '"24.350 wmt"'),
        wet_u=("its standard uncertainty", '"0.030 wmt"'),
        moisture=("in % of the wet mass", '"8.10 %"'),
        moisture_u=("its standard uncertainty", '"0.10 %"'),
        dry=("the dry mass, where it is stated and does not follow", '"22.378 dmt"'),
        dry_u=("its standard uncertainty", '"0.030 dmt"'),
        basis=("how it is known", '"measured"'),
        source=("the ticket or certificate; statements name it", '"ticket WB-20931"'),
    ),
    "ParcelAssays": _words(
        seller=("of the seller's laboratory", '{ Cu = "28.10 %" }'),
        buyer=("of the buyer's laboratory", '{ Cu = "27.90 %" }'),
        umpire=("of the umpire", '{ Cu = "28.00 %" }'),
        agreed=("on which the parties agreed", '{ Cu = "28.00 %" }'),
        settled=("of the exchange of assays", '{ Cu = "28.00 %" }'),
        loading=("at loading, for provisional statements", '{ Cu = "28.10 %" }'),
    ),
    "ParcelResult": _words(
        value=("the grade, or `unknown: why`", '"28.10 %"'),
        u=("its standard uncertainty", '"0.05 %"'),
        basis=("how it is known", '"measured"'),
        source=("the certificate; statements name it", '"certificate C-1188"'),
    ),
}
"""By the name of the type and of its field, in the order of the types."""


def field_words(model: str, field: str) -> FieldWords | None:
    """Return what a field of a type means; None where there are no words for it yet."""
    return FIELDS.get(model, {}).get(field)
