"""What must hold in any books: sums that meet, parts that make the whole, and the same answer by every way to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from countback import open_books
from countback.kpis.catalogue import catalogue, find, ids
from tests.conftest import AS_OF, ASKED, BY, by_kpi
from tests.generated_books import EFFECT, FIRST, Invoice, Story, gather, shelf, write

pytestmark = pytest.mark.xdist_group("generated")  # one process opens the generated books, once

Group = tuple[str | None, ...]

HEADLINE = (
    "open_receivables", "aging", "unapplied_credits", "credit_sales", "cash_applied", "dso_countback",
    "collection_effectiveness_index", "average_days_to_pay", "bad_debt_ratio", "disputed_receivables",
    "promise_kept_rate",
)  # fmt: skip
"""One KPI at least of each of the books' tables, where asking all would only take longer."""
DATES = (date(2024, 2, 29), date(2024, 7, 1), AS_OF, date(2025, 12, 31))
"""A month end, a first day, a day within a month, and a day after everything."""


def valued(figures: list[dict[str, Any]], *names: str) -> dict[Group, Decimal]:
    """Value by the named dimensions."""
    return {tuple(row["by"][name] for name in names): row["value"] for row in figures}


def open_of(story: Story, day: date) -> Decimal:
    return sum((invoice.open(day) for invoice in story.invoices), Decimal(0))


def total(rows: list[dict[str, str]], day: date, column: str, *, until: str = "") -> Decimal:
    """Sum of the rows that have begun by the day, and not ended."""
    counted = [
        Decimal(row["amount"])
        for row in rows
        if row[column] <= str(day) and not (until and row.get(until, "9999") <= str(day))
    ]
    return sum(counted, Decimal(0))


def ledger_of(story: Story, day: date) -> Decimal:
    """The receivables ledger: invoices less credit notes, payments that stand and write-offs; what came in after a
    write-off is income and settles nothing."""
    tables = story.tables
    invoices = total(tables["invoices"], day, "issued_on")
    notes = total(tables.get("credit_notes", []), day, "issued_on")
    paid = total(tables.get("payments", []), day, "received_on", until="reversed_on")
    lost = total(tables.get("write_offs", []), day, "written_off_on")
    recovered = sum((invoice.recovered(day) for invoice in story.invoices), Decimal(0))
    return invoices - notes - paid - lost + recovered


@pytest.mark.parametrize("day", DATES, ids=str)
def test_buckets_and_unapplied_sum_to_the_ledger(day, generated):  # check 1, check 5
    """Per customer, currency and total, against what the stories themselves say."""
    asked = {"as_of": day, "by": ("story", "customer")}
    figures = by_kpi(generated.books.kpis(["aging", "net_receivables", "open_receivables"], **asked))
    by_customer: dict[Group, Decimal] = {}
    for row in figures["aging"]:
        key = tuple(row["by"][name] for name in ("story", "customer", "currency"))
        by_customer[key] = by_customer.get(key, Decimal(0)) + row["value"]
    assert by_customer == valued(figures["net_receivables"], "story", "customer", "currency")
    for number, story in enumerate(generated.stories):
        own = [amount for key, amount in by_customer.items() if key[0] == f"S{number}"]
        assert sum(own, Decimal(0)) == ledger_of(story, day), f"S{number} as of {day}"
        shown = [row["value"] for row in figures["open_receivables"] if row["by"]["story"] == f"S{number}"]
        assert sum(shown, Decimal(0)) == open_of(story, day), f"S{number} as of {day}"
    for currency in ("EUR", "USD"):
        amounts = [amount for key, amount in by_customer.items() if key[2] == currency]
        whole = generated.books.kpis(["aging"], as_of=day, where={"currency": currency}).to_dicts()
        assert sum((row["value"] for row in whole), Decimal(0)) == sum(amounts, Decimal(0))


def test_each_invoice_counts_once_whatever_is_allocated(tmp_path):  # check 3
    """Invoices with 0 to 50 allocations each: what is open is the amount less their sum."""
    tables = shelf([_story_with_allocations(count) for count in (0, 1, 2, 3, 10, 50)])
    with open_books(write(tables, tmp_path / "books")) as books:
        for day, until in ((date(2024, 1, 1), 0), (date(2024, 1, 26), 25), (date(2024, 12, 31), 50)):
            found = books.rows("open_receivables", as_of=day).to_dicts()
            left = {row["row_id"]: row["amount"] for row in found}
            for place, count in enumerate((0, 1, 2, 3, 10, 50)):
                taken = sum(Decimal(n).scaleb(-2) for n in range(1, min(count, until) + 1))
                assert left[f"S{place}-I0"] == Decimal("99.99") - taken
            assert len(found) == 6


