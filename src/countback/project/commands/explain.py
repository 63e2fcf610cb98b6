"""`countback explain`: why a figure moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countback.core.problem import Misuse
from countback.project import options
from countback.project.asked import one_kpi, read_day, read_filters, read_moment, read_params
from countback.project.commands.kpis import check_asked
from countback.project.delivery import asked_about, deliver, form_asked, heading, opened, reporting_currency

From = Annotated[str, typer.Option("--from", metavar="DATE", help="The earlier date.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="The later date.")]


def explain(
    source: options.Source,
    start: From,
    end: To,
    kpi: options.Kpi = None,
    by: options.By = None,
    profile: options.Profile = None,
    known_at: options.KnownAt = None,
    where: options.Where = None,
    every: options.Every = "month",
    param: options.Params = None,
    currency: options.Currency = None,
    rate_on: options.RateOn = None,
    format: options.Format = None,
    out: options.Out = None,
) -> None:
    """Split the change of a figure between two dates into what each group added to it.

    Per group the effect of its numerator and of its denominator, the largest first; they add up to the change exactly.
    """
    chosen = one_kpi(kpi, "explained")
    if not by:
        raise Misuse(
            f"the change of {chosen} was not explained",
            "no dimension was named",
            "name one, such as --by segment",
        )
    form = form_asked(format, out)
    first, last, moment = read_day(start, "--from"), read_day(end, "--to"), read_moment(known_at)
    filters = read_filters(where)
    check_asked([chosen], last)
    with opened(Path(source), profile) as books:
        answer = books.explain(
            chosen, start=first, end=last, by=by, known_at=moment, where=filters, every=every,
            params=read_params(param), currency=currency, rate_on=rate_on,
        )  # fmt: skip
        about = asked_about(
            books, [first, last], moment, reporting_currency(books, currency, rate_on), filters
        )

    def draw() -> None:
        from countback.project.shown.explained import explained_grid
        from countback.project.shown.grid import draw as draw_grids

        draw_grids([explained_grid(answer)], f"{heading(about)} · {change_words(answer.to_dicts(), chosen)}")

    deliver(answer, form, out, about | {"KPI": chosen}, draw)


def change_words(rows: list[dict[str, object]], kpi: str) -> str:
    """The change itself, for the heading."""
    from countback.project.shown.numbers import shown

    if not rows:
        return kpi
    row = rows[0]
    unit = str(row["unit"])
    return f"{kpi} {shown(row['from'], unit)} to {shown(row['to'], unit)} {unit}"  # type: ignore[arg-type]
