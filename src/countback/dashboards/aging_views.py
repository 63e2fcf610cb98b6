"""The ageing page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.core.money import is_currency
from countback.dashboards.aging import (
    NAME,
    TOTAL,
    WORDS,
    AgingTable,
    Amounts,
    Group,
    Stretch,
    bar,
    shades,
    shares,
    title,
)
from countback.dashboards.aging_queries import BUCKET, KPI, aging_table, grouping_dimensions, params_of
from countback.dashboards.asked import Asked
from countback.dashboards.customer_reading import every_currency
from countback.dashboards.customers_download import NUMBERS, TEXT, Columns, download
from countback.dashboards.customers_listing import Sort, paged, read_page, read_sort
from countback.dashboards.export import about
from countback.dashboards.filters import title as dimension_title
from countback.dashboards.links import customer_page, rows_page
from countback.dashboards.opened import page, with_figures
from countback.dashboards.paper import Bar, Block, bars_block, pdf_of, table_block
from countback.dashboards.words import code
from countback.ledger.figures import Figures
from countback.report.words import full_money

CURRENCY = "currency"

CUSTOMERS = ("customer", "parent")
"""Dimensions whose values are customers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount, with the address of its rows; without one where there is nothing."""

    amount: Decimal
    rows: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown. `code`: the group's own id beside its name; `address`: where its name leads."""

    group: Group
    code: str
    address: str
    cells: tuple[Cell, ...]
    total: Cell
    bar: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one currency: cells and total lead to their rows; `legend`: bucket, shade, amount, per cent."""

    currency: str
    cells: tuple[Cell, ...]
    total: Cell
    bar: tuple[Stretch, ...]
    legend: tuple[tuple[str, str, Decimal, str], ...]


@needs("see_figures")
@with_figures("by", "sort", "page", "format", of_kpi=True)
def aging(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """Who owes how much for how long."""
    asked = every_currency(asked, request.GET)
    own = dict(asked.own)
    by = own.get("by", "customer")
    params = params_of(asked)
    table = aging_table(figures, asked, by)
    sort = read_sort(own.get("sort", ""), (NAME, *table.buckets, TOTAL), Sort(TOTAL, falling=True))
    groups = table.sorted(sort)
    shown = paged(groups, read_page(own.get("page", "")))
    titles = {bucket: title(bucket, params["by_date"]) for bucket in table.buckets}
    sums = [sums_of(asked, table, currency, titles) for currency in table.totals]
    lines = [_line(asked, table, group) for group in shown.lines]
    if (form := own.get("format")) == "pdf":
        part = f"{shown.first}–{shown.last} of {shown.total}, {_sorted_words(sort, titles)}"
        blocks = _blocks(table, sums, lines, titles, part)
        return pdf_of(f"ageing-by-{by}-{asked.as_of}", "Ageing", blocks, asked, figures)
    if form:
        return download(
            _columns(table, groups), f"ageing-by-{by}-{asked.as_of}", form, _told(figures, asked, table)
        )
    return page(
        request,
        "dashboards/ageing.html",
        figures,
        asked,
        table=table,
        columns=[(b, words, asked.here(sort=sort.turned(b)), sort.state(b)) for b, words in titles.items()],
        ends={c: (asked.here(sort=sort.turned(c, words=WORDS)), sort.state(c)) for c in (NAME, TOTAL)},
        sums=sums,
        lines=lines,
        shown=shown,
        sorted_by=_sorted_words(sort, titles),
        by=by,
        by_title=dimension_title(by),
        choices=[(name, dimension_title(name)) for name in grouping_dimensions(figures)],
        params=params,
        bounds=",".join(map(str, params["bounds"])),
        kept=[pair for pair in asked.pairs() if not pair[0].startswith(("p.bounds", "p.by_date"))],
        pages={
            name: asked.here(page=at) for name, at in (("before", shown.before), ("after", shown.after)) if at
        },
    )


def _line(asked: Asked, table: AgingTable, group: Group) -> Line:
    inside = _inside(asked, table, group)
    return Line(
        group=group,
        code=group.value if group.value and group.value != group.name else "",
        address=_address(inside, table.by, group),
        cells=_cells(group.amounts, inside),
        total=Cell(group.total, _rows(inside)),
        bar=bar(group.amounts),
    )


def _inside(asked: Asked, table: AgingTable, group: Group) -> Asked:
    inside = asked.within(**{table.by: group.value})
    if table.apart:
        return inside.within(currency=group.currency)
    return inside if table.by == CURRENCY else _in_currency(inside, group.currency)


def _in_currency(inside: Asked, currency: str) -> Asked:
    """The rows lead to the amounts shown: in the currency into which these were converted."""
    return replace(inside, currency=currency) if is_currency(currency) else inside


def _address(inside: Asked, by: str, group: Group) -> str:
    """A customer's page; of another group, its customers."""
    if by in CUSTOMERS and group.value is not None:
        return customer_page(group.value, inside.without(by))
    return inside.here(by="customer", sort=None)


