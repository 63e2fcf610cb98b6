"""The same arguments make the same bytes; other arguments other books; truth and books agree; large ones are quick."""

from __future__ import annotations

import time
from datetime import date

import duckdb
import pytest

from countback.books.demo import write_demo_books
from countback.books.demo.conftest import connected
from countback.books.demo.habits import EFFECTS
from countback.books.tables import TABLES
from countback.core.problem import Misuse


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_same_arguments_same_bytes(tmp_path, form) -> None:
    for name in ("one", "two"):
        write_demo_books(tmp_path / name, customers=30, months=8, seed=3, format=form)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_is_another_business(tmp_path) -> None:
    for seed in (1, 2):
        write_demo_books(tmp_path / str(seed), customers=30, months=8, seed=seed)
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    differing = {name for name in one if one[name] != two[name]}
    assert {"customers.csv", "invoices.csv", "payments.csv", "fx_rates.csv", "collectors.csv"} <= differing


def test_every_table_is_there_and_filled(demo_folder) -> None:
    files = {path.name for path in demo_folder.iterdir()}
    assert files == {f"{name}.csv" for name in TABLES} | {"truth"}
    assert all(len((demo_folder / f"{name}.csv").read_text().splitlines()) > 1 for name in TABLES)


def test_parquet_holds_the_same_rows(tmp_path) -> None:
    for form in ("csv", "parquet"):
        write_demo_books(tmp_path / form, customers=25, months=14, format=form)
    books = connected(tmp_path / "csv")
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        query = f"SELECT {columns} FROM read_parquet('{tmp_path / 'parquet' / name}.parquet')"
        assert books.execute(query).fetchall() == books.execute(f"SELECT {columns} FROM {name}").fetchall(), (
            name
        )


def test_months_and_end_are_those_asked(tmp_path) -> None:
    write_demo_books(tmp_path, customers=40, months=5, ends_on=date(2024, 2, 20))
    query = (
        "SELECT min(issued_on), max(issued_on), count(DISTINCT date_trunc('month', issued_on)) FROM invoices"
    )
    first, last, months = connected(tmp_path).execute(query).fetchone()
    assert date(2023, 10, 1) <= first <= date(2023, 10, 10)
    assert date(2024, 2, 12) <= last <= date(2024, 2, 20)
    assert months == 5


@pytest.mark.parametrize("size", [{"customers": 0}, {"months": 0}])
def test_no_business_is_misuse(tmp_path, size) -> None:
    with pytest.raises(Misuse, match="ask for at least one of each"):
        write_demo_books(tmp_path / "none", **size)
    assert not (tmp_path / "none").exists()


def test_one_customer_is_a_business(tmp_path) -> None:
    write_demo_books(tmp_path, customers=1, months=1)
    assert len((tmp_path / "customers.csv").read_text().splitlines()) == 2


def test_progress_is_told(tmp_path) -> None:
    told = []
    write_demo_books(tmp_path, customers=400, months=1, progress=lambda word, part: told.append((word, part)))
    assert [part for _, part in told] == [0.5, 1.0, 1.0]
    assert all(word for word, _ in told)


def test_ten_thousand_invoices_in_seconds(tmp_path) -> None:
    started = time.process_time()
    write_demo_books(tmp_path, customers=240)
    assert time.process_time() - started < 6
    assert len((tmp_path / "invoices.csv").read_text().splitlines()) > 10_000


def test_truth_closes_to_the_books(demo) -> None:
    """What truth says was paid of an invoice settled within the books is what the books say, to the cent."""
    query = """WITH booked AS (SELECT invoice_id, sum(amount) FILTER (WHERE kind = 'cash') AS paid,
            sum(amount) FILTER (WHERE kind = 'credit') AS credited,
            sum(amount) FILTER (WHERE kind = 'write_off') AS written FROM moves GROUP BY invoice_id)
        SELECT count(*), count(*) FILTER (WHERE CAST(t.paid AS DECIMAL(18, 4)) = coalesce(b.paid, 0)
            AND CAST(t.credited AS DECIMAL(18, 4)) = coalesce(b.credited, 0)
            AND CAST(t.written_off AS DECIMAL(18, 4)) = coalesce(b.written, 0)
            AND i.amount = coalesce(b.paid, 0) + coalesce(b.credited, 0) + coalesce(b.written, 0))
        FROM truth_invoices t JOIN invoices i USING (invoice_id) JOIN booked b USING (invoice_id)
        WHERE t.settled_on <= '2026-10-31'"""
    settled, equal = demo.execute(query).fetchone()
    assert settled > 7_500
    assert settled == equal


