"""What the surroundings say: every environment variable that the application knows, read once, refused loudly."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from countback.core.problem import Misuse

DATA, DATABASE, SECRET, HOSTS, ZONE, MAIL, SENDER, METRICS, INSECURE = (
    "COUNTBACK_DATA",
    "DATABASE_URL",
    "COUNTBACK_SECRET_KEY",
    "COUNTBACK_HOSTS",
    "COUNTBACK_TIME_ZONE",
    "COUNTBACK_MAIL_URL",
    "COUNTBACK_MAIL_FROM",
    "COUNTBACK_METRICS_TOKEN",
    "COUNTBACK_WITHOUT_TLS",
)
UPLOAD_MB, NETWORKS = "COUNTBACK_UPLOAD_MB", "COUNTBACK_PRIVATE_NETWORKS"
SOURCES, SOURCES_CA = "COUNTBACK_SOURCES", "COUNTBACK_SOURCES_CA"
SECRETS_OF_SOURCES = "COUNTBACK_SOURCE_"
"""With this begin the variables of sources' secrets, which people name on screen."""
OIDC_URL, OIDC_NAME, OIDC_SECRET = "COUNTBACK_OIDC_URL", "COUNTBACK_OIDC_CLIENT_ID", "COUNTBACK_OIDC_SECRET"
KNOWN = frozenset(
    {
        DATA,
        SECRET,
        HOSTS,
        ZONE,
        MAIL,
        SENDER,
        METRICS,
        INSECURE,
        UPLOAD_MB,
        NETWORKS,
        SOURCES,
        SOURCES_CA,
        "COUNTBACK_DEBUG",
        OIDC_URL,
        OIDC_NAME,
        OIDC_SECRET,
    }
)

_FOR_TESTS = ("COUNTBACK_SHARED", "COUNTBACK_REQUIRE_")
_FREE = (*_FOR_TESTS, SECRETS_OF_SOURCES)
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Oidc:
    """The company's own accounts (OpenID Connect): the provider's address, and as whom we ask there."""

    url: str
    known_as: str
    secret: str


@dataclass(frozen=True, slots=True)
class Environment:
    """`data`: folder of everything that is kept outside the database, and of the database where `database_url` is None.
    `hosts`: names under which it is reached; anything beyond this machine is served as behind TLS, unless
    `without_tls`. `upload_bytes`: what somebody may send at once. `private_networks`: those of the company that
    webhooks may reach. `sources`: the one folder of this machine from which books may be fetched; `sources_ca`: file
    of authorities whose certificates are trusted for that, too. `mail_url`: smtp://user:password@host:port; None
    prints mails to standard output. `metrics_token`: what a reader of /metrics must show; None: only this machine may
    read them."""

    data: Path
    database_url: str | None
    secret_key: str
    hosts: tuple[str, ...]
    time_zone: ZoneInfo
    mail_url: str | None
    mail_from: str
    metrics_token: str | None
    without_tls: bool
    upload_bytes: int
    private_networks: tuple[str, ...]
    sources: Path | None
    sources_ca: Path | None
    oidc: Oidc | None

    @property
    def behind_tls(self) -> bool:
        """Whether cookies may only travel encrypted."""
        return not self.without_tls and any(host not in _LOCAL for host in self.hosts)


def read(given: Mapping[str, str]) -> Environment:
    """The environment understood. Raises Misuse for what cannot be, and for a variable that nobody knows."""
    _refuse_unknown(given)
    data = Path(given.get(DATA) or Path.home() / ".countback").expanduser().absolute()
    hosts = _listed(given.get(HOSTS))
    return Environment(
        data=data,
        database_url=_database(given.get(DATABASE)),
        secret_key=given.get(SECRET) or _kept_secret(data),
        hosts=(*_LOCAL, *(host for host in hosts if host not in _LOCAL)),
        time_zone=_zone(given.get(ZONE) or "UTC"),
        mail_url=given.get(MAIL) or None,
        mail_from=given.get(SENDER) or "Countback <countback@localhost>",
        metrics_token=given.get(METRICS) or None,
        without_tls=_flag(INSECURE, given.get(INSECURE)),
        upload_bytes=_megabytes(given.get(UPLOAD_MB) or "2048") << 20,
        private_networks=tuple(map(_network, _listed(given.get(NETWORKS)))),
        sources=_there(SOURCES, given.get(SOURCES)),
        sources_ca=_there(SOURCES_CA, given.get(SOURCES_CA)),
        oidc=_oidc(given),
    )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in sorted(given):
        if name.startswith("COUNTBACK_") and name not in KNOWN and not name.startswith(_FREE):
            raise _misuse(name, "there is no such setting", f"the settings are {', '.join(sorted(KNOWN))}")


def _database(url: str | None) -> str | None:
    if url and not url.startswith(("postgres://", "postgresql://")):
        raise _misuse(
            DATABASE, "only PostgreSQL is spoken", "write postgresql://user:password@host:5432/name"
        )
    return url or None


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise _misuse(ZONE, f"there is no time zone {name}", "write one such as Europe/Berlin")
    return ZoneInfo(name)


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    names = (OIDC_URL, OIDC_NAME, OIDC_SECRET)
    missing = [name for name in names if not given.get(name)]
    if len(missing) == len(names):
        return None
    if missing:
        why = "of the three settings for company accounts some are missing"
        raise _misuse(missing[0], why, f"set {', '.join(names)}, or none")
    return Oidc(*(given[name] for name in names))


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _there(name: str, value: str | None) -> Path | None:
    """A folder or file that must be there."""
    if not value:
        return None
    path = Path(value).expanduser().absolute()
    if not (path.is_dir() if name == SOURCES else path.is_file()):
        kind = "folder" if name == SOURCES else "file"
        raise _misuse(
            name, f"there is no {kind} {value}", "name one that the server may read, or leave it out"
        )
    return path


def _megabytes(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 1 << 20:
        raise _misuse(UPLOAD_MB, f"{value} is no number of megabytes", "write a whole number such as 2048")
    return int(value)


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise _misuse(NETWORKS, f"{value} is no network", "write one such as 10.0.0.0/8") from None


def _flag(name: str, value: str | None) -> bool:
    if value not in (None, "", "0", "1"):
        raise _misuse(name, f"{value} is neither 1 nor 0", "write 1 or 0")
    return value == "1"


def _misuse(name: str, why: str, remedy: str) -> Misuse:
    return Misuse(f"The setting {name} was not understood", why, remedy)


def _kept_secret(data: Path) -> str:
    """The secret of this installation: made once, readable by its owner alone."""
    file = data / "secret-key"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = file.with_name(f".secret-key-{secrets.token_hex(8)}")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        with contextlib.suppress(
            FileExistsError
        ):  # of two that start at once, one wins, and both use what it wrote
            os.link(partial, file)
        partial.unlink()
    return file.read_text(encoding="utf-8").strip()
