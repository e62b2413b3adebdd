"""Show text of a provider so that neither a terminal nor a CI server acts on it, and cut what is too long."""

import re

# Azure Pipelines, GitHub and TeamCity find these commands anywhere in a line of a log.
COMMAND = re.compile(r"#(?=#\w*\[)")


def visible(text: str) -> str:
    """Escape control characters, other invisible ones and lone surrogates, as in `\\x1b`."""
    return "".join(one if one == "\n" or one.isprintable() else _escaped(one) for one in text)


def printable(text: str) -> str:
    """Escape invisible characters, and commands to CI servers."""
    return COMMAND.sub(r"\\x23", visible(text))


def on_one_line(text: str) -> str:
    return printable(text).replace("\n", "\\n")


def shortened(text: str, characters: int) -> str:
    """The beginning of a text, with the length of the whole if that is longer."""
    return text if len(text) <= characters else f"{text[:characters]}… ({len(text)} characters)"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
