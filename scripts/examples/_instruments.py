"""The money of the illustration: equity whose tranches wait for the ledger, and a loan."""

from __future__ import annotations

EQUITY = """\
# How the framework's money could be tied to what happens. The total of USD 500 million is reported;
# who gives it in which form, how it is split and on which conditions is invented (A-FUND). All
# numbers of the illustration are assumed, so `weakest_basis` must admit them.
id = "illus-equity"
title = "Equity of the partner in four tranches (illustration, invented terms)"
kind = "equity"
from = "illus-buyer"
to = "illus-operator"
amount = "500000000"
currency = "USD"
basis = "assumed"
source = "A-FUND"

[[rules]]
id = "leases"
title = "The leases of the antimony and the copper mine are in force"
when = 'permit("illus-lease-mine-sb") && permit("illus-lease-mine-cu")'

[[tranches]]
id = "exploration"
title = "Drilling and pilot plants"
phase = "exploration"
amount = "40000000"
approvals = ["illus-operator", "illus-buyer"]
weakest_basis = "assumed"

[[tranches.conditions]]
id = "leases"
title = "The leases of the antimony and the copper mine are in force"
when = 'rule("leases") == "PASS"'

[[tranches]]
id = "beneficiation"
title = "Concentrators at full size"
phase = "beneficiation"
amount = "120000000"
after = ["exploration"]
approvals = ["illus-operator", "illus-buyer"]
weakest_basis = "assumed"

[[tranches.conditions]]
id = "recoveries"
title = "In the first half-year the mills recovered what was promised"
when = '''
recovery_pct("Sb", "illus-mill-sb", date("2025-07-01"), date("2026-01-01")) >= 85 &&
recovery_pct("Cu", "illus-mill-cu", date("2025-07-01"), date("2026-01-01")) >= 85 &&
recovery_pct("Nd", "illus-mill-ree", date("2025-07-01"), date("2026-01-01")) >= 60
'''

[[tranches.conditions]]
id = "delivered"
title = "240 t of antimony, 400 t of copper and 30 t of neodymium have arrived"
when = '''
received_t("Sb", "illus-buyer-plant") >= 240 &&
received_t("Cu", "illus-buyer-plant") >= 400 &&
received_t("Nd", "illus-buyer-plant") >= 30
'''

[[tranches]]
id = "concentrate"
title = "Concentrate at the contracted rate"
phase = "concentrate"
amount = "140000000"
after = ["beneficiation"]
approvals = ["illus-operator", "illus-buyer"]
weakest_basis = "assumed"

[[tranches.conditions]]
id = "accounts"
title = "The copper mill's account of April 2026 closes"
when = 'closes("Cu", "illus-mill-cu", date("2026-04-01"), date("2026-05-01"))'

[[tranches.conditions]]
id = "spent"
title = "Three quarters of what was released are spent"
when = 'spent("illus-equity") >= 0.75 * released("illus-equity")'

[[tranches]]
id = "refineries"
title = "The poly-metallic refinery"
phase = "refineries"
amount = "200000000"
after = ["concentrate"]
approvals = ["illus-operator", "illus-buyer"]
weakest_basis = "assumed"

[[tranches.conditions]]
id = "consent"
title = "The refinery has its environmental consent"
when = 'permit("illus-environmental-refinery")'

[[tranches.conditions]]
id = "review"
title = "The joint committee has attested the process design"
when = 'attested("design-review", "illus-refinery")'
"""

LOAN = """\
# A loan beside the framework, so that its schedule and covenants can be seen on the plan's cash.
# Nobody has announced one: every number here is invented (A-FUND).
id = "illus-loan"
title = "Loan for the copper mill (illustration, invented terms)"
kind = "loan"
from = "illus-buyer"
to = "illus-operator"
amount = "90000000"
currency = "USD"
basis = "assumed"
source = "A-FUND"

[loan]
rate_pct = "8"
day_count = "ACT/360"
months = 6
begins = 2029-01-01
grace = 4
interest_in_grace = "capitalised"
repayment = "annuity"
repayments = 14

[[loan.drawdowns]]
day = 2029-01-15
amount = "30000000"

[[loan.drawdowns]]
day = 2029-07-15
amount = "30000000"

[[loan.drawdowns]]
day = 2030-01-15
amount = "30000000"

[[covenants]]
id = "dscr"
title = "Cash covers the debt service of each half-year"
ratio = "dscr"
at_least = "1.30"

[[covenants]]
id = "llcr"
title = "Cash covers the loan over its life"
ratio = "llcr"
at_least = "1.50"

[[tranches]]
id = "mill"
title = "The copper mill"
phase = "beneficiation"
amount = "90000000"
approvals = ["illus-operator", "illus-buyer"]
weakest_basis = "assumed"

[[tranches.conditions]]
id = "lease"
title = "The lease of the copper mine is in force"
when = 'permit("illus-lease-mine-cu")'
"""

FILES = {
    "instruments/illus-equity.toml": EQUITY,
    "instruments/illus-loan.toml": LOAN,
}
