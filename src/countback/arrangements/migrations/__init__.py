"""The table of follow-ups."""
