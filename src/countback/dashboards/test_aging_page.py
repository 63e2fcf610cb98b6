"""The ageing page: its sums are those of the figures and of the books, and every cell leads to its rows."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from countback import Books
from countback.accounts.rules import Scope
from countback.accounts.testing import World
from countback.core.problem import Misuse
from countback.dashboards.aging import AgingTable, Group, bar, laid_out
from countback.dashboards.aging_queries import aging_table
from countback.dashboards.asked import Asked
from countback.dashboards.customers_listing import Sort, paged, read_page, read_sort
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

AS_OF = date(2026, 10, 30)
DAYS = [AS_OF, date(2026, 9, 17), date(2025, 2, 28)]

BY_HAND = """
WITH settled AS (
  SELECT a.invoice_id, a.instalment, a.amount, greatest(a.applied_on, i.issued_on) AS day,
    CASE WHEN p.reversed_on IS NOT NULL THEN greatest(p.reversed_on, a.applied_on, i.issued_on) END AS undone
  FROM books.allocations a JOIN books.invoices i USING (invoice_id) LEFT JOIN books.payments p USING (payment_id)
  UNION ALL SELECT w.invoice_id, NULL, w.amount, greatest(w.written_off_on, i.issued_on), NULL
  FROM books.write_offs w JOIN books.invoices i USING (invoice_id)),
taken AS (SELECT invoice_id, sum(amount) AS taken FROM settled WHERE day <= $day AND (undone IS NULL OR undone > $day)
  GROUP BY invoice_id),
due AS (SELECT i.customer_id, i.currency, i.due_on, greatest(i.amount - coalesce(t.taken, 0), 0) AS amount
  FROM books.invoices i LEFT JOIN taken t USING (invoice_id)
  WHERE i.issued_on <= $day AND i.invoice_id NOT IN (SELECT invoice_id FROM books.instalments))
SELECT customer_id, currency, CASE WHEN date_diff('day', due_on, $day) <= 0 THEN 'current'
    WHEN date_diff('day', due_on, $day) <= 30 THEN '1-30' WHEN date_diff('day', due_on, $day) <= 60 THEN '31-60'
    WHEN date_diff('day', due_on, $day) <= 90 THEN '61-90' ELSE 'over 90' END AS bucket, sum(amount) AS amount
FROM due WHERE amount <> 0 AND customer_id NOT IN
  (SELECT customer_id FROM books.invoices JOIN books.instalments USING (invoice_id)) GROUP BY ALL
