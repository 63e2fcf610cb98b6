"""Durations until something ends, with those that have not ended.

Invoices until settled, customers until nothing is overdue, disputes until resolved. Each case counts one;
`series` is the number of days it was watched.
"""

from __future__ import annotations

from typing import Any

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.windows import days_between, minus_days, within_days


def _begun(facts: Facts, table: Table, day: str, window: int) -> Table:
    """Rows whose `day` lies in the `window` days that end with the period."""
    return within_days(facts, table, day, window)


def _begun_before(facts: Facts, table: Table, day: str, window: int) -> Table:
    """Rows whose `day` lies before those days."""
    ends = facts.periods.mutate(after_on=minus_days(facts.periods.end_on, window))
    return table.join(ends, table[day] <= ends.after_on)


def _left_out(cases: Table, what: str, window: int) -> Table:
    """Cases that have not ended, with the reason why they do not count."""
    reason = ibis.literal(f"{what} {window} days or more before the date, and not over yet")
    return cases.filter(~cases.is_ended).mutate(reason=reason)


def _watched(table: Table, began_on: Any, ended_on: Any) -> Table:
    """`series`: days from `began_on` to its end, or to the period's end where not over (`is_ended`)."""
    is_ended = (ended_on <= table.end_on).fill_null(False)
    until = ibis.ifelse(is_ended, ended_on, table.end_on)
    return table.mutate(
        is_ended=is_ended,
        series=days_between(began_on, until),
        happened_on=until,
        amount=ibis.literal(1).cast("decimal(18, 4)"),
    )


def _labels(table: Table) -> list[str]:
    return [name for name in table.columns if name.startswith("dim_")]


# invoices


def _invoices(standing: Table) -> Table:
    """Invoices from their items' balances as of each period's end; `ended_on`: full settlement, or NULL.

    Nearly every invoice is one item; only those of several must be brought together.
    """
    settled = ibis.ifelse(standing.amount == 0, standing.from_on, ibis.null("date"))
    items = standing.mutate(ended_on=settled)
    keys = ["period", "end_on", "invoice_id", "customer_id", "issued_on", *_labels(items)]
    whole = items.filter(items.row == "invoice")
    parts = items.filter(items.row == "instalment")
    last = ibis.ifelse(parts.ended_on.count() == parts.count(), parts.ended_on.max(), ibis.null("date"))
    joined = parts.group_by(keys).agg(ended_on=last, due_on=parts.due_on.max())
    columns = [*keys, "ended_on", "due_on"]
    every = whole.select(columns).union(joined.select(columns))
    return every.mutate(row=ibis.literal("invoice"), row_id=every.invoice_id)


def _standing(items: Table) -> Table:
    return items.filter(items.from_on <= items.end_on, items.to_on > items.end_on, items.item_amount != 0)


def _invoice_cases(facts: Facts, window: int) -> Table:
    cases = _invoices(_standing(_begun(facts, facts.balances(), "issued_on", window)))
    return _watched(cases, cases.issued_on, cases.ended_on)


@measure("invoices, by days from issue to settlement or to the date", money=False, series=True)
def invoices_watched(facts: Facts, *, window: int = 365) -> Table:
    """Invoices issued in the window; those not settled by the date are watched until it."""
    return _invoice_cases(facts, window)


@measure("settled invoices, by days from issue to settlement", money=False, series=True)
def invoices_settled(facts: Facts, *, window: int = 365) -> Table:
    """Invoices issued in the window and settled in full by the date."""
    cases = _invoice_cases(facts, window)
    return cases.filter(cases.is_ended)


@measure("open invoices issued before the window", money=False)
def invoices_before(facts: Facts, *, window: int = 365) -> Table:
    """Invoices issued before the window that are not settled by the date."""
    cases = _invoices(_standing(_begun_before(facts, facts.balances(), "issued_on", window)))
    return _left_out(_watched(cases, cases.issued_on, cases.ended_on), "issued", window)


# customers


def overdue_spells(facts: Facts) -> Table:
    """Unbroken stretches of days on which a customer has something overdue.

    `customer_id`, `began_on` (first such day), `ended_on` (first day without). What comes after a date
    moves no beginning before it, so that stretches serve every date.
    """
    held = facts.balances()
    first = ibis.greatest(held.from_on, minus_days(held.due_on, -1))
    late = held.mutate(began_on=first, ended_on=held.to_on).filter(held.amount != 0, held.to_on > first)
    keys = ["customer_id", *_labels(late)]
    earlier = ibis.window(group_by=keys, order_by="began_on", preceding=(None, 1))
    late = late.select(
        *keys,
        "began_on",
        reached_on=late.ended_on.max().over(earlier),
        last_on=late.ended_on.max().over(ibis.window(group_by=keys)),
    )
    # what begins after all before it has ended begins a stretch; the stretch before reached as far as that
    begins = late.filter(late.reached_on.isnull() | (late.began_on > late.reached_on))
    onwards = ibis.window(group_by=keys, order_by="began_on")
    return begins.mutate(ended_on=begins.reached_on.lead().over(onwards).fill_null(begins.last_on))


def _spell_rows(spells: Table) -> Table:
    """A stretch as a row; `due_on` is the day before it began."""
    began = spells.began_on
    rows = _watched(spells, began, spells.ended_on)
    return rows.mutate(
        row=ibis.literal("customer"), row_id=rows.customer_id, due_on=minus_days(rows.began_on, 1)
    )


@measure(
    "times that a customer became overdue, by days until nothing was or to the date",
    money=False,
    series=True,
)
def spells_watched(facts: Facts, *, window: int = 365) -> Table:
    """Stretches of being overdue that began in the window, watched until the date where not over."""
    return _spell_rows(_begun(facts, overdue_spells(facts), "began_on", window))


@measure("those that ended, by days until nothing was overdue", money=False, series=True)
def spells_ended(facts: Facts, *, window: int = 365) -> Table:
    """Stretches of being overdue that began in the window and were over by the date."""
    rows = _spell_rows(_begun(facts, overdue_spells(facts), "began_on", window))
    return rows.filter(rows.is_ended)


@measure("customers overdue since before the window", money=False)
def spells_before(facts: Facts, *, window: int = 365) -> Table:
    """Stretches of being overdue that began before the window and are not over by the date."""
    rows = _spell_rows(_begun_before(facts, overdue_spells(facts), "began_on", window))
    return _left_out(rows, "overdue since", window)


# disputes


def _dispute_cases(facts: Facts, window: int) -> Table:
    cases = _begun(facts, facts.disputes(), "opened_on", window)
    return _watched(cases, cases.opened_on, cases.resolved_on)


@measure("disputes, by days from opening to resolution or to the date", money=False, series=True)
def disputes_watched(facts: Facts, *, window: int = 365) -> Table:
    """Disputes opened in the window; those not resolved by the date are watched until it."""
    return _dispute_cases(facts, window)


@measure("resolved disputes, by days from opening to resolution", money=False, series=True)
def disputes_resolved(facts: Facts, *, window: int = 365) -> Table:
    """Disputes opened in the window and resolved by the date."""
    cases = _dispute_cases(facts, window)
    return cases.filter(cases.is_ended)


@measure("open disputes from before the window", money=False)
def disputes_before(facts: Facts, *, window: int = 365) -> Table:
    """Disputes opened before the window that are not resolved by the date."""
    cases = _begun_before(facts, facts.disputes(), "opened_on", window)
    return _left_out(_watched(cases, cases.opened_on, cases.resolved_on), "opened", window)
