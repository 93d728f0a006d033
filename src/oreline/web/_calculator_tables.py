"""The rows that stand in each table of the calculators at first: invented, to be written over."""

from __future__ import annotations

from collections.abc import Mapping

_PRODUCTS = """\
stream,role,analyte,grade,u,unit
feed,feed,Pb,5.02,0.06,%
feed,feed,Sb,2.41,0.03,%
feed,feed,Ag,61,1.5,g/t
lead concentrate,product,Pb,62.0,0.4,%
lead concentrate,product,Sb,6.2,0.1,%
lead concentrate,product,Ag,600,8,g/t
antimony concentrate,product,Pb,9.4,0.1,%
antimony concentrate,product,Sb,48.5,0.3,%
antimony concentrate,product,Ag,150,4,g/t
tailings,product,Pb,0.42,0.01,%
tailings,product,Sb,0.28,0.01,%
tailings,product,Ag,14,0.7,g/t"""
_DUPLICATES = """\
lot,sample,value,unit
1,A,52.1,%
1,B,52.3,%
2,A,51.7,%
2,B,51.6,%
3,A,53.0,%
3,B,52.8,%
4,A,52.4,%
4,B,52.5,%
5,A,50.9,%
5,B,51.2,%"""
_CONTAINED = """\
lot,wet_t,wet_t_u,moisture_pct,moisture_pct_u,grade,grade_u,unit
box 1,24.62,0.02,7.9,0.15,51.9,0.20,%
box 2,24.87,0.02,8.3,0.15,52.4,0.20,%"""
_FACTORS = """\
stage,tonnes,tonnes_u,grade,grade_u,unit,metal_t,metal_t_u
reserve,100000,3000,2.60,0.15,%,,
grade control,98000,2000,2.55,0.08,%,,
mill,101500,500,2.41,0.03,%,,
product,4110,10,52.0,0.2,%,,
received,4089,8,51.9,0.2,%,,
payable,,,,,,1486,6"""
_CASH_FLOW = """\
period,amount,currency
0,-5.70,USD
1,-1.20,USD
2,1.10,USD
3,2.40,USD
4,2.60,USD
5,2.60,USD
6,2.20,USD"""
_LEVIES = """\
levy,rate_pct,base,payee,source
royalty,5,gross revenue,province,invented
net smelter return,1,net smelter return,federation,invented
surcharge,0.5,unknown,processing zone,invented"""

EXAMPLES: Mapping[str, str] = {
    "products": _PRODUCTS,
    "duplicates": _DUPLICATES,
    "contained": _CONTAINED,
    "factors": _FACTORS,
    "cash-flow": _CASH_FLOW,
    "levies": _LEVIES,
}
