"""From an SFTP server: the files of a folder, of a server whose key a person confirmed.

What speaks SSH takes its time to load, and is loaded where it is spoken: most processes never do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, cast

from countback.ledger.sources import rules
from countback.ledger.sources.models import Source
from countback.ledger.sources.reached import LONGEST, TIMEOUT, UnableToFetch, connected, not_fetched
from countback.ledger.sources.rules import Kind, Lying, Place, Secret
from countback.ledger.sources.secret import secret_of
from countback.ledger.sources.taken import PIECE, Taken
from countback.ledger.uploads_files import KINDS

if TYPE_CHECKING:
    import asyncssh

_MOST_LISTED = 10_000
"""Files of a folder that are looked at."""


class UnknownHostKey(UnableToFetch):
    """The server shows a key that nobody confirmed. `offered`: that key, as OpenSSH writes it."""

    offered: str = ""


def fetch(source: Source, taken: Taken) -> None:
    """Takes the files of a folder. Raises UnableToFetch; UnknownHostKey where nobody confirmed the server's key."""
    import asyncssh

    place = rules.place_of(Kind.SFTP, source.address)
    secret = secret_of(source)
    offered = asyncio.run(_offered(place))
    if offered != source.host_key:
        raise _unknown(place, source, offered)
    try:
        asyncio.run(asyncio.wait_for(_take(source, place, secret, taken), LONGEST))
    except asyncssh.PermissionDenied as error:
        raise not_fetched(place.host, f"it did not let {place.user} in", "check user and secret") from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        why = f"the private key in {source.secret_variable} was not understood"
        raise not_fetched(
            place.host, why, "give a key in OpenSSH or PEM form, without a passphrase"
        ) from error
    except asyncssh.SFTPError as error:
        remedy = "see that the folder exists and may be read"
        raise not_fetched(place.host, f"{place.path}: {error.reason}", remedy) from error
    except (OSError, asyncssh.Error, TimeoutError) as error:
        why = f"the connection broke: {_words(error)}"
        raise not_fetched(place.host, why, "nothing: it is fetched again when it is due next") from error


def fingerprint(key: str) -> str:
    """What people compare: `SHA256:…`; blank for no key."""
    if not key:
        return ""
    import asyncssh

    return str(asyncssh.import_public_key(key).get_fingerprint())


def _unknown(place: Place, source: Source, offered: str) -> UnknownHostKey:
    shown = fingerprint(offered)
    if source.host_key:
        why = (
            f"it shows another key ({shown}) than the one that was confirmed ({fingerprint(source.host_key)})"
        )
        remedy = (
            "ask who runs it whether the key was changed; if so, confirm the new one on the source's page"
        )
    else:
        why = f"nobody has confirmed its key yet ({shown})"
        remedy = "compare the key with what its operator says, and confirm it on the source's page"
    error = UnknownHostKey(f"Nothing was fetched from {place.host}", why, remedy)
    error.offered = offered
    return error


async def _offered(place: Place) -> str:
    """The key that the server shows; nothing is told to it for that."""
    import asyncssh

    try:
        asking = asyncssh.get_server_host_key(sock=_line(place), config=None)
        key = await asyncio.wait_for(asking, TIMEOUT)
    except (OSError, asyncssh.Error, TimeoutError) as error:
        why = f"it does not speak SSH with us: {_words(error)}"
        raise not_fetched(place.host, why, "check the address and its port") from error
    if key is None:
        raise not_fetched(place.host, "it shows no key", "check the address and its port")
    return key.export_public_key().decode().strip()


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _line(place: Place) -> Any:
    line = connected(place.host, place.port)
    line.setblocking(False)
    return line


async def _take(source: Source, place: Place, secret: str, taken: Taken) -> None:
    import asyncssh

    named: dict[str, Any] = {"password": secret, "client_keys": None, "preferred_auth": "password"}
    if source.secret == Secret.KEY:
        key = asyncssh.import_private_key(secret)
        named = {"client_keys": [key], "preferred_auth": "publickey"}
    pinned: tuple[list[asyncssh.SSHKey], list[asyncssh.SSHKey], list[asyncssh.SSHKey]] = (
        [asyncssh.import_public_key(source.host_key)],
        [],
        [],
    )
    async with (
        asyncssh.connect(
            sock=_line(place), config=None, known_hosts=pinned, username=place.user, agent_path=None,
            login_timeout=TIMEOUT, keepalive_interval=TIMEOUT, **named,
        ) as connection,
        connection.start_sftp_client() as sftp,
    ):  # fmt: skip
        listed = [one async for one in _lying(sftp, place.path)]
        fit = rules.chosen(listed, source.pattern, KINDS, newest_only=source.newest_only)
        taken.refuse_unfit(fit, source.pattern)
        for one in fit:
            path = f"{place.path.rstrip('/')}/{one.name}"
            async with sftp.open(path, "rb") as file:
                with taken.keeping(one.name, size=one.size) as write:
                    while piece := await file.read(PIECE):
                        write(cast("bytes", piece))


async def _lying(sftp: asyncssh.SFTPClient, folder: str) -> AsyncIterator[Lying]:
    """The ordinary files of a folder; links are not followed."""
    from asyncssh import FILEXFER_TYPE_REGULAR, FILEXFER_TYPE_UNKNOWN

    count = 0
    async for entry in sftp.scandir(folder):
        name, about = str(entry.filename), entry.attrs
        count += 1
        if count > _MOST_LISTED:
            return
        if (
            about.type in (FILEXFER_TYPE_REGULAR, FILEXFER_TYPE_UNKNOWN)
            and "/" not in name
            and name not in (".", "..")
        ):
            yield Lying(name, about.size or 0, float(about.mtime or 0))
