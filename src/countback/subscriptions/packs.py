"""The board pack of one person: the report in the part of the books that they may see, and its files."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.core.problem import CountbackError
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures
from countback.report.content import Content
from countback.subscriptions.models import Subscription
from countback.subscriptions.queries import kept_from
from countback.subscriptions.reports import BOARD_PACK, reports

FORMS = ("html", "pdf", "xlsx")
MOVING = ("open_receivables", "credit_sales", "cash_applied")
"""Figures of which one has a value in some month wherever there is anything to report."""

MOST_KEPT = 8
"""Packs that are kept while mails go out: many recipients see the same part of the books."""


class UnableToMakePack(CountbackError):
    """There are no books to make it from."""


class NothingToSee(CountbackError):
    """The person gets no pack, and that is right."""


@dataclass(slots=True)
class Pack:
    """A report in somebody's scope. `content`: the figures that its mail tells; `known_through`: through which moment
    it knows the ledger. Its files are made by `writes` when they are asked for, once."""

    content: Content
    known_through: datetime
    writes: Callable[[str], bytes]
    _files: dict[str, bytes] = field(default_factory=dict)

    def file(self, form: str) -> bytes:
        """The report as html, pdf or xlsx."""
        if form not in self._files:
            self._files[form] = self.writes(form)
        return self._files[form]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A report other than the board pack. `sender`: whose subscription it is, who must be allowed to open it."""

    key: str
    sender: Person


@dataclass(slots=True)
class Packs:
    """Makes packs, each once for all who see the same."""

    _kept: OrderedDict[Any, Pack] = field(default_factory=OrderedDict)

    def of(
        self,
        person: Person,
        as_of: date,
        where: Mapping[str, Sequence[str]],
        currency: str,
        chosen: Chosen | None = None,
    ) -> Pack:
        """The person's pack. `chosen`: another report than the board pack. Raises NothingToSee where there is none for
        them, UnableToMakePack where there are no books, Misuse where the books cannot be asked so."""
        if chosen:
            reports().refuse_gone(chosen.key, chosen.sender)
        figures = figures_for(person)
        report = (chosen.key, chosen.sender.pk) if chosen else None
        key = (figures.opened, figures.scope, as_of, json.dumps(where, sort_keys=True), currency, report)
        if key not in self._kept:
            content = _content(figures, person, as_of, where, currency)
            self._kept[key] = Pack(
                content, figures.known_through, _writer(content, figures, where, currency, chosen)
            )
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def figures_for(person: Person) -> Figures:
    """The figures in the person's scope. Raises NothingToSee, UnableToMakePack."""
    if why := kept_from(person):
        remedy = "see that they are active, and that their role and part of the books show them figures"
        raise NothingToSee("No report was made", why, remedy)
    try:
        return ledger_figures.opened(scope_of(person))
    except FileNotFoundError as error:
        why = "there are no books yet, or their figures are not ready"
        raise UnableToMakePack("No report was made", why, "import books, then try again") from error


def _content(
    figures: Figures, person: Person, as_of: date, where: Mapping[str, Sequence[str]], currency: str
) -> Content:
    if any(not values for values in ledger_figures.held(where, figures.scope).values()):
        raise _nothing(person, as_of)
    content = figures.content(as_of, currency=currency or None, where=where)
    if not any(value for kpi in MOVING for value in content.series[kpi].values):
        raise _nothing(person, as_of)
    # What was odd when the books were read is said of all of them: of others' customers, too.
    return content if figures.scope.everything else replace(content, warnings=())


def _nothing(person: Person, as_of: date) -> NothingToSee:
    why = f"in what {person} may see of the books nothing was sold, paid or open in the two years to {as_of}"
    return NothingToSee(
        "No report was made", why, "give them another part of the books, or change what it is about"
    )


def chosen_by(subscription: Subscription) -> Chosen | None:
    """The report of a subscription; None for the board pack."""
    return Chosen(subscription.report, subscription.owner) if subscription.report != BOARD_PACK else None


def _writer(
    content: Content,
    figures: Figures,
    where: Mapping[str, Sequence[str]],
    currency: str,
    chosen: Chosen | None,
) -> Callable[[str], bytes]:
    """What writes the report in a form."""
    if chosen is None:
        return lambda form: _written(content, form)

    def write(form: str) -> bytes:
        return reports().made(
            chosen.key,
            form,
            sender=chosen.sender,
            figures=figures,
            as_of=content.as_of,
            where=where,
            currency=currency,
        )

    return write


def exact(content: Content, kpi: str) -> Decimal | None:
    """The value of a KPI on the day of the report."""
    return content.series[kpi].values[-1]


def _written(content: Content, form: str) -> bytes:
    if form == "html":
        from countback.report.html import render
    elif form == "pdf":
        from countback.report.pdf import render
    else:
        from countback.report.xlsx import render
    return render(content)
