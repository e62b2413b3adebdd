"""From a contract to the text of the client: openapi-python-client parses, our templates write, ruff formats."""

from __future__ import annotations

import subprocess
import tempfile
import textwrap
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from openapi_python_client import TEMPLATE_FILTERS
from openapi_python_client import schema as oai
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import safe_for_docstring
from pydantic import ValidationError
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from canvas_outcomes_contract.contract.errors import CannotTell
from scripts.generate.contract_text import ContractText
from scripts.generate.contract_view import ContractView, Unsupported

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "scripts" / "generate" / "templates"
CONFIG = ROOT / "generator_config.yml"


def generate(contract: Path, step: Callable[[str], None]) -> dict[str, bytes]:
    """The text of every file of the client, by its path inside the distribution."""
    pinned = check_pins()
    text = ContractText(contract)
    step(f"read {contract}")
    view = parse(text)
    step(f"parsed {len(view.operations)} operations, {len(view.models)} models, {len(view.errors)} errors")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        render(folder, view, sha256=text.sha256, pinned=pinned)
        format_code(folder)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    step(f"rendered and formatted {len(files)} files")
    return files


def check_pins() -> dict[str, str]:
    pinned: dict[str, str] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pinned"]
    for name, wanted in pinned.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "nothing"
        if found != wanted:
            raise CannotTell(
                f"Cannot generate: {CONFIG.name} pins {name} {wanted}, installed is {found}. Run: tox -e regenerate"
            )
    return pinned


def parse(text: ContractText) -> ContractView:
    """The contract as the templates see it. A warning of the generator is an error: it means something was dropped."""
    settings = ConfigFile.load_from_path(CONFIG)
    config = Config.from_sources(settings, MetaType.NONE, text.path, "utf-8", overwrite=True, output_path=None)
    try:
        oai.OpenAPI.model_validate(text.document)
        parsed = GeneratorData.from_dict(text.document, config=config)
        problems: list[GeneratorError] = [parsed] if isinstance(parsed, GeneratorError) else [*parsed.errors]
        if isinstance(parsed, GeneratorData):
            problems += [e for tag in parsed.endpoint_collections_by_tag.values() for e in tag.parse_errors]
        if problems or isinstance(parsed, GeneratorError):
            more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
            said = " ".join(f"{problems[0].header} {problems[0].detail or ''}{more}".split())
            raise text.refuse_what_it_names(said)
        return ContractView(text.document, parsed)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{first['loc'][-1]} is missing" if first["type"] == "missing" else first["msg"]
        raise text.refuse(reason, *first["loc"]) from error
    except Unsupported as error:
        raise text.refuse_what_it_names(f"no template for this: {error}") from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        said = f"the generator crashed with {type(error).__name__}: {error}"
        raise text.refuse_what_it_names(said) from error


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
            raise CannotTell(f"Cannot generate: the template {name}: {error}") from error


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
            raise CannotTell(
                f"Cannot generate: ruff {command[0]} failed: {' '.join((done.stdout + done.stderr).split())[:300]}"
            )
