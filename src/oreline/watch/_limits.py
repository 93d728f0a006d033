"""How much is read: every limit of the verb, with a name and a default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of what arrives; whatever is above is left out and reported.

    Attributes
    ----------
    file_bytes_max
        The largest file.
    text_chars_max
        The longest text of a report; the rest of a longer one is not read.
    pdf_pages_max
        The most pages of a PDF.
    archive_members_max
        The most files in an archive.
    archive_bytes_max
        The most bytes that all files of an archive may unpack to.
    archive_ratio_max
        How many times its packed size a file may unpack to.
    feed_entries_max
        The most entries of a feed.
    mail_depth_max
        How deep messages may lie within messages.
    documents_max
        The most reports in one run.
    """

    file_bytes_max: int = 20_000_000
    text_chars_max: int = 400_000
    pdf_pages_max: int = 400
    archive_members_max: int = 2_000
    archive_bytes_max: int = 200_000_000
    archive_ratio_max: int = 100
    feed_entries_max: int = 5_000
    mail_depth_max: int = 4
    documents_max: int = 200_000
