"""May it be done? Conditions over what is known: PASS, FAIL or UNKNOWN, with reasons."""

from __future__ import annotations

from oreline.comply._condition import Condition, judge, read_condition
from oreline.comply._judge import Answerer, Argument, Asking, Judgement, Part, Verdict, value_text
from oreline.comply._numbers import number_text
from oreline.comply._values import Between, Missing, Reading, Value
from oreline.comply._vocabulary import Kind, Parameter, Vocabulary, Word, vocabulary

__all__ = [
    "Answerer",
    "Argument",
    "Asking",
    "Between",
    "Condition",
    "Judgement",
    "Kind",
    "Missing",
    "Parameter",
    "Part",
    "Reading",
    "Value",
    "Verdict",
    "Vocabulary",
    "Word",
    "judge",
    "number_text",
    "read_condition",
    "value_text",
    "vocabulary",
]
