"""Rules that nothing gives more than it holds: payments, credit notes, invoices, instalments, what is written off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.check.rule import Rule

if TYPE_CHECKING:
    from countback.books.working import Working


def _beyond_source(table: str, key: str, one: str) -> Rule:
    """The row with which the allocations of a payment or credit note pass its amount."""
    over = f"""SELECT {key} AS id, sum(source_amount) AS total, any_value(_held) AS amount,
        coalesce(any_value(_source_currency), any_value(currency)) AS currency FROM books.allocations
        WHERE {key} IS NOT NULL GROUP BY {key} HAVING total > any_value(_held)"""
    query = f"""SELECT row._reading, row._row, over.id AS shown, over.total, over.amount, over.currency AS money,
        sum(row.source_amount) OVER (PARTITION BY over.id ORDER BY row.applied_on, row._reading, row._row) AS so_far
        FROM books.allocations AS row JOIN ({over}) AS over ON over.id = row.{key}
        QUALIFY so_far > over.amount AND so_far - row.source_amount <= over.amount"""
    what = f"the allocations of the {one} {{shown}} come to {{total}} {{money}}, it holds {{amount}}"
    return Rule(
        "over_allocated",
        (table,),
        "amount",
        query,
        what,
        "correct the amounts, or delete what is too much",
    )


_REVERSED = Rule(
    "applied_after_reversal", ("allocations",), "applied_on",
    """SELECT _reading, _row, payment_id AS shown, applied_on AS late, _reversed_on AS early FROM books.allocations
    WHERE applied_on >= _reversed_on AND NOT (applied_on = _reversed_on AND _available_on = _reversed_on)""",
    "{shown} is applied {late}, though it was reversed on {early} and holds nothing since",
    "correct applied_on, or delete the row",
)  # fmt: skip

RULES = (_REVERSED,)
_SOURCES = {
    "payment_id": _beyond_source("payments", "payment_id", "payment"),
    "credit_note_id": _beyond_source("credit_notes", "credit_note_id", "credit note"),
}

_REMEDY = "correct the amounts; what is paid beyond an invoice stays unapplied on the payment"


def judge_sources(working: Working) -> None:
    """What is taken from each payment and credit note."""
    for key, rule in _SOURCES.items():
        if working.filled.intersection(rule.tables) and not _clear(working, key, "source_amount", "_held"):
            rule.apply(working)


def _clear(working: Working, key: str, amount: str, limit: str) -> bool:
    """Whether nothing can be beyond its limit, told by sums over hashes: where two meet, only a second look follows."""
    over = f"""SELECT hash({key}) AS one FROM books.allocations WHERE {key} IS NOT NULL
        GROUP BY one HAVING sum({amount}) > min({limit})"""
    return not sql.number(working.connection, f"SELECT count(*) FROM ({over})")


def judge_invoices(working: Working) -> None:
    """What is allocated to and written off an invoice, day by day: a reversed payment gives back what it had paid."""
    more = working.has_rows("write_offs") or working.has_rows("instalments")
    if not more and _clear(working, "invoice_id", "amount", "_owed"):
        return
    if not _suspects(working):
        return
    _moves(working)
    for partition, limit, what in (
        (
            "invoice_id",
            "books.invoices",
            "what is allocated to {shown} comes to {so_far} {money}, it amounts to {amount}",
        ),
        (
            "invoice_id, number",
            "books.instalments",
            "what is allocated to instalment {number} of {shown} comes to {so_far}, it amounts to {amount}",
        ),
    ):
        _judge_sums(working, partition, limit, what)
    _judge_write_offs(working)


def _suspects(working: Working) -> int:
    """Makes the table of invoices that sums over all time do not clear, and tells how many there are."""
    write_offs = """SELECT lost.invoice_id, lost.amount, known.amount AS _owed FROM books.write_offs AS lost
        JOIN books.invoices AS known ON known.invoice_id = lost.invoice_id"""
    moves = "SELECT invoice_id, amount, _owed FROM books.allocations"
    if working.has_rows("write_offs"):
        moves += f" UNION ALL {write_offs}"
    parts = ""
    if working.has_rows("instalments"):
        parts = "UNION SELECT invoice_id FROM books.allocations WHERE instalment IS NOT NULL"
    working.connection.execute(
        f"""CREATE OR REPLACE TABLE books_work.suspects AS
        SELECT invoice_id FROM ({moves}) GROUP BY invoice_id HAVING sum(amount) > any_value(_owed) {parts}"""
    )
    return sql.number(working.connection, "SELECT count(*) FROM books_work.suspects")


def _moves(working: Working) -> None:
    """Makes the table of movements on the suspected invoices."""
    working.connection.execute(
        """CREATE OR REPLACE TABLE books_work.moves AS
        SELECT move.*, known.currency AS money FROM (
        SELECT _reading, _row, invoice_id, instalment AS number, 'allocation' AS kind, applied_on AS on_day, amount,
            0 AS gives FROM books.allocations
        UNION ALL BY NAME
        SELECT _reading, _row, invoice_id, instalment AS number, 'allocation' AS kind,
            greatest(_reversed_on, applied_on) AS on_day, -amount AS amount, -1 AS gives
            FROM books.allocations WHERE _reversed_on IS NOT NULL
        UNION ALL BY NAME
        SELECT _reading, _row, invoice_id, 'write_off' AS kind, written_off_on AS on_day, amount, 1 AS gives
            FROM books.write_offs) AS move
        JOIN books.invoices AS known ON known.invoice_id = move.invoice_id
        WHERE move.invoice_id IN (FROM books_work.suspects)"""
    )


def _judge_sums(working: Working, partition: str, limit: str, what: str) -> None:
    """The row with which allocations pass the amount of the invoice or instalment."""
    on = " AND ".join(f"held.{part.strip()} = move.{part.strip()}" for part in partition.split(","))
    by = ", ".join(f"move.{part.strip()}" for part in partition.split(","))
    query = f"""SELECT move._reading, move._row, move.invoice_id AS shown, move.number, move.money, held.amount,
        sum(move.amount) OVER (PARTITION BY {by} ORDER BY move.on_day, move.gives, move._reading, move._row) AS so_far
        FROM books_work.moves AS move JOIN {limit} AS held ON {on}
        WHERE move.kind = 'allocation'
        QUALIFY so_far > held.amount AND so_far - move.amount <= held.amount"""
    Rule("over_allocated", ("allocations",), "amount", query, what, _REMEDY).apply(working)


def _judge_write_offs(working: Working) -> None:
    """Write-offs beyond what is open on their day; cash that comes later is recovery and is judged with the rest."""
    query = """SELECT _reading, _row, shown, open, amount, money, day FROM (
        SELECT move._reading, move._row, move.invoice_id AS shown, move.kind, move.amount, move.money,
            move.on_day AS day, held.amount - sum(move.amount) OVER (PARTITION BY move.invoice_id
            ORDER BY move.on_day, move.gives, move._reading, move._row) + move.amount AS open
        FROM books_work.moves AS move JOIN books.invoices AS held ON held.invoice_id = move.invoice_id)
        WHERE kind = 'write_off' AND amount > open"""
    what = "{amount} {money} of {shown} is written off on {day}, when {open} is open"
    Rule("over_written_off", ("write_offs",), "amount", query, what, "write off no more than is open").apply(
        working
    )
