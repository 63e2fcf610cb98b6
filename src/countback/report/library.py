"""The chart library of the page: Vega, Vega-Lite and Vega-Embed with their interpreter, as one script.

It comes out of the library that draws the PDF's charts, which puts it together anew each time: one and a half seconds
of a processor, in which no other Python runs. So it is begun in a process of its own while the books are asked.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import vl_convert

VEGA_LITE = "6.4"
SNIPPET = "window.vegaEmbed = vegaEmbed;"
_MAKE = (
    "import sys, vl_convert;"
    f"sys.stdout.buffer.write(vl_convert.javascript_bundle({SNIPPET!r}, vl_version={VEGA_LITE!r}).encode())"
)


@cache
def begin_library() -> subprocess.Popen[bytes] | None:
    """Begin to make it, once a process; None where no second process can be started."""
    try:
        return subprocess.Popen(  # noqa: S603 -- our own words to our own interpreter
            [sys.executable, "-c", _MAKE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


@cache
def library() -> str:
    """The script, when it is made; made here where the other process gave none."""
    begun = begin_library()
    made = begun.communicate()[0] if begun else b""
    if begun and begun.returncode == 0 and made:
        return made.decode()
    return str(vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE))
