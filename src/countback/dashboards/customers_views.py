"""The list of customers."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.accounts.rules import may
from countback.dashboards.asked import Asked
from countback.dashboards.customer_reading import every_currency
from countback.dashboards.customers import COLUMNS, WORDS, CustomerLine, matching
from countback.dashboards.customers_download import NUMBERS, TEXT, Columns, download
from countback.dashboards.customers_listing import Sort, paged, read_page, read_sort
from countback.dashboards.customers_queries import OPEN, OVERDUE, customers_in_order
from countback.dashboards.export import about
from countback.dashboards.links import customer_page, rows_page
from countback.dashboards.opened import page, with_figures
from countback.ledger.figures import Figures

HEADS = {
    "name": "Customer",
    "open": "Open",
    "overdue": "Overdue",
    "oldest": "Oldest, days past due",
    "collector": "Collector",
    "limit": "Credit limit used",
}
FULL = 100
"""Per cent of a credit limit above which its use is marked."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with where its parts lead; `over`: more is open than the limit allows."""

    line: CustomerLine
    address: str
    open: str
    overdue: str
    over: bool


@needs("see_customers")
@with_figures("q", "sort", "page", "format")
def customers(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """Every customer that the person may see, to search and sort."""
    asked = every_currency(asked, request.GET)
    own = dict(asked.own)
    search = own.get("q", "")
    sort = read_sort(own.get("sort", ""), COLUMNS, Sort("overdue", falling=True))
    every = customers_in_order(figures, asked, sort)
    lines = matching(every, search) if search else every
    if form := own.get("format"):
        told = about("Customers", asked, figures, **({"Search": search} if search else {}))
        return download(_columns(lines), f"customers-{asked.as_of}", form, told)
    shown = paged(lines, read_page(own.get("page", "")))
    drills = sees_figures(request)
    return page(
        request,
        "dashboards/customers.html",
        figures,
        asked,
        lines=[_shown(asked, line, drills) for line in shown.lines],
        shown=shown,
        search=search,
        every=len(every),
        heads=[
            (c, words, asked.here(sort=sort.turned(c, words=WORDS)), sort.state(c))
            for c, words in HEADS.items()
        ],
        sorted_by=f"{HEADS[sort.column].lower()}, {_direction(sort)}",
        several=len({line.currency for line in every if line.currency}) > 1,
        kept=asked.pairs() + [(key, value) for key, value in asked.own if key == "sort"],
        all_lines=asked.here(q=None),
        pages={
            name: asked.here(page=at) for name, at in (("before", shown.before), ("after", shown.after)) if at
        },
    )


def sees_figures(request: HttpRequest) -> bool:
    """Whether the person may follow an amount to the figures' rows; an agency sees its customers only."""
    return request.user.is_authenticated and may(request.user.role, "see_figures")


def _direction(sort: Sort) -> str:
    if sort.column in WORDS:
        return "from Z" if sort.falling else "from A"
    return "largest first" if sort.falling else "smallest first"


def _shown(asked: Asked, line: CustomerLine, drills: bool) -> Shown:
    within = {"customer": line.customer_id} | ({"currency": line.currency} if line.apart else {})
    rows = {kpi: rows_page(kpi, asked, within) if drills else "" for kpi in (OPEN, OVERDUE)}
    return Shown(
        line=line,
        address=customer_page(line.customer_id, asked),
        open=rows[OPEN] if line.open else "",
        overdue=rows[OVERDUE] if line.overdue else "",
        over=line.used is not None and line.used > FULL,
    )


def _columns(lines: list[CustomerLine]) -> Columns:
    return {
        "customer": (TEXT, [line.customer_id for line in lines]),
        "name": (TEXT, [line.name for line in lines]),
        "collector": (TEXT, [line.collector or None for line in lines]),
        "currency": (TEXT, [line.currency or None for line in lines]),
        "open": (NUMBERS, [line.open for line in lines]),
        "overdue": (NUMBERS, [line.overdue for line in lines]),
        "oldest days past due": (NUMBERS, [line.oldest_days for line in lines]),
        "credit limit": (NUMBERS, [line.limit for line in lines]),
        "limit currency": (TEXT, [line.limit_currency if line.limit is not None else None for line in lines]),
        "limit used %": (NUMBERS, [None if line.used is None else round(line.used, 2) for line in lines]),
    }
