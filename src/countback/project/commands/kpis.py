"""`countback kpis`: figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from countback.project import options
from countback.project.asked import read_day, read_filters, read_moment, read_params
from countback.project.delivery import asked_about, deliver, form_asked, heading, opened, reporting_currency


class ListsKpis(TyperCommand):
    """A command whose help ends with the list of all KPIs."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Help as usual, then the list."""
        from countback.project.shown.catalogue import draw_catalogue

        super().format_help(ctx, formatter)
        draw_catalogue()


def kpis(
    source: options.Source,
    as_of: options.AsOf,
    profile: options.Profile = None,
    known_at: options.KnownAt = None,
    kpi: options.Kpis = None,
    by: options.By = None,
    where: options.Where = None,
    trend: Annotated[
        int, typer.Option("--trend", metavar="N", help="So many periods up to the date, oldest first.")
    ] = 1,
    every: options.Every = "month",
    param: options.Params = None,
    currency: options.Currency = None,
    rate_on: options.RateOn = None,
    format: options.Format = None,
    out: options.Out = None,
) -> None:
    """Compute KPIs as of a date, by any dimension, as a trend.

    A figure without a value is a dash, and the reason is said. `countback rows` lists what is behind a figure.
    """
    form = form_asked(format, out)
    day, moment = read_day(as_of, "--as-of"), read_moment(known_at)
    filters, params = read_filters(where), read_params(param)
    check_asked(kpi or [], day, trend, every)
    with opened(Path(source), profile) as books:
        figures = books.kpis(
            kpi or None, as_of=day, known_at=moment, by=by or (), where=filters, trend=trend, every=every,
            params=params, currency=currency, rate_on=rate_on,
        )  # fmt: skip
        about = asked_about(books, [day], moment, reporting_currency(books, currency, rate_on), filters)

    def draw() -> None:
        from countback.project.shown.figures import figure_grids
        from countback.project.shown.grid import draw as draw_grids

        draw_grids(figure_grids(figures), heading(about))

    deliver(figures, form, out, about, draw)


def check_asked(kpis: list[str], as_of: Any, trend: int = 1, every: Any = "month") -> None:
    """Raise Misuse for an unknown KPI or an impossible trend before any book is opened."""
    from countback.core.period import trend as periods
    from countback.kpis.catalogue import find, ids

    periods(as_of, trend, every)
    for kpi_id in kpis:
        if kpi_id not in ids():
            find(kpi_id)
