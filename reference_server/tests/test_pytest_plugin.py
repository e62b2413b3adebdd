"""The pytest plugin costs other test runs no imports."""

import subprocess
import sys

HEAVY = {"canvas_outcomes", "httpx2", "msgspec", "sqlalchemy", "starlette", "uvicorn", "yaml"}


def test_importing_the_plugin_imports_no_libraries() -> None:
    program = "import sys, canvas_outcomes_server.pytest_plugin; print(*sys.modules)"

    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert "canvas_outcomes_server.pytest_plugin" in output.split()
    assert HEAVY.isdisjoint(output.split())
