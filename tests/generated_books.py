"""Small valid books that Hypothesis makes up, and what is owed in them, worked out apart from the engine.

A *story* is the books of one customer or two: invoices, some in instalments; payments over several of them, at times
before the invoice, matched late, returned, paid again; credit notes; write-offs and what is recovered after them; and
everything that happens around it. `shelf` binds many stories into one set of books, where the customers' column `story`
tells them apart: one query then asks all stories at once, since compiling a question takes longer than answering it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

Row = dict[str, str]
Tables = dict[str, list[Row]]

FIRST = date(2024, 1, 1)
SPAN = 500
"""Days over which stories run."""

CHANNELS = ("call", "email", "letter", "sms", "visit", "portal")
OUTCOMES = ("right_party", "wrong_party", "no_answer", "left_message", "bounced")
LEGAL = ("letter_before_action", "claim", "judgment", "enforcement")


@dataclass
class Invoice:
    """One invoice while its story is made: what may still be allocated to it (`room`) and to each of its instalments
    (`parts`, by number), and what moves its balance, by day."""

    id: str
    customer: str
    currency: str
    issued_on: date
    due_on: date
    amount: Decimal
    room: Decimal
    parts: dict[str, Decimal] = field(default_factory=dict)
    moves: list[tuple[date, Decimal]] = field(default_factory=list)

    def settled(self, day: date) -> Decimal:
        """What settlements take off by then, more than the amount where something was recovered."""
        return sum((taken for on, taken in self.moves if on <= day), Decimal(0))

    def open(self, day: date) -> Decimal:
        """What is open at the end of the day."""
        return max(self.amount - self.settled(day), Decimal(0)) if self.issued_on <= day else Decimal(0)

    def recovered(self, day: date) -> Decimal:
        """What came in beyond what the write-off left."""
        return max(self.settled(day) - self.amount, Decimal(0)) if self.issued_on <= day else Decimal(0)


@dataclass
class Story:
    """The tables of one story and its invoices as `Invoice`."""

    tables: Tables = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)

    def add(self, table: str, **row: object) -> Row:
        """A new row; blanks stay out."""
        made = {name: str(value) for name, value in row.items() if value not in (None, "")}
        self.tables.setdefault(table, []).append(made)
        return made


def days(low: int, high: int) -> st.SearchStrategy[int]:
    """A number of days."""
    return st.integers(low, high)


@st.composite
def stories(draw: st.DrawFn, *, late_records: bool = True) -> Story:
    """One story. `late_records`: whether some rows say when they were recorded, weeks after they took effect."""
    made = Story()
    names = ["A", "B"][: draw(st.integers(1, 2))]
    currency = draw(st.sampled_from(["EUR", "EUR", "USD"]))
    for name in names:
        made.add(
            "customers", customer_id=name, name=f"Customer {name}", currency=currency,
            segment=draw(st.sampled_from(["big", "small", ""])), parent_id="A" if name == "B" else "",
            collector=draw(st.sampled_from(["ann", "bob", ""])),
        )  # fmt: skip
    for number in range(draw(st.integers(1, 5))):
        _invoice(draw, made, f"I{number}", draw(st.sampled_from(names)), currency)
    for number in range(draw(st.integers(0, 4))):
        _payment(draw, made, number)
    for number in range(draw(st.integers(0, 2))):
        _credit_note(draw, made, number)
    for invoice in made.invoices:
        if draw(st.sampled_from([False, False, True])):
            _write_off(draw, made, invoice)
    _activities(draw, made)
    if late_records:
        _recorded(draw, made)
    return made


def _amount(draw: st.DrawFn, low: int = 1, high: int = 500_000) -> Decimal:
    return Decimal(draw(st.integers(low, high))).scaleb(-2)


def _part(draw: st.DrawFn, whole: Decimal) -> Decimal:
    """The whole, or a part of it to the cent."""
    if draw(st.booleans()):
        return whole
    return _amount(draw, 1, max(int(whole.scaleb(2)), 1))


def _any_day(draw: st.DrawFn) -> date:
    """Months are drawn alike; a number of days alone would come out small most of the time."""
    return FIRST + timedelta(30 * draw(st.sampled_from(range(SPAN // 30 - 1))) + draw(days(0, 29)))


def _invoice(draw: st.DrawFn, made: Story, name: str, customer: str, currency: str) -> None:
    issued_on = _any_day(draw)
    terms = draw(st.sampled_from([0, 14, 30, 30, 60, 90]))
    amount = _amount(draw)
    invoice = Invoice(name, customer, currency, issued_on, issued_on + timedelta(terms), amount, amount)
    made.invoices.append(invoice)
    made.add(
        "invoices", invoice_id=name, customer_id=customer, issued_on=issued_on, due_on=invoice.due_on, amount=amount,
        currency=currency, salesperson=draw(st.sampled_from(["sue", "tom", ""])),
    )  # fmt: skip
    if amount >= 1 and draw(st.integers(0, 3)) == 3:
        first = _amount(draw, 1, int(amount.scaleb(2)) - 1)
        for number, part in enumerate((first, amount - first), start=1):
            due_on = issued_on + timedelta(terms * number)
            made.add("instalments", invoice_id=name, number=number, due_on=due_on, amount=part)
            invoice.parts[str(number)] = part


Share = tuple[Invoice, str, Decimal]
"""An invoice, the instalment that is named if any, and what is allocated to it."""


def _shares(draw: st.DrawFn, made: Story, customer: str, holds: Decimal) -> list[Share]:
    """Which of the customer's invoices are settled with what, out of `holds`."""
    found = []
    for invoice in made.invoices:
        room = min(holds, invoice.room)
        if invoice.customer != customer or room <= 0 or not draw(st.booleans()):
            continue
        number = draw(st.sampled_from(["", *(part for part, left in invoice.parts.items() if left > 0)]))
        room = min(room, invoice.parts.get(number, room))
        taken = min(_part(draw, room), room)
        invoice.room -= taken
        if number:
            invoice.parts[number] -= taken
        holds -= taken
        found.append((invoice, number, taken))
    return found


