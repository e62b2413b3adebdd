"""Find the resources of a server with the given tokens, and write a target file for it.

Tokens are read from environment variables by role, EDITOR_TOKEN, READER_TOKEN and so on; the file contains only the
names of the variables. Only GET requests of the contract are sent. Where no ids are given and no response contains one,
the ids from 1 to 60 are tried. Exit codes: 0 written, 2 not written.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from canvas_outcomes_contract.cases.verdicts import ProviderGone
from canvas_outcomes_contract.connection.pace import Pace, default_rate
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import (
    MADE_UP_ID,
    Target,
    base_url_of,
    certificates_of,
    headers_of,
    proxy_of,
    token_of,
)
from canvas_outcomes_contract.connection.target_file import TargetFile
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.connection.transport import require_reachable
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.escaping import on_one_line
from canvas_outcomes_contract.contract.judging import ROLES
from canvas_outcomes_contract.contract.redaction import Output
from canvas_outcomes_contract.contract.resources import reading_request, resources
from canvas_outcomes_contract.target.finder import Finder
from canvas_outcomes_contract.target.render import option, render

MAX_IDS = 1000  # of each kind


class Options:
    """The options and the environment, as the source of a target."""

    def refuse(self, reason: str, *keys: str | int) -> CannotTell:
        return CannotTell(f"Cannot search: {reason}")


def main(arguments: list[str] | None = None) -> int:
    with Output() as output:
        try:
            contract = Contract(contract_path())
            parameters = searched_parameters(contract)
            options = _parser(parameters).parse_args(arguments)
            given = {name: ids for name in parameters if (ids := getattr(options, name)) is not None}
            target = _target(options)
            output.redactor = target.redactor
            text = target_file(contract, target, given, _file(options))
        except (CannotTell, ProviderGone) as error:
            print(on_one_line(str(error)), file=sys.stderr)
            return 2
    try:
        if options.output is None:
            print(text, end="")
        else:
            options.output.write_text(text, encoding="utf-8")
            print(f"wrote {options.output}. Check it, then run: tox -e contract -- --target {options.output}")
    except OSError as error:
        print(f"Cannot write {options.output}: {error.strerror}. Name another --output.", file=sys.stderr)
        return 2
    return 0


def searched_parameters(contract: Contract) -> list[str]:
    """The parameters for which a response shows whether an id is that of a resource."""
    requests = [reading_request(contract, name) for name, resource in resources(contract).items() if resource.find]
    return list(dict.fromkeys(request[1] for request in requests if request is not None))


def _parser(parameters: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canvas-outcomes-contract target",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--base-url", required=True, metavar="URL", help="the server")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the target file (default: printed)")
    parser.add_argument("--writes", action="store_true", help="allow runs to change records and restore them")
    parser.add_argument("--certificates", metavar="FILE", help="the file of a CA to trust besides those of the system")
    parser.add_argument("--proxy", metavar="URL", help="a proxy; `environment`: the one that HTTPS_PROXY names")
    header = "a header to send with every request, such as 'X-Gateway-Key: ${KEY}' (repeatable)"
    parser.add_argument("--header", type=_header, action="append", default=[], metavar="LINE", help=header)
    for name in parameters:
        text = f"ids to try for the parameter {name}, such as 4,7,20-40"
        parser.add_argument(option(name), dest=name, type=_ids, metavar="IDS", help=text)
    return parser


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    if not value.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not a header like 'X-Gateway-Key: ${{KEY}}'")
    return name, value.strip()


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


def _file(options: argparse.Namespace) -> TargetFile:
    """The keys that the options give, as the target file will have them."""
    folder = Path() if options.output is None else options.output.parent
    given = {
        "proxy": options.proxy,
        "certificates": options.certificates and os.path.relpath(options.certificates, folder),
    }
    keys = {name: value for name, value in given.items() if value is not None}
    return TargetFile(writes=options.writes, base_url=options.base_url, headers=dict(options.header), **keys)


def _target(options: argparse.Namespace) -> Target:
    """The target to search. Raises CannotTell for options that cannot be used."""
    source = Options()
    base_url = base_url_of(source, options.base_url)
    given = {role: os.environ.get(f"{role.upper()}_TOKEN", "") for role in ROLES}
    tokens = {role: token_of(source, role, token) for role, token in given.items() if token}
    if not tokens:
        variables = ", ".join(f"{role.upper()}_TOKEN" for role in ROLES)
        raise CannotTell(f"Cannot search without a token: none of {variables} is set. Set one in the environment.")
    return Target(
        urlsplit(base_url).netloc,
        base_url,
        writes=False,
        tokens=tokens,
        certificates=options.certificates and certificates_of(source, Path(), options.certificates),
        proxy=options.proxy and proxy_of(source, options.proxy),
        headers=headers_of(source, dict(options.header)),
    )


def target_file(contract: Contract, target: Target, ids: dict[str, list[int]], file: TargetFile) -> str:
    """The content of a target file. Raises CannotTell if no record is found."""
    base_url = str(target.base_url)
    require_reachable(target, base_url)
    finder = Finder(
        Provider(target, base_url, contract, Recorder(target), Pace(default_rate(base_url), at_once=1)), ids
    )
    print(f"searching {base_url}", file=sys.stderr)
    try:
        finder.find()
    except AssertionError as error:
        raise CannotTell(f"Cannot search {base_url}: {error}.") from error
    finally:
        finder.provider.close()
    if set(target.resources.values()) <= {MADE_UP_ID}:
        raise CannotTell(
            f"Cannot write a target for {base_url}: no record was found with the given tokens. Try other ids with "
            f"{', '.join(map(option, searched_parameters(contract)))}, or set the tokens of other users."
        )
    return render(finder, file)
