"""`countback serve`: the application."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from countback.project.terminal import say

Host = Annotated[str, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Web processes.")]
Demo = Annotated[bool, typer.Option("--demo", help="Load the demo books, where nothing was imported yet.")]


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 2, demo: Demo = False) -> None:
    """Start the application: its database, its jobs, its pages.

    Settings come from the environment; without DATABASE_URL it keeps a PostgreSQL of its own in its data folder
    (COUNTBACK_DATA, else ~/.countback). Ctrl-C stops all of it.
    """
    from countback.project import database, environment
    from countback.project.serve import Serving, Web, measures_folder, prepare

    settings = environment.read(os.environ)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(measures_folder(settings.data))
    say("Starting the database and bringing its tables up to date.")
    try:
        prepare(settings)
        _greet(host, port, demo=demo)
        Web(Serving(host, port, workers)).run()
    except SystemExit as ended:  # how the web server ends, well or not
        raise typer.Exit(int(ended.code or 0)) from None
    finally:
        if settings.database_url is None:
            database.stop(settings.data / "postgres")


def _greet(host: str, port: int, *, demo: bool) -> None:
    from django.conf import settings

    from countback.project.demo import load_demo_books
    from countback.project.welcome import how_to_sign_in

    if demo and load_demo_books(settings.ENVIRONMENT.data / "demo-books"):
        say("The demo books were loaded.")
    shown = "localhost" if host in ("127.0.0.1", "::1") else host  # passkeys are for names, not for numbers
    say(f"Countback is at http://{shown}:{port}/")
    say(how_to_sign_in())
