"""Where a real browser is for the tests that need one, and how to get one where there is none.

`python -m tests.browser` (part of `make test`) finds one, or installs Debian's where it may, or says loudly
that the browser tests will be skipped. With COUNTBACK_REQUIRE_BROWSER=1, as in CI, that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
FONT = "fonts-dejavu-core"
"""Without any font a page has no letters to measure."""

PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PLAYWRIGHTS_OWN = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def required() -> bool:
    """Whether a skipped browser test is a failure."""
    return os.environ.get("COUNTBACK_REQUIRE_BROWSER") == "1"


def find() -> str | None:
    """A Chromium: named in CHROMIUM, on the path, in a usual place, or Playwright's own; None without one."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = (
        str(path) for pattern in PLAYWRIGHTS_OWN for path in sorted(Path.home().glob(pattern), reverse=True)
    )
    return next((place for place in (*PLACES, *own) if Path(place).exists()), None)


def install() -> None:
    """Install Debian's Chromium where we are root on a Debian; elsewhere do nothing."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print("No browser found: installing Debian's chromium for the browser tests ...", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium", FONT]):
        done = subprocess.run(
            ["apt-get", "-qq", *step], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            return


def main() -> int:
    """Say which browser the tests will use; 1 where one is required and there is none."""
    if find() is None:
        install()
    if path := find():
        print(f"Browser tests: with {path}")
        return 0
    print(
        "\n*** BROWSER TESTS ARE SKIPPED: no Chromium or Chrome was found. ***\n"
        "*** Install one (Debian: apt-get install chromium), or name one: CHROMIUM=/path make test ***\n",
        file=sys.stderr,
    )
    return 1 if required() else 0


if __name__ == "__main__":
    sys.exit(main())
