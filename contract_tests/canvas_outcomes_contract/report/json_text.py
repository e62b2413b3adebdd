"""Indent JSON that may be cut or malformed, without recursion, and find the value that a failure is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},:]|[^\s"\[\]{},:]+', re.DOTALL)
INDEX = re.compile(r"\[\d*\]")
MAX_DEPTH = 20  # of the indentation
# The forms of a message: `title: got 2, wanted 1`, `200 with ratings[].points: "3" is not …`, and a schema's location.
FIELD = re.compile(r"^([\w.\[\]-]+): got ", re.MULTILINE)
LOCATION = re.compile(r"\bwith ([\w.\[\]-]+): (?:the value|(.+?)) (?:is|does|has)\b")
SCHEMA = re.compile(r"^(.+) (?:is|does|has) .+\n(?:.*\n)*?Schema at \S+/properties/([\w-]+):$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """A value in a body: the end of its path, such as `ratings[].points`, and its JSON, if the message has it."""

    path: str
    value: str | None = None

    def is_at(self, path: str, value: str) -> bool:
        wanted, actual = (INDEX.sub("[]", one) for one in (self.path, path))
        return f".{actual}".endswith(f".{wanted}") and self.value in (None, value)


def places(detail: str) -> list[Place]:
    """The places that a detail names."""
    return [
        *(Place(path) for path in FIELD.findall(detail)),
        *(Place(path, value or None) for path, value in LOCATION.findall(detail)),
        *(Place(name, value) for value, name in SCHEMA.findall(detail)),
    ]


def is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def indented(text: str, wrong: list[Place]) -> Iterator[tuple[str, bool]]:
    """The pieces of the indented text, and whether each is a name or value at one of the places.

    A place without a value is shown only if it is the only one in the body.
    """
    pieces = list(_pieces(text))
    found = {place: {path for _, path, value in pieces if path and place.is_at(path, value)} for place in wrong}
    marked = {path for place, paths in found.items() if place.value or len(paths) == 1 for path in paths}
    for piece, path, _ in pieces:
        yield piece, path in marked


def _pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """Pieces with the path and the value of a member; both are empty for punctuation."""
    tokens = TOKEN.findall(text)
    levels: list[str | int] = []  # the name or the index in each container that is open
    previous = ""
    for number, token in enumerate(tokens):
        closes = token in ("]", "}")
        if closes and levels:
            levels.pop()
        if token in (",", ":") or previous in ("", ":"):
            pass
        elif previous == "," or (previous in ("[", "{")) != closes:
            yield "\n" + "  " * min(len(levels), MAX_DEPTH), "", ""
        elif not closes:
            yield " ", "", ""  # two values without a comma
        if token in ("[", "{"):
            yield token, "", ""
            levels.append(0 if token == "[" else "")
        elif token == ",":
            yield token, "", ""
            if levels and isinstance(levels[-1], int):
                levels[-1] += 1
        elif token in ("]", "}", ":"):
            yield (": " if token == ":" else token), "", ""
        elif tokens[number + 1 : number + 2] == [":"]:
            if levels:
                levels[-1] = token.strip('"')
            yield token, _path(levels), next(iter(tokens[number + 2 : number + 3]), "")
        else:
            yield token, _path(levels), token
        previous = token


def _path(levels: list[str | int]) -> str:
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in levels).removeprefix(".")
