"""Numbers of customers in addresses, as the ledger writes them."""

from countback.ledger.records.numbers import CustomerNumber

__all__ = ["CustomerNumber"]
