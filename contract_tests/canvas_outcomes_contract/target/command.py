"""Find the resources of a server with the given tokens, and write a target file for it.

Tokens are read from environment variables by role, EDITOR_TOKEN, READER_TOKEN and so on; the file contains only the
names of the variables. Only GET requests of the contract are sent. Exit codes: 0 written, 2 not written.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from canvas_outcomes_contract.cases.verdicts import ProviderGone
from canvas_outcomes_contract.connection.pace import Pace, default_rate
from canvas_outcomes_contract.connection.provider import Provider, is_reachable, unreachable_message
from canvas_outcomes_contract.connection.target import ADDRESS, Target
from canvas_outcomes_contract.connection.target_file import ROLES
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.target.finder import Finder, SearchRange
from canvas_outcomes_contract.target.render import render

MAX_IDS = 1000  # of each kind


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        text = target_file(options)
        if options.output is None:
            print(text, end="")
        else:
            options.output.write_text(text, encoding="utf-8")
            print(f"wrote {options.output}. Check it, then run: tox -e contract -- --target {options.output}")
    except (CannotTell, ProviderGone) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Cannot write {options.output}: {error.strerror}. Name another --output.", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canvas-outcomes-contract target",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--base-url", required=True, metavar="URL", help="the server")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the target file (default: printed)")
    parser.add_argument("--writes", action="store_true", help="allow runs to change editable_outcome and restore it")
    for kind in ("outcomes", "students", "assignments"):
        parser.add_argument(
            f"--{kind}", type=_ids, default=_ids("1-60"), metavar="IDS", help="ids to try, such as 4,7,20-40 (1-60)"
        )
    parser.add_argument(
        "--courses",
        type=_ids,
        default=[],
        metavar="IDS",
        help="the course to judge with, then others that share no assignment with it",
    )
    return parser


def _ids(text: str) -> list[int]:
    ids: list[int] = []
    for part in text.split(","):
        span = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if span is None:
            raise argparse.ArgumentTypeError(f"{part!r} is neither an id nor a range of ids")
        first, last = int(span[1]), int(span[2] or span[1])
        if not first <= last < first + MAX_IDS - len(ids):
            raise argparse.ArgumentTypeError(f"{text!r} is not a range of at most {MAX_IDS} ids")
        ids += range(first, last + 1)
    return ids


def target_file(options: argparse.Namespace) -> str:
    """The content of a target file. Raises CannotTell if the editor may change none of the outcomes."""
    base_url = options.base_url.rstrip("/")
    if not ADDRESS.fullmatch(base_url):
        raise CannotTell(f"Cannot search {base_url!r}: it is not a URL. Write it like https://canvas.example.edu.")
    tokens = {role: os.environ[variable] for role in ROLES if os.environ.get(variable := f"{role.upper()}_TOKEN")}
    if "editor" not in tokens:
        raise CannotTell("Cannot search without a token: EDITOR_TOKEN is not set. Set it in the environment.")
    if not is_reachable(base_url):
        raise CannotTell(unreachable_message(base_url))
    target = Target(urlsplit(base_url).netloc, base_url, writes=False, tokens=tokens)
    recorder = Recorder(frozenset(tokens.values()))
    provider = Provider(target, base_url, Contract(contract_path()), recorder, Pace(default_rate(base_url), at_once=1))
    search = SearchRange(options.outcomes, options.courses, options.students, options.assignments)
    ids = len(search.outcomes) + len(search.students) + len(search.assignments)
    print(f"searching {base_url}: {ids} ids at most", file=sys.stderr)
    finder = Finder(provider, search)
    try:
        finder.find()
    except AssertionError as error:
        raise CannotTell(f"Cannot search {base_url}: {error}.") from error
    finally:
        provider.close()
    if "editable_outcome" not in finder.found:
        raise CannotTell(
            f"Cannot write a target for {base_url}: the editor may change none of the {len(search.outcomes)} outcomes. "
            "Name other ids with --outcomes, or set EDITOR_TOKEN to the token of another user."
        )
    return render(target, finder, options.writes)
