"""Tables are handed over loose or in archives, never more than is allowed; settings come back."""

from __future__ import annotations

import io
import tomllib
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import (
    HANDED_FILES_MAX,
    MAPPING_FILE,
    guess_mapping,
    guess_model,
    make_model,
    mapping_text,
    read_holes,
    samples_of,
    text_tables,
    unpacked_files,
)
from oreline.explore import composites_of as made_of
from oreline.model import InputError, LimitExceededError

C = "Hole ID,Easting,Northing,RL,EOH (m)\n" + "".join(
    f"A{number},{1000 + 60 * (number % 3)},{2000 + 60 * (number // 3)},300,60\n"
    for number in range(9)
)
A = "Hole ID,From (m),To (m),Cu_pct,Mo_ppm\n" + "".join(
    f"A{number},{depth},{depth + 2},{0.1 + number / 20 + depth / 300:.4f},{number + depth}\n"
    for number in range(9)
    for depth in range(0, 60, 2)
)


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return buffer.getvalue()


def test_an_archive_is_its_tables_wherever_they_lie_in_it() -> None:
    data = archive(**{"a/b/c.csv": C, "A.CSV": A, "__MACOSX/c.csv": "x", "a/.DS_Store": "x",
                      "a/photo.jpg": "x", "a/explore.toml": "y"})  # fmt: skip
    handed = unpacked_files({"set.zip": data, "notes.pdf": b"x"}, 1_000_000)
    assert dict(handed.files) == {"c.csv": C.encode(), "A.CSV": A.encode(), MAPPING_FILE: b"y"}
    assert handed.ignored == ("photo.jpg", "notes.pdf")
    assert set(text_tables(handed.files)[0]) == {"A.CSV", "c.csv"}


def test_what_cannot_be_taken_says_why() -> None:
    broken = bytearray(archive(**{"c.csv": C * 50}))
    at = broken.find(b"c.csv") + len("c.csv")
    broken[at : at + 12] = bytes(one ^ 0xFF for one in broken[at : at + 12])
    for files, said in (
        ({"a.zip": b"PK no archive"}, "cannot be unpacked"),
        ({"a.zip": bytes(broken)}, "cannot be unpacked"),
        ({"a.zip": archive(**{"x.jpg": "1"})}, "no table"),
        ({"x.docx": b"1"}, "no table among them"),
        ({"a.zip": archive(**{"1/c.csv": "x", "2/c.csv": "y"})}, "two files called c.csv"),
        ({"a.zip": archive(**{"c.csv": "x"}), "c.csv": b"y"}, "two files are called c.csv"),
        ({"../../etc/" + "n" * 200 + ".csv": b"y"}, "no name for a file"),
        ({}, "no table among them"),
    ):
        with pytest.raises(InputError, match=said):
            unpacked_files(files, 1_000)


def test_a_small_archive_that_unpacks_to_much_is_stopped() -> None:
    data = archive(**{"c.csv": "0" * 1_000_000})
    assert len(data) < 2_000
    with pytest.raises(LimitExceededError, match="unpacks to more"):
        unpacked_files({"a.zip": data}, 999_999)
    assert unpacked_files({"a.zip": data}, 1_000_000).files
    many = {f"{number}.csv": b"1" for number in range(HANDED_FILES_MAX)}
    assert len(unpacked_files(many, 1_000).files) == HANDED_FILES_MAX
    with pytest.raises(LimitExceededError, match="HANDED_FILES_MAX"):
        unpacked_files({**many, "more.csv": b"1"}, 1_000)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
values = st.one_of(words, st.booleans(), st.integers(-(10**9), 10**9),
                   st.floats(allow_nan=False, allow_infinity=False),
                   st.lists(words, max_size=3))  # fmt: skip


@given(
    st.dictionaries(
        words,
        st.one_of(
            values,
            st.dictionaries(
                words,
                st.one_of(values, st.dictionaries(words, st.one_of(
                    values, st.dictionaries(words, values, max_size=2)), max_size=3)),
                max_size=3,
            ),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_settings_come_back_as_they_were_written(settings: dict[str, object]) -> None:
    assert tomllib.loads(mapping_text(settings)) == settings


def test_a_guessed_mapping_and_model_make_blocks() -> None:
    files = {"c.csv": C.encode(), "a.csv": A.encode()}
    guess = guess_mapping(text_tables(files)[0])
    assert guess.open == ()
    # What a form makes of a guess reads as the guess does.
    text = mapping_text(tomllib.loads(guess.text))
    first, again = (read_holes({**files, MAPPING_FILE: one.encode()}) for one in (guess.text, text))
    assert first.holes is not None
    assert again.holes is not None
    assert first.holes.assays.equals(again.holes.assays)
    found = guess_model(first.holes, 2.7, "a test")
    assert found.sections["composites"]["length"] == "2 m"
    assert found.sections["grid"]["size_m"] == [20.0, 20.0, 6.0]
    assert found.sections["search"]["passes"][0]["radii_m"][:2] == [100.0, 100.0]
    read = read_holes({**files, MAPPING_FILE: (text + mapping_text(found.sections)).encode()})
    assert read.holes is not None, read.findings
    assert read.mapping is not None
    assert read.mapping.composites is not None
    samples, densities = samples_of(made_of(read.holes, read.mapping), read.mapping.composites)
    model = make_model(samples, read.mapping, densities=densities)
    assert model.is_estimated.sum() > 100
    assert model.tonnage().to_json()["rows"]
    told = guess_model(first.holes)
    assert "density" not in told.sections
    assert "UNKNOWN" in told.said[-1]


def test_too_few_holes_are_no_model() -> None:
    files = {"c.csv": "\n".join(C.splitlines()[:3]).encode(), "a.csv": A.encode()}
    guess = guess_mapping(text_tables(files)[0])
    read = read_holes({**files, MAPPING_FILE: guess.text.encode()})
    assert read.holes is not None
    with pytest.raises(InputError, match="2 assayed holes are too few"):
        guess_model(read.holes)
