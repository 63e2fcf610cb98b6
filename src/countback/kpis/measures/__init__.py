"""Measures by what they are about: positions, sales, cash, behaviour, promises, disputes, contacts, losses, effort."""
