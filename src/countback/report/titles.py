"""What each chart shows, and how it is made: the words above it, and those for who cannot see it."""

from __future__ import annotations

from collections.abc import Collection

from countback.report.chart_parts import aim_of, free_place, point_words
from countback.report.content import Content
from countback.report.tables import ROLL_MONTHS
from countback.report.waterfall import cut_words, levels
from countback.report.words import change_words, month_words

_DRAWN = {
    "dso": ("dso", "best_possible_dso"),
    "cei": ("collection_effectiveness_index",),
    "overdue": ("overdue_share",),
    "cash": ("cash_applied", "credit_sales"),
    "promises": ("promise_kept_rate", "promise_kept_amount_rate"),
    "disputes": ("disputed_receivables",),
    "cost": ("collection_cost",),
}
"""Charts over time -> what is drawn."""

AIMED = ("dso", "cei", "overdue", "promises")
"""Charts that draw the target or benchmark of their first figure."""


def chart_titles(content: Content) -> dict[str, tuple[str, str]]:
    """Title and subtitle by chart."""
    months = len(content.series["dso"].days)
    titles = {
        "dso": (
            "DSO against best possible",
            f"{months} months, average method over 90 days; the band is what lateness costs",
        ),
        "why": ("Why DSO moved", _why(content)),
        "cei": ("Collection effectiveness", "CEI of each month, 100 % is everything collectable collected"),
        "overdue": (
            "Overdue share of receivables",
            "what is past due, of all that is open, at each month's end",
        ),
        "cash": ("Cash against sales", "cash applied and credit sales of each month"),
        "rolls": (
            "Where balances roll",
            f"each bucket's amount a month later, per cent; {ROLL_MONTHS} months pooled",
        ),
        "curves": (
            "Recovery of overdue cohorts",
            "cash on what became 30 days overdue, by month of entry; the newest darkest",
        ),
        "promises": (
            "Promises kept",
            "promises that matured in each month, by number and by amount",
        ),
        "disputes": ("Disputed receivables", "disputed amounts open at each month's end"),
        "cost": ("Cost of collecting", "staff, systems, agencies and court, of each month"),
    }
    return {name: (title, f"{sub}{_aim(content, name)}") for name, (title, sub) in titles.items()}


def _aim(content: Content, name: str) -> str:
    """The dashed line in words, where the chart has no room for them."""
    kpis = _DRAWN.get(name, ())
    aim = aim_of(content, kpis[0]) if kpis and name in AIMED else None
    if aim is None or free_place([content.series[kpi].values for kpi in kpis], aim.value):
        return ""
    return f"; dashed: {aim.words}"


def chart_words(content: Content, name: str) -> str:
    """A chart in one sentence, with its latest figures: its name for a screen reader."""
    title, sub = chart_titles(content)[name]
    lines = [content.series[kpi] for kpi in _DRAWN.get(name, ())]
    latest = [f"{line.title} {point_words(line.values[-1], line.unit, line.reasons[-1])}" for line in lines]
    said = f" {month_words(lines[0].days[-1])}: {', '.join(latest)}." if latest else ""
    return f"{title}: {sub}.{said}"


def undrawn_words(content: Content, drawn: Collection[str]) -> str:
    """The charts that there was nothing for, and why: one line in place of empty cards."""
    titles = {name: title for name, (title, _) in chart_titles(content).items() if name not in drawn}
    said = []
    if titles.pop("why", None):
        said.append(f"why DSO moved ({content.why.reason})")
    if titles:
        names = ", ".join(_lower(title) for title in titles.values())
        said.append(f"{names} (the books hold nothing of the kind in these months)")
    return "; ".join(said)


def warnings_words(content: Content) -> str:
    """How many warnings there were when the books were read; nothing where there were none."""
    count = len(content.warnings)
    return (
        f"{count} warning{'s' if count > 1 else ''} when the books were read: see countback check"
        if count
        else ""
    )


def _lower(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _why(content: Content) -> str:
    if not content.why.steps:
        return content.why.reason
    first, last = content.why.steps[0], content.why.steps[-1]
    moved, direction = change_words(first.amount, last.amount, "days")
    sign = {1: "+", -1: "−", 0: ""}[direction]
    ends = f"{first.words} to {last.words}, {sign}{moved}, by {content.why.by}"
    reached = levels((step.amount, step.kind == "total") for step in content.why.steps)
    return f"{ends}; average method, the steps add up exactly{cut_words(reached)}"