def _story_with_allocations(count: int) -> Story:
    made = Story()
    made.add("customers", customer_id="A", name="A", currency="EUR")
    made.add(
        "invoices", invoice_id="I0", customer_id="A", issued_on=FIRST, due_on=FIRST, amount="99.99", currency="EUR"
    )  # fmt: skip
    for number in range(1, count + 1):
        paid = {"received_on": FIRST + timedelta(number), "amount": Decimal(number).scaleb(-2)}
        made.add("payments", payment_id=f"P{number}", customer_id="A", currency="EUR", **paid)
        made.add("allocations", payment_id=f"P{number}", invoice_id="I0", amount=paid["amount"])
    return made


def test_movements_explain_the_open_balance(generated):
    """open = open0 + invoices - allocations - write-offs, to the cent, for each story and month."""
    asked = {"as_of": AS_OF, "by": BY, "trend": 12}
    figures = by_kpi(generated.books.kpis(["open_receivables", "cash_applied"], **asked))
    found = {(row["by"]["story"], row["period_end"]): row["value"] for row in figures["open_receivables"]}
    cash = {(row["by"]["story"], row["period_end"]): row["value"] for row in figures["cash_applied"]}
    ends = sorted({end for _, end in found})
    for number, story in enumerate(generated.stories):
        for before, end in pairwise(ends):
            moved = _moved(story, before, end)
            name = f"S{number}"
            change = found.get((name, end), Decimal(0)) - found.get((name, before), Decimal(0))
            assert change == moved, f"{name} from {before} to {end}"
            assert cash.get((name, end), Decimal(0)) <= _received(story, before, end) + _applied(
                story, before, end
            )


def _moved(story: Story, before: date, end: date) -> Decimal:
    issued = sum(
        (invoice.amount for invoice in story.invoices if before < invoice.issued_on <= end), Decimal(0)
    )
    return issued - sum(
        (_taken(invoice, end) - _taken(invoice, before) for invoice in story.invoices), Decimal(0)
    )


def _taken(invoice: Invoice, day: date) -> Decimal:
    return min(invoice.settled(day), invoice.amount)


def _received(story: Story, before: date, end: date) -> Decimal:
    paid = [row for row in story.tables.get("payments", []) if str(before) < row["received_on"] <= str(end)]
    return sum((Decimal(row["amount"]) for row in paid), Decimal(0))


def _applied(story: Story, before: date, end: date) -> Decimal:
    moves = [
        taken for invoice in story.invoices for on, taken in invoice.moves if before < on <= end and taken > 0
    ]
    return sum(moves, Decimal(0))


def test_dso_splits_into_current_and_overdue(generated):
    figures = {
        kpi: valued(generated.figures[kpi], *BY) for kpi in ("dso", "best_possible_dso", "delinquent_dso")
    }
    met = 0
    for group, value in figures["dso"].items():
        best, late = (figures[kpi].get(group) for kpi in ("best_possible_dso", "delinquent_dso"))
        if value is not None and best is not None and late is not None:
            met += 1
            assert abs(value - best - late) <= Decimal("2e-10")
    assert met > 5
    for row in generated.figures["dso"]:
        parts = [_row(generated, kpi, row["by"]) for kpi in ("best_possible_dso", "delinquent_dso")]
        assert sum(part["numerator"] for part in parts) == row["numerator"]


def _row(generated: Any, kpi: str, by: dict[str, Any]) -> dict[str, Any]:
    """The figure of that group; nothing on either side where there is none."""
    found = [row for row in generated.figures[kpi] if row["by"] == by]
    return found[0] if found else {"numerator": Decimal(0), "denominator": Decimal(0)}


PRODUCTS = {"promise_follow_through"}
"""Products of two ratios, whose sides are no sums."""
POOLED = [
    kpi.id
    for kpi in catalogue()
    if kpi.id not in PRODUCTS and not any(measure.series for measure in kpi.measures)
]


def test_whole_is_the_pooled_parts(generated):  # check 10 asks the same of parents, in test_acceptance
    whole = by_kpi(generated.books.kpis(POOLED, as_of=AS_OF, by="currency", every="quarter"))
    for kpi in POOLED:
        cells = find(kpi).cells
        for row in whole[kpi]:
            key = (row["by"]["currency"], *(row["by"][cell] for cell in cells))
            parts = [
                part
                for part in generated.figures[kpi]
                if (part["by"]["currency"], *(part["by"][cell] for cell in cells)) == key
            ]
            for side in find(kpi).sides:
                assert sum((part[side] for part in parts), Decimal(0)) == row[side], (kpi, side, key)


COMPACT = {"positions", "sales", "effectiveness", "cash", "losses", "disputes"}
"""Modules of measures that draw on relations which may come added up."""
ADDED_UP = [
    kpi.id
    for kpi in catalogue()
    if COMPACT & {measure.rows.__module__.rpartition(".")[2] for measure in kpi.measures}
]


