"""The command `countback`: runs what was asked and turns every ending into an exit code.

0: done. 1: input was refused, or something could not be written. 2: misuse. 70: a fault of ours. 130: stopped by
Ctrl-C. 141: whoever read the output stopped reading.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from countback.core.problem import CountbackError, Misuse
from countback.project.terminal import let_go_of_output, say, speak_to_any_terminal

REFUSED, MISUSE, FAULT, STOPPED, UNREAD = 1, 2, 70, 130, 141

DEBUG = "COUNTBACK_DEBUG"
"""Environment variable that has the trace of an unforeseen fault shown."""


def main() -> None:
    """The entry point of the command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Says on standard error, in a sentence, what went wrong."""
    try:
        speak_to_any_terminal()
        code = _invoked(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return STOPPED
    except (BrokenPipeError, SystemExit):  # the latter is how rich ends where nobody reads
        let_go_of_output()
        return UNREAD
    except Exception as error:  # noqa: BLE001 the last handler: nobody meets a trace unasked
        return _told(error)


def _invoked(arguments: Sequence[str]) -> int:
    from countback.project.app import command

    answer = command().main(args=list(arguments), prog_name="countback", standalone_mode=False)
    return answer if isinstance(answer, int) else 0


def _told(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    from countback.project import faults

    if faults.is_stop(error):
        return STOPPED
    known = faults.as_ours(error)
    if known is not None:
        faults.say_problems(known)
        say(str(known))
        _drop_unwritten(known)
        return MISUSE if isinstance(known, Misuse) else REFUSED
    if os.environ.get(DEBUG):
        import traceback

        sys.stderr.write("".join(traceback.format_exception(error)))
    say(str(faults.fault(error, DEBUG)))
    return FAULT


def _drop_unwritten(error: CountbackError) -> None:
    """Where standard output itself failed, its buffer must not fail a second time at the end."""
    if isinstance(error.__cause__, OSError):
        try:
            sys.stdout.flush()
        except OSError:
            let_go_of_output()


if __name__ == "__main__":
    main()
