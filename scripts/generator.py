"""From a contract to the text of the client: openapi-python-client parses, our templates write, ruff formats."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from openapi_python_client import TEMPLATE_FILTERS
from openapi_python_client import schema as oai
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import safe_for_docstring
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from scripts.contract_view import ContractView, Unsupported

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "scripts" / "templates"
CONFIG = ROOT / "generator_config.yml"


class CannotGenerate(Exception):
    """The contract, the generator or the formatter failed."""


def generate(contract: Path, step: Callable[[str], None]) -> dict[str, bytes]:
    """The text of every file of the client, by its path inside the distribution."""
    pinned = check_pins()
    data = contract.read_bytes()
    document = read_yaml(data)
    step(f"read {contract}")
    view = parse(document, data, contract)
    step(f"parsed {len(view.operations)} operations, {len(view.models)} models, {len(view.errors)} errors")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        render(folder, view, sha256=hashlib.sha256(data).hexdigest(), pinned=pinned)
        format_code(folder)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    step(f"rendered and formatted {len(files)} files")
    return files


def check_pins() -> dict[str, str]:
    pinned: dict[str, str] = YAML(typ="safe").load(CONFIG)["pinned"]
    for name, wanted in pinned.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "nothing"
        if found != wanted:
            raise CannotGenerate(f"{CONFIG.name} pins {name} {wanted}, installed is {found}. Run: tox -e regenerate")
    return pinned


def read_yaml(data: bytes) -> dict[str, Any]:
    try:
        document = YAML(typ="safe").load(data)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        reason = (error.problem or error.context or "not YAML").splitlines()[0]
        raise CannotGenerate(f"{where}{reason}") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise CannotGenerate(f"not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise CannotGenerate(f"line 1, column 1: an OpenAPI document is a map, not a {type(document).__name__}")
    return document


def parse(document: dict[str, Any], data: bytes, contract: Path) -> ContractView:
    """The contract as the templates see it. A warning of the generator is an error: it means something was dropped."""
    settings = ConfigFile.load_from_path(CONFIG)
    config = Config.from_sources(settings, MetaType.NONE, contract, "utf-8", overwrite=True, output_path=None)
    for keys, target in dangling(document, document, ()):
        raise CannotGenerate(f"{locate(data, keys)}: {target} is not in the document")
    try:
        oai.OpenAPI.model_validate(document)
        parsed = GeneratorData.from_dict(document, config=config)
        problems: list[GeneratorError] = [parsed] if isinstance(parsed, GeneratorError) else [*parsed.errors]
        if isinstance(parsed, GeneratorData):
            problems += [e for tag in parsed.endpoint_collections_by_tag.values() for e in tag.parse_errors]
        if problems or isinstance(parsed, GeneratorError):
            more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
            raise CannotGenerate(" ".join(f"{problems[0].header} {problems[0].detail or ''}{more}".split()))
        return ContractView(document, parsed)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{first['loc'][-1]} is missing" if first["type"] == "missing" else first["msg"]
        raise CannotGenerate(f"{locate(data, first['loc'])}: {reason}") from error
    except Unsupported as error:
        raise CannotGenerate(f"no template for this: {error}") from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise CannotGenerate(f"the generator crashed with {type(error).__name__}: {error}") from error


def dangling(node: Any, document: Any, keys: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Where a reference points nowhere, and to what; the parser tells only what it drops for it."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "$ref" and isinstance(value, str):
            target: Any = document
            for step in value.removeprefix("#/").split("/"):
                name = step.replace("~1", "/").replace("~0", "~")
                target = target.get(name) if isinstance(target, dict) else None
            if target is None:
                yield (*keys, key), value
        else:
            yield from dangling(value, document, (*keys, key))


def locate(data: bytes, keys: tuple[int | str, ...]) -> str:
    """The line, the column and the keys of a place, as far as the document has it."""
    node, mark, found = YAML().load(data), (0, 0), []
    for key in keys:
        try:
            mark = node.lc.item(key) if isinstance(key, int) else node.lc.key(key)
            node = node[key]
        except (AttributeError, LookupError, TypeError):
            continue  # the parser names its own classes among the keys
        found.append(str(key))
    return f"line {mark[0] + 1}, column {mark[1] + 1}, {' > '.join(found) or 'the document'}"


def render(folder: Path, view: ContractView, **known: Any) -> None:
    loader = FileSystemLoader(TEMPLATES)
    jinja = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    jinja.keep_trailing_newline = True
    jinja.filters.update(TEMPLATE_FILTERS, wrapped=wrapped)
    jinja.globals.update(view=view, contract=view.raw, **known)
    for name in jinja.list_templates(filter_func=lambda name: not name.startswith("macros/")):
        target = folder / name.removesuffix(".jinja")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_text(jinja.get_template(name).render(), encoding="utf-8")
        except TemplateError as error:
            raise CannotGenerate(f"the template {name}: {error}") from error


def wrapped(text: str, indent: int, first: int = 0) -> str:
    """Text of the contract for a docstring: lists and paragraphs kept, lines of at most 120 characters."""
    lines: list[str] = []
    for line in safe_for_docstring(text).splitlines():
        room, hanging = 118 - indent - (0 if lines else first), "  " if line.startswith("- ") else ""
        joins = bool(lines and lines[-1] and line and not hanging)
        whole = f"{lines.pop() if joins else ''} {line}".strip()
        lines += textwrap.wrap(whole, room, subsequent_indent=hanging, break_long_words=False) or [""]
    margin = " " * indent
    block = "\n".join(f"{margin}{line}" if line and number else line for number, line in enumerate(lines))
    return f'{block[:-1]}\\"' if block.endswith('"') else block  # a quote would join those that end the docstring


def format_code(folder: Path) -> None:
    shared = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311", "."]
    for command in (["check", "--select=F401,I", "--fix", *shared], ["format", *shared]):
        done = subprocess.run([find_ruff_bin(), *command], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotGenerate(f"ruff {command[0]} failed: {' '.join((done.stdout + done.stderr).split())[:300]}")
