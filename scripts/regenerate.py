"""Writes generated_client from openapi.yaml, or tells whether it is what openapi.yaml generates."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"
CONFIG = ROOT / "generator_config.yml"
# What tools leave in a distribution that somebody installs, tests or builds; it is not part of it.
LEFTOVERS = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "build", "dist", "py.typed~"}


class CannotTell(Exception):
    """No verdict: the contract, the generator or the formatter failed."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written, or equal. 1: --check found a difference. 2: could not tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    parser.add_argument("--output", type=Path, default=ROOT / "generated_client", metavar="DIR")
    options = parser.parse_args(arguments)
    try:
        files = generate(options.contract)
        different = compare(files, options.output)
        if options.check:
            return report(different, options)
        if different:
            write(files, options.output)
            progress(f"wrote {options.output}: {len(files)} files, of which changed: {', '.join(different)}")
        else:
            progress(f"{options.output} already is what {options.contract.name} generates")
    except (CannotTell, OSError) as reason:
        print(f"cannot generate from {options.contract}: {reason}", file=sys.stderr)
        return 2
    return 0


def report(different: list[str], options: argparse.Namespace) -> int:
    names = f"{options.output.name} is{' not' if different else ''} what {options.contract.name} generates"
    if not different:
        progress(names)
        return 0
    print(f"{names}: {', '.join(different)}. Run: tox -e regenerate", file=sys.stderr)
    return 1


def generate(contract: Path) -> dict[str, bytes]:
    """The text of every file of the client, by its path inside the distribution."""
    pinned = check_pins()
    data = contract.read_bytes()
    document = read_yaml(data)
    progress(f"read {contract}")
    view = parse(document, contract)
    progress(f"parsed {len(view.operations)} operations, {len(view.models)} models, {len(view.errors)} errors")
    with tempfile.TemporaryDirectory() as folder:
        render(Path(folder), view, sha256=hashlib.sha256(data).hexdigest(), pinned=pinned)
        format_code(Path(folder))
        files = read_tree(Path(folder))
    progress(f"rendered and formatted {len(files)} files")
    return files


def progress(line: str) -> None:
    print(f"{time.perf_counter() - STARTED:5.2f} s  {line}", flush=True)


STARTED = time.perf_counter()


def read_yaml(data: bytes) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        document = YAML(typ="safe").load(data)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise CannotTell(f"{where}{error.problem or error.context}") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise CannotTell(f"not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise CannotTell(f"line 1, column 1: an OpenAPI document is a map, not a {type(document).__name__}")
    return document


def check_pins() -> dict[str, str]:
    from ruamel.yaml import YAML

    pinned: dict[str, str] = YAML(typ="safe").load(CONFIG)["pinned"]
    for name, wanted in pinned.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "nothing"
        if found != wanted:
            raise CannotTell(f"{CONFIG.name} pins {name} {wanted}, installed is {found}. Run: tox -e regenerate")
    return pinned


def parse(document: dict[str, Any], contract: Path) -> Any:
    """The contract as the templates see it. A warning of the generator is an error: it means something was dropped."""
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData
    from openapi_python_client.parser.errors import GeneratorError

    from scripts.contract_view import ContractView, Unsupported

    settings = ConfigFile.load_from_path(CONFIG)
    config = Config.from_sources(settings, MetaType.NONE, contract, "utf-8", overwrite=True, output_path=None)
    try:
        parsed = GeneratorData.from_dict(document, config=config)
        problems = [parsed] if isinstance(parsed, GeneratorError) else list(parsed.errors)
        if isinstance(parsed, GeneratorData):
            problems += [e for tag in parsed.endpoint_collections_by_tag.values() for e in tag.parse_errors]
        if problems or isinstance(parsed, GeneratorError):
            lines = [f"{one.header} {one.detail or ''}".strip() for one in problems]
            raise CannotTell(" ".join("; ".join(lines).split()))
        return ContractView(document, parsed)
    except Unsupported as error:
        raise CannotTell(f"no template for this: {error}") from error
    except CannotTell:
        raise
    except Exception as error:
        raise CannotTell(f"the generator crashed with {type(error).__name__}: {error}") from error


def render(folder: Path, view: Any, **known: Any) -> None:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
    from openapi_python_client import TEMPLATE_FILTERS

    loader = FileSystemLoader(TEMPLATES)
    jinja = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    jinja.keep_trailing_newline = True
    jinja.filters |= TEMPLATE_FILTERS | {"wrapped": wrapped}
    jinja.globals |= {"view": view, "contract": view.raw, **known}
    try:
        for name in jinja.list_templates(filter_func=lambda name: not name.startswith("macros/")):
            target = folder / name.removesuffix(".jinja")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(jinja.get_template(name).render(), encoding="utf-8")
    except TemplateError as error:
        raise CannotTell(f"the template {name}: {error}") from error


def wrapped(text: str, indent: int, first: int = 0) -> str:
    """Text of the contract for a docstring: lists and paragraphs kept, lines of at most 120 characters."""
    from openapi_python_client.strings import safe_for_docstring

    margin, lines = " " * indent, list[str]()
    for line in safe_for_docstring(text).splitlines():
        room, hanging = 118 - indent - (0 if lines else first), "  " if line.startswith("- ") else ""
        joins = bool(lines and lines[-1] and line and not hanging)
        before = lines.pop() if joins else ""
        lines += textwrap.wrap(f"{before} {line}".strip(), room, subsequent_indent=hanging, break_long_words=False) or [""]
    return "\n".join(f"{margin}{line}" if line and number else line for number, line in enumerate(lines))


def format_code(folder: Path) -> None:
    from ruff.__main__ import find_ruff_bin  # type: ignore[import-not-found, unused-ignore]

    shared = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311", "."]
    for command in (["check", "--select=F401,I", "--fix", *shared], ["format", *shared]):
        done = subprocess.run([find_ruff_bin(), *command], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotTell(f"ruff {command[0]} failed: {' '.join((done.stdout + done.stderr).split())[:300]}")


def read_tree(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and LEFTOVERS.isdisjoint(parts) and not any(part.endswith(".egg-info") for part in parts):
            files["/".join(parts)] = path.read_bytes()
    return files


def compare(files: dict[str, bytes], output: Path) -> list[str]:
    """The files that differ, are missing or are too many."""
    there = read_tree(output)
    differ = [name for name in sorted(files.keys() & there.keys()) if files[name] != there[name]]
    missing = [f"{name} (missing)" for name in sorted(files.keys() - there.keys())]
    return differ + missing + [f"{name} (extra)" for name in sorted(there.keys() - files.keys())]


def write(files: dict[str, bytes], output: Path) -> None:
    """Put the new tree in place of the old one by renaming: a run that is killed leaves one of them whole."""
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{output.name}-new-", dir=output.parent))
    try:
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)
        fresh.chmod(0o755)
        if output.exists():
            aside = Path(tempfile.mkdtemp(prefix=f".{output.name}-old-", dir=output.parent))
            os.rename(output, aside)
            try:
                os.rename(fresh, output)
            except BaseException:
                os.rename(aside, output)
                raise
            shutil.rmtree(aside)
        else:
            os.rename(fresh, output)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
