"""What the pages of sources show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countback.audit import queries as audit
from countback.audit.models import Line
from countback.ledger.sources import rules, sftp
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.rules import MANY_IN_A_ROW, UNDER_WAY

LOOKED_BACK = 20
"""Fetches that are looked at for those without books in a row."""

MOST_FETCHES = 60
"""Fetches on the page of a source."""

EVERY = {
    15: "every 15 minutes",
    30: "every 30 minutes",
    60: "every hour",
    120: "every 2 hours",
    240: "every 4 hours",
    480: "every 8 hours",
}
"""Intervals to choose from, in minutes; beside them there is daily."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as the list shows it. `last`: its latest fetch; `in_a_row`: how many came without books since one went
    well."""

    source: Source
    last: Fetch | None
    in_a_row: int

    @property
    def when(self) -> str:
        """Its schedule in words."""
        minutes = self.source.interval_minutes
        if minutes is None:
            return f"daily at {self.source.at_time:%H:%M}, {self.source.time_zone}"
        return EVERY.get(minutes, f"every {minutes} minutes")

    @property
    def stuck(self) -> bool:
        """Whether it is time that somebody looks after it."""
        return self.in_a_row >= MANY_IN_A_ROW


@dataclass(frozen=True, slots=True)
class Record:
    """A source's page. `working`: whether it is being fetched. `key`, `offered`: fingerprints of the confirmed key and
    of the one that the server showed instead."""

    listed: Listed
    fetches: Sequence[Fetch]
    working: bool
    key: str
    offered: str
    lines: Sequence[Line]


def sources() -> list[Listed]:
    """Every source by name, with what became of it last: two queries, however many there are."""
    found = list(Source.objects.filter(removed_at=None))
    recent: dict[int, list[Fetch]] = {source.pk: [] for source in found}
    for fetch in _recent(list(recent)):
        recent[fetch.source_id].append(fetch)
    return [_listed(source, recent[source.pk]) for source in found]


def find(source_id: int) -> Source:
    """A source that was not removed. Raises Source.DoesNotExist."""
    return Source.objects.get(pk=source_id, removed_at=None)


def record(source_id: int) -> Record:
    """A source for its page. Raises Source.DoesNotExist."""
    source = find(source_id)
    fetches = list(source.fetches.select_related("by", "imported")[:MOST_FETCHES])
    return Record(
        listed=_listed(source, fetches),
        fetches=fetches,
        working=any(one.state in UNDER_WAY for one in fetches),
        key=sftp.fingerprint(source.host_key),
        offered=sftp.fingerprint(source.offered_key),
        lines=audit.about("source", source_id, most=20),
    )


def _listed(source: Source, fetches: Sequence[Fetch]) -> Listed:
    return Listed(source, fetches[0] if fetches else None, rules.in_a_row(one.state for one in fetches))


def _recent(sources: list[int]) -> list[Fetch]:
    query = """SELECT one.* FROM unnest(%s::bigint[]) AS source(id), LATERAL (
        SELECT * FROM ledger_fetch WHERE source_id = source.id ORDER BY at DESC LIMIT %s) AS one ORDER BY one.at DESC"""
    return list(Fetch.objects.raw(query, [sources, LOOKED_BACK]))
