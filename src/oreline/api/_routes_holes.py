"""The addresses to which drill hole tables are handed over: looked at, or kept as a set."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from oreline.api import _answers_holes as holes
from oreline.api._deps import Answer, Asking, Recording, told
from oreline.api._service import service_of
from oreline.explore import HANDED_FILES_MAX, Stated
from oreline.model import InputError, LimitExceededError

router = APIRouter(prefix="/explore/holes", tags=["explore"])
Files = Annotated[
    list[UploadFile], File(description="Tables (.csv, .xlsx, .parquet), or a .zip of them.")
]
Mapping = Annotated[
    str | None,
    Form(description="The text of explore.toml; guessed where it is left out.",
         max_length=400_000),
]  # fmt: skip
Word = Annotated[str | None, Form(max_length=80)]


@router.post("/check")
def check_holes(
    request: Request,
    view: Asking,
    file: Files,
    mapping: Mapping = None,
    length_unit: Word = None,
    coordinate_unit: Word = None,
    dip: Word = None,
    density_t_per_m3: Annotated[float | None, Form(gt=0, lt=25, allow_inf_nan=False)] = None,
    density_source: Annotated[str, Form(max_length=300)] = "",
) -> Answer:
    """Guess what the columns mean, and list all that is wrong at its row; nothing is kept."""
    density = None if density_t_per_m3 is None else (density_t_per_m3, density_source)
    stated = Stated(length_unit=length_unit, coordinate_unit=coordinate_unit, dip=dip)
    most = service_of(request).settings.upload_bytes_max
    given = _bytes_of(file, most)
    return told(view, holes.checked_holes(view, given, most, mapping, stated, density))


@router.post("", status_code=201)
def keep_holes(
    request: Request,
    view: Recording,
    file: Files,
    name: Annotated[str, Form(description="What the set is called.", max_length=80)],
    mapping: Mapping = None,
) -> Answer:
    """Keep a set that can be used in the chain's folder; nothing is kept of any other."""
    most = service_of(request).settings.upload_bytes_max
    return told(view, holes.kept_holes(view, name, _bytes_of(file, most), most, mapping))


def _bytes_of(files: list[UploadFile], bytes_max: int) -> dict[str, bytes]:
    if len(files) > HANDED_FILES_MAX:
        raise LimitExceededError(f"more than HANDED_FILES_MAX = {HANDED_FILES_MAX} files")
    found: dict[str, bytes] = {}
    left = bytes_max
    for one in files:
        data = one.file.read(left + 1)
        left -= len(data)
        if left < 0:
            raise LimitExceededError(f"the files are larger than upload_bytes_max = {bytes_max}")
        name = one.filename or "file"
        if name in found:
            raise InputError(f"two files are called {name}: give them different names")
        found[name] = data
    return found
