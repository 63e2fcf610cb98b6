"""Reconciling: what the ledger says beside what its source says, each difference named, and kept.

| module | |
|---|---|
| `totals` | control totals: from a form or a CSV file |
| `rules` | lines of both sides, their differences, what makes them up |
| `held` | the ledger's side, in somebody's scope |
| `actions` | comparing and keeping; the standing check of the mirror |
"""
