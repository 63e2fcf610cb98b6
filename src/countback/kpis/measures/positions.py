"""What is open at a date: receivables, current, overdue, by age, and credit not yet applied."""

from __future__ import annotations

from typing import Any, Literal

import ibis

from countback.core.aging import CURRENT, UNAPPLIED, Buckets
from countback.kpis.facts import At, Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.windows import asked_day, days_between, minus_days

Basis = Literal["gross", "net"]
Disputed = Literal["include", "exclude"]


def open_items(
    facts: Facts,
    at: At,
    basis: Basis,
    disputed: Disputed,
    *,
    days: int = 0,
    months: int = 0,
    full: bool = False,
) -> Table:
    """Open items, less unapplied credit where `basis` is net, less what of them is disputed where that is excluded.

    What is taken off are rows of their own with a negative amount. Credit counts as overdue: it is taken from the
    overdue part. `at`, `days`, `months`: as for `Facts.positions`.
    """
    items = facts.positions(at, days=days, months=months, full=full)
    parts = [items]
    if disputed == "exclude":
        parts.append(_disputed_part(facts, at, days, months))
    if basis == "net":
        parts.append(_credit_part(facts, at, days, months))
    return stacked(*parts)


def stacked(first: Table, *others: Table) -> Table:
    """The rows of all tables under the columns of the first; what another lacks is NULL there."""
    if not others:
        return first
    first = first.mutate(amount=first.amount.cast("decimal(38, 4)"))
    schema = first.schema()
    return ibis.union(first, *(_shaped(other, schema) for other in others))


def _shaped(table: Table, schema: Any) -> Table:
    columns = {
        name: table[name].cast(kind) if name in table.columns else ibis.null(kind)
        for name, kind in schema.items()
    }
    return table.select(**columns)


def _credit_part(facts: Facts, at: At, days: int, months: int) -> Table:
    credit = unapplied_at(facts, at, days=days, months=months)
    return credit.mutate(amount=-credit.amount, due_on=minus_days(credit.at_on, 1))


def _disputed_part(facts: Facts, at: At, days: int, months: int) -> Table:
    shares = disputed_shares(facts, at, days=days, months=months)
    return shares.mutate(amount=-shares.amount)


def disputed_shares(facts: Facts, at: At, *, days: int = 0, months: int = 0) -> Table:
    """What of each open item is disputed at the asked day: disputes of an invoice fill its items, earliest due first,
    and never more than is open. Columns as `positions` in full grain; row: dispute."""
    items = facts.positions(at, days=days, months=months, full=True)
    disputes = facts.disputes()
    periods = facts.periods
    day = asked_day(periods, at, days=days, months=months)
    still = (disputes.resolved_on > day) | disputes.resolved_on.isnull()
    open_ones = disputes.join(periods, [disputes.opened_on <= day, still])
    claimed = open_ones.group_by("period", "invoice_id").agg(claimed=lambda t: t.amount.sum())
    met = items.join(claimed, ["period", "invoice_id"])
    upto = ibis.window(group_by=["period", "invoice_id"], order_by=["due_on", "item_id"], following=0)
    met = met.mutate(before=met.amount.sum().over(upto) - met.amount)
    left = ibis.greatest(met.claimed - met.before, ibis.literal(0))
    met = met.mutate(amount=ibis.least(met.amount, left).cast("decimal(38, 4)"), row=ibis.literal("dispute"))
    return met.filter(met.amount > 0).select(*items.columns)


def unapplied_at(facts: Facts, at: At, *, days: int = 0, months: int = 0) -> Table:
    """Unapplied credit per payment and credit note at the asked day: `period`, `at_on`, `amount` (positive), ROW."""
    periods = facts.periods
    periods = periods.select("period", at_on=asked_day(periods, at, days=days, months=months))
    moves = facts.credits()
    moves = moves.join(periods, moves.effective_on <= periods.at_on)
    keys = ["period", "at_on", "currency", *_dims(facts)]
    if facts.full:
        keys += ["row", "row_id", "invoice_id", "customer_id", "issued_on"]
    left = moves.group_by(keys).agg(amount=lambda t: t.amount.sum())
    left = left.filter(left.amount != 0).mutate(happened_on=lambda t: t.at_on, due_on=ibis.null("date"))
    return facts.in_bucket(left, UNAPPLIED)


