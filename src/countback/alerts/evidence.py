"""What a rule is judged by: asked of the engine, one question for a whole trend where that can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from countback.alerts.rules import OF_ENTRIES, OF_FIGURES, Evaluation, Kind, Rule, closed_on, enough_rows
from countback.alerts.rules_figures import Point, Series, Target, judge, looks_back
from countback.alerts.rules_items import Item, Owed, judge_entries, judge_limits
from countback.core.money import NO_CURRENCY
from countback.core.period import add_months, trend
from countback.core.problem import CountbackError
from countback.ledger.figures import Figures

OPEN = "open_receivables"
ALL = 100_000_000
"""More customers than any books hold."""


class UnableToLook(CountbackError):
    """An alert could not be judged, for a reason that its owner can mend."""


@dataclass(frozen=True, slots=True)
class Before:
    """The look that new entries are compared with: as of which date, and known when (None: as known now)."""

    as_of: date
    known_at: datetime | None = None


def day_asked(figures: Figures, today: date) -> date | None:
    """The date as of which alerts look: today, or the last day of books that end before. None where they are empty."""
    last = figures.books.last_entry_on()
    return min(today, last) if last else None


def now(
    figures: Figures, rule: Rule, as_of: date, target: Target, before: Before | None = None
) -> Evaluation:
    """The rule judged at the end of its last period that was over on a date."""
    closed = closed_on(as_of, rule.every)
    if rule.kind == Kind.ENTRY:
        return _entries(figures, rule, closed, before)
    if rule.kind == Kind.LIMIT:
        return next(_limits(figures, rule, closed, 1), _too_early(closed))
    found = list(_figures(figures, rule, closed, 1, target))
    return found[0] if found else _too_early(closed)


def _too_early(closed: date) -> Evaluation:
    return Evaluation(closed, None, "the books do not hold a whole period yet")


def history(figures: Figures, rule: Rule, as_of: date, months: int, target: Target) -> Iterator[Evaluation]:
    """The rule judged at the end of every period of the last months. Items and customers are looked at when a month
    ends, however often the rule looks."""
    if rule.kind in OF_FIGURES:
        closed = closed_on(as_of, rule.every)
        looks = _periods(rule, closed, months)
        yield from _figures(figures, rule, closed, looks, target)
    elif rule.kind == Kind.LIMIT:
        yield from _limits(figures, rule, closed_on(as_of, "month"), months)
    else:
        yield from _entries_by_month(figures, rule, closed_on(as_of, "month"), months)


def trial_note(rule: Rule) -> str:
    """How a trial differs from the rule at work."""
    notes = []
    if rule.kind not in OF_FIGURES and rule.every != "month":
        notes.append(f"tried at month ends; it will look every {rule.every}")
    if rule.kind == Kind.LIMIT:
        notes.append("with the credit limits of today: the books keep no earlier ones")
    return "; ".join(notes)


def _periods(rule: Rule, closed: date, months: int) -> int:
    if rule.every == "month":
        return months
    days = (closed - add_months(closed, -months)).days
    return days // 7 if rule.every == "week" else days


def _figures(figures: Figures, rule: Rule, closed: date, looks: int, target: Target) -> Iterator[Evaluation]:
    series = series_of(figures, rule, closed, looks + looks_back(rule))
    for place in range(max(0, len(series.points) - looks), len(series.points)):
        found = judge(rule, series, place, target)
        yield _with_rows(figures, rule, found)


def series_of(figures: Figures, rule: Rule, closed: date, points: int) -> Series:
    """The figure over so many periods, less those that begin before the books do. Raises UnableToLook where amounts of
    several currencies cannot be added."""
    asked: dict[str, Any] = {"as_of": closed, "where": dict(rule.where), "trend": points, "every": rule.every}
    wanted = [rule.kpi, OPEN] if rule.minimum_amount and rule.kpi != OPEN else [rule.kpi]
    rows = figures.kpis(wanted, **asked).to_dicts()
    of_kpi = [row for row in rows if row["kpi"] == rule.kpi]
    refuse_mixed(figures, of_kpi, points)
    first = figures.books.first_entry_on() or closed
    found = [
        Point(row["as_of"], row["value"], row["numerator"], row["reason"])
        for row in of_kpi
        if row["period_start"] >= first
    ]
    units = {row["unit"] for row in rows if row["kpi"] == OPEN}
    return Series(_unit(of_kpi[0]["unit"]), tuple(found), _unit(next(iter(units), "")))


def _unit(unit: str) -> str:
    return "" if unit == NO_CURRENCY else unit


def refuse_mixed(figures: Figures, rows: Sequence[Mapping[str, Any]], points: int) -> None:
    """Raise UnableToLook where figures came by currency."""
    if len(rows) == points and not any("currency" in row["by"] for row in rows):
        return
    listed = ", ".join(figures.currencies)
    raise UnableToLook(
        "the alert was not judged",
        f"amounts in {listed} cannot be added: no rate leads from one to the other",
        "filter it by a currency",
    )


def _with_rows(figures: Figures, rule: Rule, found: Evaluation) -> Evaluation:
    """Rows are counted only where they decide: that is a question of its own for each date."""
    if not found.holds or not rule.minimum_rows:
        return found
    asked: dict[str, Any] = {"as_of": found.as_of, "where": dict(rule.where), "every": rule.every}
    return enough_rows(rule, found, len(figures.rows(rule.kpi, side="numerator", **asked)))


def _entries(figures: Figures, rule: Rule, closed: date, before: Before | None) -> Evaluation:
    items = items_in(figures, rule, closed)
    known = None if before is None else {i.id for i in items_in(figures, rule, before.as_of, before.known_at)}
    since = before.as_of if before else None
    currency = _currency(figures, rule, closed)
    return judge_entries(rule, closed, items, known, since, currency, _names(figures, items))


def _entries_by_month(figures: Figures, rule: Rule, closed: date, months: int) -> Iterator[Evaluation]:
    first = figures.books.first_entry_on() or closed
    currency = _currency(figures, rule, closed)
    before: list[Item] = []
    since = None
    for end in [period.end_on for period in trend(closed, months + 1, "month") if period.end_on >= first]:
        items = items_in(figures, rule, end)
        if since is not None:
            known = {item.id for item in before}
            yield judge_entries(rule, end, items, known, since, currency, _names(figures, items))
        before, since = items, end


def items_in(figures: Figures, rule: Rule, as_of: date, known_at: datetime | None = None) -> list[Item]:
    """The open items in the rule's bucket."""
    found: dict[str, Item] = {}
    asked: dict[str, Any] = {"as_of": as_of, "where": rule.within, "known_at": known_at}
    for row in figures.rows(OF_ENTRIES, side="numerator", **asked).to_dicts():
        id_ = f"{row['row']} {row['row_id']}"
        amount = row["amount"] + (found[id_].amount if id_ in found else 0)
        found[id_] = Item(id_, row["row_id"], row["customer_id"], amount)
    return list(found.values())


