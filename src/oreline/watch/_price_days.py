"""Days in price files: the forms in which they are written, read column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

_FORMS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%d %b %Y", "%d-%b-%Y",
                 "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y")  # fmt: skip
AMBIGUOUS: Final = "the day and the month can be read either way"


def days_of(text: pl.Series) -> tuple[pl.Series, str]:
    """Return cells as days, and why they cannot be told where the whole column leaves it open.

    A month stands for its last day and a year for its 31 December. 03/04/2025 is decided by the
    column: one cell with a number above 12 tells which of the two is the month.

    >>> import polars as pl
    >>> days_of(pl.Series(["2025-09", "2025年10月3日"]))[0].to_list()
    [datetime.date(2025, 9, 30), datetime.date(2025, 10, 3)]
    """
    import polars as pl

    bare = (
        text.str.replace(r"[ T]\d{1,2}:\d{2}.*$", "")
        .str.replace_all(r"[年月]", "-")
        .str.replace("日", "", literal=True)
        .str.strip_chars()
        .str.strip_suffix("-")
        .str.replace(r"^(\d{4})[-/](\d{1,2})$", "$1-$2-01M")
        .str.replace(r"^(\d{4})$", "$1-12-31")
        .str.replace(r"^(\d{4})[-/.](\d)[-/.]", "$1-0$2-")
        .str.replace(r"^(\d{4}-\d\d)-(\d)$", "$1-0$2")
    )
    month = bare.str.ends_with("M").fill_null(value=False)
    bare = bare.str.strip_suffix("M").str.replace(r"^(\d{4})-(\d)-01$", "$1-0$2-01")
    found = pl.Series(text.name, [None] * len(text), dtype=pl.Date)
    for form in _FORMS:
        found = found.zip_with(found.is_not_null(), bare.str.to_date(form, strict=False))
    parts = bare.str.extract_groups(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$").struct.unnest()
    one, two, year = (parts[name].cast(pl.Int32, strict=False) for name in parts.columns)
    problem = ""
    if one.drop_nulls().len():
        day_first, month_first = bool((one > 12).any()), bool((two > 12).any())
        if day_first == month_first and not (one == two).all():
            problem = AMBIGUOUS
        else:
            day, its_month = (one, two) if day_first else (two, one)
            told = pl.select(
                pl.when((its_month <= 12) & (day <= 31)).then(
                    pl.concat_str(
                        [
                            year.cast(pl.String),
                            its_month.cast(pl.String).str.zfill(2),
                            day.cast(pl.String).str.zfill(2),
                        ],
                        separator="-",
                    )
                )
            ).to_series()
            found = found.zip_with(found.is_not_null(), told.str.to_date("%Y-%m-%d", strict=False))
    return found.zip_with(~month, found.dt.month_end()), problem