def _rows(inside: Asked) -> str:
    return rows_page(KPI, inside, params=inside.params)


def _cells(amounts: Amounts, inside: Asked) -> tuple[Cell, ...]:
    rows = _rows(inside.without(BUCKET))
    return tuple(Cell(amount, f"{rows}&{BUCKET}={quote(bucket)}") for bucket, amount in amounts.items())


def sums_of(asked: Asked, table: AgingTable, currency: str, titles: dict[str, str]) -> Sums:
    """The sums of a currency, each with where it leads."""
    amounts = table.totals[currency]
    several = len(table.totals) > 1
    inside = asked.within(currency=currency) if several else _in_currency(asked, currency)
    percent, colors = shares(amounts), shades(table.buckets)
    return Sums(
        currency=currency,
        cells=_cells(amounts, inside),
        total=Cell(sum(amounts.values(), Decimal(0)), _rows(inside)),
        bar=bar(amounts),
        legend=tuple(
            (titles[name], colors[name], amount, percent.get(name, "")) for name, amount in amounts.items()
        ),
    )


def bar_of(sums: Sums) -> Bar:
    """The sums of a currency for paper."""
    return Bar(
        sums.currency,
        tuple((part.shade, Decimal(part.width)) for part in sums.bar),
        tuple(
            (shade, words, full_money(amount, sums.currency), share)
            for words, shade, amount, share in sums.legend
        ),
    )


def _blocks(
    table: AgingTable, sums: list[Sums], lines: list[Line], titles: dict[str, str], told: str
) -> list[Block]:
    """The page for paper: the bars, then the lines that it shows."""
    several = len(sums) > 1 or table.by == CURRENCY
    headings = [dimension_title(table.by), *(["Currency"] if several else []), *titles.values(), "Total"]
    rows = [("Total", one.currency, one.cells, one.total) for one in sums]
    rows += [(line.group.name, line.group.currency, line.cells, line.total) for line in lines]
    written = [
        [name, *([code] if several else []), *(full_money(cell.amount, code) for cell in (*cells, total))]
        for name, code, cells, total in rows
    ]
    head = bars_block("Open by age", "unapplied credit lies outside the bar", [bar_of(one) for one in sums])
    return [head, table_block(f"By {dimension_title(table.by).lower()}", told, headings, written)]


def _sorted_words(sort: Sort, titles: dict[str, str]) -> str:
    if sort.column == NAME:
        return "by name, from Z" if sort.falling else "by name"
    column = titles.get(sort.column, "total").lower()
    return f"by {column}, {'largest' if sort.falling else 'smallest'} first"


def _columns(table: AgingTable, groups: list[Group]) -> Columns:
    """The file's columns: as on the page, with ids beside names."""
    columns: dict[str, Any] = {table.by: (TEXT, [group.value for group in groups])}
    if table.by in (*CUSTOMERS, "collector"):
        columns["name"] = TEXT, [group.name for group in groups]
    columns[_free("currency", columns)] = TEXT, [group.currency for group in groups]
    for bucket in table.buckets:
        head = _free("not due" if bucket == "current" else bucket, columns)
        columns[head] = NUMBERS, [group.amounts[bucket] for group in groups]
    columns[_free("total", columns)] = NUMBERS, [group.total for group in groups]
    return columns


def _free(head: str, taken: dict[str, Any]) -> str:
    return head if head not in taken else f"{head} of amounts"


def _told(figures: Figures, asked: Asked, table: AgingTable) -> dict[str, str]:
    totals = {
        f"Total {code(currency)}".strip(): f"{sum(sums.values(), Decimal(0)):,f}"
        for currency, sums in table.totals.items()
    }
    return about("Ageing", asked, figures, **{"Grouped by": dimension_title(table.by)}, **totals)
