"""Builds the derived tables of converted books once, ours or by hand, and prints seconds and peak memory in GiB.

    python bench/derived.py ours|hand FOLDER

A process of its own, so that its memory is its own.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import by_hand

from countback.analytics.keeping import keep_derived
from countback.books.load import load


def main(which: str, converted: Path) -> None:
    """Build into a folder that is thrown away."""
    with tempfile.TemporaryDirectory(dir=converted.parent) as folder:
        if which == "ours":
            books = load(converted)
            start = time.perf_counter()
            keep_derived(books, Path(folder))
        else:
            connection = by_hand.connect(converted)
            start = time.perf_counter()
            by_hand.build(connection, Path(folder))
        taken = time.perf_counter() - start
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
