"""HTML that becomes much larger when it is parsed.

A parser opens formatting elements that were not closed again, with their attributes, in each block that follows: 25 kB
become 25 MB, and take 900 MB of memory. nh3 has no limit for that, and Canvas only one of the depth.
"""

import re
from collections import Counter

MOST_REOPENED = 2_000_000  # characters of tags
MOST_EQUAL = 3  # of the formatting elements that a parser opens again
MOST_NESTED = 10  # pairs of tags
_NAMES = "(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
_SPACE = r"[\t\n\f\r ]"
_VALUE = r"""(?:"[^"<]*+"|'[^'<]*+'|[^\t\n\f\r "'<>=`]++)"""
_ATTRIBUTES = rf"(?:{_SPACE}++[a-z_][\w:.-]*+(?:{_SPACE}*+={_SPACE}*+{_VALUE})?+)*+{_SPACE}*+/?+"
_START = re.compile(rf"<{_NAMES}(?![^\t\n\f\r />])", re.IGNORECASE)
# Without < in it, so that it can hide no other tag.
_TAG = re.compile(rf"<{_NAMES}{_ATTRIBUTES}>", re.IGNORECASE)
_INSIDE = rf"(?:[^<]++|<(?:br|img){_ATTRIBUTES}>)*+"
_PAIR = re.compile(rf"<({_NAMES}|span|sub|sup){_ATTRIBUTES}>{_INSIDE}</\1{_SPACE}*+>", re.IGNORECASE)


def grows(html: str) -> bool:
    """Whether a parser might open more than MOST_REOPENED characters of tags again.

    It is certain only of elements that are closed, with nothing but text and other such elements inside.
    """
    tags = html.count("<")
    return len(html) * tags > MOST_REOPENED and _not_closed(html) * tags > MOST_REOPENED


def _not_closed(html: str) -> int:
    """The length of the start tags of formatting elements that might not be closed where they should be."""
    rest = html
    for _ in range(MOST_NESTED):
        rest = _PAIR.sub(lambda pair: "x" * len(pair[0]), rest)
    length, seen = 0, Counter[str]()
    for start in _START.finditer(rest):
        tag = _TAG.match(html, start.start())
        if tag is None:
            return len(html) if ">" in html[start.start() :] else length
        seen[tag[0]] += 1
        if seen[tag[0]] <= MOST_EQUAL:
            length += len(tag[0])
    return length
