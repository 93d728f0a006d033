"""What do we not know, and who has the paper: open questions ranked, a letter, and the brief."""

from __future__ import annotations

from oreline.ask._brief import Verified, brief
from oreline.ask._documents import Document, general_documents, parse_documents
from oreline.ask._flow import ElementFlow, FlowLink, element_flow
from oreline.ask._letter import Letter, Request, letter
from oreline.ask._question import OpenQuestion, Standing
from oreline.ask._questions import OpenQuestions, open_questions
from oreline.ask._rank import RankedDocument, rank_documents
from oreline.ask._subjects import Subject, subjects
from oreline.ask._told import Brief, Cited, Fact, Section, Station, Table, sources_text

__all__ = [
    "Brief",
    "Cited",
    "Document",
    "ElementFlow",
    "Fact",
    "FlowLink",
    "Letter",
    "OpenQuestion",
    "OpenQuestions",
    "RankedDocument",
    "Request",
    "Section",
    "Standing",
    "Station",
    "Subject",
    "Table",
    "Verified",
    "brief",
    "element_flow",
    "general_documents",
    "letter",
    "open_questions",
    "parse_documents",
    "rank_documents",
    "sources_text",
    "subjects",
]
