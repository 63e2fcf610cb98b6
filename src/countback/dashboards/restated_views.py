"""The page that says what changed in a past month since it was reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from countback.accounts.access import Asking, needs
from countback.accounts.rules import may
from countback.analytics.answer import NUMBER, Answer
from countback.core.problem import Misuse
from countback.dashboards.asked import Asked, read_known_at
from countback.dashboards.customers_listing import Page, paged, read_page
from countback.dashboards.export import about, exported
from countback.dashboards.links import customer_page
from countback.dashboards.opened import page, with_figures
from countback.dashboards.restated import (
    Restated,
    moments_after,
    month_ends,
    month_of,
    restatement,
    usual_moment,
)
from countback.dashboards.words import code, written
from countback.ledger.figures import Figures
from countback.ledger.models import Import
from countback.ledger.restated import Brought, brought_by
from countback.report.words import moment_words

KINDS = {
    "issue": "issued",
    "cash": "payment applied",
    "credit": "credit note applied",
    "write_off": "written off",
}
"""Entries in words."""

ENTRIES, FIGURES = "entries", "figures"
"""Parts of the page that a file can hold."""

EXPORTED = (
    "word", "customer_id", "customer", "invoice_id", "item_id", "kind", "source_id", "effective_on", "amount",
    "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is shown. `why`: what brought it, with `href` to the import where the reader may see that."""

    word: str
    customer: str
    customer_page: str
    document: str
    document_page: str
    kind: str
    source: str
    effective_on: Any
    amount: str
    exact: Decimal
    currency: str
    why: str
    href: str
    at: datetime | None


