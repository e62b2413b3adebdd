"""The generated clients of two contracts compared: what an app that imports the client has to rewrite."""

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mypy import api

from canvas_outcomes_contract.contract.errors import CannotTell
from scripts import ROOT
from scripts.diff.change import Change, Kind

# The files whose public names an app can use: models.Outcome.title, errors.NotFoundError, Client.show_thing(id).
PUBLIC = ("models.py", "errors.py", "_client.py")
# The usage examples, relative to the folder of the contract.
USAGE = Path("docs") / "usage.py"
ERROR = re.compile(r"usage\.py:(\d+): error: (.+)")

Client = dict[str, bytes]  # the files by their path


def name_changes(base: Client, revision: Client) -> Iterator[Change]:
    """Yield the public names that are removed or new."""
    old, new = public_names(base), public_names(revision)
    for name in _outermost(old - new):
        yield Change(Kind.CALLERS, f"client {name}", "the name is removed from the generated client")
    for name in _outermost(new - old):
        yield Change(Kind.COMPATIBLE, f"client {name}", "the name is new in the generated client")


def public_names(client: Client) -> set[str]:
    public = [path for path in client if Path(path).name in PUBLIC]
    return {name for path in public for name in _names(Path(path), client[path].decode())}


def _names(path: Path, text: str) -> Iterator[str]:
    prefix = "" if path.stem.startswith("_") else f"{path.stem}."
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}"
            yield from (f"{prefix}{node.name}.{member}" for member in _members(node))


def _members(definition: ast.ClassDef) -> Iterator[str]:
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not node.target.id.startswith("_"):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef) and not re.match(r"_(?!_init__)", node.name):
            yield node.name
            parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield from (f"{node.name}({parameter.arg})" for parameter in parameters if parameter.arg != "self")


def _outermost(names: set[str]) -> list[str]:
    """Leave out the members of a class that is in the set itself."""
    return sorted(name for name in names if not any(name.startswith((f"{one}.", f"{one}(")) for one in names))


def usage_changes(usage: str, client: Client) -> Iterator[Change]:
    """Yield the type errors of the base's usage examples with this client. Raises CannotTell if mypy fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, data in client.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        (folder / USAGE.name).write_text(usage, encoding="utf-8")
        settings = folder / "mypy.ini"
        # mypy_path has precedence over an installed client.
        cache = ROOT / ".mypy_cache" / "usage"
        settings.write_text(f"[mypy]\nstrict = true\nmypy_path = {folder}\ncache_dir = {cache}\n")
        output, trouble, code = api.run(["--config-file", str(settings), "--no-pretty", str(folder / USAGE.name)])
    found = list(ERROR.finditer(output))
    if code > 1 or (code == 1 and not found):
        raise CannotTell(f"Cannot check {USAGE} against the client: {' '.join((trouble or output).split())[:300]}")
    for error in found:
        yield Change(Kind.CALLERS, f"client usage, line {error[1]} of {USAGE}", error[2].rstrip("."))
