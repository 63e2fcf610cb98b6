"""Derived tables, one file each: how each is built from the books, as an Ibis expression that any engine runs."""
