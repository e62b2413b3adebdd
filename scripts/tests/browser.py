"""A real browser, from npm packages, that says what a person sees of a page and can do with it."""

import fcntl
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts.lint.npx import npx

ROOM = Path(__file__).resolve().parent
PACKAGES = ["puppeteer-core@25.15.0"]
# This package holds the browser itself, for Linux; elsewhere the machine's has to do.
PACKAGED_BROWSER = "@sparticuz/chromium@153.0.0"


def in_browser(address: str, acts: Path | None = None) -> dict[str, Any]:
    """The `text` of a page, its `requests`, its `errors`, whether it is too wide (`overflow`), and `acted`.

    `acts` is a JavaScript module: its default export gets the page and returns what becomes `acted`.
    """
    packages = [*PACKAGES, PACKAGED_BROWSER]
    variables: dict[str, str] = {}
    if sys.platform != "linux":
        browser = shutil.which("chromium") or shutil.which("chrome") or shutil.which("google-chrome")
        if browser is None:
            pytest.skip("There is no Chromium for this platform on npm, and none on this machine. Install one.")
        packages, variables = PACKAGES, {"BROWSER_FILE": browser}
    arguments = [address] if acts is None else [address, str(acts)]
    with _one_at_a_time():
        done = npx(packages, "node", str(ROOM / "open_page.mjs"), *arguments, **variables)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two first calls at once would both unpack the browser into one place, and start what is half there."""
    with (Path(tempfile.gettempdir()) / "contract-tests-browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