def _payment(draw: st.DrawFn, made: Story, number: int) -> None:
    customer = draw(st.sampled_from(made.tables["customers"]))["customer_id"]
    theirs = [invoice for invoice in made.invoices if invoice.customer == customer]
    if not theirs:
        return
    base = draw(st.sampled_from(theirs))
    received_on = max(FIRST, base.issued_on + timedelta(draw(days(-10, 150))))
    amount = base.amount if draw(st.booleans()) else _amount(draw)
    shares = _shares(draw, made, customer, amount)
    reversed_on = _pay(draw, made, f"P{number}", customer, received_on, amount, shares, draw(days(0, 5)) == 5)
    if reversed_on is not None and draw(st.booleans()):
        again_on = reversed_on + timedelta(draw(days(0, 40)))
        _pay(draw, made, f"P{number}again", customer, again_on, amount, shares, False)


def _pay(
    draw: st.DrawFn, made: Story, name: str, customer: str, received_on: date, amount: Decimal,
    shares: list[Share], returned: bool,
) -> date | None:  # fmt: skip
    """A payment and its allocations; the day of its return if it is."""
    late = draw(days(0, 25)) if draw(st.booleans()) else 0
    effects = [max(received_on + timedelta(late), invoice.issued_on) for invoice, _, _ in shares]
    last = max([received_on, *effects])
    reversed_on = last + timedelta(1 + draw(days(0, 60))) if returned else None
    made.add(
        "payments", payment_id=name, customer_id=customer, received_on=received_on, amount=amount,
        currency=made.invoices[0].currency, reversed_on=reversed_on,
    )  # fmt: skip
    for (invoice, number, taken), effective_on in zip(shares, effects, strict=True):
        applied_on = effective_on if late else None
        made.add(
            "allocations", payment_id=name, invoice_id=invoice.id, amount=taken, applied_on=applied_on,
            instalment=number,
        )  # fmt: skip
        invoice.moves.append((effective_on, taken))
        if reversed_on is not None:
            invoice.moves.append((reversed_on, -taken))
    return reversed_on


