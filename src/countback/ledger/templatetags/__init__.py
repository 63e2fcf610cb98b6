"""What the pages of the ledger say of numbers and states."""
