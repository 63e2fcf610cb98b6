"""The application as the cases of the gallery find it: three people, small books, nothing else.

What a case does to it is taken back. Code of a case knows: `alice` (administrator), `bob` (collector of "anna"),
`charlie` (viewer of another entity), `at`, `doing` and `asker` (alice, then), `settings`, `connection`, `importing`
(imports books given as tables), `without_books`, the servers that the case names in `given`, and all names of the
package that it names in `application`: those of its rules, actions and tests.
"""

from __future__ import annotations

import importlib
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, cast
from unittest import mock

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import override_settings

from countback.accounts import testing as accounts_testing
from countback.accounts.testing import World
from countback.alerts import testing as alerts_testing
from countback.alerts.outcomes import UnableToDeliver, UnsureWhetherDelivered
from countback.analytics.keeping import keep_derived
from countback.books.convert import convert
from countback.core.problem import CountbackError
from countback.ledger.mirror import opened
from countback.ledger.sources import testing as sources_testing
from countback.ledger.testing import Importing
from countback.project import environment
from countback.subscriptions.sending import Refused, Unknown
from tests.errors.gallery import Case, words_of

AT = datetime(2026, 4, 1, 6, tzinfo=UTC)

NOTED: tuple[type[Exception], ...] = (
    CountbackError, ValidationError, UnableToDeliver, UnsureWhetherDelivered, Refused, Unknown,
)  # fmt: skip
"""Errors that people read, on a page or beside what was not sent."""

SERVERS = {"receiver": alerts_testing, "mail_server": alerts_testing}
SERVERS_IN_A_FOLDER = {"https_server": sources_testing, "sftp_server": sources_testing}
"""Fixtures of the application's tests that a case may name in `given`."""

ROOMS = ("rules", "actions", "models", "packs", "totals", "due", "work", "testing")
"""Modules of a package whose names its cases know, later ones first."""

COMMANDS = ("import_books", "mirror", "audit")
"""Commands that open the ledger themselves."""


@contextmanager
def standing(case: Case, folder: Path) -> Iterator[dict[str, Any]]:
    """The application for one case, in `folder`; gives the names that its code knows."""
    kept = {
        "MIRROR": books_of(folder / "books") or folder / "mirror",
        "UPLOADS": folder / "uploads",
        "SOURCES": folder / "books",
        "SOURCES_CA": None,
        "ALERTS_PRIVATE_NETWORKS": (),
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    with override_settings(**kept), transaction.atomic(), ExitStack() as stack:
        number_from_one()
        stack.callback(transaction.set_rollback, True)
        world = cast("World", inspect.unwrap(accounts_testing.world)(None))
        for command in COMMANDS:
            stack.enter_context(mock.patch(f"countback.project.commands.{command}.ledger", ledger_in(folder)))
        servers = {name: stack.enter_context(serving(name, folder)) for name in case.given}
        yield {"world": world, **names_of(case.application), **names_in(world, folder), **servers}


def names_in(world: World, folder: Path) -> dict[str, Any]:
    """What code of every case knows."""
    from countback.accounts.actions import Doing
    from countback.ledger.uploads import Asker

    people = {name: getattr(world, name) for name in ("alice", "bob", "charlie")}
    return {
        **people,
        "at": AT,
        "doing": Doing(world.alice, AT),
        "asker": Asker(world.alice, AT),
        "settings": settings,
        "connection": connection,
        "importing": Importing(folder / "imported"),
        "without_books": without_books,
        "NOTED": NOTED,
        "Path": Path,
    }


def names_of(package: str) -> dict[str, Any]:
    """The names of a package's modules, and of its dates and amounts."""
    found: dict[str, Any] = {}
    for room in ROOMS:
        name = f"countback.{package}.{room}"
        if importlib.util.find_spec(name):
            module = importlib.import_module(name)
            found |= {word: value for word, value in vars(module).items() if not word.startswith("__")}
            found[room] = module
    return found


def number_from_one() -> None:
    """Imports, alerts, dashboards are numbered from one, so that messages name the same numbers each time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
            AND sequencename ~ '^(alerts|ledger|dashboards|subscriptions)_'"""
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER SEQUENCE {name} RESTART")


def books_of(source: Path) -> Path | None:
    """A mirror of the books in a folder; None where there are none."""
    files = sorted(source.glob("*.csv"))
    return mirrored(tuple((path.name, path.read_bytes()) for path in files)) if files else None


@cache
def mirrored(files: tuple[tuple[str, bytes], ...]) -> Path:
    """A mirror of books, made once and kept until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="mirror-", dir=environment_folder()))
    (folder / "source").mkdir()
    for name, content in files:
        (folder / "source" / name).write_bytes(content)
    convert(folder / "source", folder / "current", derive=keep_derived)
    return folder


def environment_folder() -> Path:
    """The folder of this run's tests, which goes with it."""
    return Path(settings.ENVIRONMENT.data)


@contextmanager
def without_books() -> Iterator[None]:
    """No books are there, as on the first day."""
    with tempfile.TemporaryDirectory() as empty, override_settings(MIRROR=Path(empty)):
        yield
    opened.forget()


def ledger_in(folder: Path) -> Callable[..., AbstractContextManager[environment.Environment]]:
    """What a command opens: the ledger of the case, with its folder."""

    @contextmanager
    def ledger(**_: Any) -> Iterator[environment.Environment]:
        yield environment.read({environment.DATA: str(folder)})

    return ledger


@contextmanager
def serving(name: str, folder: Path) -> Iterator[Any]:
    """A server of the application's tests, as long as the block lasts."""
    fixture = getattr(SERVERS.get(name) or SERVERS_IN_A_FOLDER[name], name)
    given = (settings,) if name in SERVERS else (folder, settings)
    with contextmanager(inspect.unwrap(fixture))(*given) as server:
        yield server


def shown(case: Case, names: dict[str, Any], made: list[Exception]) -> str:
    """What a page tells of an error: those that were made for it and stand on it, else what it has in place of its
    content."""
    person = names[case.who] if case.who else None
    client = names["world"].client_of(person)
    asked = {"data": case.form} if case.form is not None else {}
    answer = (client.post if asked else client.get)(case.page.format(**names), follow=True, **asked)
    page = answer.getvalue().decode()
    text = plain(page).casefold()
    told = [error for error in made if all(plain(part).casefold() in text for part in parts_of(error))]
    if told:
        return "\n".join(dict.fromkeys(map(words_of, told)))
    instead = re.search(r'<(p) class="empty"[^>]*>(.*?)</\1>|<main.*?<(p)>(.*?)</\3>', page, re.DOTALL)
    return plain(instead[2] or instead[4]) if instead else f"no error on the page: {text[:2000]}"


def plain(markup: str) -> str:
    """The words of a page, with single blanks."""
    return " ".join(unescape(re.sub(r"<(script|style).*?</\1>|<[^>]*>", "", markup, flags=re.DOTALL)).split())


def parts_of(error: Exception) -> tuple[str, ...]:
    """What must be read of an error."""
    if isinstance(error, CountbackError):
        return error.what, error.why, error.remedy
    return tuple(error.messages) if isinstance(error, ValidationError) else (str(error),)
