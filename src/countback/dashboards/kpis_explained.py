"""Why a figure moved between two dates: contributions of groups that add up to the change exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from countback.core.problem import CountbackError, Misuse
from countback.dashboards.asked import Asked, read_day
from countback.dashboards.charts import Drawn
from countback.dashboards.charts_trend import Step, why_chart
from countback.dashboards.filters import value_title
from countback.dashboards.kpis_breakdown import names_of, params_of
from countback.dashboards.kpis_series import name_of
from countback.dashboards.links import NOTHING, Cell, rows_page
from countback.dashboards.remembered import remembered
from countback.dashboards.words import plainly, written
from countback.kpis.kpi import Kpi
from countback.ledger.figures import Figures
from countback.report.waterfall import cut_words, levels
from countback.report.words import change_words, day_words, value_words

SHOWN = 30
"""Contributions that the table lists one by one; the rest stands in one line, the export has all."""

DRAWN = 8

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line: what one side of one group added. `words`: in a sentence."""

    group: str
    side: str
    before: Cell
    after: Cell
    amount: str
    exact: Decimal
    direction: int


@dataclass(frozen=True, slots=True)
class Explained:
    """The change and its parts, or the reason why there are none. `rest`: of the `others` that are not listed; `total`:
    of all, which is the change."""

    start: date
    end: date
    by: str
    reason: str = ""
    unit: str = ""
    before: Cell = NOTHING
    after: Cell = NOTHING
    lines: tuple[Contribution, ...] = ()
    others: int = 0
    rest: str = ""
    rest_exact: Decimal = ZERO
    total: str = ""
    total_exact: Decimal = ZERO
    chart: Drawn | None = None


def dates_of(asked: Asked) -> tuple[date, date]:
    """The asked dates, or the last day of the month before and the date of the page. Raises Misuse."""
    own = dict(asked.own)
    end = read_day(own.get("end", "")) or asked.as_of
    start = read_day(own.get("start", "")) or end.replace(day=1) - timedelta(days=1)
    if start >= end:
        raise Misuse(
            "the change was not explained",
            f"{start.isoformat()} is not before {end.isoformat()}",
            "choose a first date before the second",
        )
    return start, end


def ask_explained(figures: Figures, kpi: Kpi, asked: Asked, by: str) -> list[dict[str, Any]]:
    """Every contribution, the largest first, asked once until the books move. Raises CountbackError where the change
    does not split."""
    start, end = dates_of(asked)
    question = ("explained", kpi.id, by, start, end, asked.where, asked.currency, asked.every, asked.params)
    asking = {name: value for name, value in asked.arguments().items() if name != "as_of"}

    def found() -> list[dict[str, Any]]:
        params = params_of(kpi, asked)
        return figures.explain(kpi.id, start=start, end=end, by=by, params=params, **asking).to_dicts()

    return remembered(figures, question, found)


def explained(figures: Figures, kpi: Kpi, asked: Asked, by: str) -> Explained:
    """The section of the page."""
    start, end = dates_of(asked)
    try:
        rows = ask_explained(figures, kpi, asked, by)
    except CountbackError as error:
        return Explained(start, end, by, reason=f"{error.why}: {error.remedy}")
    if not rows:
        return Explained(start, end, by, reason="there is nothing on either date")
    moved = [row for row in rows if row["contribution"]]
    names = names_of(figures, by, [row[f"by_{by}"] for row in moved[:SHOWN]])
    listed, others = moved[:SHOWN], moved[SHOWN:]
    unit, total = rows[0]["unit"], sum((row["contribution"] for row in rows), ZERO)
    rest = sum((row["contribution"] for row in others), ZERO)
    return Explained(
        start=start,
        end=end,
        by=by,
        unit=unit,
        before=Cell(
            written(rows[0]["from"], unit),
            rows[0]["from"],
            rows_page(kpi.id, asked, as_of=start, params=asked.params),
        ),
        after=Cell(
            written(rows[0]["to"], unit),
            rows[0]["to"],
            rows_page(kpi.id, asked, as_of=end, params=asked.params),
        ),
        lines=tuple(_line(kpi, asked, by, row, names, (start, end)) for row in listed),
        others=len(others),
        rest=_signed(rest, unit),
        rest_exact=rest,
        total=_signed(total, unit),
        total_exact=total,
        chart=_chart(kpi, asked, by, moved, names, rows[0], (start, end)),
    )


def _line(
    kpi: Kpi, asked: Asked, by: str, row: dict[str, Any], names: dict[str, str], days: tuple[date, date]
) -> Contribution:
    group, side, amount = row[f"by_{by}"], row["side"], row["contribution"]

    def cell(value: Decimal, day: date) -> Cell:
        href = rows_page(kpi.id, asked, {by: group}, as_of=day, side=side, params=asked.params)
        return Cell(plainly(value), value, href)

    return Contribution(
        group=_name(group, names),
        side=side,
        before=cell(row["before"], days[0]),
        after=cell(row["after"], days[1]),
        amount=_signed(amount, row["unit"]),
        exact=amount,
        direction=1 if amount > 0 else -1,
    )


def _name(group: str | None, names: dict[str, str]) -> str:
    return names.get(group, group) if group else value_title(group)


def _signed(amount: Decimal, unit: str) -> str:
    words = written(amount, unit)
    return f"+{words}" if amount > 0 else words


def _chart(
    kpi: Kpi,
    asked: Asked,
    by: str,
    moved: list[dict[str, Any]],
    names: dict[str, str],
    ends: dict[str, Any],
    days: tuple[date, date],
) -> Drawn | None:
    steps, links = [Step(day_words(days[0]), ends["from"], total=True)], {}
    for row in moved[:DRAWN]:
        words = _step_words(kpi, row, _name(row[f"by_{by}"], names))
        steps.append(Step(words, row["contribution"]))
        links[words] = rows_page(
            kpi.id, asked, {by: row[f"by_{by}"]}, as_of=days[1], side=row["side"], params=asked.params
        )
    rest = sum((row["contribution"] for row in moved[DRAWN:]), ZERO)
    steps += [Step("all others", rest)] if rest else []
    steps.append(Step(day_words(days[1]), ends["to"], total=True))
    spec = why_chart(steps, ends["unit"], kpi.better)
    if spec is None:
        return None
    change, direction = change_words(ends["from"], ends["to"], ends["unit"])
    moved_words = f"{ {1: '+', -1: '−', 0: ''}[direction] }{change}"
    sub = f"{day_words(days[0])} to {day_words(days[1])}, {moved_words}, by {by}; the steps add up exactly"
    sub += cut_words(levels((step.amount, step.total) for step in steps))
    latest = " ".join(value_words(ends["to"], ends["unit"]))
    return Drawn(
        name="why",
        title=f"Why {name_of(kpi.id)} moved",
        sub=sub,
        spec=spec,
        spoken=f"Why {name_of(kpi.id)} moved to {latest}: {sub}.",
        keys=("step",),
        links=links,
        width="whole",
    )


def _step_words(kpi: Kpi, row: dict[str, Any], group: str) -> str:
    """`more above the line, Nordics`: which side of the formula moved, and whose."""
    up = row["after"] > row["before"]
    if kpi.denominator is None:
        return group
    line = "above" if row["side"] == "numerator" else "below"
    return f"{group}: {'more' if up else 'less'} {line} the line"
