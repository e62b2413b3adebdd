"""Rewrite error messages of msgspec in the words of YAML and JSON."""

import re

# The path of a value: names of keys and indexes of lists.
Steps = tuple[str | int, ...]
# A message of msgspec, such as: Expected `int`, got `str` - at `$.users[0].id`
_MESSAGE = re.compile(r"(.+?)(?: - at `\$([^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_PATTERN = re.compile(r" matching regex .*", re.DOTALL)
_WORDS = {"object": "mapping", "array": "list", "str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
UNKNOWN, MISSING = "the key is unknown", "the key is missing"


def read_message(message: str) -> tuple[Steps, str]:
    """Return the path and the reason that a message contains: UNKNOWN and MISSING for those of a key."""
    found = _MESSAGE.fullmatch(message)
    assert found is not None, message
    steps: Steps = tuple(key or int(index) for key, index in _STEP.findall(found[2] or ""))
    if field := _FIELD.fullmatch(found[1]):
        return (*steps, field[2]), UNKNOWN if field[1] == "contains unknown" else MISSING
    reason = re.sub(r"`(.*?)`", lambda quoted: _in_words(quoted[1]), _PATTERN.sub(" in another form", found[1]))
    return steps, reason[0].lower() + reason[1:]


def _in_words(types: str) -> str:
    return " or ".join(_WORDS.get(name, name) for name in types.split(" | "))
