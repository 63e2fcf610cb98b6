"""How customers pay: the habits, and what reminders and calls do to them. All of it is part of the ground truth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of paying. Chances are per invoice unless said otherwise; delays in days after the due date.

    `delay`, `spread`: mean and standard deviation of the delay that a customer intends. `forgotten`: the invoice is
    not paid at all until somebody asks. `unwilling`: it is not paid whoever of the business asks, only an
    agency or a court may get it. `disputed`: the invoice is disputed. `short`: a deduction is taken from it.
    `part`: a payment pays only part of what it should (chance per payment). `keeps_promise`: a promise is kept.
    `reaction`: factor on the effect of every contact.
    """

    delay: float
    spread: float
    forgotten: float
    disputed: float
    short: float
    part: float
    keeps_promise: float
    reaction: float
    unwilling: float


HABITS = {
    "prompt": Habit(-5.0, 3.0, 0.012, 0.008, 0.006, 0.002, 0.88, 1.2, 0.003),
    "steady": Habit(1.0, 5.0, 0.028, 0.014, 0.012, 0.008, 0.82, 1.0, 0.008),
    "slow": Habit(20.0, 12.0, 0.060, 0.018, 0.016, 0.035, 0.70, 0.7, 0.026),
    "month_end": Habit(2.0, 3.0, 0.020, 0.010, 0.010, 0.005, 0.84, 0.8, 0.008),
    "seasonal": Habit(4.0, 6.0, 0.025, 0.012, 0.012, 0.020, 0.76, 0.9, 0.010),
    "disputing": Habit(9.0, 7.0, 0.030, 0.130, 0.090, 0.010, 0.72, 0.8, 0.022),
    "declining": Habit(6.0, 7.0, 0.040, 0.025, 0.020, 0.060, 0.36, 0.5, 0.040),
    "improving": Habit(28.0, 10.0, 0.035, 0.015, 0.015, 0.020, 0.80, 1.0, 0.010),
}

SHARES = {
    "large": {"prompt": 0.36, "steady": 0.28, "slow": 0.14, "month_end": 0.12, "seasonal": 0.03, "disputing": 0.07},
    "medium": {
        "prompt": 0.34, "steady": 0.22, "slow": 0.15, "month_end": 0.10, "seasonal": 0.07, "disputing": 0.05,
        "declining": 0.03, "improving": 0.04,
    },
    "small": {
        "prompt": 0.33, "steady": 0.20, "slow": 0.19, "month_end": 0.06, "seasonal": 0.08, "disputing": 0.04,
        "declining": 0.07, "improving": 0.03,
    },
}  # fmt: skip
"""Habits by size of the customer; the large do not fail, or one failure would be the whole of a year's bad debt."""

LOW_SEASON = {1, 2, 7, 8, 12}
LOW_SEASON_DELAY = 22.0
"""Days by which a seasonal customer pays later what falls due in its low season."""

DECLINE_DAYS = 75.0
"""Days of delay that a declining customer gains in the year before it fails."""

IMPROVEMENT = 0.85
"""Part of its delay that an improving customer loses over the whole of the books."""

EFFECTS = {
    "reminder": 0.26,
    "second_reminder": 0.24,
    "call": 0.45,
    "sms": 0.15,
    "letter": 0.30,
    "letter_before_action": 0.42,
    "visit": 0.60,
}
"""True effect of each kind of contact: the chance that, once it reaches the customer, everything overdue is paid
within six working days, where the customer had meant to pay later or not at all; before the customer's own factor."""

REACTION_DAYS = 6
