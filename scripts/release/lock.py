"""Write the lock files, with hashes and for every platform; pass arguments such as --upgrade to `uv pip compile`."""

import subprocess
import sys
from pathlib import Path

from scripts.release.__main__ import PROJECTS, ROOT

HEADER = "# Written by `tox -e lock` from the pyproject.toml files. Do not edit.\n"
OWN = [option for name in ("client", "server") for option in ("--no-emit-package", f"canvas-outcomes-{name}")]
SOURCES = {
    "requirements.lock": [*(f"{one}/pyproject.toml" for one in PROJECTS), *OWN, "--all-extras", "--group", "dev"],
    "requirements-release.lock": ["--group", "release"],
}
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]


def main(arguments: list[str]) -> int:
    """Return exit code 0 if both files were written, 2 if the versions cannot be resolved."""
    for name, sources in SOURCES.items():
        # With --output-file, uv keeps the versions that the file pins, as far as they are allowed.
        command = ["uv", "pip", "compile", *sources, *OPTIONS, *arguments, "--output-file", name]
        resolved = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if resolved.returncode:
            print(f"Cannot write {name}: {resolved.stderr.strip()}", file=sys.stderr)
            return 2
        path = Path(ROOT, name)
        pins = path.read_text(encoding="utf-8")
        path.write_text(HEADER + pins, encoding="utf-8")
        print(f"{name} pins {pins.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
