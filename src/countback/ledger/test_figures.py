"""Figures in a scope: everything for alice, her customers for bob, nothing for charlie, in every question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import call_command

from countback import Books, Misuse, open_books
from countback.accounts.rules import Scope
from countback.books.demo import write_demo_books
from countback.kpis.catalogue import catalogue
from countback.ledger import mirror
from countback.ledger.figures import HELD_BACK, Figures, held, opened
from countback.ledger.mirror.opened import forget
from countback.ledger.mirror.testing import AT, fill, invoice, write

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("figures")]

ALICE = Scope()
CHARLIE = Scope(entities=("NONE",), collectors=())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books as files, of the currencies and tables of those that the dashboards show: what is compiled for one serves
    the other."""
    folder = tmp_path_factory.mktemp("demo") / "books"
    write_demo_books(folder, customers=20, months=30, ends_on=date(2026, 10, 31))
    return folder


@pytest.fixture(scope="module")
def mirrored(
    source: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Path]:
    """The same books by way of the ledger; from the day after the filling on, there is one invoice more."""
    folder = tmp_path_factory.mktemp("mirror")
    with django_db_blocker.unblock():
        fill(source)
        first = duckdb.sql(f"SELECT min(customer_id) FROM '{source}/customers.csv'").fetchall()[0][0]
        late = invoice("LATE-1", "1000", customer_id=first, issued_on="2026-10-05", due_on="2026-11-04")
        write("invoices", [late], known_from=LATER)
        mirror.refresh(folder)
        call_command("flush", interactive=False, verbosity=0)
    yield folder
    forget()


LATER = AT + timedelta(days=1)


@pytest.fixture
def at_mirror(mirrored: Path, settings: Any) -> Path:
    settings.MIRROR = mirrored
    return mirrored


@pytest.fixture(scope="module")
def books(source: Path) -> Iterator[Books]:
    """The files themselves."""
    with open_books(source) as found:
        yield found


@pytest.fixture(scope="module")
def everything(books: Books) -> list[dict[str, Any]]:
    """Every figure of the files."""
    return all_figures(books, books.last_entry_on())


def a_collector(books: Books) -> str:
    return books.loaded.connection.execute("SELECT min(collector) FROM books.customers").fetchall()[0][0]


def all_figures(
    asked: Books | Figures, as_of: date, *, step: int = 1, **further: Any
) -> list[dict[str, Any]]:
    """Of every KPI, or of every so manieth."""
    return asked.kpis([kpi.id for kpi in catalogue()][::step], as_of=as_of, **further).to_dicts()


def test_alice_s_figures_are_those_of_the_books(
    at_mirror: Path, books: Books, everything: list[dict[str, Any]]
) -> None:
    """All KPIs, as the books were before anything was changed."""
    shown = opened(ALICE, known_at=AT)
    assert all_figures(shown, books.last_entry_on()) == everything
    assert shown.dimensions == books.dimensions
    assert shown.currencies == books.currencies


def test_bob_s_figures_are_those_of_his_collector(
    at_mirror: Path, books: Books, everything: list[dict[str, Any]]
) -> None:
    collector, as_of = a_collector(books), books.last_entry_on()
    shown = opened(Scope(collectors=(collector,)), known_at=AT)
    mine = all_figures(shown, as_of, step=3)
    assert mine == all_figures(books, as_of, step=3, where={"collector": collector})
    chosen = {row["kpi"] for row in mine}
    assert mine != [row for row in everything if row["kpi"] in chosen]


def test_charlie_sees_no_row_and_nothing_but_zero(at_mirror: Path, books: Books) -> None:
    as_of, shown = books.last_entry_on(), opened(CHARLIE)
    for row in all_figures(shown, as_of):
        assert not row["value"], row
        assert not row["numerator"], row
        assert not row["denominator"], row
    for kpi in catalogue():
        if kpi.cells or kpi.id in ("open_receivables", "dso", "credit_sales"):
            assert len(shown.rows(kpi.id, as_of=as_of)) == 0, kpi.id
    assert shown.customers("") == []
    for name in set(shown.dimensions) - {"bucket"}:
        assert shown.values(name) == [], name
    assert shown.currencies == ()
    report = shown.content(as_of)
    assert report.customers == ()
    assert report.customers_overdue == 0
    assert not any(amount for _, amount in report.aging)
    assert ("collector", HELD_BACK) in report.filters


@pytest.mark.slow
def test_rows_of_every_kpi_stay_in_scope(at_mirror: Path, books: Books) -> None:
    """Customers of other entities have no row anywhere, on no side."""
    entity = opened(ALICE).values("entity")[0]
    shown, as_of = opened(Scope(entities=(entity,))), books.last_entry_on()
    mine = {row["customer_id"] for row in shown.customers("", limit=10_000)}
    everyone = {row["customer_id"] for row in opened(ALICE).customers("", limit=10_000)}
    assert mine < everyone
    for kpi in catalogue()[::2]:
        strangers = {row["customer_id"] for row in shown.rows(kpi.id, as_of=as_of)} - mine - {None}
        assert not strangers, kpi.id


