"""The contracts of the illustration: three products, three ways to be paid, all terms invented."""

from __future__ import annotations

COPPER = """\
# Copper concentrate, priced on an exchange. Every term is invented (A-TERMS-CU); nobody signed it.
id = "illus-cu-2025"
title = "Copper concentrate 2025/26 (illustration, invented terms)"
seller = "illus-operator"
buyer = "illus-buyer"
materials = ["illus-cu-concentrate"]
currency = "USD"
basis = "assumed"
source = "A-TERMS-CU"
valid_from = "2025-07-01"
valid_to = "2026-12-31"
settled_by = "lot"

[delivery]
clause = "2"
incoterm = "CIP"
place = "the buyer's plant"
title_passes = "when on board at the port of loading"
in_containers = true
insured_pct = "110"

[constants]
clause = "1.3"
lb_per_t = "2204.62"

[specification]
clause = "3"
limits = [{ analyte = "Cu", min = "18 %" }, { analyte = "As", max = "0.5 %" }]

# The loading weight is final if the outturn is close to it.
[weight]
clause = "4"
rule = "within_franchise"
franchise_pct = "0.5"
franchise_on = "dry"
rounding = { to = "0.001" }

# Without a date for the exchange: the year was entered into its ledger in one go, and what counts
# for a deadline is the day of the entry.
[assays]
clause = "5"
rule = "exchange"
umpire = "middle"
umpire_cost = "further_pays"
limits = [
  { analyte = "Cu", limit = "0.25 %", rounding = { to = "0.01" } },
  { analyte = "As", limit = "0.05 %", rounding = { to = "0.001" } },
]

# The month after that of arrival, average of all published days.
[[prices]]
clause = "7"
id = "cu"
series = "illus-cu-cash"
qp = { kind = "month", event = "arrival", offset = 1 }
provisional = "last_published"
rounding = { to = "0.01" }

[[payables]]
clause = "6"
analyte = "Cu"
method = "pct_min_deduction"
pct = "96.5"
deduction = "1 %"
price = "cu"

[treatment]
clause = "8.1"
rate = "21.25 USD/dmt"

[[refining]]
clause = "8.2"
analyte = "Cu"
rate = "2.125 c/lb"
basis = "payable"

[[penalties]]
clause = "9"
analytes = ["As"]
over = "0.20 %"
step = "0.10 %"
rate = "3 USD/dmt"
steps = "pro_rata"

[[lines]]
clause = "10"
id = "inspection"
title = "Seller's half of weighing and sampling at the plant"
rate = "-1.80 USD/wmt"

[[payments]]
clause = "11.1"
stage = "provisional"
pct = "90"
due_event = "shipment"
due_days = 5

[[payments]]
clause = "11.2"
stage = "final"
pct = "100"
"""

ANTIMONY = """\
# Antimony concentrate, priced by a named assessment. Every term is invented (A-TERMS-SB).
id = "illus-sb-2025"
title = "Antimony concentrate 2025/26 (illustration, invented terms)"
seller = "illus-operator"
buyer = "illus-buyer"
materials = ["illus-sb-concentrate"]
currency = "USD"
basis = "assumed"
source = "A-TERMS-SB"
valid_from = "2025-07-01"
valid_to = "2026-12-31"
settled_by = "lot"

[delivery]
clause = "2"
incoterm = "CIP"
place = "the buyer's plant"
title_passes = "when on board at the port of loading"
in_containers = true
insured_pct = "110"

[specification]
clause = "3"
limits = [{ analyte = "Sb", min = "40 %" }, { analyte = "Pb", max = "6 %" }]

[weight]
clause = "4"
rule = "discharge"
rounding = { to = "0.001" }

[assays]
clause = "5"
rule = "exchange"
umpire = "between_or_nearer"
umpire_cost = "further_pays"
limits = [
  { analyte = "Sb", limit = "0.50 %", rounding = { to = "0.01" } },
  { analyte = "Pb", limit = "0.10 %", rounding = { to = "0.01" } },
  { analyte = "As", no_limit = "mean", rounding = { to = "0.001" } },
]

# Rotterdam and nothing else. What is assessed as delivered in China is another market, with tax.
[[prices]]
clause = "7"
id = "sb"
series = "illus-sb-rotterdam"
qp = { kind = "days", event = "arrival", days = 5, side = "after" }
provisional = "last_published"
rounding = { to = "1" }

# What is paid rises with the grade, of the whole content.
[[payables]]
clause = "6"
analyte = "Sb"
method = "tiers"
tier_pays = "whole"
price = "sb"
tiers = [
  { from = "40 %", below = "50 %", pct = "60" },
  { from = "50 %", below = "60 %", pct = "65" },
  { from = "60 %", pct = "68" },
]

# Leady ore: what does not exceed 1 % lead is borne by the buyer.
[[penalties]]
clause = "8.1"
analytes = ["Pb"]
over = "1.00 %"
step = "0.10 %"
rate = "2.40 USD/dmt"
steps = "pro_rata"

[[penalties]]
clause = "8.2"
analytes = ["As"]
over = "0.20 %"
step = "0.10 %"
rate = "4 USD/dmt"
steps = "pro_rata"

[[payments]]
clause = "9.1"
stage = "provisional"
pct = "85"
due_event = "shipment"
due_days = 5

[[payments]]
clause = "9.2"
stage = "final"
pct = "100"
"""

