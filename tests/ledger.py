"""Small books told day by day: a test's docstring is its ledger.

    customer A "Acme" segment=big collector=ann currency=EUR
    collector ann "Ann Ames" team=north hourly_cost=40
    2024-02-28 rate USD 0.92
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-01-06 invoice I2 A 90.00 terms="net 30" salesperson=sue
    instalment I2 45.00 due 2024-02-01                      # numbered as they come: I2#1, I2#2
    instalment I2 45.00 due 2024-03-01
    2024-01-07 invoice I3 A 10.00 USD due 2024-02-06
    2024-01-20 contact K1 A call right_party collector=ann minutes=5
    2024-01-20 promise R1 A 100.00 by 2024-02-01 for I1 collector=ann
    2024-01-25 withdraw R1
    2024-02-10 payment P1 A 150.00 -> I1 60.00, I2#1 30.00
    2024-02-20 apply P1 -> I2 20.00                         # matched later; of a credit note likewise
    2024-02-12 credit_note C1 A 20.00 -> I1 20.00           # or `for I1`: applied at once, by the books
    2024-02-12 dispute D1 I1 40.00 reason=price
    2024-02-20 resolve D1 credited
    2024-03-01 reversal P1
    2024-03-02 write_off W1 I1 80.00
    2024-03-03 placement L1 A 100.00 with "Agency" fee=0.1 for I1
    2024-03-05 legal G1 A claim 100.00 for I1
    2024-03-06 cost X1 staff 12.50 EUR collector=ann        # `for A`: of that customer
    2024-03-08 close G1
    2024-03-09 recall L1

Each line may end with `column=value` for any column of its table, such as `recorded_at=2024-01-31` (of an invoice or a
customer a further column, too: it becomes a dimension). Amounts may be followed by a currency. `#` after a blank starts
a comment. A first paragraph in which no line is a ledger's is taken for words about the test.
"""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import cleandoc
from pathlib import Path

from countback import Books, open_books
from countback.books.findings import UnableToReadBooks

Row = dict[str, str]
DAY = r"\d{4}-\d\d-\d\d"
ASSIGNMENT = r"[a-z_]+=.*"


class UnreadableLedger(ValueError):
    """A line that is not understood; says which, why, and how its kind is written."""

    def __init__(self, line: str, why: str) -> None:
        super().__init__(f"ledger line {line!r}: {why}")


def books_of(text: str | None, tmp_path: Path) -> Books:
    """The ledger's books, read by `countback.open_books` from a folder of CSV files under `tmp_path`."""
    try:
        return open_books(folder_of(text, tmp_path))
    except UnableToReadBooks as error:
        error.add_note("\n".join(map(str, error.problems)))
        raise


def folder_of(text: str | None, tmp_path: Path) -> Path:
    """A new books folder under `tmp_path` with the ledger's tables."""
    folder = tmp_path / f"books{sum(1 for _ in tmp_path.iterdir())}"
    folder.mkdir()
    for table, rows in read(text or "").items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def read(text: str) -> dict[str, list[Row]]:
    """The rows of each table that the ledger tells of. Raises UnreadableLedger."""
    ledger = Ledger()
    for line in _lines(text):
        ledger.take(line)
    return ledger.tables


def _lines(text: str) -> Iterator[str]:
    paragraphs = re.split(r"\n\s*\n", cleandoc(text).strip())
    if not any(_is_ledger(line) for line in paragraphs[0].splitlines()):
        paragraphs = paragraphs[1:]
    for line in "\n".join(paragraphs).splitlines():
        bare = re.sub(r"(^|\s)#.*", "", line).strip()
        if bare:
            yield bare


def _is_ledger(line: str) -> bool:
    return re.match(rf"\s*({DAY}\s|(customer|collector|instalment)\s)", line) is not None


