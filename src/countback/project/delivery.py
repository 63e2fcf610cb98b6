"""How answers leave: as a table on the screen, as JSON or CSV through a pipe, as a file."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from countback.core.problem import Misuse
from countback.project.asked import filter_words
from countback.project.terminal import is_terminal, say, waiting, write_bytes

if TYPE_CHECKING:
    from countback.analytics.answer import Answer
    from countback.analytics.opened import Books

Form = Literal["table", "json", "csv", "xlsx"]


@contextmanager
def opened(source: Path, profile: str | None) -> Iterator[Books]:
    """The books of a source, open for questions; says on standard error where something in them looks odd."""
    from countback.analytics.opened import open_books

    with waiting(f"reading {source}") as progress:
        books = open_books(source, profile, progress=progress)
    with books:
        if books.warnings:
            count = len(books.warnings)
            listed = "`countback check` lists what was kept although it looks odd"
            say(f"{count:,} warning{'s' * (count > 1)} about the books; {listed}.")
        with waiting("computing"):
            yield books


def form_asked(form: Form | None, out: Path | None) -> Form:
    """The form of the answer, from `--format` and the ending of `--out`. Raises Misuse where they do not go together,
    and UnableToExport where the file certainly cannot be written: before any work is done."""
    if out is None:
        if form == "xlsx" and is_terminal(sys.stdout):
            raise Misuse(
                "no workbook was written", "a workbook cannot be read on a terminal", "add --out FILE.xlsx"
            )
        return form or "table"
    from countback.analytics.export import FORMS, form_of, may_be_written

    may_be_written(out)
    if form is None:
        return form_of(out)
    if form == "table":
        raise Misuse(
            f"{out} was not written", "a table is made for the screen", "use --format csv, json or xlsx"
        )
    ending = out.suffix.lower().removeprefix(".")
    if ending in FORMS and ending != form:
        raise Misuse(
            f"{out} was not written",
            f"its ending and --format {form} differ",
            "make them the same, or leave out --format",
        )
    return form


def deliver(
    answer: Answer, form: Form, out: Path | None, about: Mapping[str, str], draw: Callable[[], None]
) -> None:
    """Give the answer in its form. `about`: what was asked, for a workbook. `draw`: shows it as a table."""
    from countback.analytics import export

    if form == "table":
        draw()
    elif out is not None:
        with waiting(f"writing {out}"):
            export.export(answer, out, form, about)
        say(f"{len(answer):,} row{'s' * (len(answer) != 1)} written to {out}.")
    elif form == "xlsx":
        from countback.analytics.workbook import write_workbook

        held = io.BytesIO()
        write_workbook(answer, held, about)
        write_bytes(iter([held.getvalue()]))
    else:
        write_bytes(export.csv_chunks(answer) if form == "csv" else export.json_chunks(answer))


def reporting_currency(books: Books, asked: str | None, rate_on: str | None) -> str | None:
    """The currency of the amounts of an answer; None where each stands in its own."""
    from countback.analytics.currency import Rates, decide
    from countback.core.money import NO_CURRENCY

    currency = decide(books.loaded, Rates(books.loaded), asked, rate_on).currency
    return None if currency == NO_CURRENCY else currency


def asked_about(
    books: Books,
    days: Sequence[date],
    known_at: datetime | None,
    currency: str | None,
    filters: dict[str, list[str | None]],
) -> dict[str, str]:
    """What was asked, in words: for the heading of a table and the sheet `About` of a workbook."""
    words = {"Books": books.name, "As of": " to ".join(day.isoformat() for day in days)}
    if known_at is not None:
        words["Known at"] = f"{known_at.isoformat(sep=' ', timespec='seconds')} UTC"
    if currency or len(books.currencies) > 1:
        words["Currency"] = currency or "each in its own"
    if filters:
        words["Only"] = filter_words(filters)
    return words


def heading(about: Mapping[str, str]) -> str:
    """The same on one line."""
    plainly = {"Books": "", "Currency": ""}
    return " · ".join(plainly.get(name, f"{name.lower()} ") + words for name, words in about.items())