@needs("see_figures")
@with_figures("reported_at", "page", "format", "part")
def restated(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """A past month as it was reported, and as it is known now."""
    zone = timezone.get_current_timezone()
    asking: Asking = request  # type: ignore[assignment]  # as `needs` lets it in
    day = month_of(asked, "as_of" in request.GET, asking.today)
    asked = replace(asked, as_of=day).without("bucket")
    moments = moments_after(day, zone)
    given = read_known_at(dict(request.GET.lists()), zone, key="reported_at")
    reported_at = given or usual_moment(day, figures, moments, zone)
    context: dict[str, Any] = {
        "reported_at": reported_at,
        "restated_page": "",
        "field": "" if reported_at is None else _minute(reported_at),
        "guessed": given is None and not any(one.at == reported_at for one in moments),
        "months": month_ends(asked, figures.books.first_entry_on()),
        "moments": [(one, asked.here(reported_at=_iso(one.at), page=None)) for one in moments],
        "may_import": may(asking.user.role, "import"),
        "kept": [pair for pair in asked.pairs() if pair[0] != "as_of"],
        "kept_at": asked.pairs(),
    }
    if reported_at is None:
        return page(request, "dashboards/restated.html", figures, asked, shown=None, **context)
    shown = restatement(figures, asked, reported_at)
    if form := dict(asked.own).get("format"):
        told = _told(figures, asked, reported_at, shown)
        if _part(asked) == FIGURES:
            return exported(_figures(shown), form, f"restated-figures-{day}", told)
        entries = _file(shown, asked, reported_at, context["may_import"])
        return exported(entries, form, f"restated-{day}", told)
    part = _page(shown, asked)
    return page(
        request,
        "dashboards/restated.html",
        figures,
        asked,
        shown=shown,
        part=part,
        lines=_lines(part.lines, asked, reported_at, context["may_import"]),
        pages={n: asked.here(page=at) for n, at in (("before", part.before), ("after", part.after)) if at},
        **context,
    )


def _page(shown: Restated, asked: Asked) -> Page[dict[str, Any]]:
    """The entries of the asked page."""
    places = paged(range(len(shown.entries)), read_page(dict(asked.own).get("page", "")))
    rows = shown.entries.table.slice(max(places.first - 1, 0), len(places.lines)).to_pylist()
    return Page(tuple(rows), places.number, places.pages, places.first, places.last, places.total)


def _lines(
    rows: Sequence[dict[str, Any]], asked: Asked, reported_at: datetime, may_import: bool
) -> list[Line]:
    """The entries, each with what brought it."""
    found = brought_by(rows, reported_at=reported_at, now=asked.known_at)
    names = _names(found) if may_import else {}
    return [_line(row, brought, asked, names) for row, brought in zip(rows, found, strict=True)]


def _line(row: dict[str, Any], brought: Brought | None, asked: Asked, names: dict[int, str]) -> Line:
    home = customer_page(row["customer_id"], asked)
    source = row["source_id"] if row["source_id"] != row["invoice_id"] else ""
    return Line(
        word=row["word"],
        customer=row["customer"] or row["customer_id"],
        customer_page=home,
        document=row["item_id"],
        document_page=f"{home}#invoice-{row['invoice_id']}" if home else "",
        kind=f"{KINDS[row['kind']]}, reversed" if row["reverses"] else KINDS[row["kind"]],
        source=source or "",
        effective_on=row["effective_on"],
        amount=written(row["amount"], row["currency"]),
        exact=row["amount"],
        currency=row["currency"],
        why=_why(row, brought, names),
        href=reverse("ledger:import_shown", args=[brought.import_id])
        if brought and brought.import_id in names
        else "",
        at=brought.known_from if brought else None,
    )


def _why(row: dict[str, Any], brought: Brought | None, names: dict[int, str]) -> str:
    """What brought a change, in words."""
    if brought is not None:
        return names.get(brought.import_id, f"import {brought.import_id}")
    way = "came into what is shown here" if row["change"] == "added" else "left what is shown here"
    return f"its customer or invoice {way}"


def _names(found: Sequence[Brought | None]) -> dict[int, str]:
    wanted = {one.import_id for one in found if one}
    return dict(Import.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _part(asked: Asked) -> str:
    """Which part of the page the file holds. Raises Misuse."""
    part = dict(asked.own).get("part") or ENTRIES
    if part not in (ENTRIES, FIGURES):
        why = f"{part!r} is no part of the page"
        raise Misuse("the file was not made", why, f"ask for {ENTRIES} or {FIGURES}")
    return part


def _figures(shown: Restated) -> Answer:
    """The figures then and now, and what was open in each currency."""
    lines = [(one.title, one.unit, one.then.exact, one.now.exact) for one in shown.figures]
    alone = "Open receivables, not converted"
    lines += [(alone, one.currency, one.then.exact, one.now.exact) for one in shown.receivables]
    figures, units, then, now = zip(*lines, strict=True)
    names = {"figure": pa.array(figures, pa.string()), "unit": pa.array(units, pa.string())}
    return Answer(
        pa.table(names | {"as_reported": pa.array(then, NUMBER), "as_known_now": pa.array(now, NUMBER)})
    )


def _file(shown: Restated, asked: Asked, reported_at: datetime, may_import: bool) -> Answer:
    """Every entry, with what brought it."""
    rows = shown.entries.to_dicts()
    lines = _lines(rows, asked, reported_at, may_import)
    known = [moment_words(timezone.localtime(line.at)) if line.at else None for line in lines]
    table = shown.entries.table.select(list(EXPORTED)).rename_columns(["change", *EXPORTED[1:]])
    table = table.append_column("brought_by", pa.array([line.why for line in lines], pa.string()))
    return Answer(table.append_column("known_from", pa.array(known, pa.string())))


def _told(figures: Figures, asked: Asked, reported_at: datetime, shown: Restated) -> dict[str, str]:
    sums = {
        f"Receivables {code(one.currency)}".strip(): (
            f"{one.then.words} as reported, {one.now.words} now, change {one.change:+,f}"
        )
        for one in shown.receivables
    }
    told = {"As reported at": moment_words(timezone.localtime(reported_at))} | sums
    return about("What changed since it was reported, entry by entry", asked, figures, **told)


def _iso(moment: datetime) -> str:
    """A moment as the address has it."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _minute(moment: datetime) -> str:
    """The moment for a field of the form, which knows no seconds: the minute by whose begin it was."""
    whole = timezone.localtime(moment).replace(second=0, microsecond=0)
    return (whole if whole == moment else whole + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
