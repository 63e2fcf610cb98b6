"""`countback export`: the whole ledger as a books folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countback.project.at_hand import ledger
from countback.project.terminal import say, waiting

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to write; new, or empty.")]
AsCsv = Annotated[
    bool,
    typer.Option(
        "--csv",
        help="CSV instead of Parquet; text that a spreadsheet takes for a formula gets an apostrophe.",
    ),
]


def export_books(folder: Folder, csv: AsCsv = False) -> None:
    """Write the whole ledger as a books folder: what was imported, and what was recorded here.

    Every command reads such a folder, with the same figures as the screens; imported again it changes nothing. Who was
    erased stays erased. Contact persons, notes and lists of the application are not in it.
    """
    from countback.ledger import mirror
    from countback.ledger.exporting import export_books as write
    from countback.ledger.exporting import refuse_what_is_there
    from countback.ledger.mirror.opened import opened

    refuse_what_is_there(folder)
    with ledger() as settings:
        with waiting("bringing the figures up to date"):
            mirror.refresh(settings.data / "mirror")
        with waiting(f"writing {folder}"):
            written = write(opened(settings.data / "mirror").books, folder, "csv" if csv else "parquet")
    say(f"{sum(written.values()):,} rows of {len(written)} tables are in {folder}.")
