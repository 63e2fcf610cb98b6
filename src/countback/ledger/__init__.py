"""The ledger: what the books say and said, kept in PostgreSQL as facts that are only ever added."""
