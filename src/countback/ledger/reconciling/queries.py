"""What the pages of reconciliation show; of reconciliations those whose scope lies in that of who asks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db.models import F, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.accounts.rules import Scope
from countback.analytics.export import harmless
from countback.core.money import NO_CURRENCY, decimals, plain
from countback.ledger.figures import Figures
from countback.ledger.reconciling import rules
from countback.ledger.reconciling.actions import CHECK
from countback.ledger.reconciling.held import open_totals
from countback.ledger.reconciling.models import MirrorCheck, ReconciledLine, Reconciliation
from countback.ledger.reconciling.rules import WORDS, Key, Level, Line, What
from countback.report.words import full_money, month_words

A_PAGE = 50
"""Reconciliations in the list."""
MOST_SHOWN = 100
"""Customers of one total that a page shows; the file has them all."""
MOST_ENTERED = 60
"""Totals that can be typed in; more come as a file."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line as a page shows it. `name`: the customer's, or what the line stands for. `seen`: whether the customer
    has a page."""

    line: Line
    name: str = ""
    seen: bool = False

    @property
    def ledger(self) -> str:
        """The ledger's figure in words."""
        return _figure(self.line.ledger, self.line.key)

    @property
    def source(self) -> str:
        """The source's."""
        return _figure(self.line.source, self.line.key)

    @property
    def difference(self) -> str:
        """What the ledger has more; blank where they agree."""
        found = self.line.difference
        return f"{'+' if found > 0 else ''}{_figure(found, self.line.key)}" if found else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A total with what makes its difference up. `parts`: the first of its customers that differ, and the rest;
    `more`: how many others differ; `agreeing`: how many customers agree."""

    total: Row
    parts: Sequence[Row]
    more: int
    agreeing: int

    @property
    def title(self) -> str:
        """What it is a total of."""
        key = self.total.line.key
        words = f"{WORDS[key.what]}{', number' if key.rows else ''}"
        return f"{words}, {month_words(key.month)}" if key.month else words

    @property
    def currency(self) -> str:
        """Its currency in words."""
        currency = self.total.line.key.currency
        return "(none stated)" if currency == NO_CURRENCY else currency


@dataclass(frozen=True, slots=True)
class Record:
    """One reconciliation for its page. `untold`: totals of the ledger of which the source told nothing."""

    made: Reconciliation
    state: str
    agrees: bool
    sections: Sequence[Section]
    untold: Sequence[Row]

    @property
    def by_customer(self) -> list[Section]:
        """Totals of which the source named the customers."""
        return [section for section in self.sections if section.parts or section.agreeing]


@dataclass(frozen=True, slots=True)
class Listed:
    """One of the list. `state`: "agrees", or by how much it differs."""

    made: Reconciliation
    state: str
    agrees: bool


def visible(scope: Scope) -> QuerySet[Reconciliation]:
    """Reconciliations that show nothing beyond a scope."""
    found = Reconciliation.objects.select_related("by")
    if scope.entities is not None:
        found = found.filter(entities__contained_by=list(scope.entities))
    if scope.collectors is not None:
        found = found.filter(collectors__contained_by=list(scope.collectors))
    return found


def listing(scope: Scope) -> list[Listed]:
    """The newest of them, each with how it came out: two queries in all."""
    made = list(visible(scope)[:A_PAGE])
    lines = ReconciledLine.objects.filter(reconciliation__in=made).exclude(ledger=F("source"))
    lines = lines.filter(level__in=(Level.TOTAL.value, Level.REST.value))
    by_made: dict[int, list[Line]] = {one.pk: [] for one in made}
    for line in lines:
        by_made[line.reconciliation_id].append(_line(line))
    return [Listed(one, _state(by_made[one.pk]), rules.agrees(by_made[one.pk])) for one in made]


def record(scope: Scope, number: int, figures: Figures | None) -> Record:
    """One of them for its page; names of customers as the figures have them. Raises Reconciliation.DoesNotExist."""
    made = visible(scope).get(pk=number)
    lines = [_line(one) for one in made.lines.all()]
    customers = [line.customer_id for line in lines if line.customer_id and line.difference]
    names = figures.customer_names(customers) if figures and customers else {}
    told = [line for line in lines if line.level is not Level.UNTOLD]
    sections = [_section(list(group), names) for _, group in groupby(told, key=lambda line: line.key)]
    untold = [Row(line) for line in lines if line.level is Level.UNTOLD]
    return Record(made, _state(lines), rules.agrees(lines), sections, untold)


def csv_lines(made: Reconciliation) -> Iterator[str]:
    """Every line of a reconciliation as CSV, with cells that no spreadsheet takes for formulas."""
    columns = (
        "what",
        "level",
        "entity",
        "currency",
        "customer_id",
        "month",
        "counts",
        "ledger",
        "source",
        "difference",
    )
    yield "\ufeff" + _csv(columns)
    for one in made.lines.iterator():
        month = f"{one.month:%Y-%m}" if one.month else ""
        figures = [plain(value) for value in (one.ledger, one.source, one.difference)]
        texts = (one.what, one.level, one.entity, one.currency, one.customer_id, month)
        counts = "rows" if one.rows else "amount"
        yield _csv([harmless(text) for text in texts] + [counts, *figures])


def fields_for(figures: Figures | None, as_of: date) -> dict[str, Key]:
    """Name of each field to type a total into -> what it is of: the totals that the ledger has as of a date."""
    keys = list(open_totals(figures, as_of))[:MOST_ENTERED] if figures else []
    return {
        f"total {number}": key
        for number, key in enumerate(sorted(keys, key=lambda key: (key.entity, key.currency)))
    }


def last_check() -> MirrorCheck | None:
    """The latest comparison of the mirror with the ledger."""
    return MirrorCheck.objects.select_related("by").first()


def is_being_checked() -> bool:
    """Whether one is under way."""
    return bool(ProcrastinateJob.objects.filter(task_name=CHECK, status__in=("todo", "doing")).exists())


def _line(kept: ReconciledLine) -> Line:
    key = Key(What(kept.what), kept.entity, kept.currency, kept.month, kept.rows)
    return Line(key, Level(kept.level), kept.ledger, kept.source, kept.customer_id)


def _section(lines: Sequence[Line], names: dict[str, str]) -> Section:
    total, parts = lines[0], lines[1:]
    differing = [line for line in parts if line.difference]
    shown = [_row(line, names) for line in differing[:MOST_SHOWN]]
    rest = [_row(line, names) for line in differing[MOST_SHOWN:] if line.level is Level.REST]
    more = len(differing) - len(shown) - len(rest)
    return Section(Row(total), [*shown, *rest], more, len(parts) - len(differing))


def _row(line: Line, names: dict[str, str]) -> Row:
    if line.level is Level.REST:
        return Row(line, "in the source's total, but of none of the customers that it named")
    return Row(line, names.get(line.customer_id, ""), line.customer_id in names)


def _state(lines: Sequence[Line]) -> str:
    if rules.agrees(lines):
        return "agrees"
    parts = [
        f"{full_money(amount, currency)}{_of(currency)}"
        for currency, amount in rules.differing(lines).items()
    ]
    rows = rules.rows_differing(lines)
    parts += [f"{rows:,} document{'s' * (rows != 1)}"] if rows else []
    return f"differs by {', '.join(parts)}" if parts else "differs within its own total"


def _of(currency: str) -> str:
    return "" if currency == NO_CURRENCY else f" {currency}"


def _figure(value: Decimal, key: Key) -> str:
    if key.rows:
        return f"{int(value):,}".replace("-", "−")
    places = max(decimals(key.currency), -int(value.normalize().as_tuple().exponent))
    return f"{value:,.{places}f}".replace("-", "−")


def _csv(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
