"""Writes requirements.lock: the newest versions that pyproject.toml allows, with their hashes, for every platform."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Written by `tox -e lock` from pyproject.toml; not edited.\n"


def main() -> int:
    """Exit code 0 when written, 2 when the versions could not be resolved."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--group", "dev", "--universal", "--python-version", "3.11"]
    text = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-package", "canvas-outcomes-client"]
    options = ["--upgrade", "--quiet"]
    resolved = subprocess.run([*command, *text, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    if resolved.returncode:
        print(f"Cannot write requirements.lock: {resolved.stderr.strip()}", file=sys.stderr)
        return 2
    (ROOT / "requirements.lock").write_text(HEADER + resolved.stdout, encoding="utf-8")
    print(f"requirements.lock pins {resolved.stdout.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
