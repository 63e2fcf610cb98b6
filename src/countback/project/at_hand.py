"""The application at hand for a command: its settings, its database, its tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from countback.core.problem import CountbackError
from countback.project import database, environment
from countback.project.environment import Environment


class UnableToReachLedger(CountbackError):
    """There is no ledger where the settings say."""


def set_up(settings: Environment) -> None:
    """Starts the database where it is ours and readies the application; brings the tables up to date."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.database_url is None:
        database.start(settings.data / "postgres")
    os.environ["DJANGO_SETTINGS_MODULE"] = "countback.project.settings"
    import django
    from django.core.management import call_command

    django.setup()
    database.refuse_old()
    call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def ledger(*, make: bool = False) -> Iterator[Environment]:
    """The ledger for as long as a command works on it. A database of ours is started if it sleeps, and sleeps again
    with the last command. `make`: where there is none, an empty one is made."""
    settings = environment.read(os.environ)
    ours = settings.database_url is None
    if ours and not make and not (settings.data / "postgres").is_dir():
        why = f"there is no database in {settings.data}"
        raise UnableToReachLedger("The ledger was not found", why, "name its folder in COUNTBACK_DATA")
    set_up(settings)
    try:
        yield settings
    finally:
        from django.db import connections

        connections.close_all()
        if ours:
            database.stop(settings.data / "postgres")
