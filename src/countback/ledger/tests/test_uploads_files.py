"""What of a sender's files is taken, and under which names it lies."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from countback.ledger import uploads_files as files


@dataclass
class File:
    """A file as a browser sends it."""

    name: str | None
    size: int | None = 10
    path: str = ""

    def temporary_file_path(self) -> str:
        return self.path


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("invoices.csv", "invoices.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\list.CSV", "list.csv"),
        ("/srv/x/Offene Posten (März).xlsx", "Offene Posten (März).xlsx"),
        ("a\0b.csv", "ab.csv"),
        ("..", "file 3"),
        (".csv", "file 3.csv"),
        ("", "file 3"),
        (None, "file 3"),
        ("~$open.xlsx", "open.xlsx"),
        ("<script>.csv", "script.csv"),
        ("a\nb\u202ecsv.csv", "abcsv.csv"),
        ("x" * 500 + ".csv", "x" * 120 + ".csv"),
        ("....csv", "file 3.csv"),
    ],
)
def test_a_name_is_kept_without_its_path_and_without_what_is_strange(sent: str | None, kept: str) -> None:
    assert files.kept_name(sent, 3) == kept


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ([], "no file was chosen"),
        ([File("a.pdf")], "no .csv"),
        ([File("books.json")], "no .csv"),
        ([File("a.csv", 0)], "not a single byte"),
        ([File("a.csv", None)], "not a single byte"),
        ([File("x/a.csv"), File("y/A.CSV")], "two files have that name"),
        ([File("a.zip"), File("b.csv")], "a zip and further files"),
        ([File("a.zip"), File("b.zip")], "a zip and further files"),
        ([File(f"{n}.csv") for n in range(201)], "at most 200"),
        ([File("a.csv", 900), File("b.csv", 101)], "at most 1000 bytes"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_words(sent: list[File], why: str, settings: object) -> None:
    settings.UPLOAD_BYTES = 1000  # type: ignore[attr-defined]
    with pytest.raises(files.UnableToTakeFiles, match=why):
        files.refuse_unfit(sent)


def test_exactly_as_much_as_is_taken_is_taken(settings: object) -> None:
    settings.UPLOAD_BYTES = 1000  # type: ignore[attr-defined]
    assert list(files.refuse_unfit([File("a.csv", 900), File("b.csv", 100)])) == ["a.csv", "b.csv"]


def test_files_lie_in_a_folder_of_a_random_name_until_they_are_forgotten(
    tmp_path: Path, settings: object
) -> None:
    settings.UPLOADS = tmp_path / "uploads"  # type: ignore[attr-defined]
    (tmp_path / "sent").write_text("x,y")
    upload = uuid.uuid4()
    files.keep(upload, files.refuse_unfit([File("../a.csv", 3, str(tmp_path / "sent"))]))
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv")] == [
        Path("uploads") / str(upload) / "books" / "a.csv"
    ]
    assert files.source_of(upload).read_text() == "x,y"
    files.forget(upload)
    files.forget(upload)
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (["a.csv"], "a.csv"),
        (["a.csv", "b.csv", "c.csv"], "a.csv, b.csv, c.csv"),
        (["a.csv", "b.csv", "c.csv", "d.csv"], "a.csv, b.csv and 2 more"),
    ],
)
def test_an_upload_is_called_after_its_files(names: list[str], called: str) -> None:
    assert files.name_of(names) == called


@pytest.mark.parametrize(
    ("size", "words"),
    [(900, "900 bytes"), (1024, "1.0 KB"), (35_000, "34 KB"), (5 << 20, "5.0 MB"), (2 << 30, "2.0 GB")],
)
def test_sizes_are_said_in_words(size: int, words: str) -> None:
    assert files.size_words(size) == words
