"""`countback rows`: what is behind a figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from countback.project import options
from countback.project.asked import one_kpi, read_day, read_filters, read_moment, read_params
from countback.project.commands.kpis import check_asked
from countback.project.delivery import asked_about, deliver, form_asked, heading, opened, reporting_currency

if TYPE_CHECKING:
    from countback.analytics.figures import Figures

Side = Annotated[
    Literal["numerator", "denominator", "left_out"] | None,
    typer.Option("--side", help="Only this side of the figure; else all of them."),
]


def rows(
    source: options.Source,
    as_of: options.AsOf,
    kpi: options.Kpi = None,
    profile: options.Profile = None,
    known_at: options.KnownAt = None,
    side: Side = None,
    by: options.By = None,
    where: options.Where = None,
    every: options.Every = "month",
    param: options.Params = None,
    currency: options.Currency = None,
    rate_on: options.RateOn = None,
    format: options.Format = None,
    out: options.Out = None,
) -> None:
    """List the rows behind a figure: what makes its numerator, its denominator, and what was left out and why.

    The amounts of a side sum to that side of the figure exactly. `--by` adds columns, `--where` keeps a group's rows.
    """
    chosen = one_kpi(kpi, "listed")
    form = form_asked(format, out)
    day, moment = read_day(as_of, "--as-of"), read_moment(known_at)
    filters = read_filters(where)
    check_asked([chosen], day)
    asked: dict[str, Any] = {
        "as_of": day, "known_at": moment, "where": filters, "every": every, "params": read_params(param),
        "currency": currency, "rate_on": rate_on,
    }  # fmt: skip
    with opened(Path(source), profile) as books:
        answer = books.rows(chosen, side=side, by=by or (), **asked)
        unit = reporting_currency(books, currency, rate_on)
        figure = books.kpis([chosen], **asked) if form == "table" else None
        about = asked_about(books, [day], moment, unit, filters)

    def draw() -> None:
        from countback.project.shown.grid import draw as draw_grids
        from countback.project.shown.rows import row_grids

        draw_grids(row_grids(answer, unit), f"{heading(about)}{value_words(figure)}")

    deliver(answer, form, out, about | {"KPI": chosen}, draw)


def value_words(figures: Figures | None) -> str:
    """The figure itself, for the heading of its rows; nothing where it is a table of several."""
    from countback.project.shown.numbers import shown

    found = figures.to_dicts() if figures is not None else []
    if len(found) != 1:
        return f" · {found[0]['kpi']}" if found else ""
    row = found[0]
    why = f" ({row['reason']})" if row["reason"] else ""
    return f" · {row['kpi']} {shown(row['value'], row['unit'])} {row['unit']}{why}"
