"""The file is replaced whole or not at all, and what cannot be written is said before the work is done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from countback import Books
from countback.analytics.export import UnableToExport
from countback.core.problem import Misuse
from countback.report import write_report

END = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("name", "begins"), [("r.xlsx", b"PK"), ("r.PDF", b"%PDF"), ("r.html", b"<!doctype html>")]
)
def test_the_ending_decides_the_form(
    small: Callable[..., Books], tmp_path: Path, name: str, begins: bytes
) -> None:
    told: list[float] = []
    write_report(small(), as_of=END, out=tmp_path / name, progress=lambda _words, done: told.append(done))
    assert (tmp_path / name).read_bytes().lstrip().startswith(begins)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("name", ["report.doc", "report", "html"])
def test_another_ending_is_misuse(small: Callable[..., Books], tmp_path: Path, name: str) -> None:
    with pytest.raises(Misuse, match="is no form of a report"):
        write_report(small(), as_of=END, out=tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_folder_that_is_not_there(small: Callable[..., Books], tmp_path: Path) -> None:
    with pytest.raises(UnableToExport, match="is not there"):
        write_report(small(), as_of=END, out=tmp_path / "nowhere" / "report.xlsx")


def test_the_old_file_stays_where_writing_breaks_off(
    small: Callable[..., Books], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.xlsx"
    out.write_bytes(b"the old report")

    def broken(_self: Path, _target: Path) -> Path:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(UnableToExport, match="No space left"):
        write_report(small(), as_of=END, out=out)
    assert out.read_bytes() == b"the old report"
    assert [path.name for path in tmp_path.glob(".*.part")] == []


KILLED = """
import os, sys
from datetime import date
from pathlib import Path
from countback import open_books
from countback.report import write_report
Path.replace = lambda *_: os._exit(9)
write_report(open_books(sys.argv[1]), as_of=date(2026, 3, 31), out=Path(sys.argv[2]))
"""


def test_killed_between_writing_and_renaming_the_old_file_stays(
    small: Callable[..., Books], tmp_path: Path
) -> None:
    out = tmp_path / "report.xlsx"
    out.write_bytes(b"the old report")
    folder = tmp_path / small().name
    known = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    ended = subprocess.run([sys.executable, "-c", KILLED, folder, out], env=known, timeout=120, check=False)
    assert ended.returncode == 9
    assert out.read_bytes() == b"the old report"


def test_the_same_question_makes_the_same_workbook_and_page(
    small: Callable[..., Books], tmp_path: Path
) -> None:
    books = small()
    for form in ("xlsx", "html"):
        for name in ("one", "two"):
            write_report(books, as_of=END, out=tmp_path / f"{name}.{form}")
        assert (tmp_path / f"one.{form}").read_bytes() == (tmp_path / f"two.{form}").read_bytes()
