"""`countback report`: the report."""

from __future__ import annotations

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


def report(
    source: options.Source,
    as_of: options.AsOf,
    out: Out,
    profile: options.Profile = None,
    known_at: options.KnownAt = None,
    where: options.Where = None,
    currency: options.Currency = None,
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
            progress=progress,
        )
    say(f"The report is in {out}.")
