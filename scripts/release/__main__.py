"""Build all distributions into dist, twice, and check that the bytes are equal, and that they install and work.

It needs only the tools of requirements-release.lock, because it tests the distributions instead of this checkout.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
PROJECTS = ["generated_client", "reference_server", "contract_tests"]
DISTRIBUTIONS = ["canvas-outcomes-client", "canvas-outcomes-server", "canvas-outcomes-contract"]
PLACEHOLDER = "https://canvas.example.edu"
# The README's example requests resources of the demo world.
DEMO_TOKEN = "admin-token"


class NotReleasable(Exception):
    """The distributions must not be published."""


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if dist can be published, 1 if not, 2 if the checks could not run."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("--tag", help="the tag of the release, v and the version; CHANGELOG.md must have its date")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", metavar="DIR")
    options = parser.parse_args(arguments)
    started = time.perf_counter()

    def step(line: str) -> None:
        print(f"{time.perf_counter() - started:5.1f} s  {line}", flush=True)

    try:
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            release(Path(folder), options.output, options.tag, step)
    except NotReleasable as reason:
        print(f"Cannot release: {reason}", file=sys.stderr)
        return 1
    except (OSError, subprocess.CalledProcessError) as reason:
        output = f"\n{reason.stderr}" if isinstance(reason, subprocess.CalledProcessError) and reason.stderr else ""
        print(f"Cannot tell whether this can be released: {reason}{output}", file=sys.stderr)
        return 2
    return 0


def release(folder: Path, output: Path, tag: str | None, step: Callable[[str], None]) -> None:
    built = build(ROOT, folder / "first")
    step(f"built {', '.join(sorted(built))}")
    version = one_version(built)
    if tag is not None:
        check_tag(tag, version)
    check_same(built, build(tracked_files(folder / "checkout"), folder / "second"))
    step("built them again from the tracked files: the bytes are equal")
    files = [str(path) for path in sorted((folder / "first").iterdir())]
    checked = run("twine", "check", "--strict", *files, check=False)
    if checked.returncode:
        raise NotReleasable(f"twine rejects the metadata:\n{checked.stdout}")
    step("twine accepts the metadata")
    pythons = {name: environment(folder / name) for name in DISTRIBUTIONS}
    for name, python in pythons.items():
        install(python, folder / "first", name)
    step("installed each distribution into an empty environment")
    client, server, _ = pythons.values()
    with served(server) as base_url:
        run_example(client, base_url)
    step("ran the README's example with the installed client and server")
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(folder / "first", output)
    for name, python in pythons.items():
        bill = output.parent / "build" / f"{name}-{version}.cdx.json"
        bill.parent.mkdir(exist_ok=True)
        run("cyclonedx-py", "environment", "--output-reproducible", "--output-file", str(bill), str(python))
    step(f"wrote {output}, and the lists of dependencies to {output.parent / 'build'}")


def run(program: str, *arguments: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment."""
    command = [str(TOOLS / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=check, env={**os.environ, **variables})


def build(checkout: Path, output: Path, *options: str) -> dict[str, str]:
    """Build all distributions, and return the sha256 of each file by its name."""
    timestamp = git("log", "-1", "--format=%ct").strip()
    for project in PROJECTS:
        source = str(checkout / project)
        run("uv", "build", "-q", "--out-dir", str(output), *options, source, SOURCE_DATE_EPOCH=timestamp)
    (output / ".gitignore").unlink(missing_ok=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in output.iterdir()}


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def one_version(built: dict[str, str]) -> str:
    """Return the version of all files. The generator sets that of the client, the build hook those of the others."""
    versions = {re.sub(r"\.tar\.gz$", "", name).split("-")[1] for name in built}
    if len(versions) != 1:
        raise NotReleasable(f"the distributions have several versions, {sorted(versions)}. Run: tox -e regenerate")
    return versions.pop()


def check_tag(tag: str, version: str) -> None:
    heading = re.search(rf"^## \[?{re.escape(version)}\b.*$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    if tag != f"v{version}":
        raise NotReleasable(f"the tag is {tag}, but info.version of openapi.yaml is {version}. Tag v{version}.")
    if heading is None or not re.search(r"\d{4}-\d{2}-\d{2}", heading[0]):
        raise NotReleasable(f"CHANGELOG.md has no section {version} with a date. Write: ## {version} (YEAR-MONTH-DAY)")


def tracked_files(folder: Path) -> Path:
    """Copy the files that git tracks, as in a fresh clone."""
    for name in git("ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def check_same(first: dict[str, str], second: dict[str, str]) -> None:
    different = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    if different:
        raise NotReleasable(f"a fresh clone builds other bytes: {', '.join(different)}. Look for files git ignores.")


def environment(folder: Path) -> Path:
    """Create a virtual environment and return its Python."""
    run("uv", "venv", "-q", "--python", sys.executable, str(folder))
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(python: Path, built: Path, *arguments: str) -> None:
    """Install distributions with their dependencies; ours come from a folder of wheels."""
    run("uv", "pip", "install", "-q", "--python", str(python), "--find-links", str(built), *arguments)


def run_example(python: Path, base_url: str) -> None:
    """Run the README's first Python example against a server."""
    example = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)[0]
    program = example.replace(PLACEHOLDER, base_url).replace("…", DEMO_TOKEN)
    # -I ignores this folder and the user's packages, so only the wheel provides the client.
    done = subprocess.run([str(python), "-I", "-c", program], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotReleasable(f"the README's example fails with the installed wheel:\n{done.stderr}")


@contextmanager
def served(python: Path) -> Iterator[str]:
    """Run the installed reference server and yield its base URL."""
    command = [str(python), "-I", "-m", "canvas_outcomes_server", "--port", "0", "--database", "sqlite://"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            line = next((line for line in server.stdout if line.startswith("listening on ")), None)
            if line is None:
                raise NotReleasable("the installed reference server does not start.")
            yield line.removeprefix("listening on ").strip()
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
