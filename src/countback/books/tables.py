"""The fifteen tables of the books format: their columns, types and rules. Nothing else knows them.

Source: the books format. Everything that reads, checks, writes or documents books is driven by `TABLES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "moment", "money", "rate", "quantity", "count", "day_or_moment"]

SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "moment": "TIMESTAMP",
    "day_or_moment": "TIMESTAMP",
    "money": "DECIMAL(18,4)",
    "rate": "DECIMAL(18,10)",
    "quantity": "DECIMAL(18,4)",
    "count": "INTEGER",
}
"""DuckDB type of each kind. Money has four decimals: no currency has more; a file may not give more than its
currency has."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `required`: a blank refuses the row. `choices`: the allowed words, empty for free text.

    `refers`: the table whose identifier it must name. `signed`: a negative amount is allowed.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    refers: str | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key`: the columns that identify a row. `open_ended`: further columns are kept and become
    dimensions."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    open_ended: bool = False

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return next_or_key_error(self.columns, name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the format."""
        return tuple(column.name for column in self.columns)


def next_or_key_error(columns: tuple[Column, ...], name: str) -> Column:
    """The column called `name`; KeyError where there is none."""
    for column in columns:
        if column.name == name:
            return column
    raise KeyError(name)


RECORDED_AT = Column("recorded_at", "moment")
"""When the books learned of the row (UTC where a zone is given). Blank: always known."""


def _id(name: str) -> Column:
    return Column(name, required=True)


def _ref(name: str, table: str, *, required: bool = False) -> Column:
    return Column(name, required=required, refers=table)


def _date(name: str, *, required: bool = False) -> Column:
    return Column(name, "date", required=required)


def _money(name: str, *, required: bool = False) -> Column:
    return Column(name, "money", required=required)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


_CUSTOMER = _ref("customer_id", "customers", required=True)
_INVOICE = _ref("invoice_id", "invoices", required=True)
_MAYBE_INVOICE = _ref("invoice_id", "invoices")
_AMOUNT = _money("amount", required=True)
_CURRENCY = Column("currency")


def _table(name: str, key: str, *columns: Column, required: bool = False, open_ended: bool = False) -> Table:
    return Table(name, tuple(key.split()), (*columns, RECORDED_AT), required, open_ended)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table(
            "customers",
            "customer_id",
            _id("customer_id"),
            Column("name", required=True),
            _ref("parent_id", "customers"),
            *_texts("entity_id", "segment", "region", "country", "language", "timezone", "currency", "terms"),
            _money("credit_limit"),
            *_texts("collector", "email", "phone"),
            Column("type", choices=("company", "sole_trader", "consumer", "public_body")),
            required=True,
            open_ended=True,
        ),
        _table(
            "invoices",
            "invoice_id",
            _id("invoice_id"),
            _CUSTOMER,
            _date("issued_on", required=True),
            _date("due_on"),
            Column("terms"),
            _AMOUNT,
            _CURRENCY,
            Column("entity_id"),
            Column("kind", choices=("invoice", "charge", "interest")),
            *_texts("po_number", "salesperson"),
            required=True,
            open_ended=True,
        ),
        _table(
            "instalments",
            "invoice_id number",
            _INVOICE,
            Column("number", "count", required=True),
            _date("due_on", required=True),
            _AMOUNT,
        ),
        _table(
            "credit_notes",
            "credit_note_id",
            _id("credit_note_id"),
            _CUSTOMER,
            _date("issued_on", required=True),
            _AMOUNT,
            _CURRENCY,
            _MAYBE_INVOICE,
            Column("reason"),
        ),
        _table(
            "payments",
            "payment_id",
            _id("payment_id"),
            _CUSTOMER,
            _date("received_on", required=True),
            _AMOUNT,
            _CURRENCY,
            *_texts("method", "reference"),
            _date("reversed_on"),
        ),
        _table(
            "allocations",
            "",
            _ref("payment_id", "payments"),
            _ref("credit_note_id", "credit_notes"),
            _INVOICE,
            _AMOUNT,
            _date("applied_on"),
            Column("instalment", "count"),
        ),
        _table(
            "write_offs",
            "write_off_id",
            _id("write_off_id"),
            _INVOICE,
            _date("written_off_on", required=True),
            _AMOUNT,
            Column("reason"),
        ),
        _table(
            "promises",
            "promise_id",
            _id("promise_id"),
            _CUSTOMER,
            _MAYBE_INVOICE,
            _date("made_on", required=True),
            _date("due_on", required=True),
            _AMOUNT,
            _date("withdrawn_on"),
            Column("collector"),
        ),
        _table(
            "disputes",
            "dispute_id",
            _id("dispute_id"),
            _INVOICE,
            _date("opened_on", required=True),
            _AMOUNT,
            Column("reason"),
            _date("resolved_on"),
            Column("outcome", choices=("credited", "upheld", "withdrawn")),
            Column("owner"),
        ),
        _table(
            "contacts",
            "contact_id",
            _id("contact_id"),
            _CUSTOMER,
            _MAYBE_INVOICE,
            Column("contacted_on", "day_or_moment", required=True),
            Column("channel", choices=("call", "email", "letter", "sms", "visit", "portal")),
            Column("direction"),
            Column("outcome", choices=("right_party", "wrong_party", "no_answer", "left_message", "bounced")),
            Column("collector"),
            Column("minutes", "quantity"),
        ),
        _table(
            "placements",
            "placement_id",
            _id("placement_id"),
            _CUSTOMER,
            _MAYBE_INVOICE,
            Column("agency", required=True),
            _date("placed_on", required=True),
            _AMOUNT,
            Column("fee_rate", "rate"),
            _date("recalled_on"),
        ),
        _table(
            "legal_actions",
            "legal_action_id",
            _id("legal_action_id"),
            _CUSTOMER,
            _MAYBE_INVOICE,
            Column(
                "kind", required=True, choices=("letter_before_action", "claim", "judgment", "enforcement")
            ),
            _date("started_on", required=True),
            _date("closed_on"),
            _money("amount"),
        ),
        _table(
            "costs",
            "cost_id",
            _id("cost_id"),
            _date("incurred_on", required=True),
            Column("kind", required=True, choices=("staff", "system", "agency_fee", "legal", "other")),
            _AMOUNT,
            _CURRENCY,
            _ref("customer_id", "customers"),
            Column("collector"),
        ),
        _table(
            "fx_rates",
            "on currency",
            _date("on", required=True),
            Column("currency", required=True),
            Column("rate", "rate", required=True),
        ),
        _table(
            "collectors",
            "collector",
            _id("collector"),
            *_texts("name", "email", "team"),
            _money("hourly_cost"),
        ),
    )
}
"""Every table by name, in the order in which they are read: what is referred to comes first."""
