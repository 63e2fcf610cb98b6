"""Answers as tables for people, readable on eighty columns."""
