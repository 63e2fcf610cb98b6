"""Generations: made whole, read in peace, removed when nobody reads them; the parts they are made of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from countback import open_books
from countback.ledger.mirror import folders, rebuild, refresh, refreshing
from countback.ledger.mirror.state import read_state, write_state
from countback.ledger.mirror.testing import AT, customer, end, invoice, write

pytestmark = pytest.mark.django_db(transaction=True)


def content(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What readers see."""
    tables = ("customers", "invoices")
    return {
        table: duckdb.sql(f"SELECT * FROM '{folder}/current/{table}.parquet' ORDER BY 1").fetchall()
        for table in tables
    }


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("current-*"))


def test_an_ended_version_gives_way_to_the_next(tmp_path: Path) -> None:
    write("customers", [customer()])
    write("invoices", [invoice("I-1", "100"), invoice("I-2", "50")])
    refresh(tmp_path)
    end("invoices", "I-1")
    write("invoices", [invoice("I-1", "70")])
    end("invoices", "I-2")
    state = refresh(tmp_path)
    assert [(row[0], row[5]) for row in content(tmp_path)["invoices"]] == [("I-1", 70)]
    assert state.rows["invoices"] == 1


def test_nothing_new_makes_no_generation_and_moves_the_moment_on(tmp_path: Path) -> None:
    write("customers", [customer()])
    first = refresh(tmp_path)
    second = refresh(tmp_path)
    assert second.generation == first.generation
    assert second.known_through > first.known_through
    assert folders.newest(tmp_path) == second


def test_an_empty_ledger_has_a_mirror_too(tmp_path: Path) -> None:
    assert sum(refresh(tmp_path).rows.values()) == 0
    with open_books(tmp_path / "current") as books:
        assert books.last_entry_on() is None


def test_rebuilding_gives_what_refreshing_gave(tmp_path: Path) -> None:
    write("customers", [customer(extra=json.dumps({"industry": "steel"}))])
    for number in range(3):
        write("invoices", [invoice(f"I-{number}")])
        refresh(tmp_path)
    end("invoices", "I-1")
    before = refresh(tmp_path)
    seen = content(tmp_path)
    after = rebuild(tmp_path)
    assert content(tmp_path) == seen
    assert after.generation == before.generation + 1
    assert len([file for file in after.files if file.startswith("versions/invoices")]) == 1


def test_a_generation_that_is_read_stays_and_the_last_two_stay(tmp_path: Path) -> None:
    write("invoices", [invoice("I-0")])
    refresh(tmp_path)
    held = folders.hold(tmp_path)
    assert held is not None
    for number in range(1, 5):
        write("invoices", [invoice(f"I-{number}")])
        refresh(tmp_path)
    assert generations(tmp_path) == ["current-1", "current-4", "current-5"]
    assert all((tmp_path / file).is_file() for file in held.state.files)
    held.let_go()
    write("invoices", [invoice("I-5")])
    refresh(tmp_path)
    assert generations(tmp_path) == ["current-5", "current-6"]
    assert not (tmp_path / "state-1.json").exists()


def test_many_parts_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "MOST_PARTS", 3)
    for number in range(8):
        write("invoices", [invoice(f"I-{number}")])
        state = refresh(tmp_path)
        assert len(state.parts(tmp_path, "versions/invoices")) <= 3
    assert len(content(tmp_path)["invoices"]) == 8
    kept = {str(path.relative_to(tmp_path)) for path in tmp_path.glob("versions/*/*")}
    previous = read_state(folders.state_file(tmp_path, state.generation - 1))
    assert kept == {*state.files, *previous.files}


@pytest.mark.parametrize("lost", ["state", "part", "link"])
def test_a_mirror_that_lost_a_piece_is_made_anew(tmp_path: Path, lost: str) -> None:
    write("invoices", [invoice("I-0")])
    state = refresh(tmp_path)
    write("invoices", [invoice("I-1")])
    state = refresh(tmp_path)
    pieces = {"state": f"state-{state.generation}.json", "part": state.files[0], "link": "current"}
    (tmp_path / pieces[lost]).unlink()
    refresh(tmp_path)
    assert [row[0] for row in content(tmp_path)["invoices"]] == ["I-0", "I-1"]


def test_the_mirror_of_another_ledger_is_made_anew(tmp_path: Path) -> None:
    write("invoices", [invoice("I-0")])
    state = refresh(tmp_path)
    write_state(folders.state_file(tmp_path, state.generation), replace(state, ledger="another"))
    write("invoices", [invoice("I-1")])
    refresh(tmp_path)
    assert [row[0] for row in content(tmp_path)["invoices"]] == ["I-0", "I-1"]


def test_texts_arrive_as_they_are(tmp_path: Path) -> None:
    odd = [
        '"',
        "a,b",
        "two\nlines",
        "two\r\nlines",
        "\\N",
        "\\",
        "",
        " ",
        "NULL",
        "ünï – 漢字",
        "'; --",
        "\t",
    ]
    named = [
        customer(f"C-{place}", name=text, extra=json.dumps({'a "b"/~c': text}))
        for place, text in enumerate(odd)
    ]
    write("customers", [*named, customer("C-none", segment=None), customer("C-zzz", segment="")])
    refresh(tmp_path)
    seen = duckdb.sql(
        f"""SELECT customer_id, name, "a ""b""/~c", segment FROM '{tmp_path}/current/customers.parquet'"""
    )
    rows = {row[0]: row[1:] for row in seen.fetchall()}
    assert [rows[f"C-{place}"][0] for place in range(len(odd))] == odd
    assert [rows[f"C-{place}"][1] for place in range(len(odd))] == odd
    assert rows["C-none"][2] is None
    assert rows["C-zzz"][2] == ""


def test_a_further_column_is_one_however_it_is_written(tmp_path: Path) -> None:
    """Two imports may write its name with other capitals, and one may have it called like a column of the books."""
    write("customers", [customer("C-1", extra=json.dumps({"Branch": "north", "Segment": "lost"}))])
    write("customers", [customer("C-2", extra=json.dumps({"branch": "south"}))])
    refresh(tmp_path)
    with open_books(tmp_path / "current") as books:
        assert {"Branch"} == set(books.loaded.extra["customers"])
        rows = books.loaded.connection.execute(
            'SELECT "Branch", segment FROM books.customers ORDER BY 1'
        ).fetchall()
    assert rows == [("north", None), ("south", None)]


def test_books_as_known_are_those_begun_and_not_ended(tmp_path: Path) -> None:
    from countback.books.load import own_connection
    from countback.ledger.mirror.standing import lay_out

    write("invoices", [invoice("always")])
    write("invoices", [invoice("corrected", "100")], known_from=AT)
    end("invoices", "corrected", known_until=AT + timedelta(days=2))
    write("invoices", [invoice("corrected", "80")], known_from=AT + timedelta(days=2))
    state = refresh(tmp_path)
    second = timedelta(seconds=1)
    for moment, amounts in [
        (AT - second, [100]),
        (AT, [100, 100]),
        (AT + timedelta(days=2) - second, [100, 100]),
        (AT + timedelta(days=2), [80, 100]),
    ]:
        with own_connection() as connection:
            lay_out(connection, tmp_path, state, known_at=moment)
            rows = connection.execute("SELECT amount FROM books.invoices ORDER BY 1").fetchall()
        assert [row[0] for row in rows] == amounts, moment
