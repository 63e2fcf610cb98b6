"""`countback report`: the report."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from countback.core.problem import Misuse
from countback.project import options
from countback.project.asked import read_day, read_filters, read_moment
from countback.project.delivery import opened
from countback.project.terminal import say, waiting

ENDINGS = (".html", ".pdf", ".xlsx")

Out = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="The file to write; .html, .pdf or .xlsx decides its form."),
]


Target = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="KPI=VALUE",
        help="A value aimed at, drawn on the KPI's tile and chart; repeatable.",
    ),
]


def read_targets(given: list[str] | None) -> dict[str, Decimal]:
    """Targets as asked: KPI -> value. Raises Misuse for what names no KPI or no number."""
    targets = {}
    for text in given or ():
        kpi, _, value = text.partition("=")
        try:
            targets[kpi] = Decimal(value)
        except InvalidOperation as error:
            raise Misuse(
                f"the target {text!r} was not drawn",
                "it is no KPI=VALUE with a number",
                "write it as dso=42.5",
            ) from error
    return targets


def report(
    source: options.Source,
    as_of: options.AsOf,
    out: Out,
    profile: options.Profile = None,
    known_at: options.KnownAt = None,
    where: options.Where = None,
    currency: options.Currency = None,
    target: Target = None,
) -> None:
    """Write the report as of a date: one HTML file, a PDF, or a workbook, with the same figures in each."""
    if out.suffix.lower() not in ENDINGS:
        raise Misuse(
            f"the report {out} was not written",
            f"its ending {out.suffix!r} names no form of it",
            "end it in .html, .pdf or .xlsx",
        )
    day, moment, filters = read_day(as_of, "--as-of"), read_moment(known_at), read_filters(where)
    from countback.analytics.export import may_be_written

    may_be_written(out)
    with opened(Path(source), profile) as books, waiting(f"writing {out}") as progress:
        from countback.report import write_report

        write_report(
            books,
            as_of=day,
            out=out,
            known_at=moment,
            currency=currency,
            where=filters or None,
            targets=read_targets(target),
            progress=progress,
        )
    say(f"The report is in {out}.")