def _dims(facts: Facts) -> list[str]:
    return [f"dim_{name}" for name in facts.dims if name != "bucket"]


def bucket_of(due_on: Any, at_on: Any, bounds: tuple[int, ...]) -> Any:
    """Name of the ageing bucket, as an expression."""
    late = days_between(due_on, at_on)
    buckets = Buckets(bounds)
    cases = [(late <= 0, CURRENT)]
    cases += [(late <= bound, name) for bound, name in zip(bounds, buckets.overdue, strict=False)]
    return ibis.cases(*cases, else_=buckets.overdue[-1])


@measure("open receivables", bucketed=True)
def open_at_end(facts: Facts, *, basis: Basis = "gross", disputed: Disputed = "include") -> Table:
    """Open items at the end of the period."""
    return open_items(facts, "end_on", basis, disputed)


@measure("open receivables at the start", bucketed=True)
def open_before(facts: Facts, *, basis: Basis = "gross", disputed: Disputed = "include") -> Table:
    """Open items on the day before the period starts."""
    return open_items(facts, "before_on", basis, disputed)


@measure("open receivables a year before", bucketed=True)
def open_year_before(facts: Facts, *, basis: Basis = "gross", disputed: Disputed = "include") -> Table:
    """Open items 365 days before the end of the period."""
    return open_items(facts, "end_on", basis, disputed, days=-365)


@measure("overdue receivables at the start", bucketed=True)
def overdue_before(facts: Facts, *, basis: Basis = "gross", disputed: Disputed = "include") -> Table:
    """Open items on the day before the period starts that were due before that day."""
    items = open_items(facts, "before_on", basis, disputed)
    return items.filter(items.due_on < items.at_on)


@measure("current receivables", bucketed=True)
def current_at_end(facts: Facts, *, disputed: Disputed = "include") -> Table:
    """Open items at the end of the period that are due that day or later."""
    items = open_items(facts, "end_on", "gross", disputed)
    return items.filter(items.due_on >= items.at_on)


@measure("overdue receivables", bucketed=True)
def overdue_at_end(facts: Facts, *, basis: Basis = "gross", disputed: Disputed = "include") -> Table:
    """Open items at the end of the period that were due before that day."""
    items = open_items(facts, "end_on", basis, disputed)
    return items.filter(items.due_on < items.at_on)


@measure("receivables over 90 days past due", bucketed=True)
def over_90_at_end(facts: Facts, *, disputed: Disputed = "include") -> Table:
    """Open items at the end of the period that were due more than 90 days before that day."""
    items = open_items(facts, "end_on", "gross", disputed)
    return items.filter(items.due_on < minus_days(items.at_on, 90))


@measure("overdue receivables * days past due", bucketed=True)
def overdue_days_at_end(facts: Facts, *, disputed: Disputed = "include") -> Table:
    """Overdue items at the end of the period, each amount times its days past due."""
    items = open_items(facts, "end_on", "gross", disputed)
    late = items.filter(items.due_on < items.at_on)
    return late.mutate(amount=(late.amount * days_between(late.due_on, late.at_on)).cast("decimal(38, 4)"))


@measure("open amount by age", cells=("bucket",), bucketed=True)
def open_by_age(
    facts: Facts,
    *,
    bounds: tuple[int, ...] = (30, 60, 90),
    by_date: Literal["due", "issued"] = "due",
    disputed: Disputed = "include",
) -> Table:
    """Open items by days past due (or since issue), and unapplied credit with its sign turned."""
    items = open_items(facts, "end_on", "gross", disputed, full=by_date == "issued")
    day = items.due_on if by_date == "due" else items.issued_on
    items = items.mutate(cell_bucket=bucket_of(day, items.at_on, bounds))
    credit = unapplied_at(facts, "end_on")
    credit = credit.mutate(amount=-credit.amount, cell_bucket=ibis.literal(UNAPPLIED))
    return stacked(items, credit)


@measure("unapplied credits", bucketed=True)
def unapplied_at_end(facts: Facts) -> Table:
    """Payments and credit notes at the end of the period, as far as they are not applied."""
    return unapplied_at(facts, "end_on")
