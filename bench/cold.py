"""Every KPI of the catalogue by the command line, a new process each: from nothing to the printed result.

    python bench/cold.py [INVOICES]

On converted books. Prints each KPI's seconds, slowest first; the aim is three seconds at a million invoices.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import trend

from countback.kpis.catalogue import ids


def seconds(books: Path, kpi: str) -> float:
    """One run of the command."""
    asked = [
        sys.executable,
        "-m",
        "countback.project.cli",
        "kpis",
        str(books),
        "--as-of",
        "2025-12-31",
        "--kpi",
        kpi,
    ]
    start = time.perf_counter()
    subprocess.run([*asked, "--format", "json"], check=True, capture_output=True)
    return time.perf_counter() - start


def main(invoices: int) -> None:
    """All of them."""
    books = trend.books_of(invoices)
    seconds(books, "dso")
    taken = sorted(((seconds(books, kpi), kpi) for kpi in ids()), reverse=True)
    print(
        f"{invoices:,} invoices: {len(taken)} KPIs, slowest {taken[0][0]:.2f} s, "
        f"median {taken[len(taken) // 2][0]:.2f} s"
    )
    for spent, kpi in taken[:8]:
        print(f"  {spent:.2f} s  {kpi}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
