"""Candidates of small books, against what a person works out; of demo books, against the KPIs.

The day is Wednesday 17 June 2026, unless said.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countback.accounts.rules import Scope
from countback.analytics.currency import UnableToConvert
from countback.books.demo import write_demo_books
from countback.core.problem import Misuse
from countback.ledger import mirror
from countback.ledger.figures import opened
from countback.ledger.mirror.opened import forget
from countback.ledger.mirror.testing import fill
from countback.worklists.candidate import Candidate
from countback.worklists.conftest import OpenFigures
from countback.worklists.morning import morning
from countback.worklists.queries import Arranged, UnableToRank, overdue_customers
from countback.worklists.strategy_reading import find_strategy
from countback.worklists.testing import DAY, ago
from tests.generated_books import Row, Tables

D = Decimal


def row(**cells: object) -> Row:
    """A line of a table."""
    return {name: str(cell) for name, cell in cells.items()}


def customer(number: str = "C1", **further: object) -> Row:
    """A customer in euro."""
    return row(customer_id=number, name=f"Customer {number}", currency="EUR", **further)


def invoice(number: str, amount: str, days: int, owner: str = "C1", **further: object) -> Row:
    """An invoice that is so many days past due on the day, issued thirty days before it was due."""
    cells = {"issued_on": ago(days + 30), "due_on": ago(days), "currency": "EUR", **further}
    return row(invoice_id=number, customer_id=owner, amount=amount, **cells)


def promise(number: str, amount: str, made: int, due: int, **further: object) -> Row:
    """A promise of C1, made and due so many days ago."""
    return row(
        promise_id=number, customer_id="C1", made_on=ago(made), due_on=ago(due), amount=amount, **further
    )


def contact(number: str, days: int, **further: object) -> Row:
    """A call to C1 that reached it, so many days ago."""
    cells: dict[str, object] = {"channel": "call", "direction": "out", "outcome": "right_party", **further}
    return row(contact_id=number, customer_id="C1", contacted_on=ago(days), **cells)


def paid(number: str, amount: str, days: int, invoice_id: str) -> Tables:
    """A payment of C1 and its allocation, so many days ago."""
    payment = row(payment_id=number, customer_id="C1", received_on=ago(days), amount=amount, currency="EUR")
    return {
        "payments": [payment],
        "allocations": [row(payment_id=number, invoice_id=invoice_id, amount=amount)],
    }


def one(figures_of: OpenFigures, arranged: Arranged | None = None, **tables: Any) -> Candidate:
    """The only candidate of these tables."""
    found = overdue_customers(
        figures_of({"customers": [customer()], **tables}), as_of=DAY, arranged=arranged or Arranged()
    )
    assert len(found) == 1
    return found[0]


def test_amounts_by_bucket(figures_of: OpenFigures) -> None:
    """
    | invoice | amount | days past due | paid | open | bucket |
    |---|---|---|---|---|---|
    | A | 100 | 0 | | 100 | not overdue |
    | B | 200 | 1 | | 200 | 1-30 |
    | C | 300 | 30 | 40 | 260 | 1-30 |
    | D | 400 | 31 | | 400 | 31-60 |
    | E | 500 | 91 | | 500 | over 90 |
    | F | 600 | 95 | 600 | 0 | |
    """
    invoices = [invoice("A", "100", 0), invoice("B", "200", 1), invoice("C", "300", 30), invoice("D", "400", 31),
                invoice("E", "500", 91), invoice("F", "600", 95)]  # fmt: skip
    first, second = paid("P1", "40", 5, "C"), paid("P2", "600", 90, "F")
    both = {name: [*first[name], *second[name]] for name in first}
    found = one(figures_of, invoices=invoices, **both)
    assert found.overdue_by_bucket == found.free_by_bucket == (460, 400, 0, 500)
    assert (found.overdue, found.free, found.oldest_due_on) == (1360, 1360, ago(91))
    assert (found.currency, found.name, found.collector) == ("EUR", "Customer C1", None)
    assert found.days_beyond_terms == D("6.25"), "40 x 25 days late and 600 x 5: 4,000 / 640"


def test_nobody_who_owes_nothing_overdue_is_a_candidate(figures_of: OpenFigures) -> None:
    tables: Tables = {"customers": [customer()], "invoices": [invoice("A", "100", 0)]}
    assert overdue_customers(figures_of(tables), as_of=DAY) == []


def test_what_is_disputed_promised_planned_or_held_is_taken_off_once(figures_of: OpenFigures) -> None:
    """
    | invoice | amount | disputed | promised for a day to come | else | free |
    |---|---|---|---|---|---|
    | A | 1000 | 300, and 50 resolved yesterday | 500 | | 200 |
    | B | 1000 | 900 | 400 | | 0: promised counts with 100 |
    | C | 1000 | 900 | | in a plan | 0: all of it planned |
    | D | 1000 | | | placed | 0 |
    | E | 1000 | | | placed, recalled today | 1000 |
    | F | 1000 | 10, opened tomorrow | | held | 0 |
    """
    disputes = [
        ("A", "300", 9, ""),
        ("A", "50", 9, ago(1)),
        ("B", "900", 9, ""),
        ("C", "900", 9, ""),
        ("F", "10", -1, ""),
    ]
    placed = [("D", ""), ("E", DAY)]
    found = one(
        figures_of,
        Arranged(planned=["C", "D"], held=["F"]),
        invoices=[invoice(name, "1000", 20) for name in "ABCDEF"],
        disputes=[
            row(dispute_id=f"D{n}", invoice_id=name, opened_on=ago(days), amount=amount, resolved_on=until)
            for n, (name, amount, days, until) in enumerate(disputes)
        ],
        promises=[promise("M1", "500", 3, -2, invoice_id="A"), promise("M2", "400", 3, 0, invoice_id="B")],
        placements=[
            row(placement_id=name, customer_id="C1", invoice_id=name, agency="North", placed_on=ago(5), amount="1000",
                recalled_on=until) for name, until in placed
        ],
    )  # fmt: skip
    assert (found.disputed, found.promised, found.planned, found.held) == (1200, 600, 1000, 2000)
    assert (found.overdue, found.free, found.hold) == (6000, 1200, "")


def test_a_promise_of_the_account_takes_off_the_oldest_first_less_what_was_paid_on_it(
    figures_of: OpenFigures,
) -> None:
    """800 promised five days ago, 100 of it paid since: 700 is waited for; 500 that is 70 days past due and 200 of what
    is 40 days past due. Paid before the promise was made: 60, which counts for nothing."""
    since, before = paid("P1", "100", 2, "A"), paid("P2", "60", 6, "B")
    both = {name: [*since[name], *before[name]] for name in since}
    found = one(
        figures_of,
        invoices=[invoice("A", "600", 70), invoice("B", "560", 40), invoice("C", "90", 10)],
        promises=[promise("M", "800", 5, -1)],
        **both,
    )
    assert found.overdue_by_bucket == (90, 500, 500, 0)
    assert found.free_by_bucket == (90, 300, 0, 0)
    assert found.promised == 700


def test_instalments_give_way_oldest_first_too(figures_of: OpenFigures) -> None:
    """An invoice of 900 in three parts, of which two are overdue; 400 of it is disputed: the older part and 100."""
    parts = [
        row(invoice_id="A", number=n, due_on=ago(days), amount="300")
        for n, days in ((1, 65), (2, 35), (3, -5))
    ]
    found = one(
        figures_of,
        invoices=[invoice("A", "900", 65)],
        instalments=parts,
        disputes=[row(dispute_id="D", invoice_id="A", opened_on=ago(9), amount="400")],
    )
    assert found.overdue_by_bucket == (0, 300, 300, 0)
    assert found.free_by_bucket == (0, 200, 0, 0)


def test_promises_are_judged_as_the_kpis_judge_them(figures_of: OpenFigures) -> None:
    """
    | promise | amount, by | paid in time | outcome |
    |---|---|---|---|
    | 1 | 100 by 20 days ago, A | 100 | kept |
    | 2 | 100 by 15 days ago, B | 40 | partly kept |
    | 3 | 100 by 13 days ago, B | 0 | broken |
    | 4 | 100 by yesterday, B | | open: two working days of grace |
    | 5 | 100 by 10 days ago, withdrawn | | withdrawn |
    | 6 | 100, made 366 days ago | 0 | broken, and too long ago to count |
    """
    first, second = paid("P1", "100", 21, "A"), paid("P2", "40", 16, "B")
    promises = [
        promise("1", "100", 30, 20, invoice_id="A"), promise("2", "100", 20, 15, invoice_id="B"),
        promise("3", "100", 14, 13, invoice_id="B"), promise("4", "100", 9, 1, invoice_id="B"),
        promise("5", "100", 20, 10, invoice_id="B", withdrawn_on=ago(12)),
        promise("6", "100", 366, 350, invoice_id="A"),
    ]  # fmt: skip
    both = {name: [*first[name], *second[name]] for name in first}
    invoices = [invoice("A", "500", 50), invoice("B", "500", 50)]
    found = one(figures_of, invoices=invoices, promises=promises, **both)
    assert (found.promises, found.broken_promises, found.promise_due_on) == (3, 1, ago(1))
    assert (found.promised, found.free) == (0, 860), "its day has come: it is no longer waited for"


@pytest.mark.parametrize(("last", "due"), [(2, ago(1)), (1, ago(1)), (0, None)])
def test_a_promise_not_kept_is_checked_unless_somebody_was_in_contact_since(
    figures_of: OpenFigures, last: int, due: date | None
) -> None:
    found = one(
        figures_of,
        invoices=[invoice("A", "500", 50)],
        promises=[promise("M", "100", 9, 1, invoice_id="A")],
        contacts=[contact("T", last)],
    )
    assert found.promise_due_on == due


def test_contacts_of_which_something_came(figures_of: OpenFigures) -> None:
    """Counted for the cap: what we tried within 90 days and what did not fail. Theirs ends a silence all the same."""
    contacts = [
        contact("1", 90), contact("2", 89, outcome="no_answer"), contact("3", 30, direction="", outcome=""),
        contact("4", 8, direction="in"), contact("5", 2, outcome="bounced"), contact("6", 1, outcome="wrong_party"),
        contact("7", 30) | {"contacted_on": f"{ago(30)} 15:30:00"}, contact("8", -1),
    ]  # fmt: skip
    found = one(figures_of, invoices=[invoice("A", "500", 50)], contacts=contacts)
    assert found.contacted_on == (ago(89), ago(30), ago(30))
    assert found.last_contact_on == ago(8)


def test_the_credit_limit_is_used_by_all_that_is_owed(figures_of: OpenFigures) -> None:
    """400 overdue and 80 not yet due, of a limit of 500."""
    tables: Tables = {
        "customers": [customer(credit_limit="500"), customer("C2")],
        "invoices": [invoice("A", "400", 5), invoice("B", "80", -5), invoice("C", "9", 5, "C2")],
    }
    first, second = overdue_customers(figures_of(tables), as_of=DAY)
    assert (first.limit_used, second.limit_used) == (D("0.96"), None)


def test_what_the_application_knows(figures_of: OpenFigures) -> None:
    """C1 is to be followed up, C2 is insolvent, C3 is with an agency as a whole."""
    tables: Tables = {
        "customers": [customer(), customer("C2"), customer("C3")],
        "invoices": [invoice(f"I{n}", "400", 5, f"C{n}") for n in (1, 2, 3)],
        "placements": [
            row(placement_id="L", customer_id="C3", agency="North", placed_on=ago(3), amount="400")
        ],
    }
    arranged = Arranged(follow_ups={"C1": ago(-4), "C9": ago(1)}, holds={"C2": "insolvent"})
    found = overdue_customers(figures_of(tables), as_of=DAY, arranged=arranged)
    assert [one.follow_up_on for one in found] == [ago(-4), None, None]
    assert [one.hold for one in found] == ["", "insolvent", "placed with North"]


def euro_and_dollar(*rates: tuple[date, str]) -> Tables:
    """C1 owes 100 EUR and 200 USD, of which 50 USD is disputed and 20 USD promised; its limit is 400 USD."""
    return {
        "customers": [customer() | {"currency": "USD", "credit_limit": "400"}],
        "invoices": [invoice("A", "100", 5), invoice("B", "200", 40, currency="USD")],
        "disputes": [row(dispute_id="D", invoice_id="B", opened_on=ago(9), amount="50")],
        "promises": [promise("M", "20", 3, -2)],
        "fx_rates": [row(on=day, currency="USD", rate=rate) for day, rate in rates],
    }


def test_amounts_are_converted_as_the_engine_converts(figures_of: OpenFigures) -> None:
    """At 0.90 of the day before: 180 of what is overdue, 45 disputed, 18 promised; 280 of a limit of 360 is used."""
    figures = figures_of(euro_and_dollar((ago(1), "0.90"), (ago(40), "0.50")))
    (found,) = overdue_customers(figures, as_of=DAY)
    assert (found.currency, found.overdue_by_bucket, found.free_by_bucket) == (
        "EUR",
        (100, 180, 0, 0),
        (100, 117, 0, 0),
    )
    assert (found.disputed, found.promised, found.limit_used) == (45, 18, D("0.7778"))
    (other,) = overdue_customers(figures, as_of=DAY, currency="USD")
    assert (other.currency, round(other.overdue, 4), round(other.disputed, 4)) == ("USD", D("311.1111"), 50)


def test_a_missing_rate_names_currency_and_day(figures_of: OpenFigures) -> None:
    with pytest.raises(
        UnableToConvert, match="amounts in USD were not converted into EUR at the rate of 2026-06-17"
    ):
        overdue_customers(figures_of(euro_and_dollar((ago(8), "0.90"))), as_of=DAY)


def test_currencies_that_no_rate_joins_are_never_added(figures_of: OpenFigures) -> None:
    tables = euro_and_dollar()
    del tables["fx_rates"]
    with pytest.raises(
        UnableToRank,
        match="customers were not ranked: the books hold EUR, USD and no rates that lead to one of them; add fx_rates",
    ):
        overdue_customers(figures_of(tables), as_of=DAY)


def test_books_without_a_currency_have_candidates_and_never_say_one(figures_of: OpenFigures) -> None:
    tables: Tables = {
        "customers": [row(customer_id="C1", name="Alder", credit_limit="100")],
        "invoices": [row(invoice_id="A", customer_id="C1", issued_on=ago(40), due_on=ago(10), amount="250")],
        "disputes": [row(dispute_id="D", invoice_id="A", opened_on=ago(9), amount="50")],
    }
    (found,) = overdue_customers(figures_of(tables), as_of=DAY)
    assert (found.overdue, found.free, found.limit_used) == (250, 200, D("2.5"))
    (listed,) = morning([found], find_strategy(), as_of=DAY, collectors=["ann"]).lists[0].lines()
    assert listed.line.why.startswith("250.00 overdue, 50.00 of it disputed is left out; ")


def test_only_what_may_be_seen_is_a_candidate(figures_of: OpenFigures) -> None:
    """Bob sees the customers of bob; somebody of the entity UK what is owed to it, of a customer that owes DE too."""
    tables: Tables = {
        "customers": [customer(collector="ann"), customer("C2", collector="bob", entity_id="DE")],
        "invoices": [
            invoice("A", "100", 5, entity_id="UK"), invoice("B", "200", 5, "C2", entity_id="UK"),
            invoice("C", "400", 5, "C2", entity_id="DE"),
        ],
    }  # fmt: skip
    everything = figures_of(tables)

    def seen(scope: Scope) -> dict[str, Decimal]:
        figures = type(everything)(everything.opened, scope)
        return {one.customer_id: one.overdue for one in overdue_customers(figures, as_of=DAY)}

    assert seen(Scope()) == {"C1": 100, "C2": 600}
    assert seen(Scope(collectors=("bob",))) == {"C2": 600}
    assert seen(Scope(entities=("UK",))) == {"C1": 100, "C2": 200}
    assert seen(Scope(entities=(), collectors=())) == {}


def test_segments_are_told_apart_by_any_dimension_of_customers(figures_of: OpenFigures) -> None:
    tables: Tables = {
        "customers": [customer(type="public_body", shade='of "grey"', entity_id="DE")],
        "invoices": [invoice("A", "100", 5)],
    }
    figures = figures_of(tables)
    (found,) = overdue_customers(figures, as_of=DAY, dimensions=["type", "shade", "entity", "region"])
    assert found.dimensions == {"type": "public_body", "shade": 'of "grey"', "entity": "DE"}
    with pytest.raises(
        Misuse, match="salesperson is no dimension of customers; tell segments apart by one that is"
    ):
        overdue_customers(figures, as_of=DAY, dimensions=["salesperson"])


def test_demo_books_close(tmp_path: Path, figures_of: OpenFigures) -> None:
    """Of every customer what is overdue is the KPI's figure, its parts add up to it to the last digit, and everybody is
    on a list, left over or waiting."""
    as_of = date(2026, 10, 31)
    write_demo_books(tmp_path / "demo", customers=40, months=24, ends_on=as_of)
    figures = figures_of(tmp_path / "demo")
    strategy = find_strategy()
    found = overdue_customers(figures, as_of=as_of, dimensions=strategy.dimensions)
    rows = figures.kpis("overdue_receivables", as_of=as_of, by="customer")
    owed = {row["by"]["customer"]: row["value"] for row in rows if row["value"]}
    assert {one.customer_id: one.overdue for one in found} == owed
    assert [one.customer_id for one in found] == sorted(owed)
    for one in found:
        assert one.overdue == one.free + one.disputed + one.promised + one.planned + one.held
        assert all(
            0 <= free <= all_ for free, all_ in zip(one.free_by_bucket, one.overdue_by_bucket, strict=True)
        )
    assert any(one.disputed for one in found)
    assert any(one.broken_promises for one in found)
    day = morning(found, strategy, as_of=as_of, collectors={one.collector for one in found if one.collector})
    assert len(day.ranked) + len(day.waiting) == len(found)
    assert sum(len(who.customers) for who in day.lists) > 0


@pytest.mark.django_db(transaction=True)
def test_by_way_of_the_ledger_they_are_the_same(
    tmp_path: Path, figures_of: OpenFigures, settings: Any
) -> None:
    """The same books as files, and imported and mirrored from the database."""
    as_of = date(2026, 10, 31)
    write_demo_books(tmp_path / "demo", customers=15, months=18, ends_on=as_of)
    told = overdue_customers(figures_of(tmp_path / "demo"), as_of=as_of, dimensions=["segment"])
    fill(tmp_path / "demo")
    mirror.refresh(tmp_path / "mirrored")
    settings.MIRROR = tmp_path / "mirrored"
    found = overdue_customers(opened(Scope()), as_of=as_of, dimensions=["segment"])
    forget()
    assert found == told
    assert len(found) > 3
