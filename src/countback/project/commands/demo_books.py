"""`countback demo-books`: the books of an invented business."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from countback.core.problem import CountbackError
from countback.project.terminal import say, waiting

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="The folder to write; new, empty, or earlier demo books.")
]
Customers = Annotated[int, typer.Option("--customers", metavar="N", help="How many customers.")]
Months = Annotated[int, typer.Option("--months", metavar="M", help="How many months of trade.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Another seed makes another business.")]

TRUTH = "truth"
"""Folder by which demo books are known."""


class UnableToWriteDemoBooks(CountbackError):
    """The demo books could not be written where they were asked for."""


def demo_books(folder: Folder, customers: Customers = 200, months: Months = 36, seed: Seed = 7) -> None:
    """Write the books of an invented wholesaler, with the truth about it in the sub-folder `truth`.

    The same numbers make the same books, to the byte.
    """
    from countback.books.demo import write_demo_books

    refuse_other_folders(folder)
    beside = folder.resolve().with_name(f".{folder.resolve().name}.{uuid4().hex[:8]}.part")
    try:
        with waiting("simulating customers") as progress:
            write_demo_books(beside, customers=customers, months=months, seed=seed, progress=progress)
        if folder.exists():
            shutil.rmtree(folder.resolve())
        beside.rename(folder.resolve())
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    say(f"The demo books are in {folder}; try `countback kpis {folder} --as-of 2026-10-31`.")


def refuse_other_folders(folder: Path) -> None:
    """Raise UnableToWriteDemoBooks where the folder holds anything but demo books: nothing of others is overwritten."""
    what, remedy = f"no demo books were written to {folder}", "name another folder, or empty this one"
    if folder.exists() and not folder.is_dir():
        raise UnableToWriteDemoBooks(what, "it is a file", "name a folder")
    if not folder.resolve().parent.is_dir():
        raise UnableToWriteDemoBooks(
            what, f"the folder {folder.resolve().parent} is not there", "make it first, or name another"
        )
    if not folder.exists():
        return
    names = {path.name for path in folder.iterdir()}
    strangers = sorted(names - _ours())
    if strangers:
        raise UnableToWriteDemoBooks(what, f"it holds other files, such as {strangers[0]}", remedy)
    if names and not (folder / TRUTH / "parameters.json").is_file():
        raise UnableToWriteDemoBooks(what, "it holds books that are no demo books", remedy)


def _ours() -> set[str]:
    from countback.books.tables import TABLES

    return {TRUTH} | {f"{table}{ending}" for table in TABLES for ending in (".csv", ".parquet")}
