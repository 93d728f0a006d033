"""Events in and events out: chain folders, CSV, Excel, Parquet and JSONL."""

from __future__ import annotations

from oreline.exchange._cells import utc_moment
from oreline.exchange._declare import declarations
from oreline.exchange._events import read_events
from oreline.exchange._export import ExportReport, export_ledger
from oreline.exchange._folder import read_chain
from oreline.exchange._import import (
    FolderDrafts,
    ImportReport,
    Ledger,
    Progress,
    import_chain,
    read_folder_drafts,
)
from oreline.exchange._init_folder import init_folder
from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._mapping import Mapping, read_mapping
from oreline.exchange._plain_table import PlainRow, read_plain_table
from oreline.exchange._printable import printable
from oreline.exchange._published import (
    PUBLISHERS,
    ImportedTables,
    Publisher,
    import_published,
    read_tables,
    with_imported,
    write_tables,
)
from oreline.exchange._published_rows import PublishedFile
from oreline.exchange._sheet import HeadedSheet, read_table, records
from oreline.exchange._text_table import (
    TEXT_TABLE_SUFFIXES,
    TextTable,
    read_text_sheets,
    read_text_table,
)
from oreline.exchange._toml_lines import Located, TomlPath, TomlSyntaxError, located_toml
from oreline.exchange._unseen import KnownNames, unseen_names

__all__ = [
    "DEFAULT_LIMITS",
    "PUBLISHERS",
    "TEXT_TABLE_SUFFIXES",
    "ExportReport",
    "FolderDrafts",
    "HeadedSheet",
    "ImportReport",
    "ImportedTables",
    "KnownNames",
    "Ledger",
    "Limits",
    "Located",
    "Mapping",
    "PlainRow",
    "Progress",
    "PublishedFile",
    "Publisher",
    "TextTable",
    "TomlPath",
    "TomlSyntaxError",
    "declarations",
    "export_ledger",
    "import_chain",
    "import_published",
    "init_folder",
    "located_toml",
    "printable",
    "read_chain",
    "read_events",
    "read_folder_drafts",
    "read_mapping",
    "read_plain_table",
    "read_table",
    "read_tables",
    "read_text_sheets",
    "read_text_table",
    "records",
    "unseen_names",
    "utc_moment",
    "with_imported",
    "write_tables",
]
