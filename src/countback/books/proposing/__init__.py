"""A profile proposed for an unknown file: sniffed, its columns recognised, and every doubt asked about."""
