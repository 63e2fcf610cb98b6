"""Which shape the files of an upload have: the format's own, or a foreign one for which a profile is proposed."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from countback.books.findings import UnableToReadFile, refusal
from countback.books.native import native_readings
from countback.books.propose import Proposal, propose
from countback.books.source import found_in
from countback.books.tables import TABLES
from countback.books.unzip import DAMAGE, member_problems
from countback.core.money import plain

_START = 1 << 16
"""Bytes at the beginning of a text file in which its header is looked for."""


def is_native(source: Path) -> bool:
    """Whether files that are called like tables of the format have its columns, too: there are tables called invoices
    in every program. Raises UnableToReadFile."""
    with tempfile.TemporaryDirectory(prefix="countback-") as workspace:
        found = found_in(source, Path(workspace)).files
        readings, _ = native_readings(found)
        return any(_names_its_key(found[reading.file], reading.table) for reading in readings)


def _names_its_key(path: Path, table: str) -> bool:
    if path.suffix.lower() != ".csv":
        return True
    with path.open("rb") as stream:
        start = stream.read(_START).decode("utf-8-sig", "replace").replace("\0", "")
    header = next((line for line in start.splitlines() if line.strip()), "").casefold()
    return any(key in header for key in TABLES[table].key) or "customer_id" in header


def proposed(source: Path, answers: Mapping[str, str]) -> Proposal:
    """A profile for files of a foreign shape, with answers to an earlier proposal's questions. Raises
    UnableToProposeProfile, Misuse, and UnableToReadFile for a workbook that is none."""
    with tempfile.TemporaryDirectory(prefix="countback-") as workspace:
        for file, path in found_in(source, Path(workspace)).files.items():
            if path.suffix.lower() == ".xlsx":
                _refuse_broken(file, path)
    return propose(source, answers)


def _refuse_broken(file: str, path: Path) -> None:
    """A workbook is a zip: what holds for zips is seen to before anything looks into it."""
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            problems = [problem for member in archive.infolist() for problem in member_problems(file, member)]
        if not problems:
            openpyxl.load_workbook(path, read_only=True).close()
            return
    except (*DAMAGE, KeyError) as error:
        what = f"is no workbook that can be read ({type(error).__name__})"
        problems = [refusal("broken_xlsx", file, what, "open it, save it again as .xlsx, and unlock it")]
    raise UnableToReadFile(*problems)


def questions_of(proposal: Proposal) -> list[dict[str, Any]]:
    """Its open questions, to be kept with the upload."""
    return [asdict(question) for question in proposal.questions]


def sample_of(proposal: Proposal) -> dict[str, Any]:
    """What a proposal would read, to be kept with the upload: the tables in the order of the format, each with its
    columns and first rows in words, and the headers that are not read, by file."""
    tables = [
        {
            "table": name.replace("_", " "),
            "columns": [column.replace("_", " ") for column in rows[0]],
            "rows": [[_word(value) for value in row.values()] for row in rows],
        }
        for name in TABLES
        if (rows := proposal.preview.get(name))
    ]
    return {"tables": tables, "unused": {file: list(names) for file, names in proposal.unused.items()}}


def _word(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value, 2)
    return "" if value is None else str(value)