def test_what_a_kpi_by_collector_leaves_out_is_of_one_s_own_customers(at_mirror: Path, books: Books) -> None:
    """Its cells are collectors, so that a filter on them passes over rows that belong to none."""
    collector, as_of = a_collector(books), books.last_entry_on()
    shown = opened(Scope(collectors=(collector,)))
    left_out = shown.rows("collector_cash", as_of=as_of, side="left_out").to_dicts()
    assert left_out
    assert {shown.customer(row["customer_id"])["collector"] for row in left_out} == {collector}


def test_customers_are_those_in_scope(at_mirror: Path, books: Books) -> None:
    collector = a_collector(books)
    mine = opened(Scope(collectors=(collector,)))
    stranger = next(row for row in opened(ALICE).customers("", limit=100) if row["collector"] != collector)
    own = mine.customers("", limit=1)[0]
    assert mine.customer(own["customer_id"]) == own == opened(ALICE).customer(own["customer_id"])
    assert mine.customer(stranger["customer_id"]) is None
    assert mine.customers(stranger["customer_id"]) == []
    ids = [own["customer_id"], stranger["customer_id"]]
    assert mine.customer_names(ids) == {own["customer_id"]: own["name"]}
    assert opened(ALICE).customer("none such") is None


def test_a_search_finds_names_and_numbers_whatever_the_capitals(at_mirror: Path) -> None:
    shown = opened(ALICE)
    some = shown.customers("", limit=5, offset=10)[0]
    for text in (some["name"].upper(), some["customer_id"].lower(), some["name"][1:]):
        assert some in shown.customers(text)
    assert shown.customers("%") == []
    names = [row["name"] for row in shown.customers("", limit=1000)]
    assert names == sorted(names)


def test_values_are_those_in_scope(at_mirror: Path, books: Books) -> None:
    collector = a_collector(books)
    shown = opened(Scope(collectors=(collector,)))
    assert shown.values("collector") == [collector]
    assert set(shown.values("segment")) < set(opened(ALICE).values("segment")) | {"none"}
    assert opened(ALICE).values("parent")[:1] != [""]
    assert opened(ALICE).values("salesperson")[-1] == "" or "" not in opened(ALICE).values("salesperson")
    with pytest.raises(Misuse):
        shown.values("no_such")


def test_the_report_is_in_scope(at_mirror: Path, books: Books) -> None:
    collector, as_of = a_collector(books), books.last_entry_on()
    shown = opened(Scope(collectors=(collector,)))
    report = shown.content(as_of)
    mine = {row["customer_id"] for row in shown.customers("", limit=10_000)}
    assert {line.customer_id for line in report.customers} <= mine
    (figure,) = shown.kpis("open_receivables", as_of=as_of).to_dicts()
    assert report.series["open_receivables"].values[-1] == figure["value"]
    assert ("collector", collector) in report.filters
    assert report.name == "Ledger"


def test_as_known_at_a_moment_is_without_what_came_later(at_mirror: Path, books: Books) -> None:
    as_of = books.last_entry_on()
    before, late = (invoice_ids(opened(ALICE, known_at=moment), as_of) for moment in (AT, LATER))
    assert late - before == {"LATE-1"}
    assert before == invoice_ids(books, as_of)
    assert invoice_ids(opened(ALICE), as_of) == late
    assert invoice_ids(opened(ALICE), as_of, known_at=LATER - timedelta(seconds=1)) == before
    east = timezone(timedelta(hours=5))
    assert invoice_ids(opened(ALICE, known_at=LATER.astimezone(east)), as_of) == late


def invoice_ids(asked: Books | Figures, as_of: date, **further: Any) -> frozenset[str]:
    """The invoices issued in the month."""
    rows = asked.rows("credit_sales", as_of=as_of, side="numerator", **further).to_dicts()
    return frozenset(row["row_id"] for row in rows)


def test_moments_are_kept_for_a_while_and_no_more_than_four(at_mirror: Path) -> None:
    first = opened(ALICE, known_at=AT).books
    assert opened(CHARLIE, known_at=AT).books is first
    for days in range(1, 5):
        opened(ALICE, known_at=AT + timedelta(days=days))
    assert opened(ALICE, known_at=AT).books is not first


def test_without_a_mirror_there_is_nothing_to_open(tmp_path: Path, settings: Any) -> None:
    settings.MIRROR = tmp_path
    with pytest.raises(FileNotFoundError):
        opened(ALICE)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ("A", "B")),
        ({"entity": "A"}, ("A",)),
        ({"entity": ["B", "C"]}, ("B",)),
        ({"entity": "C"}, ()),
        ({"entity": None}, ()),
        ({"entity": ""}, ()),
        ({"entity": []}, ()),
    ],
)
def test_a_filter_is_cut_down_to_what_may_be_seen(asked: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert held(asked, Scope(entities=("A", "B", ""))) == {"entity": expected}
    assert held(asked, Scope()) == asked
