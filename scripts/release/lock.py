"""Writes the lock files: the newest versions that pyproject.toml allows, with their hashes, for every platform."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADER = "# Written by `tox -e lock` from pyproject.toml; not edited.\n"
DISTRIBUTION = ["pyproject.toml", "--all-extras", "--no-emit-package", "canvas-outcomes-client"]
# What each file pins: all that is imported, and the tools that look at what was built.
FILES = {
    "requirements.lock": [*DISTRIBUTION, "--group", "dev"],
    "requirements-release.lock": ["--group", "release"],
}
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]


def main() -> int:
    """Exit code 0 when written, 2 when the versions could not be resolved."""
    for name, what in FILES.items():
        command = ["uv", "pip", "compile", *what, *OPTIONS, "--upgrade"]
        resolved = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if resolved.returncode:
            print(f"Cannot write {name}: {resolved.stderr.strip()}", file=sys.stderr)
            return 2
        (ROOT / name).write_text(HEADER + resolved.stdout, encoding="utf-8")
        print(f"{name} pins {resolved.stdout.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
