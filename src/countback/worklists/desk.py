"""A collector's list as it stands now: what is open of it, done and skipped, and who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.arrangements.models import FollowUp
from countback.arrangements.queries import collector_of
from countback.ledger import figures
from countback.worklists.models import Day, Line, Skip

OPEN, DONE, SKIPPED = "open", "done", "skipped"

_ACTED = " UNION ".join(
    f"""SELECT one.customer_id FROM ledger_current_{table} AS one
    JOIN ledger_import AS made ON made.id = one.import_id AND made.act <> ''
    WHERE one.customer_id = ANY(%(customers)s) AND made.at >= %(since)s"""
    for table in ("contacts", "promises", "disputes")
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it stands. `state`: "open", "done" (something was recorded since the day began) or "skipped"; `words`:
    why it was skipped."""

    line: Line
    name: str
    state: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A list of today. `collectors`: whose lists the person may see; `names`: what they are called; `hidden`: lines of
    customers that the person may not see; `chosen`: the row that is worked on; `day`: None where no lists were made."""

    day: Day | None
    collector: str
    collectors: tuple[str, ...]
    names: dict[str, str]
    rows: tuple[Row, ...]
    hidden: int
    chosen: Row | None

    @property
    def open(self) -> int:
        """How many are still to be worked on."""
        return sum(row.state == OPEN for row in self.rows)

    @property
    def minutes(self) -> int:
        """What those are expected to take."""
        return sum(row.line.minutes for row in self.rows if row.state == OPEN)

    def beside(self, step: int) -> Row | None:
        """The row that many places from the chosen one."""
        if self.chosen is None:
            return None
        place = self.rows.index(self.chosen) + step
        return self.rows[place] if 0 <= place < len(self.rows) else None


def desk_of(person: Person, today: date, *, collector: str = "", at: str = "") -> Desk:
    """The list of a collector for who may see it; their own where none is named, else the first. `at`: the customer
    that is chosen; the first open one where none is, or it is not on the list."""
    day = Day.objects.filter(on=today).select_related("by").first()
    found = _collectors(person, day)
    whose = collector if collector in found else _own(person, found)
    if day is None or not whose:
        return Desk(day, whose, found, {}, (), 0, None)
    lines = list(day.lines.filter(collector=whose))
    names = figures.opened(scope_of(person)).customer_names([line.customer_id for line in lines])
    seen = [line for line in lines if line.customer_id in names]
    rows = _rows(seen, names, today)
    chosen = next((row for row in rows if row.line.customer_id == at), None)
    chosen = chosen or next((row for row in rows if row.state == OPEN), rows[0] if rows else None)
    return Desk(day, whose, found, _names(), rows, len(lines) - len(seen), chosen)


def _collectors(person: Person, day: Day | None) -> tuple[str, ...]:
    """Collectors who have a list and whose portfolio the person may see, by code."""
    if day is None:
        return ()
    every = day.lines.order_by("collector").values_list("collector", flat=True).distinct()
    scope = scope_of(person).collectors
    return tuple(one for one in every if scope is None or one in scope)


def _names() -> dict[str, str]:
    """What collectors are called in the books, by code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT collector, name FROM ledger_current_collectors WHERE name IS NOT NULL")
        return dict(cursor.fetchall())


def _own(person: Person, found: Sequence[str]) -> str:
    code = collector_of(person)
    return code if code and code in found else (found[0] if found else "")


def _rows(lines: Sequence[Line], names: dict[str, str], today: date) -> tuple[Row, ...]:
    customers = [line.customer_id for line in lines]
    done = _acted_on(customers, _begin(today))
    skips = {one.customer_id: one.words for one in Skip.objects.filter(on=today, customer_id__in=customers)}

    def row(line: Line) -> Row:
        number = line.customer_id
        state = DONE if number in done else SKIPPED if number in skips else OPEN
        return Row(line, names[number], state, skips.get(number, "") if state == SKIPPED else "")

    return tuple(map(row, lines))


def _acted_on(customers: Sequence[str], since: datetime) -> set[str]:
    """Customers about whom something was recorded since: read from the ledger, never noted beside it."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTED, {"customers": list(customers), "since": since})
        acted = {row[0] for row in cursor.fetchall()}
    later = FollowUp.objects.filter(customer_id__in=customers, made_at__gte=since)
    return acted | set(later.values_list("customer_id", flat=True))


def _begin(day: date) -> datetime:
    """When a business day begins."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
