"""The population: makes each customer by its position, from the seed alone."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from countback.books.demo import names
from countback.books.demo.business import COUNTRIES, INDUSTRIES, PRICE_LEVEL, TEAMS, Country
from countback.books.demo.chance import between, deck, stream, weighted
from countback.books.demo.customers import Customer, Manner
from countback.books.demo.habits import HABITS, SHARES

if TYPE_CHECKING:
    from random import Random

    from countback.books.demo.collectors import Staff
    from countback.books.demo.story import Story

SIZE_SIGMA = 1.22
_SIZES = {"large": 0.12, "medium": 0.38, "small": 0.50}
_FAMILY = 25
_PARENT_OF = {7: 0, 11: 0, 16: 7, 21: 3}
"""Among each 25 customers, by position: who belongs to whom (the seventeenth to a daughter of the first)."""
_GROUP = set(_PARENT_OF) | set(_PARENT_OF.values())
_TYPES = {"company": 0.81, "sole_trader": 0.13, "public_body": 0.04, "consumer": 0.02}
_RUNS = {"any": 0.45, "weekly": 0.40, "twice_monthly": 0.15}


class Population:
    """All customers of a run; each can be made by itself, in any order. Two small lists hold size and habit of all."""

    def __init__(self, seed: int, size: int, story: Story, staff: Staff) -> None:
        self.seed, self.size, self.story, self.staff = seed, size, story, staff
        ranks = list(range(size))
        stream(seed, "ranks").shuffle(ranks)
        self._ranks = ranks
        self._habits = _habits_by_rank(seed, size)

    def customer(self, index: int) -> Customer:
        """The customer at the position, counting from 0."""
        rng = stream(self.seed, "customer", index)
        parent = self._parent(index)
        country = COUNTRIES[self._country_code(index)]
        kind = "company" if index % _FAMILY in _GROUP else weighted(rng, _TYPES)
        number = _number(index)
        name = self._name(index, rng, kind)
        weight = _weight(self._ranks[index], self.size)
        manner = self._manner(rng, self._habits[self._ranks[index]], kind)
        return Customer(
            number=number,
            name=name,
            parent=None if parent is None else _number(parent),
            country=country,
            segment=_segment(kind, weight),
            industry="public sector" if kind == "public_body" else weighted(rng, INDUSTRIES),
            type=kind,
            terms=weighted(rng, country.terms) if kind != "consumer" else "net 14",
            method=_method(rng, country, manner.habit),
            collector=self.staff.collector_of(TEAMS[country.region], index),
            email=names.email(name, rng.choice(("accounts", "invoices", "ap", "office")), number),
            phone=f"{country.dial} {between(rng, 0, 999):03d}",
            credit_limit=None if rng.random() < 0.04 else _credit_limit(weight, country),
            weight=weight,
            habit=HABITS[manner.habit],
            manner=manner,
        )

    def _manner(self, rng: Random, habit_name: str, kind: str) -> Manner:
        habit = HABITS[habit_name]
        return Manner(
            habit=habit_name,
            delay=habit.delay + rng.gauss(0, 2.5) + (12 if kind == "public_body" else 0),
            spread=habit.spread * (0.7 + 0.6 * rng.random()),
            reaction=habit.reaction * (0.7 + 0.6 * rng.random()),
            runs="month_end" if habit_name == "month_end" else weighted(rng, _RUNS),
            run_weekday=between(rng, 1, 4),
            joined=self._joined(rng),
            fails_on=self._fails_on(rng) if habit_name == "declining" else None,
        )

    def _joined(self, rng: Random) -> int:
        length = self.story.ends - self.story.starts
        return self.story.starts + (int(length * 0.9 * rng.random()) if rng.random() < 0.18 else 0)

    def _fails_on(self, rng: Random) -> int:
        """Some day from a fifth of the time on to four months after the end of the books."""
        length = self.story.ends - self.story.starts
        return self.story.starts + length // 5 + int((length * 4 // 5 + 120) * rng.random())

    def _parent(self, index: int) -> int | None:
        position = index % _FAMILY
        if position not in _PARENT_OF:
            return None
        return index - position + _PARENT_OF[position]

    def _country_code(self, index: int) -> str:
        parent = self._parent(index)
        if parent is not None:
            return self._country_code(parent)
        shares = {code: country.share for code, country in COUNTRIES.items()}
        return weighted(stream(self.seed, "country", index), shares)

    def _name(self, index: int, rng: Random, kind: str) -> str:
        parent = self._parent(index)
        country = COUNTRIES[self._country_code(index)]
        if parent is not None:
            head = self.customer(parent).name.split(" – ")[0]
            return names.branch(rng, head, country.language)
        if kind == "public_body":
            return names.public_body(rng, country.language)
        if kind in ("sole_trader", "consumer"):
            return names.person(rng, country.language)
        return names.company(rng, country)


def _number(index: int) -> str:
    return f"{index + 1:06d}"


def _habits_by_rank(seed: int, size: int) -> list[str]:
    """Habits, the largest customer's first: each size has its own shares, met as nearly as whole numbers allow."""
    habits: list[str] = []
    reached = 0.0
    for name, part in _SIZES.items():
        reached += part
        habits += deck(stream(seed, "habits", name), SHARES[name], round(reached * size) - len(habits))
    return habits


def _weight(rank: int, size: int) -> float:
    """Log-normal size by rank, 0 being the largest; the mean is about 1."""
    deviate = -NormalDist().inv_cdf((rank + 0.5) / size)
    return math.exp(SIZE_SIGMA * deviate - SIZE_SIGMA**2 / 2)


def _segment(kind: str, weight: float) -> str:
    if kind == "public_body":
        return "public"
    if weight > 2.2:
        return "key accounts"
    return "mid-market" if weight > 0.5 else "small business"


def _method(rng: Random, country: Country, habit_name: str) -> str:
    if habit_name in ("prompt", "steady", "declining") and country.currency == "EUR" and rng.random() < 0.22:
        return "direct_debit"
    if country.code in ("GB", "US", "IE") and rng.random() < 0.08:
        return "cheque"
    return "card" if rng.random() < 0.04 else "bank_transfer"


def _credit_limit(weight: float, country: Country) -> int:
    """About three months of sales, rounded to thousands; in cents."""
    euros = 14_000 * weight * PRICE_LEVEL[country.currency]
    return max(2, round(euros / 1000)) * 1000_00