"""
"""Ageing of the customers without instalments, written without any of our code."""


@pytest.fixture
def figures() -> Figures:
    """The demo books, all of them."""
    return ledger_figures.opened(Scope())


def total(table: AgingTable, currency: str, *buckets: str) -> Decimal:
    return sum((table.totals[currency][bucket] for bucket in buckets or table.buckets), Decimal(0))


@pytest.mark.parametrize("day", DAYS)
def test_all_buckets_sum_to_what_is_open_less_what_is_not_applied(
    figures: Figures, demo: Books, day: date
) -> None:
    # check 1
    for by in ("customer", "currency"):
        table = aging_table(figures, Asked(as_of=day), by)
        kpis = demo.kpis(
            ["open_receivables", "unapplied_credits"],
            as_of=day,
            by=[by, "currency"][: 1 + (by != "currency")],
        )
        own = aging_table(figures, Asked(as_of=day), "currency")
        for currency in own.totals:
            rows = [row for row in kpis if row["unit"] == currency]
            signed = {"open_receivables": 1, "unapplied_credits": -1}
            expected = sum((signed[row["kpi"]] * row["value"] for row in rows), Decimal(0))
            assert total(own, currency) == expected
        assert total(own, "EUR") != 0
        assert table.groups


@pytest.mark.parametrize("day", DAYS)
def test_every_customer_s_cells_are_those_of_hand_written_sql(
    figures: Figures, demo: Books, day: date
) -> None:
    expected = {row[:3]: row[3] for row in demo.loaded.connection.execute(BY_HAND, {"day": day}).fetchall()}
    assert len(expected) > 10
    simple = {customer for customer, _, _ in expected}
    for currency in {currency for _, currency, _ in expected}:
        table = aging_table(figures, Asked(as_of=day).within(currency=currency), "customer")
        found = {
            (group.value, currency, bucket): amount
            for group in table.groups
            for bucket, amount in group.amounts.items()
            if amount and bucket != "unapplied" and group.value in simple
        }
        assert found == {key: amount for key, amount in expected.items() if key[1] == currency}


def test_a_group_of_customers_is_its_children_once(figures: Figures, demo: Books) -> None:
    # check 10
    children = aging_table(figures, Asked(as_of=AS_OF), "customer")
    groups = aging_table(figures, Asked(as_of=AS_OF), "parent")
    roots = dict(
        demo.loaded.connection.execute("SELECT customer_id, root_id FROM books.customers").fetchall()
    )
    assert any(child != root for child, root in roots.items())
    for group in groups.groups:
        own = [child for child in children.groups if roots[child.value or ""] == group.value]
        for bucket, amount in group.amounts.items():
            assert amount == sum((child.amounts[bucket] for child in own), Decimal(0))
    assert groups.totals == children.totals


@pytest.mark.parametrize("params", [(), (("bounds", "15,45"),), (("by_date", "issued"), ("bounds", "10"))])
def test_other_buckets_and_dates_move_amounts_but_lose_none(figures: Figures, params: Any) -> None:
    usual = aging_table(figures, Asked(as_of=AS_OF), "segment")
    other = aging_table(figures, Asked(as_of=AS_OF, params=params), "segment")
    assert total(other, "EUR") == total(usual, "EUR")
    assert total(other, "EUR", "unapplied") == total(usual, "EUR", "unapplied")


def test_the_number_of_questions_does_not_grow_with_the_customers(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    kpis = Figures.kpis

    def counted(self: Figures, *given: Any, **named: Any) -> Any:
        asked.append(str(given))
        return kpis(self, *given, **named)

    monkeypatch.setattr(Figures, "kpis", counted)
    one = figures.customers(limit=1)[0]["customer_id"]
    counts = []
    for question in (Asked(as_of=date(2026, 10, 29)), Asked(as_of=date(2026, 10, 29)).within(customer=one)):
        asked.clear()
        aging_table(figures, question, "customer")
        counts.append(len(asked))
    assert counts == [1, 1]


def cells(page: str) -> Iterator[tuple[str, Decimal]]:
    """Addresses of rows and the amounts that lead to them."""
    for address, words in re.findall(r'<a class="rows" href="([^"]+)">([^<]+)</a>', page):
        yield html.unescape(address), Decimal(words.replace(",", "").replace("−", "-"))


def summed(browser: Any, address: str) -> Decimal:
    """What the rows at that address sum to, from their export."""
    response = browser.get(address + "&format=csv")
    assert response.status_code == 200, response.content
    text = b"".join(response.streaming_content).decode()
    return sum((Decimal(row["amount"]) for row in csv.DictReader(io.StringIO(text))), Decimal(0))


@pytest.mark.parametrize(
    "query", ["?by=segment", "?by=collector&segment=key+accounts&p.bounds=20,50&p.by_date=issued"]
)
def test_every_amount_leads_to_rows_that_sum_to_it(world: World, query: str) -> None:
    # check 52
    browser = world.client_of(world.alice)
    page = browser.get(f"/ageing/{query}").content.decode()
    found = list(cells(page))
    assert len(found) >= 10
    for address, amount in found:
        assert round(summed(browser, address), 2) == amount, address


def test_a_file_holds_all_lines_of_all_pages(
    world: World, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    # check 53
    monkeypatch.setattr("countback.dashboards.customers_listing.paged.__defaults__", (5,), raising=False)
    browser = world.client_of(world.alice)
    page = browser.get("/ageing/?sort=name").content.decode()
    table = aging_table(figures, Asked(as_of=AS_OF), "customer")
    assert f"1–5 of {len(table.groups)}" in page
    text = b"".join(browser.get("/ageing/?sort=name&format=csv").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["customer"] for row in rows] == [group.value for group in table.sorted(Sort("name"))]
    assert sum((Decimal(row["total"]) for row in rows), Decimal(0)) == total(table, "EUR")
    assert sum((Decimal(row["not due"]) for row in rows), Decimal(0)) == total(table, "EUR", "current")
    stream = browser.get("/ageing/?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))
    sheet = book["Rows"]
    assert sheet.max_row == len(table.groups) + 1
    assert isinstance(sheet.cell(2, sheet.max_column).value, int | float)


def test_pages_together_are_the_whole_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("countback.dashboards.customers_listing.paged.__defaults__", (9,), raising=False)
    browser, names, query = world.client_of(world.alice), [], "?sort=name"
    while query:
        page = browser.get(f"/ageing/{query}").content.decode()
        names += re.findall(r'<th scope="row"><a href="/customers/([^/]+)/', page)
        follow = re.search(r'rel="next" href="([^"]+)"', page)
        query = html.unescape(follow[1]) if follow else ""
    assert len(names) == len(set(names)) > 9


def test_who_may_see_nothing_is_shown_nothing(world: World) -> None:
    page = world.client_of(world.charlie).get("/ageing/").content.decode()
    assert "/kpis/aging/rows/" not in page
    assert world.client_of(None).get("/ageing/").status_code == 302


def test_a_collector_s_totals_are_those_of_his_customers(world: World, figures: Figures) -> None:
    one = next(
        group.value for group in aging_table(figures, Asked(as_of=AS_OF), "collector").groups if group.value
    )
    scoped = ledger_figures.opened(Scope(collectors=(one,)))
    own = aging_table(scoped, Asked(as_of=AS_OF), "customer")
    assert own.totals == aging_table(figures, Asked(as_of=AS_OF).within(collector=one), "customer").totals
    world.bob.collectors = [one]
    world.bob.save()
    page = world.client_of(world.bob).get("/ageing/?by=collector").content.decode()
    assert page.count('<th scope="row"><a') == 1


@pytest.mark.parametrize(
    "query",
    [
        "?by=nothing",
        "?p.bounds=90,30",
        "?p.bounds=x",
        "?page=0",
        "?page=x",
        "?format=docx",
        "?p.by_date=paid",
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(world: World, query: str) -> None:
    response = world.client_of(world.alice).get(f"/ageing/{query}")
    assert response.status_code == 400
    assert "What to do" in response.content.decode()


def groups_of(*amounts: int) -> tuple[Group, ...]:
    buckets = ("current", "1-30", "unapplied")
    return tuple(
        Group(f"C{n}", f"name {n}", "EUR", dict(zip(buckets, map(Decimal, (amount, 0, -1)), strict=True)))
        for n, amount in enumerate(amounts)
    )


def test_sorting_by_amount_and_by_name() -> None:
    table = laid_out("customer", ("current", "1-30", "unapplied"), groups_of(5, 9, 5))
    assert [g.value for g in table.sorted(Sort("total", falling=True))] == ["C1", "C0", "C2"]
    assert [g.value for g in table.sorted(Sort("current"))] == ["C0", "C2", "C1"]
    assert [g.value for g in table.sorted(Sort("name", falling=True))] == ["C2", "C1", "C0"]
    blank = replace(groups_of(5)[0], value=None, name="(blank)")
    mixed = laid_out("segment", table.buckets, (blank, *groups_of(1)))
    assert [g.value for g in mixed.sorted(Sort("name"))] == ["C0", None]


def test_no_sum_mixes_currencies() -> None:
    # check 6
    euro, dollar = groups_of(5, 9)
    table = laid_out("customer", ("current", "1-30", "unapplied"), (euro, replace(dollar, currency="USD")))
    assert {code: sums["current"] for code, sums in table.totals.items()} == {"EUR": 5, "USD": 9}


def test_the_bar_is_whole_and_leaves_credit_out() -> None:
    amounts = {"current": Decimal(1), "1-30": Decimal(2), "over 30": Decimal(0), "unapplied": Decimal(-7)}
    parts = bar(amounts)
    assert [part.shade for part in parts] == ["a0", "a1"]
    assert sum(Decimal(part.width) for part in parts) == 100
    assert bar({"current": Decimal(0), "unapplied": Decimal(-7)}) == ()


def test_pages_and_sorts_are_read() -> None:
    assert [read_page(text) for text in ("", "1", "12")] == [1, 1, 12]
    for text in ("0", "-1", "1.5", "٣", "9" * 12):
        with pytest.raises(Misuse):
            read_page(text)
    assert paged(range(10), 99, 4).lines == (8, 9)
    assert read_sort("-x", ["x"], Sort("y")) == Sort("x", falling=True)
    assert str(Sort("x").turned("x")) == "-x"
    assert str(Sort("y").turned("x")) == "-x"
    assert str(Sort("y").turned("x", words=["x"])) == "x"