def _credit_note(draw: st.DrawFn, made: Story, number: int) -> None:
    base = draw(st.sampled_from(made.invoices))
    issued_on = base.issued_on + timedelta(draw(days(0, 120)))
    amount = _amount(draw, 1, 100_000)
    whole = {"customer_id": base.customer, "issued_on": issued_on, "currency": base.currency}
    name = f"C{number}"
    if draw(st.booleans()) and base.room >= amount:
        made.add("credit_notes", credit_note_id=name, amount=amount, invoice_id=base.id, **whole)
        base.room -= amount
        base.moves.append((issued_on, amount))
        return
    made.add("credit_notes", credit_note_id=name, amount=amount, **whole)
    for invoice, part, taken in _shares(draw, made, base.customer, amount):
        made.add("allocations", credit_note_id=name, invoice_id=invoice.id, amount=taken, instalment=part)
        invoice.moves.append((max(issued_on, invoice.issued_on), taken))


def _write_off(draw: st.DrawFn, made: Story, invoice: Invoice) -> None:
    """Of what is open on a day; cash that comes later than that is recovery."""
    day = invoice.due_on + timedelta(draw(days(1, 150)))
    left = invoice.open(day)
    if left <= 0:
        return
    amount = min(_part(draw, left), left)
    made.add(
        "write_offs", write_off_id=f"W{invoice.id}", invoice_id=invoice.id, written_off_on=day, amount=amount
    )
    invoice.moves.append((day, amount))


def _activities(draw: st.DrawFn, made: Story) -> None:
    for number, kind in enumerate(
        draw(st.lists(st.sampled_from(sorted(ACTIVITIES)), min_size=3, max_size=12))
    ):
        invoice = draw(st.sampled_from(made.invoices))
        day = max(_any_day(draw), invoice.issued_on)
        ACTIVITIES[kind](draw, made, number, invoice, day)


def _promise(draw: st.DrawFn, made: Story, number: int, invoice: Invoice, day: date) -> None:
    made.add(
        "promises", promise_id=f"R{number}", customer_id=invoice.customer, made_on=day,
        amount=_part(draw, invoice.amount), due_on=day + timedelta(draw(days(0, 30))),
        invoice_id=invoice.id if draw(st.booleans()) else "",
        withdrawn_on=day + timedelta(draw(days(0, 20))) if draw(days(0, 4)) == 4 else "",
    )  # fmt: skip


def _dispute(draw: st.DrawFn, made: Story, number: int, invoice: Invoice, day: date) -> None:
    resolved_on = day + timedelta(draw(days(0, 90))) if draw(st.booleans()) else ""
    made.add(
        "disputes", dispute_id=f"D{number}", invoice_id=invoice.id, opened_on=day, amount=_part(draw, invoice.amount),
        resolved_on=resolved_on, outcome="upheld" if resolved_on else "", reason=draw(st.sampled_from(["price",
        "damage"])),
    )  # fmt: skip


def _contact(draw: st.DrawFn, made: Story, number: int, invoice: Invoice, day: date) -> None:
    made.add(
        "contacts", contact_id=f"K{number}", customer_id=invoice.customer, contacted_on=day, minutes=draw(days(1, 30)),
        channel=draw(st.sampled_from(CHANNELS)), outcome=draw(st.sampled_from(OUTCOMES)),
        collector=draw(st.sampled_from(["ann", "bob", ""])),
    )  # fmt: skip


def _placement(draw: st.DrawFn, made: Story, number: int, invoice: Invoice, day: date) -> None:
    made.add(
        "placements", placement_id=f"L{number}", customer_id=invoice.customer, agency=draw(st.sampled_from(["X", "Y"])),
        invoice_id=invoice.id if draw(st.booleans()) else "", placed_on=day, amount=invoice.amount, fee_rate="0.25",
    )  # fmt: skip


