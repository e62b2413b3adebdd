"""The public names of the clients that two contracts generate: what an app that imports the client has to rewrite."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from scripts.diff.change import Change, Kind

# The files whose public names an app can use: models.Outcome.title, errors.NotFoundError, Client.get_outcome(id).
PUBLIC = ("models.py", "errors.py", "_client.py")


def name_changes(base: dict[str, bytes], revision: dict[str, bytes]) -> Iterator[Change]:
    """Names that are gone or new; a client is its files."""
    old, new = public_names(base), public_names(revision)
    for name in _outermost(old - new):
        yield Change(Kind.CALLERS, f"client {name}", "the name is gone from the generated client", ())
    for name in _outermost(new - old):
        yield Change(Kind.COMPATIBLE, f"client {name}", "the name is new in the generated client", ())


def public_names(client: dict[str, bytes]) -> set[str]:
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
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef) and not re.match(r"_(?!_init__)", node.name):
            yield node.name
            parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield from (f"{node.name}({parameter.arg})" for parameter in parameters if parameter.arg != "self")


def _outermost(names: set[str]) -> list[str]:
    """A class that comes or goes stands for its members."""
    return sorted(name for name in names if not any(name.startswith((f"{one}.", f"{one}(")) for one in names))
