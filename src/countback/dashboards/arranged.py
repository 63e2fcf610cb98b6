"""A dashboard as it is seen: each tile asked for, shown and written to files from the same answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from countback.core.problem import CountbackError, Misuse
from countback.dashboards.aging import title as bucket_title
from countback.dashboards.aging_queries import KPI as AGING
from countback.dashboards.aging_queries import aging_table
from countback.dashboards.aging_views import Sums, sums_of
from countback.dashboards.asked import Asked
from countback.dashboards.at_risk import at_risk
from countback.dashboards.charts import Drawn
from countback.dashboards.customers import CustomerLine, sorted_lines
from countback.dashboards.customers_listing import Sort
from countback.dashboards.customers_queries import OPEN, OVERDUE, customer_lines
from countback.dashboards.filters import title as dimension_title
from countback.dashboards.kpis import POINTS
from countback.dashboards.kpis_breakdown import first_groups
from countback.dashboards.kpis_series import MONTHS, ask_series, name_of
from countback.dashboards.kpis_views import trend_drawn
from countback.dashboards.links import Cell, customer_page, kpi_page, place, rows_page
from countback.dashboards.models import Tile
from countback.dashboards.overview import Line, ShownTile, risk_line, shown_tile
from countback.dashboards.overview_export import Row, risk_rows
from countback.dashboards.rules import Kind
from countback.dashboards.targets import targets_of
from countback.dashboards.words import behind, written
from countback.kpis.catalogue import find, ids
from countback.ledger.figures import Figures
from countback.report.series import Series
from countback.report.tiles import tile as tile_of
from countback.report.words import DASH, day_words

LINES = 8
"""Lines of a table in a tile; its page has all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile as it is seen: `figure`, `drawn`, `sums` (ageing, by currency) or a table of `headings` and `lines`.
    `href`: where all of it is. `reason`: why there is nothing to see. `rows`: every number of it, for files."""

    tile: Tile
    title: str
    sub: str = ""
    href: str = ""
    figure: ShownTile | None = None
    drawn: Drawn | None = None
    sums: tuple[Sums, ...] = ()
    headings: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    reason: str = ""
    rows: tuple[Row, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the tiles of one dashboard are made from. `series`: of every KPI that is shown as a figure or over time."""

    figures: Figures
    asked: Asked
    series: Mapping[str, Series]
    targets: Mapping[str, Decimal]


def arranged(figures: Figures, asked: Asked, tiles: Sequence[Tile]) -> list[Shown]:
    """The tiles in their order. One that cannot be made says why, and stops no other."""
    kpis = [tile.kpi for tile in tiles if tile.kind in (Kind.KPI, Kind.TREND) and _single(tile.kpi)]
    points = MONTHS if any(tile.kind == Kind.TREND for tile in tiles) else POINTS
    series = ask_series(figures, asked, tuple(dict.fromkeys(kpis)), points) if kpis else {}
    asking = Asking(figures, asked, series, targets_of(figures, asked))
    return [_shown(asking, tile) for tile in tiles]


def _single(kpi: str) -> bool:
    return kpi in ids() and not find(kpi).cells


def _shown(asking: Asking, tile: Tile) -> Shown:
    try:
        return MADE[Kind(tile.kind)](asking, tile)
    except CountbackError as error:
        name = name_of(tile.kpi) if tile.kpi in ids() else tile.kpi or str(tile)
        return Shown(tile, name, reason=f"{error.why}: {error.remedy}")


def _line_of(asking: Asking, tile: Tile) -> Series:
    if tile.kpi not in asking.series:
        raise Misuse("the tile was not shown", f"there is no single figure {tile.kpi!r}", "remove the tile")
    return asking.series[tile.kpi]


def _kpi(asking: Asking, tile: Tile) -> Shown:
    line = _line_of(asking, tile)
    found = tile_of({tile.kpi: line}, tile.kpi, asking.targets)
    shown = shown_tile(found, asking.asked)
    row: Row = ("tile", found.title, "", asking.asked.as_of, found.exact, line.unit, found.reason)
    return Shown(tile, found.title, href=shown.page, figure=shown, rows=(row,))


def _trend(asking: Asking, tile: Tile) -> Shown:
    line = _line_of(asking, tile)
    found = tile_of({tile.kpi: line}, tile.kpi, asking.targets)
    drawn = trend_drawn(line, found, asking.asked, name=f"tile-{tile.pk}")
    rows = tuple(
        ("trend", line.title, "", day, value, line.unit, reason)
        for day, value, reason in zip(line.days, line.values, line.reasons, strict=True)
    )
    return Shown(
        tile,
        f"{line.title} over time",
        sub=drawn.sub if drawn else "",
        href=kpi_page(tile.kpi, asking.asked),
        drawn=drawn,
        reason="" if drawn else "there is nothing to draw: it has no value in these periods",
        rows=rows,
    )


