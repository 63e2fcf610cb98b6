"""After a message was reworded: `python -m tests.errors.anew [name ...]` writes what is said now into the cases.

Read the diff, then `make docs`.
"""

from __future__ import annotations

import re
import sys

import pytest

from tests.errors.gallery import HERE, Case, Outcome, with_says

COMPARING = f"{HERE / 'test_gallery.py'}::test_the_message_is_said_to_the_letter"


class Writing:
    """Beside the test that compares what is said with the cases: writes it into them."""

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """After each case, unless something broke before anything was said."""
        if call.when == "call" and (call.excinfo is None or call.excinfo.errisinstance(AssertionError)):
            given = item.funcargs  # type: ignore[attr-defined]  # of a test that is a function
            write(given["case"], given["outcome_of"](given["case"].name))


def write(case: Case, outcome: Outcome) -> None:
    """Writes what came of a case into its file, where that is other than what stands there."""
    path = HERE / f"{case.name}.toml"
    text = path.read_text("utf-8")
    fresh = with_says(text, outcome.said) if outcome.said != case.says.strip() else text
    if case.run and outcome.exit != case.exit:
        fresh = re.sub(r"^exit = \d+", f"exit = {outcome.exit}", fresh, flags=re.MULTILINE)
    if fresh != text:
        path.write_text(fresh, "utf-8")
        print(f"\n{case.name}: {outcome.said}")


if __name__ == "__main__":
    chosen = [f"{COMPARING}[{name}]" for name in sys.argv[1:]] or [COMPARING]
    pytest.main(["-q", "-s", "-p", "no:cacheprovider", "--tb=line", *chosen], plugins=[Writing()])
