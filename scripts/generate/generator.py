"""Generates the files of the client: openapi-python-client parses, our templates render, ruff formats."""

import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from openapi_python_client import TEMPLATE_FILTERS
from openapi_python_client import schema as oai
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.strings import safe_for_docstring
from pydantic import ValidationError
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.references import broken_references
from canvas_outcomes_contract.contract.yaml_source import Keys, walk
from scripts import ROOT
from scripts.generate.contract_view import ContractView
from scripts.generate.schemas import Unsupported

TEMPLATES = ROOT / "scripts" / "generate" / "templates"
CONFIG = ROOT / "generator_config.yml"

# Imports a client in a fresh interpreter and constructs what it can.
PROGRAM = """
import sys
sys.path.insert(0, "")
import httpx2, msgspec
from canvas_outcomes import AsyncClient, Client, models

for name, value in vars(models).items():
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == models.__name__:
        try:
            msgspec.json.Decoder(value)
            if value is not models._Model:
                value.example()
        except Exception as error:
            sys.exit(f"{name}: {error}")
for client in (Client, AsyncClient):  # a transport of its own saves the certificates of the default one
    client("https://canvas.test", token="token", transport=httpx2.MockTransport(print), trust_env=False)
"""

# Under these keys a contract has values of its API, which can be null.
VALUES = {"example", "examples", "enum", "const"}


def generate(contract: Contract, step: Callable[[str], None]) -> dict[str, bytes]:
    """Return the files of the client by their path in the distribution. Raises CannotTell, with places."""
    pinned = check_pins()
    view = parse(contract)
    step(f"parsed {len(view.operations)} operations, {len(view.models)} models, {len(view.errors)} errors")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        render(folder, view, sha256=contract.sha256, pinned=pinned)
        format_code(folder, view)
        verify(folder, contract, view.places)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    step(f"rendered and imported {len(files)} files")
    return files


def settings() -> dict[str, Any]:
    return yaml.safe_load(CONFIG.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def check_pins() -> dict[str, str]:
    pinned: dict[str, str] = settings()["pinned"]
    for name, expected in pinned.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "nothing"
        if installed != expected:
            raise CannotTell(
                f"Cannot generate: {CONFIG.name} pins {name} {expected}, installed is {installed}. "
                "Run: tox -e regenerate"
            )
    return pinned


def parse(contract: Contract) -> ContractView:
    """Return the contract as the templates use it. Refuses whatever would be dropped or generated wrong."""
    for keys, reason in broken_references(contract):
        raise refusal(contract, keys, reason)
    _ = contract.operations  # raises CannotTell for one that would be dropped
    for keys, value in walk(contract.document):
        if (
            value is None
            and keys[-1:] != ("default",)
            and not any(key in VALUES or str(key).startswith("x-") for key in keys)
        ):
            raise refusal(contract, keys, "there is no value")
    file = ConfigFile.load_from_path(CONFIG)
    config = Config.from_sources(file, MetaType.NONE, contract.path, "utf-8", overwrite=True, output_path=None)
    try:
        oai.OpenAPI.model_validate(contract.document)
        return ContractView(contract, config)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{first['loc'][-1]} is missing" if first["type"] == "missing" else first["msg"]
        raise refusal(contract, first["loc"], reason) from error
    except Unsupported as error:
        raise refusal(contract, error.keys, str(error)) from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise refusal(contract, (), f"the generator crashed with {type(error).__name__}: {error}") from error


def refusal(contract: Contract, keys: Keys, reason: str) -> CannotTell:
    """Refuse the value at the keys. Pydantic mixes the names of its models into them; those are skipped."""
    node: Any = contract.document
    found: list[str | int] = []
    for key in keys:
        if key in node if isinstance(node, dict) else isinstance(node, list) and key in range(len(node)):
            node = node[key]
            found.append(key)
    return contract.source.refuse(f"{' > '.join(map(str, found))}: {reason}." if found else f"{reason}.", *found)


@cache
def templates() -> Environment:
    """The compiled templates; compiling them takes longer than rendering a client."""
    loader = FileSystemLoader(TEMPLATES)
    jinja = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    jinja.keep_trailing_newline = True
    jinja.filters.update(TEMPLATE_FILTERS, wrapped=wrapped, one_line=one_line)
    return jinja


def render(folder: Path, view: ContractView, **values: Any) -> None:
    jinja = templates()
    repository = str(settings()["repository"] or "").rstrip("/")
    values |= {"view": view, "contract": view.contract.document, "repository": repository}
    for name in jinja.list_templates(filter_func=lambda name: not name.startswith("macros/")):
        target = folder / name.removesuffix(".jinja")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_text(jinja.get_template(name).render(values), encoding="utf-8")
        except TemplateError as error:
            raise CannotTell(f"Cannot generate: the template {name}: {error}") from error


def wrapped(text: str, indent: int, first: int = 0) -> str:
    """Wrap a text of the contract for a docstring, at 120 characters; lists and paragraphs are kept."""
    lines: list[str] = []
    for line in safe_for_docstring(text).splitlines():
        width, hanging = 118 - indent - (0 if lines else first), "  " if line.startswith("- ") else ""
        joins = bool(lines and lines[-1] and line and not hanging)
        whole = f"{lines.pop() if joins else ''} {line}".strip()
        lines += textwrap.wrap(whole, width, subsequent_indent=hanging, break_long_words=False) or [""]
    margin = " " * indent
    block = "\n".join(f"{margin}{line}" if line and number else line for number, line in enumerate(lines))
    return f'{block[:-1]}\\"' if block.endswith('"') else block  # a last quote would join the closing ones


def one_line(text: str) -> str:
    """Return a text of the contract as one line of a docstring."""
    return " ".join(safe_for_docstring(text).split())


def format_code(folder: Path, view: ContractView) -> None:
    options = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311", "."]
    for command in (["check", "--select=F401,I", "--fix", "--output-format=concise", *options], ["format", *options]):
        done = subprocess.run([find_ruff_bin(), *command], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise unusable(view.contract, {}, f"ruff {command[0]} failed", done.stdout + done.stderr)


def verify(folder: Path, contract: Contract, places: dict[str, Keys]) -> None:
    """Raise CannotTell, at the schema or operation that the trouble names, if the client is unusable."""
    command = [sys.executable, "-B", "-W", "error", "-c", PROGRAM]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise unusable(contract, places, "its client cannot be imported", done.stderr)


def unusable(contract: Contract, places: dict[str, Keys], what: str, trouble: str) -> CannotTell:
    """Return the refusal of a contract whose client is unusable."""
    named = [word for word in re.findall(r"\w+", trouble) if word in places]
    reason = trouble.strip().splitlines()[-1] if trouble.strip() else "no reason"
    return contract.source.refuse(f"{what}: {reason}", *(places[named[-1]] if named else ()))