RARE_EARTHS = """\
# Rare-earth concentrate, priced as a basket less a toll. Every term is invented (A-TERMS-REE).
id = "illus-ree-2025"
title = "Rare-earth concentrate 2025/26 (illustration, invented terms)"
seller = "illus-operator"
buyer = "illus-buyer"
materials = ["illus-ree-concentrate"]
currency = "USD"
basis = "assumed"
source = "A-TERMS-REE"
valid_from = "2025-07-01"
valid_to = "2026-12-31"
settled_by = "lot"

[delivery]
clause = "2"
incoterm = "CIP"
place = "the buyer's plant"
title_passes = "when on board at the port of loading"
in_containers = true
insured_pct = "110"

[specification]
clause = "3"
limits = [{ analyte = "TREO", min = "35 %" }, { analyte = "Th", max = "600 ppm" }]

[weight]
clause = "4"
rule = "discharge"
rounding = { to = "0.001" }

[assays]
clause = "5"
rule = "exchange"
umpire = "mean_with_nearer"
tie = "umpire"
umpire_cost = "shared"
limits = [
  { analyte = "TREO", limit = "0.50 %", rounding = { to = "0.01" } },
  { analyte = "Nd2O3", limit = "0.10 %", rounding = { to = "0.001" } },
  { analyte = "Pr6O11", limit = "0.05 %", rounding = { to = "0.001" } },
  { analyte = "Th", no_limit = "mean", unit = "ppm", rounding = { to = "1" } },
]

# List prices ex works in China include 13 % tax, which the seller does not get.
[[prices]]
clause = "7.1"
id = "nd"
series = "illus-nd2o3-china"
vat_pct = "13"
qp = { kind = "month", event = "arrival", offset = 1 }
provisional = "last_published"
unit = "USD/kg"
rounding = { to = "0.01" }

[[prices]]
clause = "7.2"
id = "pr"
series = "illus-pr6o11-china"
vat_pct = "13"
qp = { kind = "month", event = "arrival", offset = 1 }
provisional = "last_published"
unit = "USD/kg"
rounding = { to = "0.01" }

# Neodymium and praseodymium are paid, the other oxides are not; the toll is on all of them.
[basket]
clause = "6"
aggregate = "TREO"
toll = "2.50 USD/kg"
items = [
  { analyte = "Nd2O3", payable_pct = "75", price = "nd" },
  { analyte = "Pr6O11", payable_pct = "75", price = "pr" },
]

[[penalties]]
clause = "8"
analytes = ["Th"]
over = "250 ppm"
step = "50 ppm"
rate = "1.50 USD/dmt"
steps = "whole_step"

[[payments]]
clause = "9.1"
stage = "provisional"
pct = "80"
due_event = "shipment"
due_days = 5

[[payments]]
clause = "9.2"
stage = "final"
pct = "100"
"""

FILES = {
    "contracts/illus-cu-2025.toml": COPPER,
    "contracts/illus-ree-2025.toml": RARE_EARTHS,
    "contracts/illus-sb-2025.toml": ANTIMONY,
}
