"""What happened to the business in its time: a bad spring, a new collections policy, and a region that slides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countback.books.demo.calendar_days import months_back, months_between

SLIDING_REGION = "South"
SLIDING_REACTION = 0.35
_SLIDE_MONTHS = 10
_SLIDE_DAYS_A_MONTH = 6.0
_CRISIS_DAYS = 16.0
_CRISIS_EASES_IN_DAYS = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the dunning policy: what is done, from how many days past due of the oldest item on."""

    kind: str
    from_days: int


OLD_POLICY = (
    Step("reminder", 12),
    Step("second_reminder", 32),
    Step("call", 46),
    Step("letter", 62),
    Step("letter_before_action", 95),
    Step("escalation", 125),
)
NEW_POLICY = (
    Step("reminder", 4),
    Step("second_reminder", 14),
    Step("call", 21),
    Step("call", 31),
    Step("letter", 42),
    Step("letter_before_action", 62),
    Step("escalation", 88),
)


@dataclass(frozen=True, slots=True)
class Story:
    """The dates that matter, all as day ordinals.

    `starts`, `ends`: first and last day of the books. `crisis_from`, `crisis_to`: the bad spring, in which customers
    pay late and half of the dunning is left undone for want of staff. `policy_changed`: from this day on the new
    policy holds. `slide_from`: from this day on one region pays later every month.
    """

    starts: int
    ends: int
    crisis_from: int
    crisis_to: int
    policy_changed: int
    slide_from: int

    @classmethod
    def ending(cls, ends_on: date, months: int) -> Story:
        """The story of `months` calendar months, the last of which is cut at `ends_on`."""
        spring = months_back(ends_on, 18).year
        return cls(
            starts=months_back(ends_on, months - 1).toordinal(),
            ends=ends_on.toordinal(),
            crisis_from=date(spring, 3, 1).toordinal(),
            crisis_to=date(spring, 6, 15).toordinal(),
            policy_changed=date(spring, 9, 1).toordinal(),
            slide_from=months_back(ends_on, _SLIDE_MONTHS - 1).toordinal(),
        )

    @property
    def months(self) -> tuple[tuple[int, int], ...]:
        """First and last day of each month of the books."""
        return months_between(self.starts, self.ends)

    def delay_days(self, day: int, region: str) -> float:
        """By how many days everybody in the region pays later than by habit, for an invoice due on `day`."""
        days = 0.0
        if self.crisis_from <= day < self.crisis_to:
            days = _CRISIS_DAYS
        elif self.crisis_to <= day < self.crisis_to + _CRISIS_EASES_IN_DAYS:
            days = _CRISIS_DAYS * (self.crisis_to + _CRISIS_EASES_IN_DAYS - day) / _CRISIS_EASES_IN_DAYS
        if region == SLIDING_REGION and day >= self.slide_from:
            days += _SLIDE_DAYS_A_MONTH * (1 + (day - self.slide_from) / 30)
        return days

    def reaction(self, day: int, region: str) -> float:
        """Factor on the effect of contacts: who is short of cash cannot pay because somebody asks."""
        return SLIDING_REACTION if region == SLIDING_REGION and day >= self.slide_from else 1.0

    def in_crisis(self, day: int) -> bool:
        """Whether the day lies in the bad spring."""
        return self.crisis_from <= day < self.crisis_to

    def policy(self, day: int) -> tuple[Step, ...]:
        """The dunning policy in force on the day."""
        return NEW_POLICY if day >= self.policy_changed else OLD_POLICY
