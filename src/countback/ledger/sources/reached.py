"""To which addresses a fetch may open a connection: the outside world, and networks that the operator lets through.

Somebody who may set up a source shall not have the server knock at doors inside its own network. The name is resolved
here, every address that it stands for is judged, and the connection goes to one that was judged: a name that resolves
otherwise a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket

from django.conf import settings

from countback.core.outside import may_be_reached
from countback.core.problem import CountbackError

TIMEOUT = 20
"""Seconds for a connection, and for each answer."""
LONGEST = 600
"""Seconds for all of a fetch."""


class UnableToFetch(CountbackError):
    """Nothing of a source was imported; it is tried again when it is due next."""


def not_fetched(where: str, why: str, remedy: str) -> UnableToFetch:
    """The error, told of a place."""
    return UnableToFetch(f"Nothing was fetched from {where}", why, remedy)


def connected(host: str, port: int) -> socket.socket:
    """An open connection to an address that was judged. Raises UnableToFetch."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise not_fetched(host, "there is no server of that name", "check the address") from error
    places = [ipaddress.ip_address(str(place[4][0]).partition("%")[0]) for place in found]
    if not places or not all(may_be_reached(place, settings.ALERTS_PRIVATE_NETWORKS) for place in places):
        remedy = "have the operator let it through with COUNTBACK_PRIVATE_NETWORKS, if it is meant"
        raise not_fetched(host, "its address lies in a private network", remedy)
    why = ""
    for place in dict.fromkeys(places):
        try:
            return socket.create_connection((str(place), port), TIMEOUT)
        except OSError as error:
            why = error.strerror or str(error) or type(error).__name__
    raise not_fetched(host, f"port {port} gave no answer: {why}", "see that the server runs and lets us in")