def _legal(draw: st.DrawFn, made: Story, number: int, invoice: Invoice, day: date) -> None:
    kind = draw(st.sampled_from(LEGAL))
    made.add(
        "legal_actions", legal_action_id=f"G{number}", customer_id=invoice.customer, kind=kind, started_on=day
    )


def _cost(draw: st.DrawFn, made: Story, number: int, invoice: Invoice, day: date) -> None:
    made.add(
        "costs", cost_id=f"X{number}", incurred_on=day, kind=draw(st.sampled_from(["staff", "agency_fee", "legal"])),
        amount=_amount(draw, 1, 9_999), currency=invoice.currency, customer_id=invoice.customer,
    )  # fmt: skip


ACTIVITIES = {
    "contact": _contact,
    "cost": _cost,
    "dispute": _dispute,
    "legal": _legal,
    "placement": _placement,
    "promise": _promise,
}

EFFECT = {
    "invoices": "issued_on",
    "payments": "received_on",
    "credit_notes": "issued_on",
    "allocations": "applied_on",
    "write_offs": "written_off_on",
    "promises": "made_on",
    "disputes": "opened_on",
    "contacts": "contacted_on",
    "placements": "placed_on",
    "legal_actions": "started_on",
    "costs": "incurred_on",
}
"""Tables whose rows may be recorded late, and the date on which they take effect."""


def _recorded(draw: st.DrawFn, made: Story) -> None:
    for table, column in EFFECT.items():
        for row in made.tables.get(table, []):
            if column in row and draw(st.integers(0, 3)) == 3:
                day = date.fromisoformat(row[column]) + timedelta(draw(days(0, 60)))
                row["recorded_at"] = f"{day}T12:00:00"
    # Nobody disputes, promises or hands over an invoice that the books do not know yet.
    known = {row["invoice_id"]: row.get("recorded_at", "") for row in made.tables["invoices"]}
    for table in ("disputes", "promises", "placements"):
        for row in made.tables.get(table, []):
            since = max(row.get("recorded_at", ""), known.get(row.get("invoice_id", ""), ""))
            row |= {"recorded_at": since} if since else {}


def gather(count: int, *, late_records: bool = True) -> list[Story]:
    """So many stories as Hypothesis would try them, the same ones at every run."""
    found: list[Story] = []

    @settings(
        max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(stories(late_records=late_records))
    def collect(story: Story) -> None:
        found.append(story)

    collect()
    return found


OWN = ("customer_id", "invoice_id", "payment_id", "credit_note_id", "parent_id")
"""Columns that name a row of the same story, besides each table's own identifier (its first column)."""


def shelf(made: list[Story], numbers: Sequence[int] | None = None) -> Tables:
    """All stories as one set of books; identifiers carry the story's number, customers a column `story`."""
    bound: Tables = {"customers": [], "invoices": []}
    for number, story in zip(numbers or range(len(made)), made, strict=True):
        for table, rows in story.tables.items():
            for row in rows:
                named = {
                    name: f"S{number}-{value}" if name in OWN or (name.endswith("_id") and name != "entity_id")
                    else value for name, value in row.items()
                }  # fmt: skip
                if table == "customers":
                    named["story"] = f"S{number}"
                bound.setdefault(table, []).append(named)
    return bound


def with_rates(tables: Tables) -> Tables:
    """The books with a rate of the dollar for every week: amounts are converted into euros."""
    weeks = range(0, SPAN + 120, 7)
    rates = [
        {
            "on": str(FIRST + timedelta(day)),
            "currency": "USD",
            "rate": str(Decimal(9000 + day).scaleb(-4)),
        }
        for day in weeks
    ]
    return tables | {"fx_rates": rates}


def write(tables: Tables, folder: Path) -> Path:
    """The tables as a books folder of CSV files."""
    folder.mkdir(parents=True)
    for table, rows in tables.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder
