"""How a message can fail to arrive."""

from __future__ import annotations


class UnableToDeliver(Exception):
    """It certainly did not arrive. `again`: whether it is worth another try later."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class UnsureWhetherDelivered(Exception):
    """It may have arrived: the other side was told all, and gave no answer. It is not sent again."""
