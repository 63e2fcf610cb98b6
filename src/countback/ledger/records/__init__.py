"""The record of a customer: whom to write to there, addresses, notes, fields of the house's own; what is given out of
it, and what is erased."""
