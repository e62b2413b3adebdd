"""Asks a server what the given tokens can see, and writes a target file for it.

Tokens are taken from variables by role, EDITOR_TOKEN, READER_TOKEN and so on; the file names the variables only.
It asks with the operations of the contract alone and changes nothing. Exit codes: 0 render, 2 could not be.
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
from canvas_outcomes_contract.connection.target import ADDRESS, ROLES, Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.target.finder import Finder, SearchRange
from canvas_outcomes_contract.target.render import render

MOST = 1000  # ids of a kind: a server is asked, not searched
AT_ONCE = 1


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        text = target_of(options)
        if options.output is None:
            print(text, end="")
        else:
            options.output.write_text(text, encoding="utf-8")
            print(f"wrote {options.output}: read it, then run tox -e contract -- --target {options.output}")
    except (CannotTell, ProviderGone) as reason:
        print(reason, file=sys.stderr)
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
    parser.add_argument("--writes", action="store_true", help="let runs change editable_outcome, and put it back")
    for kind, few in (("outcomes", "1-60"), ("students", "1-60"), ("assignments", "1-60")):
        parser.add_argument(f"--{kind}", type=_ids, default=_ids(few), metavar="IDS", help=f"such as 4,7,20-40 ({few})")
    parser.add_argument(
        "--courses",
        type=_ids,
        default=[],
        metavar="IDS",
        help="the course to judge with, then others it has no part in",
    )
    return parser


def _ids(text: str) -> list[int]:
    ids: list[int] = []
    for part in text.split(","):
        span = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if span is None:
            raise argparse.ArgumentTypeError(f"{part!r} is neither an id nor a range of ids")
        first, last = int(span[1]), int(span[2] or span[1])
        if not first <= last < first + MOST - len(ids):
            raise argparse.ArgumentTypeError(f"{text!r} is not a range of at most {MOST} ids")
        ids += range(first, last + 1)
    return ids


def target_of(options: argparse.Namespace) -> str:
    """The text of a target file. Raises CannotTell where there is nothing to judge with."""
    base_url = options.base_url.rstrip("/")
    if not ADDRESS.fullmatch(base_url):
        raise CannotTell(
            f"Cannot ask {base_url!r}: it is not the address of a server, such as https://canvas.example.edu."
        )
    tokens = {role: os.environ[variable] for role in ROLES if os.environ.get(variable := f"{role.upper()}_TOKEN")}
    if "editor" not in tokens:
        raise CannotTell("Cannot ask without a token: EDITOR_TOKEN is not set. Set it in the environment.")
    if not is_reachable(base_url):
        raise CannotTell(unreachable_message(base_url))
    target = Target(urlsplit(base_url).netloc, base_url, writes=False, tokens=tokens)
    recorder = Recorder(frozenset(tokens.values()))
    provider = Provider(target, base_url, Contract(contract_path()), recorder, Pace(default_rate(base_url), AT_ONCE))
    asked = SearchRange(options.outcomes, options.courses, options.students, options.assignments)
    print(f"asking {base_url} for at most {_most(asked)} ids", file=sys.stderr)
    try:
        finder = Finder(provider, asked)
        finder.find()
    except AssertionError as problem:
        raise CannotTell(f"Cannot ask {base_url}: {problem}.") from problem
    finally:
        provider.close()
    if "editable_outcome" not in finder.found:
        raise CannotTell(
            f"Cannot write a target for {base_url}: the editor may change none of the {len(asked.outcomes)} outcomes "
            "that were asked for. Name ids with --outcomes, or give the token of somebody who may."
        )
    return render(target, finder, options.writes)


def _most(asked: SearchRange) -> int:
    return len(asked.outcomes) + len(asked.students) + len(asked.assignments)


if __name__ == "__main__":
    sys.exit(main())
