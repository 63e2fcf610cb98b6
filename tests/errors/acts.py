"""What cases of the application do in a word, through the actions and jobs that the application itself uses.

Each returns what is kept of what went wrong, as pages show it: a reason, or an error's parts.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory

from countback.accounts.actions import Doing
from countback.accounts.entrance import OidcEntrance
from countback.accounts.models import Person
from countback.alerts import deliveries, looking
from countback.alerts.models import Delivery
from countback.alerts.rules import Kind, Rule
from countback.alerts.testing import made
from countback.ledger import uploads, uploads_work
from countback.ledger.sources import actions, work
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.rules import VARIABLES
from countback.ledger.sources.testing import FOLDER, Sftp
from countback.ledger.uploads import Asker
from countback.subscriptions import sending
from countback.subscriptions.actions import send_now
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.packs import Packs
from countback.subscriptions.rules import AsOf
from countback.subscriptions.testing import subscribed

if TYPE_CHECKING:
    from countback.ledger.upload_models import Upload

AT = datetime(2026, 4, 1, 6, tzinfo=UTC)


def came_by_company(address: str = "", *, vouched: bool = True) -> None:
    """Somebody comes in by their company's account, which tells that address."""
    told = [EmailAddress(email=address, verified=vouched)] if address else []
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    OidcEntrance().pre_social_login(
        request, SocialLogin(user=Person(), account=SocialAccount(), email_addresses=told)
    )


def alerted(owner: Person, channel: str, **posts: str) -> str:
    """An alert speaks; why its message did not arrive by a channel."""
    made(owner, Rule(Kind.THRESHOLD, "open_receivables", every="day", size=Decimal(0)), **posts)
    looking.look(at=AT)
    for one in deliveries.waiting(AT):
        deliveries.deliver(one, at=AT)
    return Delivery.objects.filter(channel=channel, look__alert__owner=owner).latest("look").reason


def source(address: str, kind: str = "", **asked: Any) -> Source:
    """A source at an address: of a kind by how that begins, a folder if nothing does."""
    before, sign, _ = address.partition("://")
    given = {"address": address, "kind": kind or (before if sign else "folder")} | asked
    return actions.add_source(replace(FOLDER, **given), asker=Asker(None, AT))


@contextmanager
def saying(words: str) -> Iterator[int]:
    """A server that says so to whoever comes, and hangs up; its port."""

    class Said(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(f"{words}\r\n".encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Said) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@contextmanager
def secrets(**given: str) -> Iterator[None]:
    """Secrets of sources are set where the server runs, by the end of their variable's name."""
    with mock.patch.dict("os.environ", {f"{VARIABLES}{name}": value for name, value in given.items()}):
        yield


def server_of(sftp: Sftp, folder: str = "/outbox", *, confirmed: bool = True, **asked: Any) -> Source:
    """A source on an SFTP server, whose key somebody confirmed."""
    secret = {"secret": "password", "secret_variable": f"{VARIABLES}PASSWORD"}
    one = source(sftp.address(folder), **secret | asked)
    if confirmed:
        one.host_key = sftp.host_key.export_public_key().decode().strip()
        one.save()
    return one


def fetched(one: Source) -> Any:
    """A source is fetched; what went wrong, or the problems of its files."""
    asked = actions.fetch_now(one, asker=Asker(None, AT))
    work.run(asked.pk, at=AT, clock=lambda: AT)
    found = Fetch.objects.get(pk=asked.pk)
    return found.wrong or [problem["what"] for problem in found.problems] or found.state


def report(owner: Person, **asked: Any) -> Subscription:
    """A report that the owner gets as of the day of sending."""
    return subscribed(owner, owner, at=AT, **{"relative_date": AsOf.TODAY} | asked)


@cache
def packs() -> Packs:
    """Reports, each made once."""
    return Packs()


def sent(owner: Person, **asked: Any) -> Sending:
    """A report is asked for at once and worked on; what became of it."""
    send_now(report(owner, **asked).pk, Doing(owner, AT))
    number = Sending.objects.latest("pk").pk
    sending.send(number, packs(), lambda: AT)
    return Sending.objects.get(pk=number)


@dataclass(frozen=True, slots=True)
class File:
    """A file as a browser sent it."""

    name: str
    size: int
    path: Path

    def temporary_file_path(self) -> str:
        """Where it lies until it is kept."""
        return str(self.path)


def file(name: str, text: str = "x") -> File:
    """A file that somebody sends."""
    path = Path(f"sent-{len(list(Path().iterdir()))}")
    path.write_text(text, encoding="utf-8")
    return File(name, path.stat().st_size, path)


def uploaded(asker: Asker, *files: File) -> Upload:
    """Files are sent and read; the upload as it stands then."""
    upload = uploads.receive(files, profile="", ends_vanished=False, asker=asker)
    uploads_work.read(upload.pk)
    upload.refresh_from_db()
    return upload


def refusing(why: str) -> None:
    """The database refuses whatever is written to the ledger from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE OR REPLACE FUNCTION ledger_check() RETURNS trigger LANGUAGE plpgsql AS $function$
            BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'check_violation'; END $function$"""
        )


def refused(check: Callable[..., Any], *given: Any) -> str:
    """Why a value is not taken, as a form says it beside the field."""
    try:
        return f"taken: {check(*given)}"
    except ValueError as error:
        return str(error)