@dataclass
class Words:
    """The words of a line, taken one after the other."""

    line: str
    left: list[str]
    form: str = ""

    def fail(self, why: str) -> UnreadableLedger:
        """The error to raise."""
        return UnreadableLedger(self.line, why + (f"; it is written: {self.form}" if self.form else ""))

    def next(self, what: str, shape: str = r"(?!->).+") -> str:
        """The next word, which must be there and look like `shape`."""
        if not self.left or not re.fullmatch(shape, self.left[0]):
            raise self.fail(f"{what} is missing" if not self.left else f"{self.left[0]!r} is no {what}")
        return self.left.pop(0)

    def maybe(self, shape: str) -> str:
        """The next word if it looks like `shape`, else nothing."""
        return self.left.pop(0) if self.left and re.fullmatch(shape, self.left[0]) else ""

    def after(self, word: str, what: str, shape: str = ".+") -> str:
        """What follows `word` if that comes next, else nothing."""
        return self.next(what, shape) if self.maybe(re.escape(word)) else ""

    def amount(self, what: str = "amount") -> str:
        """An amount, or other number."""
        return self.next(what, r"-?\d+(\.\d+)?")

    def currency(self) -> str:
        """A currency, where one comes next."""
        return self.maybe("[A-Z]{3}")


@dataclass
class Ledger:
    """Tables as the lines fill them. Lines that end something (reversal, recall) set a date in the row they name."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {"customers": [], "invoices": []})

    def take(self, line: str) -> None:
        """Read one line into its table."""
        try:
            left = [word.rstrip(",") if "=" not in word else word for word in shlex.split(line)]
        except ValueError as error:
            raise UnreadableLedger(line, "a quotation mark is open") from error
        words = Words(line, left)
        day = words.maybe(DAY)
        kind = words.next("word for what happened")
        forms = DATED if day else UNDATED
        if kind not in forms:
            known = ", ".join(forms)
            raise words.fail(
                f"{kind!r} is not known {'after' if day else 'without'} a date; use one of {known}"
            )
        words.form, taker = forms[kind]
        made = taker(self, words, day)
        made |= self._assigned(words)
        for name in [name for name, value in made.items() if not value]:
            del made[name]

    def add(self, table: str, **row: str) -> Row:
        """A new row."""
        self.tables.setdefault(table, []).append(row)
        return row

    def named(self, words: Words, table: str, key: str, what: str) -> Row:
        """The row that the next word names."""
        name = words.next(what)
        for row in self.tables.get(table, []):
            if row[key] == name:
                return row
        raise words.fail(f"no {what} {name!r} stands above")

    def _assigned(self, words: Words) -> Row:
        found = {}
        for word in words.left:
            if not re.fullmatch(ASSIGNMENT, word):
                raise words.fail(f"{word!r} is one word too many")
            name, _, value = word.partition("=")
            found[name] = value
        return found

    def apply(self, words: Words, source: Row, day: str) -> None:
        """`-> I1 100.00, I2#1 30.00`: the rest of the line but for assignments, as allocations of `source`."""
        if not words.maybe("->"):
            return
        key = "payment_id" if "payment_id" in source else "credit_note_id"
        while words.left and not re.fullmatch(ASSIGNMENT, words.left[0]):
            invoice, _, number = words.next("invoice").partition("#")
            amount = words.amount()
            row = {
                key: source[key],
                "invoice_id": invoice,
                "amount": amount,
                "applied_on": day,
                "instalment": number,
            }
            self.add("allocations", **{name: value for name, value in row.items() if value})


def _customer(ledger: Ledger, words: Words, day: str) -> Row:
    name = words.next("customer")
    return ledger.add("customers", customer_id=name, name=words.maybe(rf"(?!{ASSIGNMENT}).+") or name)


def _collector(ledger: Ledger, words: Words, day: str) -> Row:
    name = words.next("collector")
    return ledger.add("collectors", collector=name, name=words.maybe(rf"(?!{ASSIGNMENT}).+") or name)


def _instalment(ledger: Ledger, words: Words, day: str) -> Row:
    invoice = words.next("invoice")
    number = 1 + sum(row["invoice_id"] == invoice for row in ledger.tables.get("instalments", []))
    amount = words.amount()
    due = words.after("due", "due date", DAY)
    return ledger.add("instalments", invoice_id=invoice, number=str(number), amount=amount, due_on=due)


def _invoice(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer, amount, currency = (
        words.next("invoice"),
        words.next("customer"),
        words.amount(),
        words.currency(),
    )
    due = words.after("due", "due date", DAY)
    return ledger.add(
        "invoices",
        invoice_id=name,
        customer_id=customer,
        issued_on=day,
        due_on=due,
        amount=amount,
        currency=currency,
    )


def _payment(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer, amount, currency = (
        words.next("payment"),
        words.next("customer"),
        words.amount(),
        words.currency(),
    )
    made = ledger.add(
        "payments", payment_id=name, customer_id=customer, received_on=day, amount=amount, currency=currency
    )
    ledger.apply(words, made, "")
    return made


def _credit_note(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer = words.next("credit note"), words.next("customer")
    amount, currency = words.amount(), words.currency()
    invoice = words.after("for", "invoice")
    made = ledger.add(
        "credit_notes", credit_note_id=name, customer_id=customer, issued_on=day, amount=amount, currency=currency,
        invoice_id=invoice,
    )  # fmt: skip
    ledger.apply(words, made, "")
    return made


def _apply(ledger: Ledger, words: Words, day: str) -> Row:
    payments = {row["payment_id"] for row in ledger.tables.get("payments", [])}
    if words.left and words.left[0] in payments:
        source = ledger.named(words, "payments", "payment_id", "payment")
    else:
        source = ledger.named(words, "credit_notes", "credit_note_id", "payment or credit note")
    before = len(ledger.tables.get("allocations", []))
    ledger.apply(words, source, day)
    if len(ledger.tables.get("allocations", [])) != before + 1:
        raise words.fail("it applies to one invoice")
    return ledger.tables["allocations"][-1]


def _write_off(ledger: Ledger, words: Words, day: str) -> Row:
    name, invoice, amount = words.next("write-off"), words.next("invoice"), words.amount()
    return ledger.add("write_offs", write_off_id=name, invoice_id=invoice, written_off_on=day, amount=amount)


def _promise(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer, amount = words.next("promise"), words.next("customer"), words.amount()
    due = words.after("by", "due date", DAY)
    invoice = words.after("for", "invoice")
    return ledger.add(
        "promises",
        promise_id=name,
        customer_id=customer,
        invoice_id=invoice,
        made_on=day,
        due_on=due,
        amount=amount,
    )


def _dispute(ledger: Ledger, words: Words, day: str) -> Row:
    name, invoice, amount = words.next("dispute"), words.next("invoice"), words.amount()
    return ledger.add("disputes", dispute_id=name, invoice_id=invoice, opened_on=day, amount=amount)


def _resolve(ledger: Ledger, words: Words, day: str) -> Row:
    made = ledger.named(words, "disputes", "dispute_id", "dispute")
    made |= {"resolved_on": day, "outcome": words.next("outcome", "credited|upheld|withdrawn")}
    return made


def _contact(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer = words.next("contact"), words.next("customer")
    channel = words.next("channel", "call|email|letter|sms|visit|portal")
    outcome = words.maybe("right_party|wrong_party|no_answer|left_message|bounced")
    return ledger.add(
        "contacts", contact_id=name, customer_id=customer, contacted_on=day, channel=channel, outcome=outcome,
        invoice_id=words.after("for", "invoice"),
    )  # fmt: skip


def _placement(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer, amount = words.next("placement"), words.next("customer"), words.amount()
    agency = words.after("with", "agency")
    fee = words.maybe(r"fee=\d+(\.\d+)?").removeprefix("fee=")
    return ledger.add(
        "placements", placement_id=name, customer_id=customer, placed_on=day, amount=amount, agency=agency,
        fee_rate=fee, invoice_id=words.after("for", "invoice"),
    )  # fmt: skip


def _legal(ledger: Ledger, words: Words, day: str) -> Row:
    name, customer = words.next("legal action"), words.next("customer")
    kind = words.next("kind", "letter_before_action|claim|judgment|enforcement")
    return ledger.add(
        "legal_actions", legal_action_id=name, customer_id=customer, started_on=day, kind=kind,
        amount=words.maybe(r"\d+(\.\d+)?"), invoice_id=words.after("for", "invoice"),
    )  # fmt: skip


def _cost(ledger: Ledger, words: Words, day: str) -> Row:
    name, kind = words.next("cost"), words.next("kind", "staff|system|agency_fee|legal|other")
    amount, currency, customer = words.amount(), words.currency(), words.after("for", "customer")
    return ledger.add(
        "costs",
        cost_id=name,
        incurred_on=day,
        kind=kind,
        amount=amount,
        currency=currency,
        customer_id=customer,
    )


def _rate(ledger: Ledger, words: Words, day: str) -> Row:
    return ledger.add(
        "fx_rates", on=day, currency=words.next("currency", "[A-Z]{3}"), rate=words.amount("rate")
    )


Taker = Callable[[Ledger, Words, str], Row]


def _ends(table: str, key: str, what: str, column: str) -> Taker:
    """A line that sets a date in a row above."""

    def take(ledger: Ledger, words: Words, day: str) -> Row:
        made = ledger.named(words, table, key, what)
        made[column] = day
        return made

    return take


UNDATED: dict[str, tuple[str, Taker]] = {
    "customer": ('customer ID "NAME" column=value', _customer),
    "collector": ('collector ID "NAME" column=value', _collector),
    "instalment": ("instalment INVOICE AMOUNT due DATE", _instalment),
}
DATED: dict[str, tuple[str, Taker]] = {
    "invoice": ("DATE invoice ID CUSTOMER AMOUNT [CURRENCY] due DATE", _invoice),
    "payment": ("DATE payment ID CUSTOMER AMOUNT [CURRENCY] [-> INVOICE AMOUNT, …]", _payment),
    "credit_note": ("DATE credit_note ID CUSTOMER AMOUNT [CURRENCY] [-> INVOICE AMOUNT, …]", _credit_note),
    "apply": ("DATE apply PAYMENT-OR-CREDIT-NOTE -> INVOICE AMOUNT", _apply),
    "reversal": ("DATE reversal PAYMENT", _ends("payments", "payment_id", "payment", "reversed_on")),
    "write_off": ("DATE write_off ID INVOICE AMOUNT", _write_off),
    "promise": ("DATE promise ID CUSTOMER AMOUNT by DATE [for INVOICE]", _promise),
    "withdraw": ("DATE withdraw PROMISE", _ends("promises", "promise_id", "promise", "withdrawn_on")),
    "dispute": ("DATE dispute ID INVOICE AMOUNT", _dispute),
    "resolve": ("DATE resolve DISPUTE credited|upheld|withdrawn", _resolve),
    "contact": ("DATE contact ID CUSTOMER CHANNEL [OUTCOME] [for INVOICE]", _contact),
    "placement": ('DATE placement ID CUSTOMER AMOUNT with "AGENCY" [fee=RATE] [for INVOICE]', _placement),
    "recall": ("DATE recall PLACEMENT", _ends("placements", "placement_id", "placement", "recalled_on")),
    "legal": ("DATE legal ID CUSTOMER KIND [AMOUNT] [for INVOICE]", _legal),
    "close": (
        "DATE close LEGAL-ACTION",
        _ends("legal_actions", "legal_action_id", "legal action", "closed_on"),
    ),
    "cost": ("DATE cost ID KIND AMOUNT [CURRENCY] [for CUSTOMER]", _cost),
    "rate": ("DATE rate CURRENCY RATE", _rate),
}
