"""Import a generated client in a fresh interpreter, and refuse the contract if it cannot be used."""

import re
import subprocess
import sys
from pathlib import Path

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.yaml_source import Keys

PROGRAM = """
import sys
sys.path.insert(0, "")
import httpx2, msgspec
from canvas_outcomes import AsyncClient, Client, models

for name, value in vars(models).items():
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == models.__name__:
        try:
            msgspec.json.Decoder(value)
        except Exception as error:
            sys.exit(f"{name}: {error}")
for client in (Client, AsyncClient):  # a transport of its own saves the certificates of the default one
    client("https://canvas.test", token="token", transport=httpx2.MockTransport(print), trust_env=False)
"""


def verify(folder: Path, contract: Contract, places: dict[str, Keys]) -> None:
    """Raise CannotTell, at the schema or operation that the trouble names, if the client is unusable."""
    command = [sys.executable, "-B", "-W", "error", "-c", PROGRAM]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise unusable(contract, places, "its client cannot be imported", done.stderr)


def unusable(contract: Contract, places: dict[str, Keys], what: str, trouble: str) -> CannotTell:
    """Return the refusal of a contract whose client is unusable."""
    named = [word for word in re.findall(r"\w+", trouble) if word in places]
    reason = trouble.strip().splitlines()[-1] if trouble.strip() else "no reason"
    return contract.source.refuse(f"{what}: {reason}", *(places[named[-1]] if named else ()))
