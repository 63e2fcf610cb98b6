"""From an https address: one file, over TLS whose certificate is judged, without redirects and without a proxy."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator
from email.message import Message
from threading import Timer

from django.conf import settings

from countback.ledger.sources import rules
from countback.ledger.sources.models import Source
from countback.ledger.sources.reached import LONGEST, TIMEOUT, connected, not_fetched
from countback.ledger.sources.rules import Kind, Place, Secret
from countback.ledger.sources.secret import secret_of
from countback.ledger.sources.taken import PIECE, Taken
from countback.ledger.uploads_files import KINDS

_ENDINGS = {
    "text/csv": ".csv",
    "application/csv": ".csv",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.apache.parquet": ".parquet",
}
"""What a file is whose name does not say it."""


def fetch(source: Source, taken: Taken) -> None:
    """Takes the file of an address. Raises UnableToFetch."""
    place = rules.place_of(Kind.HTTPS, source.address)
    headers = {"User-Agent": "Countback", "Accept-Encoding": "identity", **_authorization(source, place)}
    connection = _spoken(place)
    try:
        with contextlib.closing(connection), _ended_after(connection):
            connection.request("GET", place.path, headers=headers)
            answer = connection.getresponse()
            _refuse(place, answer.status)
            with taken.keeping(_name(place, answer.headers), size=answer.length) as write:
                while piece := answer.read(PIECE):
                    write(piece)
    except (OSError, http.client.HTTPException) as error:
        why = (
            f"the connection broke: {getattr(error, 'strerror', None) or str(error) or type(error).__name__}"
        )
        raise not_fetched(place.host, why, "nothing: it is fetched again when it is due next") from error


def _authorization(source: Source, place: Place) -> dict[str, str]:
    if source.secret == Secret.NONE:
        return {}
    secret = secret_of(source)
    if source.secret == Secret.TOKEN:
        return {"Authorization": f"Bearer {secret}"}
    both = base64.b64encode(f"{place.user}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def _spoken(place: Place) -> http.client.HTTPConnection:
    """A connection that stands, inside TLS and with the certificate judged for the name."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=TIMEOUT)
    connection.default_port = 443
    plain = connected(place.host, place.port)
    try:
        connection.sock = _trusting().wrap_socket(plain, server_hostname=place.host)
    except OSError as error:
        plain.close()
        why = f"its certificate was not accepted: {getattr(error, 'verify_message', '') or error}"
        remedy = "mend the certificate, or name the authority that signs it with COUNTBACK_SOURCES_CA"
        raise not_fetched(place.host, why, remedy) from error
    return connection


def _trusting() -> ssl.SSLContext:
    """The system's authorities, and the operator's own."""
    context = ssl.create_default_context()
    if settings.SOURCES_CA is not None:
        context.load_verify_locations(cafile=settings.SOURCES_CA)
    return context


def _refuse(place: Place, status: int) -> None:
    if 300 <= status < 400:
        raise not_fetched(place.host, f"it answered {status}: it leads elsewhere", "name that address itself")
    if status in (401, 403):
        raise not_fetched(place.host, f"it answered {status}: we may not", "check user and secret")
    if status != http.client.OK:
        raise not_fetched(place.host, f"it answered {status}", "see that the file is there")


def _name(place: Place, headers: Message) -> str:
    """What the file is called: as the server says, else as the address ends; with the ending of its kind."""
    last = headers.get_filename() or place.path.partition("?")[0].rpartition("/")[2]
    if last.lower().endswith(KINDS):
        return last
    return f"{last or 'books'}{_ENDINGS.get(headers.get_content_type(), '')}"


@contextlib.contextmanager
def _ended_after(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Hangs up on who answers a byte at a time."""
    line = connection.sock

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = Timer(LONGEST, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
