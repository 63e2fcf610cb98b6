"""The application as the cases of the gallery find it: three people, small books, nothing else.

What a case does to it is taken back. Code of a case knows: `alice` (administrator), `bob` (collector of "anna"),
`charlie` (viewer of another entity), `at`, `doing` and `asker` (alice, then), `settings`, `connection`, `importing`
(imports books given as tables), `without_books`, the servers that the case names in `given`, the acts of
acts.py, and all names of the package that it names in `application`: those of its rules, actions and tests.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, cast
from unittest import mock

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import override_settings
from structlog.testing import capture_logs

from countback.accounts import testing as accounts_testing
from countback.accounts.actions import Doing
from countback.accounts.testing import World
from countback.alerts import testing as alerts_testing
from countback.alerts.outcomes import UnableToDeliver, UnsureWhetherDelivered
from countback.analytics.keeping import keep_derived
from countback.books.convert import convert
from countback.core.problem import CountbackError
from countback.ledger.mirror import opened
from countback.ledger.sources import testing as sources_testing
from countback.ledger.testing import Importing
from countback.ledger.uploads import Asker
from countback.project import environment
from countback.subscriptions import conftest as subscriptions_conftest
from countback.subscriptions.sending import Refused, Unknown
from tests.errors import acts
from tests.errors.acts import AT
from tests.errors.gallery import Case, words_of

NOTED: tuple[type[Exception], ...] = (
    CountbackError,
    ImmediateHttpResponse, ValidationError, UnableToDeliver, UnsureWhetherDelivered, Refused, Unknown,
)  # fmt: skip
"""Errors that people read, on a page or beside what was not sent."""

SERVERS = {"receiver": alerts_testing, "mail_server": alerts_testing, "post": subscriptions_conftest}
SERVERS_IN_A_FOLDER = {"https_server": sources_testing, "sftp_server": sources_testing}
"""Fixtures of the application's tests that a case may name in `given`."""

NOWHERE = "stands on no page"

ROOMS = (
    "strategy", "strategy_reading", "hand_out", "queries", "making", "models", "rules", "packs", "totals", "fields",
    "erasing", "due", "work", "posting", "looking", "deliveries", "uploads", "actions", "testing",
)  # fmt: skip
"""Modules of a package whose names its cases know; where two have the same, that of the later one."""

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
    with override_settings(**kept), capture_logs(), transaction.atomic(), ExitStack() as stack:
        number_from_one()
        stack.callback(transaction.set_rollback, True)
        world = cast("World", inspect.unwrap(accounts_testing.world)(None))
        for command in COMMANDS:
            stack.enter_context(mock.patch(f"countback.project.commands.{command}.ledger", ledger_in(folder)))
        servers = {name: stack.enter_context(serving(name, folder)) for name in case.given}
        yield {**names_of(case.application), **names_in(world, folder), **servers}


def names_in(world: World, folder: Path) -> dict[str, Any]:
    """What code of every case knows."""
    people = {name: getattr(world, name) for name in ("alice", "bob", "charlie")}
    return {
        **people,
        **{name: act for name, act in vars(acts).items() if getattr(act, "__module__", "") == acts.__name__},
        "world": world,
        "at": AT,
        "doing": Doing(world.alice, AT),
        "asker": Asker(world.alice, AT),
        "settings": settings,
        "connection": connection,
        "importing": Importing(made_in(folder)),
        "without_books": without_books,
        "NOTED": NOTED,
        "Path": Path,
    }


def made_in(folder: Path) -> Path:
    """A folder for the books that a case makes."""
    made = folder / "imported"
    made.mkdir()
    return made


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
            """DO $$ DECLARE one name; BEGIN
            FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
                AND sequencename ~ '^(alerts|ledger|dashboards|subscriptions)_' AND last_value IS NOT NULL
            LOOP EXECUTE 'ALTER SEQUENCE ' || quote_ident(one) || ' RESTART'; END LOOP; END $$"""
        )


def books_of(source: Path) -> Path | None:
    """A mirror of the books in a folder; None where there are none, or what lies there is refused."""
    try:
        return mirrored(tuple((path.name, path.read_bytes()) for path in sorted(source.iterdir())))
    except CountbackError:
        return None


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
    files = {field: SimpleUploadedFile(name, Path(name).read_bytes()) for field, name in case.sends.items()}
    asked = {} if case.form is None else {"data": case.form | files}
    answer = (client.post if asked else client.get)(case.page.format(**names), follow=True, **asked)
    page = answer.getvalue().decode()
    text = plain(page).casefold()
    told = [words for error in made if (words := read_on(text, error, case.beside))]
    if told:
        return "\n".join(dict.fromkeys(told))
    return instead(page) or f"no error on the page: {text[:2000]}"


def read_on(text: str, error: Exception, beside: str) -> str:
    """An error in words, if its parts are read on a page; of one `beside` what it is about, why and what to do."""
    if all(plain(part).casefold() in text for part in parts_of(error)):
        return words_of(error)
    rest = f"{error.why}: {error.remedy}" if beside and isinstance(error, CountbackError) else ""
    return rest if plain(rest).casefold() in text else ""


INSTEAD = (r'<li class="error">(.*?)</li>', r'<p class="empty"[^>]*>(.*?)</p>', r'<div class="empty"[^>]*>(.*?)</div>',
           r"<main.*?<p>(.*?)</p>")  # fmt: skip


def instead(page: str) -> str:
    """What a page says of itself, or in place of its content; blank where nothing."""
    found = (re.search(pattern, page, re.DOTALL) for pattern in INSTEAD)
    return next((plain(one[1]) for one in found if one), "")


def plain(markup: str) -> str:
    """The words of a page, with single blanks."""
    return " ".join(unescape(re.sub(r"<(script|style).*?</\1>|<[^>]*>", "", markup, flags=re.DOTALL)).split())


def parts_of(error: Exception) -> tuple[str, ...]:
    """What must be read of an error."""
    if isinstance(error, CountbackError):
        return error.what, error.why, error.remedy
    if isinstance(error, ValidationError):  # those with a code are Django's own
        return (NOWHERE,) if getattr(error, "code", None) else tuple(error.messages)
    return (str(error),)
