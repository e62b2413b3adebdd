"""The usage examples of the base, type-checked against the client that the revision generates: what apps would see."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from canvas_outcomes_contract.contract.errors import CannotTell
from scripts.diff.change import Change, Kind

ROOT = Path(__file__).resolve().parents[2]
USAGE = Path("docs") / "usage.py"  # beside the contract
ERROR = re.compile(r"usage\.py:(\d+): error: (.+)")


def usage_changes(usage: str, client: dict[str, bytes]) -> Iterator[Change]:
    """Every line of the examples that is wrong with this client. Raises CannotTell if mypy cannot judge them."""
    from mypy import api  # noqa: PLC0415  (takes a second to load, and most comparisons do not need it)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, data in client.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        (folder / USAGE.name).write_text(usage, encoding="utf-8")
        settings = folder / "mypy.ini"
        # In mypy_path the new client goes before one that is installed.
        cache = ROOT / ".mypy_cache" / "usage"
        settings.write_text(f"[mypy]\nstrict = true\nmypy_path = {folder}\ncache_dir = {cache}\n")
        told, trouble, code = api.run(["--config-file", str(settings), "--no-pretty", str(folder / USAGE.name)])
    found = list(ERROR.finditer(told))
    if code > 1 or (code == 1 and not found):
        raise CannotTell(f"Cannot check {USAGE} against the client: {' '.join((trouble or told).split())[:300]}")
    for error in found:
        yield Change(Kind.CALLERS, f"client usage, line {error[1]} of {USAGE}", error[2].rstrip("."), ())
