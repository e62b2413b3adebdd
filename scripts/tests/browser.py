"""Open pages in a real browser, from npm packages, and report their visible text, requests and errors."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from scripts.lint.npx import npx

SCRIPT = Path(__file__).resolve().parent / "open_page.mjs"
PACKAGES = ["puppeteer-core@25.15.0"]
# This package contains the browser, for Linux; other systems need an installed one.
PACKAGED_BROWSER = "@sparticuz/chromium@153.0.0"


def in_browser(address: str, acts: Path | None = None) -> dict[str, Any]:
    """Open one page and return its report, as in `in_one_browser`."""
    return in_one_browser([(address, acts)])[0]


def in_one_browser(pages: list[tuple[str, Path | None]]) -> list[dict[str, Any]]:
    """Return the `text`, `requests` and `errors` of each page, whether it is too wide (`overflow`), and `acted`.

    A page is an address and a JavaScript module, whose default export gets the page and returns `acted`.
    """
    packages = [*PACKAGES, PACKAGED_BROWSER]
    variables: dict[str, str] = {}
    if sys.platform != "linux":
        browser = shutil.which("chromium") or shutil.which("chrome") or shutil.which("google-chrome")
        if browser is None:
            pytest.skip("npm has no Chromium for this platform, and none is installed. Install one.")
        packages, variables = PACKAGES, {"BROWSER_FILE": browser}
    arguments = [part for address, acts in pages for part in (address, str(acts or ""))]
    # The first call unpacks the browser, into one place for all processes.
    with FileLock(Path(tempfile.gettempdir()) / "contract-tests-browser.lock"):
        done = npx(packages, "node", str(SCRIPT), *arguments, **variables)
    assert done.returncode == 0, done.stderr
    reports: list[dict[str, Any]] = json.loads(done.stdout)
    return reports
