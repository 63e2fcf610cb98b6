"""Books in which something is missing or upside down: the report says so, and never shows a good zero for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from countback import Books
from countback.core.problem import Misuse
from countback.report.conftest import Element
from countback.report.content import Content, gather
from countback.report.html import render as render_page
from countback.report.pdf import render as render_document
from countback.report.xlsx import render as render_workbook

END = date(2026, 3, 31)
TWO_CURRENCIES = {
    "customers": "customer_id,name,currency\nC1,Alder,EUR\nC2,Birch,USD\n",
    "invoices": (
        "invoice_id,customer_id,issued_on,due_on,amount,currency\n"
        "I1,C1,2026-01-10,2026-02-09,100.00,EUR\n"
        "I2,C2,2026-02-10,2026-03-12,250.00,USD\n"
        "I3,C1,2026-03-01,2026-03-31,300.00,EUR\n"
    ),
}
RATES = "on,currency,rate\n" + "".join(
    f"{day},USD,0.50\n" for day in ("2026-01-01", "2026-02-28", "2026-03-31")
)


def every_form(content: Content) -> bytes:
    """All three forms can be written; the page of them."""
    assert render_workbook(content).startswith(b"PK")
    assert render_document(content).startswith(b"%PDF")
    return render_page(content)


def tile(content: Content, kpi: str) -> tuple[str, str | None]:
    """What a tile shows, and why it shows nothing."""
    found = next(tile for tile in (*content.headline, *content.second) if tile.kpi == kpi)
    return found.value, found.reason


@pytest.mark.parametrize("as_of", [END, date(1999, 12, 31)])
def test_books_without_invoices(
    small: Callable[..., Books], parse: Callable[[bytes], Element], as_of: date
) -> None:
    bare = small(invoices=SMALL_HEADER, payments=None, allocations=None)
    content = gather(bare, as_of=as_of)
    page = parse(every_form(content))
    assert tile(content, "open_receivables")[0] == "€ 0.00"
    for kpi in ("dso", "overdue_share", "collection_effectiveness_index", "promise_kept_rate"):
        value, reason = tile(content, kpi)
        assert value == "—", kpi
        assert reason, kpi
    assert not page.all("div", css="chart")
    (undrawn,) = page.all("p", css="undrawn")
    assert "DSO has no value on both dates" in undrawn.text
    assert "Nobody owes anything that is overdue." in page.text


SMALL_HEADER = (
    "invoice_id,customer_id,issued_on,due_on,amount,currency\nI1,C1,2030-01-10,2030-02-09,1.00,EUR\n"
)
"""Books must hold an invoice; this one is issued long after the dates asked."""


def test_one_day(small: Callable[..., Books]) -> None:
    content = gather(small(), as_of=date(2026, 1, 10))
    assert tile(content, "open_receivables")[0] == "€ 100.00"
    assert len(content.series["dso"].days) == 2
    assert content.why.steps == ()
    assert content.why.reason
    every_form(content)


def test_before_the_first_entry(small: Callable[..., Books]) -> None:
    content = gather(small(), as_of=date(2020, 1, 1))
    assert tile(content, "open_receivables")[0] == "€ 0.00"
    assert tile(content, "dso")[0] == "—"
    every_form(content)


def test_figures_without_their_table_are_no_good_zeros(small: Callable[..., Books]) -> None:
    content = gather(small(), as_of=END)
    assert tile(content, "promise_kept_rate") == ("—", "the books hold no promises")
    assert tile(content, "cost_of_collection") == ("—", "the books hold no costs")
    assert tile(content, "bad_debt_ratio") == ("—", "the books hold no write-offs")
    for kpi in ("collection_cost", "disputed_receivables"):
        assert set(content.series[kpi].values) == {None}


def test_currencies_without_rates_are_left_aside_with_their_amounts(
    small: Callable[..., Books], parse: Callable[[bytes], Element], read_pdf: Callable[[bytes], str]
) -> None:
    content = gather(small(**TWO_CURRENCIES), as_of=END)
    assert content.currency == "EUR"
    assert tile(content, "open_receivables")[0] == "€ 300.00"
    assert content.left_aside == (("USD", Decimal(250)),)
    (note,) = parse(every_form(content)).all("p", css="note")
    assert "USD 250.00" in note.text
    assert "USD 250.00" in read_pdf(render_document(content))
    assert sum(amount for _, amount in content.aging) == 300


def test_the_other_currency_may_be_asked(small: Callable[..., Books]) -> None:
    content = gather(small(**TWO_CURRENCIES), as_of=END, where={"currency": "USD"})
    assert (content.currency, content.left_aside) == ("USD", ())
    assert tile(content, "open_receivables")[0] == "US$ 250.00"


def test_a_date_on_which_only_one_of_two_currencies_is_open(small: Callable[..., Books]) -> None:
    content = gather(small(**TWO_CURRENCIES), as_of=date(2026, 1, 31))
    assert content.currency == "EUR"
    assert tile(content, "open_receivables")[0] == "€ 100.00"
    every_form(content)


def test_two_currencies_and_a_filter_that_nothing_meets(small: Callable[..., Books]) -> None:
    content = gather(small(**TWO_CURRENCIES), as_of=END, where={"segment": "nowhere"})
    assert tile(content, "open_receivables")[0].endswith("0.00")
    every_form(content)


def test_currencies_with_rates_are_converted(small: Callable[..., Books]) -> None:
    content = gather(small(**TWO_CURRENCIES, fx_rates=RATES), as_of=END, currency="EUR")
    assert (content.currency, content.left_aside) == ("EUR", ())
    assert tile(content, "open_receivables")[0] == "€ 425.00"
    every_form(content)


def test_more_credit_than_debt(small: Callable[..., Books]) -> None:
    payments = "payment_id,customer_id,received_on,amount,currency\nP1,C1,2026-03-05,5000.00,EUR\n"
    content = gather(small(payments=payments, allocations=None), as_of=END)
    assert dict(content.aging)["unapplied"] == -5000
    assert "−€ 5,000.00".encode() in every_form(content)


def test_what_was_recorded_later_does_not_count(small: Callable[..., Books]) -> None:
    invoices = (
        "invoice_id,customer_id,issued_on,due_on,amount,currency,recorded_at\n"
        "I1,C1,2026-01-10,2026-02-09,100.00,EUR,\n"
        "I2,C2,2026-02-10,2026-03-12,250.00,EUR,2026-04-05T10:00:00\n"
    )
    books = small(invoices=invoices, payments=None, allocations=None)
    now, then = (gather(books, as_of=END, known_at=known) for known in (None, datetime(2026, 4, 1, 9, 30)))
    assert tile(now, "open_receivables")[0] == "€ 350.00"
    assert tile(then, "open_receivables")[0] == "€ 100.00"
    assert b"1 Apr 2026 09:30" in every_form(then)


def test_filters_hold_everywhere_and_are_told(small: Callable[..., Books]) -> None:
    content = gather(small(), as_of=END, where={"segment": "south"})
    assert tile(content, "open_receivables")[0] == "€ 250.00"
    assert [line.customer_id for line in content.customers] == ["C2"]
    assert sum(amount for _, amount in content.aging) == 250
    assert content.series["open_receivables"].values[-1] == 250
    assert content.filters == (("segment", "south"),)
    assert b"Segment <b>south</b>" in every_form(content)


def test_a_target_of_a_figure_that_is_not_there_is_misuse(small: Callable[..., Books]) -> None:
    with pytest.raises(Misuse, match="no tile of it"):
        gather(small(), as_of=END, targets={"concentration": Decimal(1)})


def test_customers_of_one_name_are_told_apart(small: Callable[..., Books]) -> None:
    customers = "customer_id,name,currency\nC1,Alder,EUR\nC2,Alder,EUR\n"
    invoices = SMALL_TWO
    content = gather(
        small(customers=customers, invoices=invoices, payments=None, allocations=None), as_of=END
    )
    assert content.why.by == "customer"
    named = [step.words for step in content.why.steps]
    assert len(named) == len(set(named))
    assert any("Alder (C1)" in words for words in named)


SMALL_TWO = (
    "invoice_id,customer_id,issued_on,due_on,amount,currency\n"
    "I1,C1,2026-01-10,2026-02-09,100.00,EUR\n"
    "I2,C2,2026-02-10,2026-03-12,250.00,EUR\n"
    "I3,C1,2025-12-01,2026-03-31,300.00,EUR\n"
    "I4,C2,2026-03-10,2026-03-31,300.00,EUR\n"
)
