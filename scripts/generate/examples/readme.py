"""The calls that the README of the client shows."""

import re

from canvas_outcomes_contract.contract.document import Contract
from scripts.generate.contract_parts import Method

LINE = 100  # the characters of a short call


class Readme:
    """The examples of the README."""

    def __init__(self, contract: Contract, operations: list[Method]) -> None:
        self._operations = operations
        server = contract.document.get("servers", [{}])[0]
        defaults = {f"{{{name}}}": str(one["default"]) for name, one in server.get("variables", {}).items()}
        url = re.sub(r"\{.+?\}", lambda name: defaults.get(name[0], name[0]), server.get("url", "")).rstrip("/")
        self.base_url = url if "://" in url else "https://api.example.com"

    @property
    def calls(self) -> list[tuple[Method, str, str]]:
        """Calls of the first operations: the operation, its arguments, and a comment."""
        found: list[tuple[Method, str, str]] = []
        for one in self._operations[:3]:
            calls = [(one.call([code]), comment or one.summary) for code, comment in one.body_examples.items()]
            calls = calls or [(one.example, one.summary)]
            short = [each for each in calls if len(one.name + each[0]) < LINE]
            found += [(one, *each) for each in short[:2] or calls[:1]]
        return found

    @property
    def words(self) -> set[str]:
        return set(re.findall(r"\w+", " ".join(arguments for _, arguments, _ in self.calls)))

    @property
    def by_id(self) -> Method | None:
        """The first operation whose only argument is an integer."""
        return next((one for one in self._operations if one.example.isdecimal() and one.of("path")), None)

    @property
    def retried(self) -> list[str]:
        """The idempotent methods."""
        return sorted({one.method for one in self._operations} & {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