def _currency(figures: Figures, rule: Rule, as_of: date) -> str:
    """The currency of the amounts in the bucket. Raises UnableToLook where they are in several."""
    rows = figures.kpis(OF_ENTRIES, as_of=as_of, where=rule.within).to_dicts()
    refuse_mixed(figures, rows, 1)
    return _unit(rows[0]["unit"])


def _names(figures: Figures, items: Sequence[Item]) -> dict[str, str]:
    return figures.customer_names(sorted({item.customer_id for item in items}))


def _limits(figures: Figures, rule: Rule, closed: date, looks: int) -> Iterator[Evaluation]:
    records = {record["customer_id"]: record for record in figures.customers(limit=ALL)}
    names = {customer: record["name"] or customer for customer, record in records.items()}
    currencies = figures.books.currencies
    only = currencies[0] if len(currencies) == 1 else ""
    asked: dict[str, Any] = {
        "as_of": closed,
        "where": dict(rule.where),
        "trend": looks,
        "by": ["customer", "currency"],
    }
    owed: dict[date, list[Owed]] = {}
    for row in figures.kpis(OPEN, **asked).to_dicts():
        customer, currency = row["by"]["customer"], row["by"]["currency"]
        record = records.get(customer)
        limit: Decimal | None = record["credit_limit"] if record else None
        if record is not None and limit is not None and currency == (record["currency"] or only):
            owed.setdefault(row["as_of"], []).append(Owed(customer, row["value"], limit, currency))
    first = figures.books.first_entry_on() or closed
    for period in (period for period in trend(closed, looks, "month") if period.end_on >= first):
        yield judge_limits(rule, period.end_on, owed.get(period.end_on, []), names)
