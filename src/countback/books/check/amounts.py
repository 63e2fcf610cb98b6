"""Rules on amounts and currencies that need no sum: coins, instalments, rates, what each row is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.check.rule import Rule, broken
from countback.core.money import decimals

if TYPE_CHECKING:
    from countback.books.working import Working

_KEYS = {
    "invoices": "invoice_id",
    "credit_notes": "credit_note_id",
    "payments": "payment_id",
    "costs": "cost_id",
}
_MONEY = (
    *_KEYS, "instalments", "allocations", "write_offs", "promises", "disputes", "placements", "legal_actions",
)  # fmt: skip

RULES = (
    *(
        Rule(
            "missing_currency", (table,), "currency",
            broken(table, "row.currency IS NULL", f"row.{key} AS shown"),
            "{shown} states no currency, nor does its customer, and the books have several",
            "fill in the currency of the row or of the customer",
        rests_on=("customers", "invoices"),
    )
        for table, key in _KEYS.items()
    ),
    Rule(
        "no_amount", ("invoices",), "amount",
        broken("invoices", "row.amount = 0", "row.invoice_id AS shown"),
        "{shown} is an invoice of nothing", "nothing, if that is so", "warning",
    ),
    Rule(
        "no_amount", ("costs",), "amount",
        broken("costs", "row.amount = 0", "row.cost_id AS shown"),
        "{shown} is a cost of nothing", "nothing, if that is so", "warning",
    ),
    Rule(
        "instalments_differ", ("instalments",), "amount",
        """SELECT min(row._reading) AS _reading, min(row._row) AS _row, row.invoice_id AS shown,
        sum(row.amount) AS total, first(known.amount) AS amount
        FROM books.instalments AS row JOIN books.invoices AS known ON known.invoice_id = row.invoice_id
        GROUP BY row.invoice_id HAVING total <> first(known.amount) AND count(row.amount) = count(*)""",
        "the instalments of {shown} add up to {total}, the invoice to {amount}",
        "correct one of them: instalments must add up to their invoice",
    ),
    Rule(
        "unknown_instalment", ("allocations",), "instalment",
        """SELECT row._reading, row._row, row.instalment AS number, row.invoice_id AS shown
        FROM books.allocations AS row
        ANTI JOIN books.instalments AS part ON part.invoice_id = row.invoice_id AND part.number = row.instalment
        WHERE row.instalment IS NOT NULL""",
        "{shown} has no instalment {number}",
        "correct the number, leave it blank, or add the instalment",
        rests_on=("instalments",),
    ),
    Rule(
        "one_source", ("allocations",), "payment_id",
        broken("allocations", "row.payment_id IS NOT NULL AND row.credit_note_id IS NOT NULL",
               "row.payment_id AS payment, row.credit_note_id AS credit"),
        "names the payment {payment} and the credit note {credit}",
        "name one of the two; split the row if it stands for both",
    ),
    Rule(
        "no_source", ("allocations",), "payment_id",
        broken("allocations", "row.payment_id IS NULL AND row.credit_note_id IS NULL", "row.invoice_id AS shown"),
        "names neither a payment nor a credit note that pays {shown}",
        "fill in payment_id or credit_note_id",
    ),
    Rule(
        "missing_rate", ("allocations",), None,
        broken("allocations",
               "row._source_currency <> row.currency AND (row.source_amount IS NULL OR row.amount IS NULL) "
               "AND coalesce(row.amount, row.source_amount) IS NOT NULL",
               "coalesce(row.payment_id, row.credit_note_id) AS source, row._source_currency AS theirs, "
               "row.invoice_id AS shown, row.currency AS own, row.applied_on AS day"),
        "{source} is in {theirs}, the invoice {shown} in {own}, and there is no rate between them for {day}",
        "give the rate of that day, or of the week before it, in fx_rates; or correct the currency",
        rests_on=("fx_rates", "payments", "credit_notes"),
    ),
    Rule(
        "high_fee_rate", ("placements",), "fee_rate",
        broken("placements", "row.fee_rate > 1", "row.fee_rate AS rate"),
        "a fee rate of {rate} is more than the whole amount",
        "write 25 % as 0.25", "warning",
    ),
)  # fmt: skip


def judge_coins(working: Working) -> None:
    """Amounts finer than the smallest coin of their currency."""
    for table in filter(working.has_rows, _MONEY):
        own = "known.currency" if table == "instalments" else "row.currency"
        joins = (
            "JOIN books.invoices AS known ON known.invoice_id = row.invoice_id"
            if table == "instalments"
            else ""
        )
        finer = _finer(working, own, f"books.{table} AS row {joins}")
        shown = f"row.amount AS amount, {own} AS money"
        Rule(
            "too_many_decimals", (table,), "amount", broken(table, finer, shown, joins),
            "{amount} is finer than the smallest coin of {money}",
            "round it where it was computed, or state the right currency or notation",
        ).apply(working)  # fmt: skip


def _finer(working: Working, currency: str, source: str) -> str:
    """The condition on rows whose amount has more decimals than their currency."""
    found = sql.rows(
        working.connection, f"SELECT DISTINCT {currency} FROM {source} WHERE {currency} IS NOT NULL"
    )
    by_decimals: dict[int, list[str]] = {}
    for (code,) in found:
        by_decimals.setdefault(decimals(str(code)), []).append(str(code))
    tests = [
        f"({currency} IN ({sql.texts(codes)}) AND row.amount <> CAST(row.amount AS DECIMAL(18, {places})))"
        for places, codes in by_decimals.items()
    ]
    return " OR ".join(tests) or "false"
