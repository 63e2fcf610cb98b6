"""Folders, zips and single files: what is taken, and what leads out of them."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from countback.books.findings import UnableToReadBooks
from countback.books.load import check, load


def zipped(folder: Path, *, inside: str = "") -> Path:
    target = folder.parent / "books.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{inside}{path.name}")
    return target


@pytest.mark.parametrize("inside", ["", "books/", "a/b/"])
def test_a_zip_is_as_good_as_its_folder(folder, inside):
    source = folder()
    assert load(zipped(source, inside=inside)).rows == load(source).rows


def codes(source: Path) -> set[str]:
    return {problem.code for problem in check(source) if problem.severity == "refused"}


def with_member(folder: Path, name: str, content: bytes = b"x", mode: int = 0) -> Path:
    target = zipped(folder)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        member.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(member, content)
    return target


@pytest.mark.parametrize(
    ("name", "content", "mode", "code"),
    [
        ("../evil.csv", b"x", 0, "escaping_path"),
        ("/etc/evil.csv", b"x", 0, "escaping_path"),
        ("..\\evil.csv", b"x", 0, "escaping_path"),
        ("C:\\evil.csv", b"x", 0, "escaping_path"),
        ("link.csv", b"/etc/passwd", stat.S_IFLNK | 0o777, "link_in_zip"),
        ("more.zip", b"PK", 0, "nested_zip"),
        ("bomb.csv", b"0" * (32 << 20), 0, "zip_bomb"),
        ("other/payments.csv", b"x", 0, "several_folders"),
        ("PAYMENTS.csv", b"x", 0, "duplicate_file"),
    ],
)
def test_what_a_zip_may_not_hold(folder, tmp_path, name, content, mode, code):
    source = with_member(folder(), name, content, mode)
    before = set(tmp_path.parent.rglob("*"))
    assert code in codes(source)
    assert set(tmp_path.parent.rglob("*")) == before


def test_broken_and_locked_zips(folder):
    source = zipped(folder())
    raw = source.read_bytes()
    source.write_bytes(raw[: len(raw) // 2])
    assert codes(source) == {"broken_zip"}
    source.write_bytes(b"not a zip")
    assert codes(source) == {"broken_zip"}
    locked = bytearray(raw)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        locked[at + offset] |= 1
    source.write_bytes(bytes(locked))
    assert codes(source) == {"encrypted"}


def test_a_member_that_holds_more_than_it_says(folder):
    source = zipped(folder())
    raw = bytearray(source.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.find(mark)
        raw[at + offset : at + offset + 4] = (5).to_bytes(4, "little")
    source.write_bytes(bytes(raw))
    assert codes(source) & {"broken_zip", "zip_bomb"}


def test_files_that_are_none(folder, tmp_path):
    source = folder()
    os.mkfifo(source / "costs2.csv")
    (source / "disputes.csv").unlink()
    (source / "disputes.csv").symlink_to(source / "nowhere.csv")
    (source / "readme.md").write_text("hello", encoding="utf-8")
    (source / ".hidden.csv").write_text("x", encoding="utf-8")
    told = {(one.severity, one.code, one.file) for one in check(source)}
    assert ("refused", "no_file", "costs2.csv") in told
    assert ("refused", "no_file", "disputes.csv") in told
    assert ("warning", "not_read", "readme.md") in told
    assert not any(".hidden" in file for _, _, file in told)


def test_no_source_at_all(tmp_path):
    assert codes(tmp_path / "nowhere") == {"no_source"}
    assert codes(tmp_path) == {"missing_table"}
    with pytest.raises(UnableToReadBooks) as refused:
        load(tmp_path / "nowhere")
    assert str(refused.value).endswith(".")
    assert refused.value.problems


def test_two_files_for_one_table(folder):
    source = folder()
    (source / "Invoices.CSV").write_text((source / "invoices.csv").read_text("utf-8"), encoding="utf-8")
    assert "duplicate_table" in codes(source)


def test_names_of_tables_count_in_any_case(folder):
    source = folder()
    (source / "invoices.csv").rename(source / "INVOICES.CSV")
    assert codes(source) == set()


def test_a_refused_load_leaves_nothing_behind(folder):  # check 49
    import duckdb

    connection = duckdb.connect()
    with pytest.raises(UnableToReadBooks):
        load(folder({"invoices": ("100.00", "x")}), connection=connection)
    schemas = {row[0] for row in connection.execute("SELECT schema_name FROM duckdb_schemas()").fetchall()}
    assert not schemas & {"books", "books_work"}
    assert load(folder(), connection=connection).rows["invoices"] == 4
    assert load(folder(), connection=connection).rows["invoices"] == 4  # the same again changes nothing
