"""The collectors: who looks after which customer, in which team, at what hourly cost."""

from __future__ import annotations

from dataclasses import dataclass

from countback.books.demo import names
from countback.books.demo.business import HOURLY_COST, TEAM_SHARES
from countback.books.demo.chance import stream

_CUSTOMERS_EACH = 45
_MOST = 400
_LANGUAGE = {"Team Berlin": "de", "Team Leeds": "en", "Team Utrecht": "nl"}


@dataclass(frozen=True, slots=True)
class Collector:
    """A person who collects. `hourly_cost` in euro cents."""

    code: str
    name: str
    team: str
    hourly_cost: int


class Staff:
    """The collectors of a run, about one for every 45 customers and never fewer than two a team."""

    def __init__(self, seed: int, customers: int) -> None:
        wanted = min(_MOST, customers // _CUSTOMERS_EACH)
        self.teams: dict[str, list[Collector]] = {}
        number = 0
        for team, share in TEAM_SHARES.items():
            members = []
            for _ in range(max(2, round(wanted * share))):
                number += 1
                members.append(_collector(seed, number, team))
            self.teams[team] = members

    @property
    def everyone(self) -> list[Collector]:
        """All collectors, team by team."""
        return [collector for members in self.teams.values() for collector in members]

    def collector_of(self, team: str, customer_index: int) -> str:
        """Code of the collector who looks after the customer at that position."""
        members = self.teams[team]
        return members[customer_index % len(members)].code


def _collector(seed: int, number: int, team: str) -> Collector:
    rng = stream(seed, "collector", number)
    name = names.person(rng, _LANGUAGE[team])
    cost = HOURLY_COST[team] + 50 * int(rng.random() * 13) - 300
    return Collector(f"{names.slug(name)}-{number}", name, team, cost)
