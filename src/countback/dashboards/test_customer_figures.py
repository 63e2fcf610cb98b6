"""A customer's figures on the demo books: those of the engine, item by item, for every customer."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from countback import Books
from countback.accounts.rules import Scope
from countback.accounts.testing import World
from countback.dashboards.asked import Asked
from countback.dashboards.customer import MEASURED, compared, months, standings
from countback.dashboards.customer_queries import BUCKETS, about_one, behaviour, customer_figures, open_items
from countback.dashboards.customer_timeline import KINDS, event_counts, events
from countback.dashboards.customers_queries import customer_lines, oldest_by_line
from countback.kpis.catalogue import find
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

AS_OF = date(2026, 10, 30)


@pytest.fixture
def figures() -> Figures:
    """The demo books, all of them."""
    return ledger_figures.opened(Scope())


def ids(figures: Figures) -> list[str]:
    return [record["customer_id"] for record in figures.customers(limit=1000)]


@pytest.mark.parametrize("day", [AS_OF, date(2025, 12, 31)])
def test_a_customer_s_items_sum_to_its_figures(figures: Figures, demo: Books, day: date) -> None:
    kpis = ["open_receivables", "overdue_receivables", "unapplied_credits"]
    expected = {
        (row["by"]["customer"], row["unit"], row["kpi"]): row["value"]
        for row in demo.kpis(kpis, as_of=day, by=["customer", "currency"])
        if row["value"]
    }
    assert len(expected) > 40
    found = {}
    for customer in ids(figures):
        items = open_items(figures, about_one(Asked(as_of=day), customer), ())
        for standing in standings(items, BUCKETS):
            amounts = (standing.open, standing.overdue, standing.unapplied)
            found |= {
                (customer, standing.currency, kpi): value
                for kpi, value in zip(kpis, amounts, strict=True)
                if value
            }
            assert sum(standing.amounts.values(), Decimal(0)) == standing.open - standing.unapplied
        assert not [item for item in items if item.whole is None or abs(item.amount) > abs(item.whole)]
    assert found == expected


def test_the_list_holds_every_customer_with_its_figures(figures: Figures, demo: Books) -> None:
    lines = customer_lines(figures, Asked(as_of=AS_OF))
    assert sorted(line.customer_id for line in lines) == sorted(ids(figures))
    for kpi in ("open", "overdue"):
        figure = demo.kpis(f"{kpi}_receivables", as_of=AS_OF).to_dicts()[0]
        # One rounds each customer's conversion, the other none: the sums agree to the cent.
        assert abs(sum(getattr(line, kpi) for line in lines) - figure["value"]) < Decimal("0.005")
    oldest = demo.loaded.connection.execute(
        "SELECT min(due_on) FROM books.invoices WHERE customer_id = ?", [lines[0].customer_id]
    ).fetchall()
    assert all(line.oldest_days is None or line.oldest_days > 0 for line in lines)
    assert oldest[0][0] is not None
    assert all((line.oldest_days is not None) == (line.overdue > 0) for line in lines)


def test_the_oldest_is_the_item_due_first(figures: Figures) -> None:
    late = [line for line in customer_lines(figures, Asked(as_of=AS_OF)) if line.overdue]
    assert late
    for line in late[:8]:
        items = open_items(figures, about_one(Asked(as_of=AS_OF), line.customer_id), ())
        assert line.oldest_days == max(item.overdue_days or 0 for item in items)


def test_the_oldest_of_a_converted_line_is_that_of_all_its_currencies() -> None:
    days = [date(2026, 1, 2), date(2026, 1, 1), date(2026, 1, 3)]
    rows = pa.table({"customer_id": ["A"] * 3, "currency": ["EUR", "USD", "GBP"], "due_on": days})
    assert oldest_by_line(rows, [("A", "EUR")]) == {("A", "EUR"): days[1]}
    apart = [("A", "EUR"), ("A", "USD"), ("B", "EUR")]
    assert oldest_by_line(rows, apart) == {("A", "EUR"): days[0], ("A", "USD"): days[1]}


def test_the_list_asks_as_much_for_one_customer_as_for_all(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    for name in ("kpis", "rows", "customers", "customer_names"):
        method = getattr(Figures, name)

        def counted(self: Figures, *given: Any, method: Any = method, **named: Any) -> Any:
            asked.append(given)
            return method(self, *given, **named)

        monkeypatch.setattr(Figures, name, counted)
    day, counts = date(2026, 10, 28), []
    for question in (Asked(as_of=day), Asked(as_of=day).within(customer=ids(figures)[0])):
        asked.clear()
        customer_lines(figures, question)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4


def test_how_a_customer_pays_is_the_kpi_over_twelve_months(figures: Figures, demo: Books) -> None:
    paid = "SELECT customer_id FROM books.payments GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    (row,) = demo.loaded.connection.execute(paid).fetchall()
    found = behaviour(figures, about_one(Asked(as_of=AS_OF), row[0]), against_all=True)
    assert len(found.trend) == 12
    assert [month.height for month in found.trend].count("100.0") == 1
    for one in found.kpis:
        expected = demo.kpis(one.kpi, as_of=AS_OF, where={"customer": row[0]}, trend=12).to_dicts()
        every = demo.kpis(one.kpi, as_of=AS_OF, trend=12).to_dicts()
        if one.kpi in MEASURED:
            factor = 100 if one.unit == "%" else 1
            for value, points in ((one.own, expected), (one.every, every)):
                sums = [
                    sum((p[side] or Decimal(0) for p in points), Decimal(0))
                    for side in ("numerator", "denominator")
                ]
                assert value is not None
                assert round(value, 6) == round(factor * sums[0] / sums[1], 6)
        else:
            assert (one.own, one.every) == (expected[-1]["value"], every[-1]["value"])


def test_better_and_worse_follow_the_kpi() -> None:
    kpi = find("overdue_share")

    def points(value: int | None) -> list[dict[str, Any]]:
        return [
            {
                "value": None if value is None else Decimal(value),
                "reason": "nothing is open",
                "period_end": AS_OF,
            }
        ]

    assert compared(kpi, points(3), points(4)).better == 1
    assert compared(kpi, points(5), points(4)).better == -1
    assert compared(kpi, points(4), points(4)).better == 0
    assert compared(kpi, points(None), points(4)).reason == "nothing is open"
    assert compared(kpi, points(4), []).every is None
    assert months(points(None)) == ()


@pytest.mark.parametrize("day", [AS_OF, date(2025, 6, 30)])
def test_the_history_holds_every_fact_of_the_books(figures: Figures, demo: Books, day: date) -> None:
    begun = {
        "invoice": "invoices WHERE issued_on <= $day", "credit_note": "credit_notes WHERE issued_on <= $day",
        "write_off": "write_offs WHERE written_off_on <= $day", "contact": "contacts WHERE contacted_on::DATE <= $day",
    }  # fmt: skip
    counted = dict.fromkeys(KINDS, 0)
    for customer in ids(figures):
        asked = Asked(as_of=day)
        counts, every = event_counts(figures, asked, customer)
        for kind, count in counts.items():
            counted[kind] += count
        listed = [
            event for start in range(0, every, 50) for event in events(figures, asked, customer, None, start)
        ]
        assert len(listed) == every
        assert [event.happened_on for event in listed] == sorted(
            (e.happened_on for e in listed), reverse=True
        )
        assert all(event.happened_on <= day for event in listed)
    for kind, source in begun.items():
        rows = demo.loaded.connection.execute(f"SELECT count(*) FROM books.{source}", {"day": day}).fetchall()
        assert rows == [(counted[kind],)]
    counting = "count(*) FILTER (received_on <= $day) + count(*) FILTER (reversed_on <= $day)"
    payments = f"SELECT {counting} FROM books.payments"
    assert demo.loaded.connection.execute(payments, {"day": day}).fetchall() == [(counted["payment"],)]


def test_pages_of_the_history_are_reached(world: World, figures: Figures) -> None:
    one = max(ids(figures), key=lambda c: event_counts(figures, Asked(as_of=AS_OF), c)[1])
    browser, seen, query = world.client_of(world.alice), 0, "?"
    while query:
        page = browser.get(f"/customers/{one}/{query}").content.decode()
        seen += page.count('<time datetime="')
        follow = re.search(r'rel="next" href="([^"]+)"', page)
        query = html.unescape(follow[1]) if follow else ""
    assert seen == event_counts(figures, Asked(as_of=AS_OF), one)[1] > 50


def test_every_promise_is_judged(figures: Figures, demo: Books) -> None:
    judged: dict[str, int] = {}
    for customer in ids(figures):
        found = customer_figures(
            figures,
            about_one(Asked(as_of=AS_OF), customer),
            figures.customer(customer) or {},
            against_all=False,
        )
        for promise in found.promises.values():
            judged[promise.outcome] = judged.get(promise.outcome, 0) + 1
    rows = demo.kpis("promise_outcomes", as_of=AS_OF, params={"promise_outcomes.window": 36500})
    assert judged == {row["by"]["outcome"]: row["value"] for row in rows if row["value"]}