def test_cube_answers_as_the_items_do(generated):
    """A trend reads the cube, one date the items; both say the same, at month ends and within a month."""
    assert len(ADDED_UP) > 20
    with open_books(generated.folder) as fresh:
        trend = [_bare(row) for row in fresh.kpis(ADDED_UP, as_of=AS_OF, by="segment", trend=6).to_dicts()]
    for end, kpis in ((AS_OF, ADDED_UP), (date(2025, 1, 31), HEADLINE)):
        with open_books(generated.folder) as fresh:
            single = [_bare(row) for row in fresh.kpis(kpis, as_of=end, by="segment").to_dicts()]
        points = [row for row in trend if row[1] == end and row[0] in kpis]
        single = [row for row in single if row[0] in ADDED_UP]
        missing = [row for row in single if row not in points]
        assert not missing
        nothing = [row for row in points if row not in single]
        assert all(row[-2] in (None, 0) and row[-1] in (None, 0) for row in nothing), nothing


def _bare(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["kpi"],
        row["period_end"],
        tuple(row["by"].items()),
        row["value"],
        row["numerator"],
        row["denominator"],
    )


def test_known_at_is_the_books_without_what_came_later(generated, tmp_path):
    """As known at a moment: as if the rows recorded after it did not exist."""
    moment = datetime(2024, 12, 1, 0, 0)
    earlier = [_known(story, moment) for story in generated.stories]
    with open_books(write(shelf(earlier), tmp_path / "books")) as books:
        expected = _nonzero(books.kpis(ids(), **ASKED).to_dicts())
    found = _nonzero(generated.books.kpis(ids(), known_at=moment, **ASKED).to_dicts())
    assert [row for row in found if row not in expected] == []
    assert [row for row in expected if row not in found] == []
    assert expected != _nonzero([row for rows in generated.figures.values() for row in rows])


def _nonzero(figures: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    bare = [_bare(row) for row in figures]
    return [row for row in bare if row[-1] or row[-2]]


def _known(story: Story, moment: datetime) -> Story:
    """The story without rows recorded later, nor what hangs on them."""
    kept = {
        table: [row for row in rows if row.get("recorded_at", "") <= moment.isoformat()]
        for table, rows in story.tables.items()
    }
    named = {
        "invoice_id": {row["invoice_id"] for row in kept["invoices"]},
        "payment_id": {row["payment_id"] for row in kept.get("payments", [])},
        "credit_note_id": {row["credit_note_id"] for row in kept.get("credit_notes", [])},
    }
    for table in ("instalments", "allocations", "write_offs", "disputes", "promises", "placements"):
        kept[table] = [
            row for row in kept.get(table, []) if all(row[key] in named[key] for key in named if key in row)
        ]
    kept["credit_notes"] = [
        {name: value for name, value in row.items() if name != "invoice_id" or value in named["invoice_id"]}
        for row in kept.get("credit_notes", [])
    ]
    return Story({table: rows for table, rows in kept.items() if rows or table in ("customers", "invoices")})


def test_as_known_at_the_date_is_as_known_now_where_nothing_was_recorded_late(tmp_path):
    stories = gather(12, late_records=False)
    for story in stories:
        for table, column in EFFECT.items():
            for row in story.tables.get(table, []):
                if column in row:
                    row["recorded_at"] = f"{row[column]}T00:00:00"
    with open_books(write(shelf(stories), tmp_path / "books")) as books:
        known = datetime.combine(AS_OF, datetime.max.time())
        then, now = (books.kpis(HEADLINE, known_at=at, **ASKED).to_dicts() for at in (known, None))
        assert then == now


def test_importing_the_same_files_again_changes_no_figure(generated, tmp_path):
    """Once more in the same order of questions, and with every row standing twice, as an overlapping export has
    them."""
    first = generated.books.kpis(HEADLINE, **ASKED).to_dicts()
    with open_books(generated.folder) as again:
        assert again.kpis(HEADLINE, **ASKED).to_dicts() == first
    tables = shelf(generated.stories)
    twice = {name: rows if name == "allocations" else rows + rows for name, rows in tables.items()}
    with open_books(write(twice, tmp_path / "twice")) as books:
        assert books.kpis(HEADLINE, **ASKED).to_dicts() == first


@pytest.mark.parametrize(
    "kpi", ["net_receivables", "dso", "collection_effectiveness_index", "overdue_accounts_share"]
)
def test_explained_change_adds_up(kpi, generated):
    asked = {"start": date(2024, 9, 30), "end": AS_OF, "by": "story", "where": {"currency": "EUR"}}
    parts = generated.books.explain(kpi, **asked).to_dicts()
    assert len({row["by_story"] for row in parts}) > 10
    change = parts[0]["to"] - parts[0]["from"]
    assert sum(row["contribution"] for row in parts) == change
    sizes = [abs(row["contribution"]) for row in parts]
    assert sizes == sorted(sizes, reverse=True)
