"""A figure by the values of a dimension: a table to sort, with bars; each number leads to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from countback.analytics.answer import Answer
from countback.core.problem import Misuse
from countback.dashboards.asked import Asked
from countback.dashboards.filters import title, value_title
from countback.dashboards.links import Cell, customer_page, rows_page
from countback.dashboards.remembered import remembered
from countback.dashboards.words import behind, plainly, written
from countback.kpis.kpi import Kpi
from countback.ledger.figures import Figures

SHOWN = 50
"""Groups that a page lists; the export has all."""

FEW = 12
FIRST = ("segment", "region", "country", "entity", "type", "collector", "customer")
"""Dimensions by which a figure is broken down unasked: the first that has 2 to 12 values."""

COLUMNS = ("group", "value", "numerator", "denominator")
CUSTOMERS = ("customer", "parent")


@dataclass(frozen=True, slots=True)
class Group:
    """One line. `page`: where its name leads; `filtered`: the page of the figure within it."""

    name: str
    page: str
    value: Cell
    bar: Markup
    sides: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: its words, the query that sorts by it, and how it is sorted now (for `aria-sort`)."""

    words: str
    query: str
    sort: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The table. `count`: groups in all, of which `groups` are shown."""

    by: str
    title: str
    choices: tuple[tuple[str, str], ...]
    headings: tuple[Heading, ...]
    groups: tuple[Group, ...]
    count: int


def dimension_of(figures: Figures, kpi: Kpi, asked: Asked) -> str:
    """The asked dimension, or a fitting one. Raises Misuse for one that there is not."""
    by = dict(asked.own).get("by", "")
    choices = dimensions_of(figures, kpi)
    if by and by not in choices:
        raise Misuse(
            f"{kpi.id} was not broken down",
            f"the figure has no dimension {by!r}",
            f"use one of {', '.join(choices)}",
        )
    if by:
        return by
    for name in FIRST:
        chosen = asked.chosen(name)
        if name in choices and len(chosen) != 1 and 2 <= len(figures.values(name)) <= FEW:
            return name
    return "customer"


def dimensions_of(figures: Figures, kpi: Kpi) -> tuple[str, ...]:
    """Dimensions by which a figure may be broken down: an ageing bucket only where all that it counts has one."""
    bucketed = all(measure.bucketed for measure in kpi.measures)
    return tuple(name for name in figures.dimensions if name != "bucket" or bucketed)


def ask_groups(figures: Figures, kpi: Kpi, asked: Asked, by: str) -> list[dict[str, Any]]:
    """The figure of each group, asked once until the books move."""
    question = ("groups", kpi.id, by, asked.as_of, asked.where, asked.currency, asked.every, asked.params)

    def found() -> list[dict[str, Any]]:
        return grouped(figures, kpi, asked, by).to_dicts()

    return remembered(figures, question, found)


def grouped(figures: Figures, kpi: Kpi, asked: Asked, by: str) -> Answer:
    """The same as the engine gives it."""
    return figures.kpis(kpi.id, by=by, params=params_of(kpi, asked), **asked.arguments())


def params_of(kpi: Kpi, asked: Asked) -> dict[str, str]:
    """The page's parameters for the engine."""
    return {f"{kpi.id}.{name}": value for name, value in asked.params}


def sort_of(asked: Asked) -> tuple[str, bool]:
    """The column to sort by, and whether its largest stands first. Raises Misuse for no column."""
    text = dict(asked.own).get("sort", "-value")
    column, falling = text.removeprefix("-"), text.startswith("-")
    if column not in COLUMNS:
        raise Misuse("the table was not sorted", f"{column!r} is no column", f"sort by {', '.join(COLUMNS)}")
    return column, falling


def sorted_groups(
    rows: Sequence[dict[str, Any]], by: str, sort: tuple[str, bool], names: dict[str, str]
) -> list[Any]:
    """The rows in order: those without a value last, whichever way it goes."""
    column, falling = sort

    def name(row: dict[str, Any]) -> str:
        value = row["by"][by]
        return names.get(value, value or "").casefold()

    def known(row: dict[str, Any]) -> bool:
        return bool(row["by"][by]) if column == "group" else row[column] is not None

    ordered = sorted(filter(known, rows), key=name)
    if column == "group":
        ordered = ordered[::-1] if falling else ordered
    else:
        ordered = sorted(ordered, key=lambda row: -row[column] if falling else row[column])
    return [*ordered, *(row for row in rows if not known(row))]


