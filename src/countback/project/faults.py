"""What went wrong, sorted: anticipated failures become errors of three parts, the rest is owned up to."""

from __future__ import annotations

from countback.core.problem import CountbackError, Misuse

MOST_PROBLEMS = 100
"""Problems of refused books that are printed before the sentence; `countback check` prints them all."""


class UnableToFinish(CountbackError):
    """The machine did not give what the work needs: room, memory, a file."""


def is_stop(error: BaseException) -> bool:
    """Whether the error only says that somebody stopped the work with Ctrl-C."""
    return type(error).__name__ in ("Abort", "InterruptException")


def as_ours(error: Exception) -> CountbackError | None:
    """The error as one that was anticipated; None where nobody thought of it."""
    if isinstance(error, CountbackError):
        return error
    if any(parent.__name__ == "UsageError" for parent in type(error).__mro__):
        from countback.project.usage import reworded

        return reworded(error)
    named = type(error).__name__
    if isinstance(error, MemoryError) or named == "OutOfMemoryException":
        return _caused(
            error,
            "memory ran out",
            "close other programs, ask fewer groups, or run `countback convert` first",
        )
    if isinstance(error, OSError) or (named == "IOException" and type(error).__module__.endswith("duckdb")):
        return _caused(
            error, _reason(error), "see that the place exists, may be used and has room, and try again"
        )
    return None


def _caused(error: Exception, why: str, remedy: str) -> UnableToFinish:
    found = UnableToFinish("the command was not finished", why, remedy)
    found.__cause__ = error
    return found


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or next(iter(str(error).splitlines()), type(error).__name__)
    name = getattr(error, "filename", None)
    return f"{name}: {reason}" if name else str(reason)


def say_problems(error: CountbackError) -> None:
    """The problems that an error carries, one a line; a single one stands in the sentence itself."""
    from countback.project.terminal import say

    problems = getattr(error, "problems", None) or []
    refused = [problem for problem in problems if problem.severity == "refused"]
    if len(refused) == 1:
        return
    for problem in refused[:MOST_PROBLEMS]:
        say(str(problem))
    if len(refused) > MOST_PROBLEMS:
        say(f"… and {len(refused) - MOST_PROBLEMS:,} more; `countback check` lists them all.")


def fault(error: Exception, debug: str) -> CountbackError:
    """An unforeseen fault, in words. `debug`: the environment variable that has its trace shown."""
    detail = " ".join(str(error).split())[:200]
    name = type(error).__name__ + (f": {detail}" if detail else "")
    return CountbackError(
        "the command was not finished",
        f"Countback itself is at fault, not your files or your question ({name})",
        f"please report it, with what you typed and what it prints when run again with {debug}=1",
    )


__all__ = ["Misuse", "UnableToFinish", "as_ours", "fault", "is_stop", "say_problems"]
