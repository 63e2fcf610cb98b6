"""Allocations across currencies: the other side's amount at the rate of the day, in whole coins, never by floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.loaded import SCHEMA
from countback.books.projection import WORK
from countback.core.money import decimals

if TYPE_CHECKING:
    from countback.books.working import Working

RATE_DAYS = 7
"""A rate serves until the next one, but no longer than this: weekends and holidays have none."""

TOLERANCE = "0.02"
"""Part of a payment by which its allocations across currencies may exceed it: banks convert at rates of their own."""

_ACROSS = f"SELECT * FROM {SCHEMA}.allocations WHERE _source_currency <> currency"


def exchange(working: Working) -> None:
    """Fills `source_amount` (or `amount`, of a credit note applied at once) where the currencies differ; leaves it
    NULL where a rate is missing."""
    if not sql.number(working.connection, f"SELECT count(*) FROM ({_ACROSS})"):
        return
    _coins(working)
    base = sql.text(_base(working) or "")
    into_source = _converted("move.amount", "own", "source")
    into_own = _converted("move.source_amount", "source", "own")
    working.connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.converted AS SELECT move.allocation_id,
        coalesce(move.source_amount, {into_source}) AS source_amount, coalesce(move.amount, {into_own}) AS amount
        FROM (SELECT *, {_rate("own", "currency", base)}, {_rate("source", "_source_currency", base)}
        FROM ({_ACROSS}) AS row
        {_latest("own", "currency")} {_latest("source", "_source_currency")}) AS move
        JOIN {WORK}.coins AS own ON own.currency = move.currency
        JOIN {WORK}.coins AS source ON source.currency = move._source_currency"""
    )
    _take_over(working)
    _within_what_was_paid(working)


def _take_over(working: Working) -> None:
    working.connection.execute(
        f"""UPDATE {SCHEMA}.allocations AS row SET source_amount = converted.source_amount, amount = converted.amount
        FROM {WORK}.converted AS converted WHERE converted.allocation_id = row.allocation_id"""
    )


def _base(working: Working) -> str | None:
    """The currency in which rates are given: the one of the books that has none, or always 1."""
    quoted = f"SELECT DISTINCT currency FROM {WORK}.fx_rates WHERE rate <> 1"
    used = " UNION ".join(
        f"SELECT currency FROM {SCHEMA}.{table}" for table in ("invoices", "credit_notes", "payments")
    )
    query = f"SELECT currency FROM ({used}) WHERE currency NOT IN ({quoted}) AND EXISTS ({quoted})"
    found = sql.rows(working.connection, query)
    return str(found[0][0]) if len(found) == 1 else None


def _coins(working: Working) -> None:
    """How many ten-thousandths the smallest coin of each currency has."""
    connection = working.connection
    query = f"SELECT DISTINCT unnest([currency, _source_currency]) FROM ({_ACROSS})"
    connection.execute(f"CREATE OR REPLACE TABLE {WORK}.coins (currency VARCHAR, parts HUGEINT)")
    for (currency,) in sql.rows(connection, query):
        parts = 10 ** (4 - decimals(str(currency)))
        connection.execute(f"INSERT INTO {WORK}.coins VALUES (?, ?)", (currency, parts))


def _latest(side: str, currency: str) -> str:
    """Joins the latest rate of a currency up to the day of application."""
    return f"""ASOF LEFT JOIN {WORK}.fx_rates AS {side}_rates
        ON {side}_rates.currency = row.{currency} AND {side}_rates."on" <= row.applied_on"""


def _rate(side: str, currency: str, base: str) -> str:
    fresh = f'row.applied_on - {side}_rates."on" <= {RATE_DAYS}'
    return f"""CAST(CASE WHEN row.{currency} = {base} THEN 1 WHEN {fresh} THEN {side}_rates.rate END
        AS DECIMAL(18, 10)) AS _{side}_rate"""


def _converted(amount: str, have: str, want: str) -> str:
    """amount * rate / rate, rounded half up to whole coins, in whole numbers throughout."""
    above = f"CAST({amount} * 10000 AS HUGEINT) * CAST(move._{have}_rate * 10000000000 AS HUGEINT)"
    below = f"(CAST(move._{want}_rate * 10000000000 AS HUGEINT) * {want}.parts)"
    coins = f"((2 * {above} + {below}) // (2 * {below}))"
    return f"""TRY_CAST(TRY_CAST({coins} * {want}.parts AS DECIMAL(30, 0)) * CAST(0.0001 AS DECIMAL(4, 4))
        AS DECIMAL(18, 4))"""


def _within_what_was_paid(working: Working) -> None:
    """Where a payment's allocations exceed it by a little, for the bank's rate was another, the last takes less."""
    source = "coalesce(payment_id, credit_note_id), payment_id IS NULL"
    touched = f"SELECT DISTINCT {source} FROM ({_ACROSS})"
    moves = f"SELECT * FROM {SCHEMA}.allocations WHERE ({source}) IN ({touched})"
    clipped = f"""SELECT move.*, coalesce(paid.amount, credit.amount) AS held,
        sum(move.source_amount) OVER same AS total,
        sum(move.source_amount) OVER (same ORDER BY applied_on, move._reading, move._row) AS so_far
        FROM ({moves}) AS move
        LEFT JOIN {SCHEMA}.payments AS paid ON paid.payment_id = move.payment_id
        LEFT JOIN {SCHEMA}.credit_notes AS credit ON credit.credit_note_id = move.credit_note_id
        WINDOW same AS (PARTITION BY coalesce(move.payment_id, move.credit_note_id), move.payment_id IS NULL)"""
    over = f"SELECT * FROM ({clipped}) WHERE total > held AND total <= held * (1 + {TOLERANCE})"
    told = f"""SELECT arg_max(_reading, so_far) AS _reading, arg_max(_row, so_far) AS _row,
        coalesce(payment_id, credit_note_id) AS source, any_value(held) AS held, any_value(total) AS total,
        any_value(_source_currency) AS money FROM ({over}) GROUP BY payment_id, credit_note_id"""
    what = "at the rates given the allocations of {source} come to {total} {money}, it holds {held}"
    working.tell(
        told, "own_rate", None, what, "nothing: the last of them was taken for what is left", "warning"
    )
    working.connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.converted AS SELECT allocation_id, amount,
        CAST(least(so_far, held) - least(so_far - source_amount, held) AS DECIMAL(18, 4)) AS source_amount
        FROM ({over})"""
    )
    _take_over(working)
