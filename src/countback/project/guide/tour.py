"""The guided tour: a line on top of the real screens, one after another.

Which step one is on stands in the address (`?tour=2`) and nowhere else: nothing is stored, two windows do not disturb
each other, the way back works, and whoever goes off to look around has ended it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse

from countback.accounts.access import Asking
from countback.accounts.rules import may
from countback.dashboards.asked import read
from countback.dashboards.customers_queries import customer_lines
from countback.ledger.figures import Figures
from countback.project.guide.screens import needs

KEY = "tour"
"""Of the query string; dashboards.asked reserves it, so that no column of the books is asked by it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the tour. `kpi`: whose page it is. `instead`: of a customer's page, where it leads if there is no
    customer."""

    title: str
    words: str
    route: str
    kpi: str = ""
    instead: str = ""


STEPS = (
    Step(
        "This is how it stands",
        "What is owed, how late, how well it is collected and by whom. Each tile says what changed and whether that is "
        "good; the chips below choose the day and the part of the books.",
        "dashboards:overview",
    ),
    Step(
        "Every number leads to its rows",
        "You get here by clicking a number. The rows add up to it, to the cent; what was left out stands under its own "
        "tab, with the reason.",
        "dashboards:rows",
        kpi="overdue_receivables",
    ),
    Step(
        "A KPI, and why it moved",
        "Its course, what it means, its parts. Further down, “Why it moved” splits the change between two days into "
        "steps that add up exactly.",
        "dashboards:kpi",
        kpi="dso",
    ),
    Step(
        "Who owes how much for how long",
        "One line each, open amounts in buckets by days past due. Group by anything, set the buckets yourself, click "
        "an amount for its invoices.",
        "dashboards:ageing",
    ),
    Step(
        "A customer",
        "What it owes in a sentence, how it pays against all others, what is written down about it, and everything "
        "that happened, newest first.",
        "dashboards:customer",
        instead="dashboards:customers",
    ),
    Step(
        "Let the figures speak up",
        "An alert looks after a figure for you and tells you when something is to be said. Before you keep one, you "
        "see when it would have spoken in the last 24 months.",
        "alerts:alerts",
    ),
    Step(
        "Have it sent",
        "The board pack or a dashboard, by mail, on its day. Each reader gets what they may see themselves, and you "
        "see what became of every sending.",
        "subscriptions:subscriptions",
    ),
    Step(
        "Bring in your books",
        "Every import stays here with what it brought. You see what would change before anything is kept, and an "
        "import can be undone.",
        "ledger:imports",
    ),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where somebody is on their tour. `before`, `after`: addresses of the steps beside; nothing at an end."""

    number: int
    count: int
    step: Step
    before: str
    after: str
    end: str


def steps_of(role: str) -> tuple[Step, ...]:
    """The tour of a role: it skips screens that the role may not open."""
    return tuple(step for step in STEPS if may(role, needs()[step.route]))


def stage(request: HttpRequest) -> Stage | None:
    """The step that the address names, if this is its screen."""
    number, match = getattr(request, KEY, 0), request.resolver_match
    steps = steps_of(request.user.role) if number and request.user.is_authenticated else ()
    if not 0 < number <= len(steps) or not _is_of(steps[number - 1], match):
        return None
    return Stage(
        number,
        len(steps),
        steps[number - 1],
        before=step_page(number - 1) if number > 1 else "",
        after=step_page(number + 1) if number < len(steps) else "",
        end=request.get_full_path(),
    )


def _is_of(step: Step, match: ResolverMatch | None) -> bool:
    if match is None or match.view_name not in (step.route, step.instead):
        return False
    return bool(match.kwargs.get("kpi_id", "") == step.kpi)


def step_page(number: int) -> str:
    """From where a step leads on to its screen."""
    return reverse("guide:tour_step", args=[number])


def address_of(step: Step, number: int, request: Asking, figures: Figures) -> str:
    """The step's screen, with the number that shows the line on it."""
    given = {"kpi_id": step.kpi} if step.kpi else _customer(request, figures) if step.instead else {}
    try:
        place = reverse(step.route, kwargs=given)
    except NoReverseMatch:
        place = reverse(step.instead)
    return f"{place}?{KEY}={number}"


def _customer(request: Asking, figures: Figures) -> dict[str, str]:
    """The customer with most overdue: there is something to see."""
    lines = customer_lines(figures, read({}, figures, today=request.today))
    most = max(lines, key=lambda line: (line.overdue, line.open, line.customer_id), default=None)
    return {"customer_id": most.customer_id} if most else {}
