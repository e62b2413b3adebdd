"""Render a target file from the resources that were found."""

import yaml
from msgspec import UNSET

from canvas_outcomes_contract.connection.target_file import SCHEMA, TargetFile
from canvas_outcomes_contract.contract.judging import ROLES
from canvas_outcomes_contract.contract.resources import reading_request, resources
from canvas_outcomes_contract.target.finder import Finder, title_of

HEAD = """\
# yaml-language-server: $schema={schema}
# Found at {base_url} with the given tokens. Check each resource before you judge the server with it.
name: {name}
base_url: {base_url}
writes: {writes}  # true also judges updates: a run restores what it changes
{others}tokens:
"""


def render(finder: Finder, file: TargetFile) -> str:
    """The target file as YAML, with the names of environment variables instead of tokens."""
    target = finder.provider.target
    given = {"certificates": file.certificates, "proxy": file.proxy, "headers": file.headers or UNSET}
    others = {name: value for name, value in given.items() if value is not UNSET}
    head = HEAD.format(
        schema=SCHEMA.as_uri(),
        name=target.name,
        base_url=target.base_url,
        writes=str(file.writes).lower(),
        others=yaml.safe_dump(others, sort_keys=False, width=1000) if others else "",
    ).rstrip()
    tokens = [f"  {_token(role)}  # {text}" for role, text in ROLES.items() if role in target.tokens]
    titles = {name: target.redactor.text(title_of(finder.shown.get(name))) for name in target.resources}
    found = [f"  {name}: {id}{_comment(titles[name])}" for name, id in target.resources.items()]
    return "\n".join([head, *tokens, "resources:", *found, *_missing(finder)]) + "\n"


def _token(role: str) -> str:
    return f'{role}: "${{{role.upper()}_TOKEN}}"'


def _comment(title: str) -> str:
    readable = "".join(character for character in title if character.isprintable()).strip()
    return f"  # {readable}" if readable else ""


def _missing(finder: Finder) -> list[str]:
    target, contract = finder.provider.target, finder.provider.contract
    missing = [f"#   tokens.{_token(role)}, {text}" for role, text in ROLES.items() if role not in target.tokens]
    for name, resource in resources(contract).items():
        if name not in target.resources:
            request = reading_request(contract, name)
            advice = f" Try other ids with {option(request[1])}." if request and resource.find else ""
            missing.append(f"#   resources.{name}: {resource.description}.{advice}")
    head = "# Not found. Clauses that need these are reported as not applicable until you add them:"
    return [head, *missing] if missing else []


def option(parameter: str) -> str:
    """The option of the command with the ids to try for a parameter."""
    return f"--{parameter.replace('_', '-')}"
