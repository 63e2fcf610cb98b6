"""The commands: one file each, a function whose docstring is its help."""
