"""`countback convert`: books as Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countback.project import options
from countback.project.terminal import say, waiting

To = Annotated[
    Path, typer.Option("--to", metavar="FOLDER", help="The folder to write; new, empty, or converted books.")
]


def convert(source: options.Source, to: To, profile: options.Profile = None) -> None:
    """Check books and write them as Parquet, so that the next run need not read, check and derive again.

    The folder is replaced in one step; one that holds anything but converted books is left alone.
    """
    from countback.analytics.keeping import keep_derived
    from countback.books.convert import convert as convert_books

    with waiting(f"converting {source}") as progress:
        convert_books(Path(source), to, profile=profile, progress=progress, derive=keep_derived)
    say(f"The converted books are in {to}.")
