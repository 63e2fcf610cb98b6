"""Subscriptions: reports that arrive by mail, on their day, with their reader's rights."""
