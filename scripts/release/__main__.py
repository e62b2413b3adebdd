"""Builds both distributions into dist, twice, and proves that they are the same, install, and do what the README says.

Needs nothing but the tools of requirements-release.lock: what is tested is what was built, not this checkout.
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
PLACEHOLDER = "https://canvas.example.edu"
# The example of the README asks for what the demo world holds.
DEMO_TOKEN = "admin-token"


class NotReleasable(Exception):
    """What was built is not what a user should get."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: dist can be published. 1: it must not be. 2: could not tell."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("--tag", help="the tag that is released, v and the version; CHANGELOG.md has to date it")
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
        said = f"\n{reason.stderr}" if isinstance(reason, subprocess.CalledProcessError) and reason.stderr else ""
        print(f"Cannot tell whether this can be released: {reason}{said}", file=sys.stderr)
        return 2
    return 0


def release(folder: Path, output: Path, tag: str | None, step: Callable[[str], None]) -> None:
    built = build(ROOT, folder / "first")
    step(f"built {', '.join(sorted(built))}")
    version = one_version(built)
    if tag is not None:
        check_tag(tag, version)
    check_same(built, build(tracked_files(folder / "checkout"), folder / "second"))
    step("built them again from the tracked files alone: the same bytes")
    files = [str(path) for path in sorted((folder / "first").iterdir())]
    if run("twine", "check", "--strict", *files, check=False).returncode:
        raise NotReleasable(f"twine finds their metadata wrong. Run: twine check --strict {folder}")
    step("twine has nothing to complain about")
    wheels = [path for path in files if path.endswith(".whl")]
    client = environment(folder / "client", [path for path in wheels if "client" in Path(path).name])
    suite = environment(folder / "suite", wheels)
    step("installed the client alone, and both together, into empty environments")
    run_example(client, suite)
    step("the example of the README ran: the installed client, against the installed server")
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(folder / "first", output)
    for name, python in (("client", client), ("contract", suite)):
        bill = output.parent / "build" / f"canvas-outcomes-{name}-{version}.cdx.json"
        bill.parent.mkdir(exist_ok=True)
        run("cyclonedx-py", "environment", "--output-reproducible", "--output-file", str(bill), str(python))
    step(f"wrote {output}, and what each brings along to {output.parent / 'build'}")


def run(program: str, *arguments: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    """A tool of this environment."""
    return subprocess.run(
        [str(TOOLS / program), *arguments], capture_output=True, text=True, check=check, env={**os.environ, **variables}
    )


def build(checkout: Path, output: Path) -> dict[str, str]:
    """The sha256 of each file that is built, by its name."""
    when = git("log", "-1", "--format=%ct").strip()
    for project in PROJECTS:
        run("uv", "build", "-q", "--out-dir", str(output), str(checkout / project), SOURCE_DATE_EPOCH=when)
    (output / ".gitignore").unlink(missing_ok=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in output.iterdir()}


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def one_version(built: dict[str, str]) -> str:
    """Both get it from info.version of openapi.yaml, one by the generator, one by its build."""
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
    """A copy of what git knows, as a fresh clone would have it."""
    for name in git("ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def check_same(first: dict[str, str], second: dict[str, str]) -> None:
    different = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    if different:
        raise NotReleasable(f"a fresh clone builds other bytes: {', '.join(different)}. Look for files git ignores.")


def environment(folder: Path, wheels: list[str]) -> Path:
    """The Python of a new environment with these wheels and what they ask for."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run("uv", "venv", "-q", "--python", sys.executable, str(folder))
    run("uv", "pip", "install", "-q", "--python", str(python), *wheels)
    return python


def run_example(client: Path, suite: Path) -> None:
    example = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)[0]
    with served(suite) as base_url:
        program = example.replace(PLACEHOLDER, base_url).replace("…", DEMO_TOKEN)
        # -I: neither this folder nor the user's packages may stand in for the wheel.
        ran = subprocess.run([str(client), "-I", "-c", program], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise NotReleasable(f"the example of the README fails where the wheel is installed:\n{ran.stderr}")


@contextmanager
def served(suite: Path) -> Iterator[str]:
    command = [str(suite), "-I", "-m", "canvas_outcomes_server", "--port", "0", "--database", "sqlite://"]
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
