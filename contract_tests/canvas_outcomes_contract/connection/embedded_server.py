"""The reference server, the default provider."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_server.process import ServerNotStarted, running_server


@contextmanager
def reference_server(*arguments: str) -> Iterator[str]:
    """Start a reference server and yield its base URL. Raises CannotTell if it does not start."""
    with ExitStack() as stack:
        try:
            base_url = stack.enter_context(running_server(*arguments))
        except ServerNotStarted as error:
            raise CannotTell(str(error)) from error
        yield base_url
