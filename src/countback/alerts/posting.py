"""Posting to an address that a user named: to the outside world only, over TLS only, once, and not for long.

Somebody who may set an alert shall not have the server knock at doors inside its own network. The name is resolved
here, every address that it stands for is judged, and the connection goes to an address that was judged: a name that
resolves otherwise a moment later changes nothing. Redirects are not followed, proxies not asked. Networks of one's own
are let through by the setting ALERTS_PRIVATE_NETWORKS.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from countback.alerts.outcomes import UnableToDeliver, UnsureWhetherDelivered
from countback.core.outside import Address, is_in, may_be_reached

TIMEOUT = 5
"""Seconds for the connection, and for each answer."""
LONGEST = 15
"""Seconds for all of it."""
LONGEST_ADDRESS = 2000
LATER = frozenset({408, 425, 429, *range(500, 600)})
"""Answers that say: not now."""


def wrong_with(address: str) -> str:
    """What is wrong with an address by its looks; blank where nothing is."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "it is no address"
    if len(address) > LONGEST_ADDRESS or not all(33 <= ord(letter) <= 126 for letter in address):
        return "it is no address"
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return "it must be an https address"
    if parts.username is not None or parts.password is not None:
        return "it must not hold a user name or a password"
    literal = _literal(parts.hostname)
    if parts.scheme == "http" and not (
        literal and literal.is_loopback and is_in(literal, settings.ALERTS_PRIVATE_NETWORKS)
    ):
        return "it must begin with https"
    if literal is not None and not may_be_reached(literal, settings.ALERTS_PRIVATE_NETWORKS):
        return "it leads into a private network"
    return ""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Posts JSON. Raises UnableToDeliver where it was certainly not taken, UnsureWhetherDelivered where it may be."""
    wrong = wrong_with(address)
    if wrong:
        raise UnableToDeliver(f"the address was not used: {wrong}")
    parts = urlsplit(address)
    connection = _connected(parts)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    with contextlib.closing(connection), _ended_after(connection):
        try:
            connection.request(
                "POST", path, body, {"Content-Type": "application/json", "User-Agent": "Countback", **headers}
            )
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            why = f"{parts.hostname} gave no answer: {str(error) or type(error).__name__}"
            raise UnsureWhetherDelivered(why) from error
    if 300 <= status < 400:
        raise UnableToDeliver(f"{parts.hostname} answered {status}: redirects are not followed")
    if not 200 <= status < 300:
        raise UnableToDeliver(f"{parts.hostname} answered {status}", again=status in LATER)


def _connected(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection that stands, to an address that was judged."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnableToDeliver(f"{host} was not found", again=True) from error
    places = [ipaddress.ip_address(str(place[4][0]).partition("%")[0]) for place in found]
    if not places or not all(may_be_reached(place, settings.ALERTS_PRIVATE_NETWORKS) for place in places):
        raise UnableToDeliver(f"{host} leads into a private network")
    why = ""
    for place in dict.fromkeys(places):
        try:
            return _spoken(parts.scheme, host, port, socket.create_connection((str(place), port), TIMEOUT))
        except OSError as error:
            why = error.strerror or str(error) or type(error).__name__
    raise UnableToDeliver(f"{host} was not reached: {why}", again=True)


def _spoken(scheme: str, host: str, port: int, plain: socket.socket) -> http.client.HTTPConnection:
    """The connection over an open socket, inside TLS and with the certificate judged for the name."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    if scheme == "https":
        connection.default_port = 443
        try:
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    connection.sock = plain
    return connection


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


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
