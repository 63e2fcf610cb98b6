"""What each chart shows, and how it is made: the words above it."""

from __future__ import annotations

from countback.report.content import Content
from countback.report.tables import ROLL_MONTHS
from countback.report.words import change_words


def chart_titles(content: Content) -> dict[str, tuple[str, str]]:
    """Title and subtitle by chart."""
    return {
        "dso": ("DSO against best possible", f"{len(content.series['dso'].days)} months, average method over 90 days; the band is what lateness costs"),
        "why": ("Why DSO moved", _why(content)),
        "cei": ("Collection effectiveness", "CEI of each month, 100 % is everything collectable collected"),
        "overdue": ("Overdue share of receivables", "what is past due, of all that is open, at each month's end"),
        "cash": ("Cash against sales", "cash applied and credit sales of each month"),
        "rolls": ("Where balances roll", f"each row's amount a month later, per cent, pooled over {ROLL_MONTHS} months"),
        "curves": ("Recovery of overdue cohorts", "cash on what became 30 days overdue, by month of entry; the newest darkest"),
        "promises": ("Promises kept", "promises that matured in each month, by number and by amount"),
        "disputes": ("Disputed receivables", "disputed amounts open at each month's end"),
        "cost": ("Cost of collecting", "staff, systems, agencies and court, of each month"),
    }


def _why(content: Content) -> str:
    if not content.steps:
        return "no value on both dates"
    first, last = content.steps[0], content.steps[-1]
    moved, direction = change_words(first.amount, last.amount, "days")
    sign = {1: "+", -1: "−", 0: ""}[direction]
    return f"{first.words} to {last.words}, {sign}{moved}, by {content.steps_by}; average method, the steps add up exactly"
