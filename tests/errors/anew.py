"""After a message was reworded: `python -m tests.errors.anew [name ...]` writes what is said now into the cases.

Read the diff, then `make docs`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import pytest

from tests.errors.gallery import HERE, Case, Outcome, with_says


def test_what_is_said_now_is_written(case: Case, outcome_of: Callable[[str], Outcome]) -> None:
    outcome = outcome_of(case.name)
    path = HERE / f"{case.name}.toml"
    text = path.read_text("utf-8")
    fresh = with_says(text, outcome.said) if outcome.said != case.says.strip() else text
    if case.run and outcome.exit != case.exit:
        fresh = re.sub(r"^exit = \d+", f"exit = {outcome.exit}", fresh, flags=re.MULTILINE)
    if fresh != text:
        path.write_text(fresh, "utf-8")
        print(f"{case.name}: {outcome.said}")


if __name__ == "__main__":
    test = f"{HERE / 'anew.py'}::test_what_is_said_now_is_written"
    chosen = [f"{test}[{name}]" for name in sys.argv[1:]] or [test]
    sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "--tb=short", *chosen]))
