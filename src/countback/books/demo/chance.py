"""Seeded randomness: a stream of its own for each thing that is simulated, so that chunks and order do not matter."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Choice = TypeVar("Choice")


def stream(seed: int, *names: object) -> Random:
    """The random stream of a named thing (`stream(7, "customer", 12)`): the same names give the same numbers."""
    return Random(":".join(map(str, (seed, *names))))  # noqa: S311  a simulation, no secret


def weighted(rng: Random, weights: Mapping[Choice, float]) -> Choice:
    """One of the keys, with a probability in proportion to its weight."""
    left = rng.random() * sum(weights.values())
    for choice, weight in weights.items():  # noqa: B007  the last choice stands where rounding leaves a rest
        left -= weight
        if left < 0:
            break
    return choice


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included; quicker than `randint`."""
    return low + int(rng.random() * (high - low + 1))


def deck(rng: Random, shares: Mapping[Choice, float], size: int) -> list[Choice]:
    """`size` cards whose kinds have the given shares as nearly as whole numbers allow, shuffled."""
    total = sum(shares.values())
    cards: list[Choice] = []
    reached = 0.0
    for kind, share in shares.items():
        reached += share / total * size
        cards += [kind] * (round(reached) - len(cards))
    rng.shuffle(cards)
    return cards