def breakdown(figures: Figures, kpi: Kpi, asked: Asked, by: str) -> Breakdown:
    """The table of a page."""
    rows = ask_groups(figures, kpi, asked, by)
    sort = sort_of(asked)
    names = names_of(figures, by, [row["by"][by] for row in rows] if sort[0] == "group" else [])
    shown = sorted_groups(rows, by, sort, names)[:SHOWN]
    names = names_of(figures, by, [row["by"][by] for row in shown])
    most = max((abs(row["value"]) for row in rows if row["value"] is not None), default=Decimal(0))
    return Breakdown(
        by=by,
        title=title(by),
        choices=tuple((name, title(name)) for name in dimensions_of(figures, kpi)),
        headings=_headings(kpi, asked, title(by), sort, rows[0]["unit"] if rows else ""),
        groups=tuple(_group(kpi, asked, by, row, names, most) for row in shown),
        count=len(rows),
    )


def first_groups(
    figures: Figures, kpi: Kpi, asked: Asked, by: str, count: int
) -> tuple[tuple[Group, ...], list[dict[str, Any]], int]:
    """The `count` groups with the largest values: as they are shown, and as the engine gives them; and how many there
    are in all. Raises Misuse for a dimension that the figure does not have."""
    if by not in dimensions_of(figures, kpi):
        raise Misuse(
            f"{kpi.id} was not broken down", f"these books have no {title(by).lower()}", "choose another"
        )
    rows = ask_groups(figures, kpi, asked, by)
    shown = sorted_groups(rows, by, ("value", True), {})[:count]
    names = names_of(figures, by, [row["by"][by] for row in shown])
    most = max((abs(row["value"]) for row in rows if row["value"] is not None), default=Decimal(0))
    return tuple(_group(kpi, asked, by, row, names, most) for row in shown), shown, len(rows)


def names_of(figures: Figures, by: str, values: Sequence[str | None]) -> dict[str, str]:
    """Names of customers by id; other dimensions are called as they are."""
    return figures.customer_names([value for value in values if value]) if by in CUSTOMERS and values else {}


def _headings(kpi: Kpi, asked: Asked, name: str, sort: tuple[str, bool], unit: str) -> tuple[Heading, ...]:
    words = {
        "group": name,
        "value": f"Value{behind(unit)}",
        "numerator": "Numerator",
    }
    if kpi.denominator is not None:
        words["denominator"] = "Denominator"
    found = []
    for column, heading in words.items():
        current = column == sort[0]
        turned = f"-{column}" if (current and not sort[1]) or (not current and column != "group") else column
        state = ("descending" if sort[1] else "ascending") if current else ""
        found.append(Heading(heading, asked.here(sort=turned) + "#breakdown", state))
    return tuple(found)


def _group(
    kpi: Kpi, asked: Asked, by: str, row: dict[str, Any], names: dict[str, str], most: Decimal
) -> Group:
    value = row["by"][by]
    within = {by: value}
    rows = rows_page(kpi.id, asked, within, params=asked.params)
    sides = [("numerator", row["numerator"])]
    sides += [("denominator", row["denominator"])] if kpi.denominator is not None else []
    page = (
        customer_page(value, asked.without(by))
        if by in CUSTOMERS
        else asked.here(by=None, **{asked.key(by): value})
    )
    return Group(
        name=names.get(value, value_title(value)) if value else value_title(value),
        page=page,
        value=Cell(
            written(row["value"], row["unit"]),
            row["value"],
            rows if row["value"] is not None else "",
            row["reason"] or "",
        ),
        bar=share_bar(row["value"], most),
        sides=tuple(
            Cell(
                plainly(amount),
                amount,
                rows_page(kpi.id, asked, within, params=asked.params, side=side)
                if amount is not None
                else "",
            )
            for side, amount in sides
        ),
    )


def share_bar(value: Decimal | None, most: Decimal) -> Markup:
    """A bar as long as the value is of the largest one; of a negative value in the colour of less."""
    if value is None or not most:
        return Markup("")
    width = abs(value) / most * 100
    less = ' class="less"' if value < 0 else ""
    return Markup(  # noqa: S704 -- numbers only
        f'<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect{less} width="{width:.2f}" height="8"/></svg>'
    )
