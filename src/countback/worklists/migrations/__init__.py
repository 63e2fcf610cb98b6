"""The tables of worklists."""
