"""Converted books: the same rows, opened without reading them, seen to be touched, never half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from countback.books.convert import UnableToWriteBooks, convert
from countback.books.findings import UnableToReadBooks
from countback.books.load import check, load
from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES


def content(books) -> dict[str, list[tuple]]:
    return {
        table: sorted(books.connection.execute(f"SELECT * FROM books.{table}").fetchall(), key=repr)
        for table in TABLES
    }


def test_the_same_rows_come_back(folder, tmp_path):
    source = folder()
    target = convert(source, tmp_path / "parquet")
    first, second = load(source), load(target)
    assert content(first) == content(second)
    assert (first.currencies, first.extra, first.rows) == (second.currencies, second.extra, second.rows)
    assert second.warnings == []
    for table in TABLES:
        described = second.connection.execute(f"DESCRIBE books.{table}").fetchall()
        assert [(row[0], row[1]) for row in described] == list(loaded_columns(table, second.extra).items())


def test_one_customer_lies_together(folder, tmp_path):
    target = convert(folder(), tmp_path / "parquet")
    for table in ("invoices", "payments", "allocations"):
        rows = duckdb.sql(f"SELECT customer_id FROM '{target}/{table}.parquet'").fetchall()
        assert rows == sorted(rows)


def test_opening_reads_no_row(folder, tmp_path, monkeypatch):
    target = convert(folder(), tmp_path / "parquet")
    monkeypatch.setattr("countback.books.load.found_in", None)
    books = load(target)
    kinds = books.connection.execute("SELECT DISTINCT table_type FROM information_schema.tables").fetchall()
    assert kinds == [("VIEW",)]


def test_touched_books_are_read_and_checked_anew(folder, tmp_path):
    source = folder()
    target = convert(source, tmp_path / "parquet")
    file = target / "invoices.parquet"
    os.utime(file, (1, 1))  # a copy has another time but the same content
    assert load(target).warnings == []
    change = "* REPLACE (CASE invoice_id WHEN 'I3' THEN amount + {} ELSE amount END AS amount)"
    duckdb.sql(f"COPY (SELECT {change.format('0.01')} FROM '{file}') TO '{tmp_path}/new.parquet'")
    (tmp_path / "new.parquet").rename(file)
    books = load(target)
    assert [warning.code for warning in books.warnings] == ["touched"]
    rows = books.connection.execute("SELECT amount FROM books.invoices WHERE invoice_id = 'I3'").fetchall()
    assert str(rows[0][0]) == "30.0100"
    expected = content(load(source))["allocations"]
    assert len(content(books)["allocations"]) == len(
        expected
    )  # a credit note applied at once is not applied twice
    duckdb.sql(f"COPY (SELECT {change.format('-60')} FROM '{file}') TO '{tmp_path}/new.parquet'")
    (tmp_path / "new.parquet").rename(file)
    assert {one.code for one in check(target) if one.severity == "refused"} == {"negative_amount"}


def test_a_table_that_is_gone_refuses(folder, tmp_path):
    target = convert(folder(), tmp_path / "parquet")
    (target / "payments.parquet").unlink()
    assert ("missing_file", "payments.parquet") in {(one.code, one.file) for one in check(target)}


@pytest.mark.parametrize("manifest", ["", "{}", "[]", '{"version": 99}', "\0\0"])
def test_a_manifest_that_cannot_be_understood(folder, tmp_path, manifest):
    target = convert(folder(), tmp_path / "parquet")
    (target / "books.json").write_text(manifest, encoding="utf-8")
    assert [warning.code for warning in load(target).warnings] == ["manifest"]


def test_derived_tables_are_kept_in_the_same_step(folder, tmp_path):
    def derive(books, place):
        assert books.rows["invoices"] == 4
        books.connection.execute(f"COPY (SELECT 1 AS one) TO '{place}/balances.parquet' (FORMAT parquet)")

    target = convert(folder(), tmp_path / "parquet", derive=derive)
    assert load(target).derived == target / "derived"
    (target / "derived" / "balances.parquet").write_bytes(b"PAR1")
    assert load(target).derived is None
    assert load(convert(folder(), target)).derived is None


def test_only_converted_books_are_replaced(folder, tmp_path):
    source = folder()
    with pytest.raises(UnableToWriteBooks):
        convert(source, source)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UnableToWriteBooks):
        convert(source, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    target = convert(source, tmp_path / "empty")
    assert load(convert(target, target)).rows["invoices"] == 4


def test_refused_books_leave_the_old_ones(folder, tmp_path):
    target = convert(folder(), tmp_path / "parquet")
    with pytest.raises(UnableToReadBooks):
        convert(folder({"invoices": ("100.00", "x")}), target)

    def fails(books, place):
        raise OSError("the disk is full")

    with pytest.raises(UnableToWriteBooks):
        convert(folder(), target, derive=fails)
    assert load(target).warnings == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_killed_run_leaves_the_old_books_or_none(folder, tmp_path):
    """Kills the writer while it writes, ever later; what stands then is whole, or nothing."""
    source, target = folder(), tmp_path / "parquet"
    program = (
        "import sys, time; from pathlib import Path; from countback.books.convert import convert\n"
        "def slow(books, place):\n    print('writing', flush=True); time.sleep(30)\n"
        "convert(sys.argv[1], sys.argv[2], derive=slow)"
    )
    for stands in (False, True):
        if stands:
            convert(source, target)
        writer = subprocess.Popen(
            [sys.executable, "-c", program, str(source), str(target)],
            stdout=subprocess.PIPE,
            env=dict(os.environ),
        )
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        time.sleep(0.01)
        assert target.exists() == stands
        if stands:
            assert load(target).warnings == []
    convert(source, target)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
