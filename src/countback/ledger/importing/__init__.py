"""The parts of an import. What is told and what is held meet in DuckDB, by columns; PostgreSQL is read and written with
COPY. No row passes through Python.

| schema in DuckDB | holds |
|---|---|
| `books` | the source, as loading left it |
| `told` | the same as the ledger keeps rows: with `row_key` and `extra` |
| `held` | current versions in the ledger that the told rows meet |
| `brings` | rows that become new versions; `was`: the version that each replaces |
| `ends` (a table) | versions that end; `vanishes`: nothing takes their place |
| `near` | current versions that bear on the items moved |
| `state_before.books`, `state_after.books` | what moves items, as the engine reads it, before and after |
"""
