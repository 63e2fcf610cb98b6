"""For tests: candidates of which only what matters is said, and such that Hypothesis makes up; and a ledger with
customers of two collectors, and a day on which to work on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from pytest_django import Settings

from countback.accounts.testing import let_it_be
from countback.ledger import mirror
from countback.ledger.testing import Importing
from countback.worklists.candidate import Candidate
from tests.generated_books import Tables

DAY = date(2026, 6, 17)
"""A Wednesday: the day of the lists."""


def ago(days: int) -> date:
    """So many days before that day."""
    return DAY - timedelta(days)


def candidate(customer_id: str = "C1", *free: str, **further: Any) -> Candidate:
    """A customer with these amounts free to collect, by bucket; 1,000.00 that is 10 days past due where none is said.
    What is `disputed`, `promised`, `planned` or `held` is overdue beside it, in the first bucket. Contacted never."""
    amounts = tuple(Decimal(amount) for amount in free or ("1000",))
    amounts += (Decimal(0),) * (4 - len(amounts))
    aside = {
        name: Decimal(further.pop(name))
        for name in ("disputed", "promised", "planned", "held")
        if name in further
    }
    first = amounts[0] + sum(aside.values(), Decimal(0))
    given: dict[str, Any] = {"oldest_due_on": ago(10), "collector": "ann", "currency": "EUR"}
    return Candidate(
        customer_id=customer_id,
        name=f"Customer {customer_id}",
        overdue_by_bucket=(first, *amounts[1:]),
        free_by_bucket=amounts,
        **{**given, **aside, **further},
    )


AMOUNTS = st.decimals(Decimal(0), Decimal(10) ** 7, places=2)


@st.composite
def candidates(draw: st.DrawFn, customer_id: str = "C1") -> Candidate:
    """Any customer, wherever it stands."""
    silent = draw(st.none() | st.integers(0, 200))
    contacted = (
        [] if silent is None else draw(st.lists(st.integers(silent, 89), max_size=4)) if silent < 90 else []
    )
    promises = draw(st.integers(0, 6))
    return candidate(
        customer_id,
        *(str(draw(AMOUNTS)) for _ in range(4)),
        oldest_due_on=ago(draw(st.integers(1, 400))),
        disputed=draw(AMOUNTS | st.just(Decimal(0))),
        promised=draw(AMOUNTS | st.just(Decimal(0))),
        collector=draw(st.sampled_from(["ann", "bob", "cem", "gone", None])),
        promises=promises,
        broken_promises=draw(st.integers(0, promises)),
        promise_due_on=draw(st.none() | st.integers(1, 30).map(ago)) if silent is None else None,
        days_beyond_terms=draw(st.none() | st.decimals(-90, 200, places=4)),
        limit_used=draw(st.none() | st.decimals(0, 9, places=4)),
        last_contact_on=None if silent is None else ago(silent),
        contacted_on=tuple(ago(days) for days in contacted),
        follow_up_on=draw(st.none() | st.integers(-20, 20).map(ago)),
        hold=draw(st.sampled_from(["", "", "", "insolvent"])),
        dimensions={"type": draw(st.sampled_from(["company", "public_body"]))},
    )


PORTFOLIOS = st.integers(0, 25).flatmap(
    lambda size: st.tuples(*(candidates(f"C{number}") for number in range(size)))
)
"""Some customers, each of another number."""


TODAY = date(2026, 6, 17)
AT = datetime(2026, 6, 17, 8, 30, tzinfo=UTC)
HERS, HIS = 12, 3


def books(today: date) -> Tables:
    """A1 to A12 are anna's and owe 1,000.00, 2,000.00 and so on, B1 to B3 are ben's; N1 is nobody's. All of it has been
    due for a month; A12 was called yesterday."""
    issued_on, due_on, yesterday = ((today - timedelta(days)).isoformat() for days in (61, 31, 1))
    whose = (
        {f"A{n}": "anna" for n in range(1, HERS + 1)}
        | {f"B{n}": "ben" for n in range(1, HIS + 1)}
        | {"N1": ""}
    )
    customers = [
        {
            "customer_id": one,
            "name": f"House {one}",
            "collector": collector,
            "entity_id": "E1",
            "currency": "EUR",
        }
        for one, collector in whose.items()
    ]
    invoices = [
        {"invoice_id": f"I-{one}", "customer_id": one, "issued_on": issued_on, "due_on": due_on,
         "amount": f"{1000 * int(one[1:])}.00", "currency": "EUR"}
        for one in whose
    ]  # fmt: skip
    called = {"contact_id": "K1", "customer_id": "A12", "contacted_on": yesterday, "channel": "call"}
    collectors = [
        {"collector": "anna", "name": "Anna Lind", "email": "bob@example.com"},
        {"collector": "ben", "name": "Ben Cole", "email": "ben@example.com"},
    ]
    return {"customers": customers, "invoices": invoices, "contacts": [called], "collectors": collectors}


@pytest.fixture
def today() -> date:
    """The day of the lists."""
    return TODAY


@pytest.fixture
def in_the_ledger(settings: Settings, tmp_path: Path, today: date) -> None:
    """The books in the ledger, and figures over them."""
    settings.MIRROR, settings.UPLOADS = tmp_path / "mirror", tmp_path / "uploads"
    (tmp_path / "books").mkdir()
    Importing(tmp_path / "books")(books(today))
    mirror.refresh(tmp_path / "mirror")


@pytest.fixture
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What every request takes for now."""
    let_it_be(monkeypatch, TODAY, AT)
