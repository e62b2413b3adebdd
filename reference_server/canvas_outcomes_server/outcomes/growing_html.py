"""Sanitise HTML that may become much larger when it is parsed, in a process with a limit.

A parser opens formatting elements that were not closed again in each block that follows: 25 kB of HTML become 25 MB,
and take 900 MB of memory. The limit is the time, which grows with the number of elements.
"""

import re
import resource
import subprocess
import sys

from canvas_outcomes_server.outcomes.descriptions import sanitised as sanitised_here

MOST_SECONDS = 2
# Parsed in half a second.
MOST_ELEMENTS = 500_000
_NAMES = ("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u")
# A parser keeps up to three equal ones, and one a and one nobr; attributes make them different.
_EQUAL = 3 * len(_NAMES) + 2
_WITH_ATTRIBUTES = re.compile(rf"<(?:{'|'.join(_NAMES)})[\s/]", re.IGNORECASE)


class GrowsTooMuch(ValueError):
    """The HTML would become too large; str() is the end of a sentence about it."""


def may_grow(html: str) -> bool:
    """Whether a parser might make more than MOST_ELEMENTS of HTML."""
    reopened = _EQUAL + len(_WITH_ATTRIBUTES.findall(html))
    return reopened * html.count("<") > MOST_ELEMENTS


def sanitised(html: str) -> str:
    """Remove everything that is not allowed from HTML. Raises GrowsTooMuch."""
    return _sanitised_in_a_process(html) if may_grow(html) else sanitised_here(html)


def _sanitised_in_a_process(html: str) -> str:
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(command, input=html.encode(), capture_output=True, check=True)
    except subprocess.CalledProcessError as error:
        if error.returncode > 0:  # not ended by the limit
            raise
        raise GrowsTooMuch("has elements that are not closed, and becomes too large when it is parsed") from None
    return done.stdout.decode()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.stdout.buffer.write(sanitised_here(sys.stdin.buffer.read().decode()).encode())