def _breakdown(asking: Asking, tile: Tile) -> Shown:
    kpi, asked, by = find(tile.kpi), asking.asked, tile.dimension
    groups, rows, count = first_groups(asking.figures, kpi, asked, by, LINES)
    unit = rows[0]["unit"] if rows else ""
    words = dimension_title(by).lower()
    heading = name_of(kpi.id) + behind(unit)
    return Shown(
        tile,
        f"{name_of(kpi.id)} by {words}",
        sub=f"the {len(groups)} largest of {count}" if count > len(groups) else "largest first",
        href=kpi_page(kpi.id, asked, by=by),
        headings=(dimension_title(by), heading),
        lines=tuple(Line(group.name, group.page, (group.value,), group.bar) for group in groups),
        reason="" if groups else "no row counts here",
        rows=tuple(
            ("breakdown", name_of(kpi.id), f"{by} {row['by'][by] or '(blank)'}", asked.as_of, row["value"],
             row["unit"], row["reason"])
            for row in rows
        ),
    )  # fmt: skip


def _aging(asking: Asking, tile: Tile) -> Shown:
    asked = asking.asked
    table = aging_table(asking.figures, asked, "entity")
    titles = {bucket: bucket_title(bucket, "due") for bucket in table.buckets}
    return Shown(
        tile,
        "Ageing",
        sub=f"open by days past due, {day_words(asked.as_of)}",
        href=place("ageing", asked.query()),
        sums=tuple(sums_of(asked, table, currency, titles) for currency in table.totals),
        reason="" if table.totals else "nothing is open",
        rows=tuple(
            ("ageing", find(AGING).title, bucket, asked.as_of, amount, currency, None)
            for currency, amounts in table.totals.items()
            for bucket, amount in amounts.items()
        ),
    )


def _overdue(asking: Asking, tile: Tile) -> Shown:
    asked = asking.asked
    late = [line for line in customer_lines(asking.figures, asked) if line.overdue > 0]
    shown = sorted_lines(late, Sort("overdue", falling=True))[:LINES]
    return Shown(
        tile,
        "Top overdue customers",
        sub=f"{len(shown)} of {len(late)}, largest first",
        href=place("customers", asked.query()),
        headings=("Customer", "Overdue", "Open", "Oldest, days"),
        lines=tuple(_late(line, asked) for line in shown),
        reason="" if shown else "no customer owes anything that is overdue",
        rows=tuple(
            ("overdue customers", figure, f"{line.customer_id} {line.name}", asked.as_of, value, unit, None)
            for line in shown
            for figure, value, unit in (
                ("Overdue", line.overdue, line.currency),
                ("Open", line.open, line.currency),
                ("Oldest", Decimal(line.oldest_days or 0), "days"),
            )
        ),
    )


def _late(line: CustomerLine, asked: Asked) -> Line:
    within = {"customer": line.customer_id} | ({"currency": line.currency} if line.apart else {})
    days = DASH if line.oldest_days is None else str(line.oldest_days)
    cells = (
        Cell(written(line.overdue, line.currency), line.overdue, rows_page(OVERDUE, asked, within)),
        Cell(written(line.open, line.currency), line.open, rows_page(OPEN, asked, within)),
        Cell(days, None if line.oldest_days is None else Decimal(line.oldest_days)),
    )
    return Line(line.name, customer_page(line.customer_id, asked), cells)


def _at_risk(asking: Asking, tile: Tile) -> Shown:
    asked = asking.asked
    bucket, risky = at_risk(asking.figures, asked)
    shown = risky[:LINES]
    return Shown(
        tile,
        "Customers at risk",
        sub=f"{len(shown)} of {len(risky)}: {bucket} days past due, or above their credit limit",
        href=place("customers", asked.query(sort="-limit")),
        headings=("Customer", "Open", bucket_title(bucket, "due"), "Limit used, %"),
        lines=tuple(risk_line(one, bucket, asked) for one in shown),
        reason=""
        if shown
        else f"nobody owes anything {bucket} days past due or more than their credit limit",
        rows=tuple(risk_rows(shown, bucket, asked.as_of)),
    )


MADE: dict[Kind, Callable[[Asking, Tile], Shown]] = {
    Kind.KPI: _kpi,
    Kind.TREND: _trend,
    Kind.BREAKDOWN: _breakdown,
    Kind.AGING: _aging,
    Kind.OVERDUE: _overdue,
    Kind.AT_RISK: _at_risk,
}
"""What makes each kind."""