def test_truth_says_when_an_invoice_is_settled(demo) -> None:
    query = """SELECT count(*) FROM truth_invoices t JOIN (SELECT invoice_id, max(day) AS day FROM moves
        WHERE kind <> 'recovery' GROUP BY invoice_id) USING (invoice_id)
        WHERE t.settled_on <= '2026-10-31' AND CAST(t.settled_on AS DATE) <> day"""
    assert demo.execute(query).fetchone() == (0,)


def test_what_is_open_at_the_end_ends_in_truth(demo) -> None:
    query = """SELECT count(*), count(*) FILTER (WHERE settled_on > '2026-10-31') FROM truth_invoices t
        JOIN (SELECT i.invoice_id FROM invoices i LEFT JOIN moves m ON m.invoice_id = i.invoice_id
        AND m.kind <> 'recovery' GROUP BY i.invoice_id, i.amount
        HAVING coalesce(sum(m.amount), 0) < i.amount) USING (invoice_id)"""
    still_open, settled_later = demo.execute(query).fetchone()
    assert still_open > 200
    assert settled_later > 0.97 * still_open


def test_habits_show_in_the_books(demo) -> None:
    """Mean days past due of payments follow the intended delay: the prompt before the steady before the slow."""
    query = """SELECT avg(m.day - i.due_on) FROM moves m JOIN invoices i USING (invoice_id)
        JOIN truth_customers t USING (customer_id) WHERE m.kind = 'cash' AND m.amount > 0 AND t.habit = ?"""
    prompt, steady, slow = (
        demo.execute(query, [habit]).fetchone()[0] for habit in ("prompt", "steady", "slow")
    )
    assert prompt + 2 < steady
    assert steady + 8 < slow


def test_contacts_have_the_effect_that_truth_states(tmp_path) -> None:
    """Among contacts about one forgotten invoice (no plan to pay of its own), reminders move as many as said."""
    write_demo_books(tmp_path, customers=900, months=24)
    query = """SELECT avg(CAST(moved AS INT)), avg(e.effect * CAST(t.reaction AS DOUBLE)), count(*)
        FROM truth_contacts k JOIN contacts c USING (contact_id) JOIN customers u USING (customer_id)
        JOIN truth_customers t USING (customer_id) JOIN truth_invoices v USING (invoice_id)
        JOIN (VALUES ('reminder', ?), ('second_reminder', ?)) e(kind, effect) USING (kind)
        WHERE v.delay_reason = 'forgotten' AND v.planned_on IS NULL AND v.disposition = 'paid' AND u.region <> 'South'
        AND c.outcome IN ('no_answer', 'right_party') AND t.insolvent_on IS NULL
        AND CAST(v.settled_on AS DATE) > CAST(c.contacted_on AS DATE)"""
    books = connected(tmp_path)
    moved, stated, contacts = books.execute(
        query, [EFFECTS["reminder"], EFFECTS["second_reminder"]]
    ).fetchone()
    assert contacts > 300
    assert moved == pytest.approx(stated, abs=0.07)


def test_the_truth_explains_itself(demo_folder) -> None:
    words = (demo_folder / "truth" / "README.md").read_text()
    for path in (demo_folder / "truth").glob("*.csv"):
        assert f"## {path.stem}" in words
        header = path.read_text().splitlines()[0]
        assert all(f"| {column} |" in words for column in header.split(","))


def test_blocks_change_no_byte(tmp_path, monkeypatch) -> None:
    """Memory holds one block a table and one customer: blocks smaller than the books change no byte."""
    monkeypatch.setattr("countback.books.demo.writer._BLOCK_ROWS", {"csv": 500})
    write_demo_books(tmp_path / "small", customers=300, months=12)
    monkeypatch.setattr("countback.books.demo.writer._BLOCK_ROWS", {"csv": 10**9})
    write_demo_books(tmp_path / "large", customers=300, months=12)
    assert contents(tmp_path / "small") == contents(tmp_path / "large")
    assert (
        duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 'small' / 'invoices.csv'}'").fetchall()[0][0] > 3_000
    )
