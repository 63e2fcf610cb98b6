"""A customer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.core.aging import CURRENT, UNAPPLIED
from countback.core.money import NO_CURRENCY
from countback.core.problem import Misuse
from countback.dashboards import filters
from countback.dashboards.aging import bar, shades, shares, title
from countback.dashboards.asked import Asked
from countback.dashboards.customer import Standing, standings
from countback.dashboards.customer_queries import (
    APPLIES,
    BUCKETS,
    Behaviour,
    Promise,
    about_one,
    customer_figures,
)
from countback.dashboards.customer_reading import Row, every_currency, names_of
from countback.dashboards.customer_timeline import (
    KINDS,
    ON_A_PAGE,
    PARTS,
    Event,
    Settled,
    event_counts,
    events,
    settled_by,
)
from countback.dashboards.customer_words import Told, told
from countback.dashboards.customers_listing import paged, read_page
from countback.dashboards.customers_views import sees_figures
from countback.dashboards.links import customer_page, kpi_page, place, rows_page
from countback.dashboards.opened import page, with_figures
from countback.dashboards.words import code, written
from countback.ledger.figures import Figures
from countback.report.words import full_money

ROWS = "aging"
COLUMN, GAP = 20, 3
"""Of the trend: how wide a month is, and what of it stays free at either side."""

HIDDEN = ("customer_id", "name", "root_id", "parent_id", "recorded_at", "credit_limit", "collector")
"""Columns of the record that are told elsewhere, or to nobody."""


@dataclass(frozen=True, slots=True)
class Line:
    """An event as it is shown, newest first. `outcome`: of a promise; `settled`: invoices, each with whose it is (""
    for the customer's own) and how much; `first`: whether the day is told."""

    event: Event
    told: Told
    outcome: str
    settled: tuple[tuple[str, str, Settled], ...]
    first: bool


@needs("see_customers")
@with_figures("show", "page")
def customer(request: HttpRequest, figures: Figures, asked: Asked, customer_id: str) -> HttpResponseBase:
    """Everything about one customer."""
    record = figures.customer(customer_id)
    if record is None:
        raise Http404
    asked = every_currency(asked, request.GET)
    one = about_one(asked, customer_id)
    here = replace(asked, where=one.without("customer").where)
    drills = sees_figures(request)
    found = customer_figures(figures, one, record, against_all=drills)
    names = names_of(figures, "collector", [record["collector"]] if record["collector"] else [])
    return page(
        request,
        "dashboards/customer.html",
        figures,
        here,
        filters=_own_filters(figures, here),
        not_applied=[filters.title(name) for name, _ in asked.where if name not in APPLIES],
        record=record,
        collector=names.get(record["collector"] or "", record["collector"]),
        details=_details(record),
        limit=_limit(figures, record),
        stands=[_stands(one, standing, drills) for standing in standings(found.items, BUCKETS)],
        promised=found.promised,
        items=[(item, shades(BUCKETS)[item.bucket]) for item in found.items],
        behaviour=_shown_behaviour(one, found.behaviour, drills),
        against_all=drills,
        family=[(other, customer_page(other.customer_id, here)) for other in found.family],
        customers=place("customers", asked.query()),
        **_history(figures, _through(one, request), here, customer_id, found.promises),
    )


def _own_filters(figures: Figures, here: Asked) -> filters.Bar:
    """The bar with what applies to one customer."""
    bar_of_all = filters.bar(figures, here)
    return replace(
        bar_of_all, further=(), filters=tuple(one for one in bar_of_all.filters if one.dimension in APPLIES)
    )


def _details(record: Row) -> list[tuple[str, str]]:
    """The record's columns that are filled, with the books' own further ones."""
    found = [
        (name, value) for name, value in record.items() if name not in HIDDEN and value not in (None, "")
    ]
    return [(filters.title(name.removesuffix("_id")), str(value).replace("_", " ") if name == "type" else str(value))
            for name, value in found]  # fmt: skip


def _limit(figures: Figures, record: Row) -> str:
    """The credit limit in its currency: the customer's, else that of all documents if there is but one."""
    if record["credit_limit"] is None:
        return ""
    only = figures.books.currencies[0] if len(figures.books.currencies) == 1 else ""
    currency = record["currency"] or only or NO_CURRENCY
    return f"{full_money(record['credit_limit'], currency)} {code(currency)}".strip()


def _stands(one: Asked, standing: Standing, drills: bool) -> dict[str, Any]:
    inside = one.within(currency=standing.currency)
    percent, colors = shares(standing.amounts), shades(BUCKETS)
    owed = {"bucket": [name for name in BUCKETS if name != UNAPPLIED]}
    late = {"bucket": [name for name in BUCKETS if name not in (UNAPPLIED, CURRENT)]}

    def rows(filtered: Mapping[str, Any]) -> str:
        return rows_page(ROWS, inside, filtered) if drills else ""

    return {
        "of": standing,
        "bar": bar(standing.amounts),
        "open": rows(owed),
        "overdue": rows(late),
        "unapplied": rows({"bucket": UNAPPLIED}),
        "total": standing.open - standing.unapplied,
        "net": rows({}),
        "legend": [
            (title(name, "due"), colors[name], amount, percent.get(name, ""),
             rows({"bucket": name}) if amount else "")
            for name, amount in standing.amounts.items()
        ],
    }  # fmt: skip


def _shown_behaviour(one: Asked, paid: Behaviour, drills: bool) -> dict[str, Any]:
    trend_kpi = paid.kpis[0].kpi
    return {
        "kpis": [
            (
                k,
                written(k.own, k.unit),
                written(k.every, k.unit),
                _kpi_address(one, k.kpi, k.pooled) if drills else "",
            )
            for k in paid.kpis
        ],
        "months": [
            (month, rows_page(trend_kpi, one, as_of=month.ends_on) if drills else "", COLUMN * place + GAP)
            for place, month in enumerate(paid.trend)
        ],
        "last_paid": paid.last_paid,
    }


def _kpi_address(one: Asked, kpi: str, pooled: bool) -> str:
    return kpi_page(kpi, one, customer=one.chosen("customer")) if pooled else rows_page(kpi, one)


def _through(one: Asked, request: HttpRequest) -> Asked:
    """The question to the history. Asked as of the end of the books, it goes on until today: what is later was recorded
    here since."""
    ends = one.books_end_on
    if ends is None or one.as_of < ends:
        return one
    return replace(one, as_of=max(one.as_of, request.today))  # type: ignore[attr-defined]  # the middleware notes it


def _history(
    figures: Figures, one: Asked, here: Asked, customer_id: str, promises: Mapping[str, Promise]
) -> dict[str, Any]:
    own = dict(here.own)
    kind = own.get("show") or None
    if kind is not None and kind not in KINDS:
        raise Misuse("the history was not shown", f"{kind!r} is no kind of event", f"use {', '.join(KINDS)}")
    counts, every = event_counts(figures, one, customer_id)
    total = counts.get(kind, 0) if kind else every
    shown = paged(range(total), read_page(own.get("page", "")), ON_A_PAGE)
    found = events(figures, one, customer_id, kind, max(0, shown.first - 1))
    return {
        "shown": shown,
        "pages": {
            name: here.here(page=at) for name, at in (("before", shown.before), ("after", shown.after)) if at
        },
        "kinds": [
            (name, KINDS[name], count, here.here(show=name), name == kind) for name, count in counts.items()
        ],
        "every": (every, here.here(show=None), kind is None),
        "lines": _lines(figures, one, found, promises, customer_id),
    }


def _lines(
    figures: Figures, one: Asked, found: Sequence[Event], promises: Mapping[str, Promise], customer_id: str
) -> list[Line]:
    settled = settled_by(figures, one, found)
    others = {part.customer_id for parts in settled.values() for part in parts} - {customer_id}
    seen = figures.customer_names(sorted(others)) if others else {}
    collectors = names_of(figures, "collector", sorted(_collectors(found)))

    def part(one_part: Settled) -> tuple[str, str, Settled]:
        if one_part.customer_id == customer_id:
            return one_part.invoice_id, "", one_part
        if one_part.customer_id in seen:
            return one_part.invoice_id, seen[one_part.customer_id], one_part
        return "an invoice", "another customer", one_part

    return [
        Line(
            event=event,
            told=told(event, collectors),
            outcome=promises[event.id].outcome if event.kind == "promise" and event.id in promises else "",
            settled=tuple(part(one_part) for one_part in settled.get(event.id, ())) if not event.ends else (),
            first=place == 0 or event.happened_on != found[place - 1].happened_on,
        )
        for place, event in enumerate(found)
    ]


def _collectors(found: Sequence[Event]) -> set[str]:
    promised = {event.note for event in found if event.kind == "promise" and event.note}
    return promised | {
        event.note.split(PARTS)[1] for event in found if event.kind == "contact" and event.note
    }
