"""The commands and their options, put together. One command, one file of `commands`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from typing import Annotated, Any

import typer

from countback.project.commands import (
    audit,
    check,
    convert,
    demo_books,
    describe,
    explain,
    export_books,
    import_books,
    kpis,
    listed,
    mirror,
    profile,
    report,
    rows,
    serve,
)

_COMMANDS: dict[str, Callable[..., None]] = {
    "check": check.check,
    "kpis": kpis.kpis,
    "rows": rows.rows,
    "explain": explain.explain,
    "report": report.report,
    "convert": convert.convert,
    "profile": profile.profile,
    "serve": serve.serve,
    "import": import_books.import_books,
    "export": export_books.export_books,
    "mirror": mirror.mirror,
    "audit": audit.audit,
    "demo-books": demo_books.demo_books,
    "list": listed.list_kpis,
    "describe": describe.describe,
}


def command() -> Any:
    """The whole command line."""
    app = typer.Typer(
        name="countback",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback(no_args_is_help=False, invoke_without_command=True)(countback)
    for name, function in _COMMANDS.items():
        app.command(name, cls=kpis.ListsKpis if name == "kpis" else None)(function)
    return typer.main.get_command(app)


def version() -> str:
    """The version that is installed."""
    try:
        return metadata.version("countback")
    except metadata.PackageNotFoundError:
        return "(not installed: run from its source)"


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"countback {version()}")
        raise typer.Exit


def countback(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and leave."),
    ] = False,
) -> None:
    """Countback: receivables collections from a folder of files.

    Every KPI of your books as of any date, by any dimension, each with the rows behind it.
    """
    del version
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
