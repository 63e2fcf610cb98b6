"""All benchmarks, each beside its rival, one after the other.

    python bench/run.py [--large]

`--large` adds ten million invoices: half an hour and some gigabytes of disk on two cores.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(*, large: bool) -> int:
    """Run each in a process of its own; the first that fails ends it."""
    runs = [["load_csv.py"], ["trend.py", "1000000"], ["cold.py", "1000000"]]
    runs += [["trend.py", "10000000"]] if large else []
    for script, *arguments in runs:
        print(f"== {script} {' '.join(arguments)}", flush=True)
        status = subprocess.run([sys.executable, str(HERE / script), *arguments]).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(large="--large" in sys.argv))
