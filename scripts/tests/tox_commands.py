"""Commands of the README as the processes that tox would start for them, in the environment that runs already."""

import configparser
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environments() -> dict[str, list[str]]:
    """The command lines of each environment in tox.ini."""
    return {name: section.get("commands", "").strip().splitlines() for name, section in _sections().items()}


def descriptions() -> dict[str, str]:
    return {name: section.get("description", "") for name, section in _sections().items()}


def _sections() -> dict[str, configparser.SectionProxy]:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini")
    return {
        name: settings[section]
        for section in settings.sections()
        if section.startswith("testenv:")
        for name in _names(section.removeprefix("testenv:"))
    }


def _names(section: str) -> list[str]:
    """py3{11,12} stands for py311 and py312."""
    before, brace, rest = section.partition("{")
    choices, _, after = rest.partition("}")
    return [f"{before}{choice}{after}" for choice in choices.split(",")] if brace else [section]


def tox_commands(line: str) -> list[list[str]]:
    """What `tox -e NAME -- ARGUMENTS` starts. A program is taken from the environment that runs."""
    words = shlex.split(line)
    name = words[words.index("-e") + 1]
    arguments = words[words.index("--") + 1 :] if "--" in words else []
    commands = [_with_arguments(command, arguments) for command in environments()[name]]
    return [_with_this_environment(shlex.split(command)) for command in commands]


def _with_arguments(command: str, arguments: list[str]) -> str:
    """{posargs:DEFAULT} stands for the arguments, and for the default where there are none."""
    return re.sub(r"\{posargs:?([^}]*)\}", lambda found: shlex.join(arguments) or found[1], command)


def _with_this_environment(command: list[str]) -> list[str]:
    program = Path(sys.executable).parent / command[0]
    return [sys.executable if command[0] == "python" else str(program), *command[1:]]


def start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if __name__ == "__main__":
    *first, last = tox_commands(shlex.join(sys.argv))
    for command in first:
        ended = subprocess.run(command, cwd=ROOT, check=False)
        if ended.returncode:
            sys.exit(ended.returncode)
    os.chdir(ROOT)
    os.execv(last[0], last)  # a server has to be what is signalled
